"""The service finds by itself what was changed behind its back, and tells it everywhere."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ledger.errors import StoreUnavailable
from ledger.events.log_integrity import LogVerificationFailed
from ledger.query import EventQuery
from ledger.rolling_verification import RollingVerifier
from ledger.store.schema import RECORD
from ledger.verification_record import Fault, Run, VerificationRecord
from service.context import Context
from service.operations import verifying
from service.operations.loops import Loop
from service.operations.verifying import is_due, verification_loops
from tests.grants import grant
from tests.sealed_home import SealedHome
from tests.served import client_of, seal, served_context

PATIENCE_S = 30.0
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
RUN = Run(
    began_at=NOON - timedelta(seconds=2),
    ended_at=NOON,
    outcome="valid",
    first_index=0,
    size=3,
    root="ab" * 32,
    records_checked=3,
    disclosures_checked=3,
    signed_size=3,
)


@contextmanager
def watched(folder: Path, **settings: object) -> Iterator[tuple[Context, tuple[Loop, Loop]]]:
    """A signed log, and the loops that verify it, running."""
    quick: dict[str, Any] = {
        "verify_every_s": 0.02,
        "verify_full_s": 0.02,
        "verify_share": 1.0,
        **settings,
    }
    with served_context(folder, **quick) as context:
        context.ledger.record_many([grant() for _ in range(3)])
        seal(context)
        loops = verification_loops(
            context.ledger, context.home, context.verification, context.settings
        )
        for loop in loops:
            context.operations.add(loop)
        context.operations.begin()
        try:
            yield context, loops
        finally:
            assert context.operations.end(PATIENCE_S) == []


def until(holds: Callable[[], bool]) -> None:
    """Waits until something holds."""
    end = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end, "it never came to hold"
        time.sleep(0.02)


def change(context: Context, index: int) -> None:
    """Changes a sealed record in the database."""
    home = SealedHome(str(context.ledger.log.engine.url), context.home.folder)
    home.write(RECORD, index, sealed=home.record_row(index)["sealed"][:-1] + b"!")


def numbers(context: Context) -> list[str]:
    """The lines for monitors."""
    return client_of(context, "admin").get("/metrics").text.splitlines()


def failures(context: Context) -> list[LogVerificationFailed]:
    """What the log says of its own verifications that found faults."""
    found = context.ledger.read(EventQuery(kinds=("log.verification_failed",)))
    return [one.event for one in found if isinstance(one.event, LogVerificationFailed)]


def test_a_whole_log_is_verified_as_it_grows(tmp_path: Path) -> None:
    """Nobody would know how far the history was looked at."""
    with watched(tmp_path) as (context, _):
        until(lambda: context.verification.read().since is not None)
        context.ledger.record(grant())
        size = context.ledger.head().size
        until(lambda: (context.verification.read().since or RUN).size >= size)
        record = context.verification.read()
        assert record.full is not None
        assert record.since is not None
        assert {record.full.outcome, record.since.outcome} == {"valid"}
        lines = numbers(context)
        assert f'zegel_verified_size{{records="new"}} {float(record.since.size)}' in lines
        assert any(
            line.startswith('zegel_verification_age_seconds{records="all"}') for line in lines
        )
        assert "zegel_evidence_broken 0.0" in lines
        assert failures(context) == []


def test_a_change_is_told_everywhere_and_recorded_once(tmp_path: Path) -> None:
    """Evidence would be broken and all would look well, or the log would fill with it."""
    with watched(tmp_path) as (context, _):
        until(lambda: context.verification.read().since is not None)
        change(context, 1)
        until(lambda: (context.verification.read().full or RUN).fault is not None)
        until(lambda: failures(context) != [])
        first = context.verification.read().full
        assert first is not None
        until(lambda: (context.verification.read().full or RUN).ended_at > first.ended_at)
        (told,) = failures(context)
        assert (told.verdict, told.fault_index, told.level) == ("MODIFIED", 1, "full")
        assert "zegel_evidence_broken 1.0" in numbers(context)
        checks = client_of(context).get("/readyz").json()["checks"]
        assert checks["verification"] == {
            "holds": False,
            "evidence": "broken",
            "verdict": "MODIFIED",
        }


def test_a_database_that_is_away_is_no_broken_evidence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A restart of the database would be called tampering, or end the loop."""

    def away(_self: RollingVerifier, _stop: object) -> None:
        raise StoreUnavailable("away")

    with monkeypatch.context() as patch:
        patch.setattr(RollingVerifier, "verify_all", away)
        with watched(tmp_path) as (context, (_, everything)):
            until(lambda: everything.trouble == "StoreUnavailable")
            assert context.verification.read().full is None
            patch.undo()
            until(lambda: context.verification.read().full is not None)
            until(lambda: everything.trouble is None)
            assert everything.restarts == 0


def test_a_fault_that_cannot_be_recorded_is_kept_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A log that takes nothing any more would hide why."""
    with watched(tmp_path) as (context, (_, everything)):
        until(lambda: context.verification.read().since is not None)

        def refuse(_event: object) -> None:
            raise StoreUnavailable("the database is full")

        monkeypatch.setattr(context.ledger, "record", refuse)
        change(context, 0)
        until(lambda: (context.verification.read().full or RUN).fault is not None)
        assert everything.restarts == 0
        monkeypatch.undo()


@pytest.mark.parametrize(
    ("full", "seconds", "said"),
    [
        (None, 0, "due"),
        (RUN, 0, "not due"),
        (RUN, 59, "not due"),
        (RUN, 60, "due"),
        (RUN, -1, "due"),
    ],
)
def test_everything_is_verified_when_it_is_due(full: Run | None, seconds: int, said: str) -> None:
    """It would never be verified again, or without a pause; or not for as long as a clock erred."""
    record = VerificationRecord(origin="a.example/log", full=full)
    assert is_due(record, NOON + timedelta(seconds=seconds), 60.0) is (said == "due")


def test_the_same_fault_with_other_numbers_is_known() -> None:
    """What is recorded about a log that was cut off makes it longer: it would be told for ever."""
    fault = Fault(
        verdict="TRUNCATED", index=5, last_index=None, place="head", expected="9", found="5"
    )
    before = VerificationRecord(
        origin="a.example/log", since=msgspec.structs.replace(RUN, fault=fault)
    )
    later = msgspec.structs.replace(fault, index=6, found="6")
    assert verifying._is_known(later, before)
    other = msgspec.structs.replace(fault, verdict="FORK")
    assert not verifying._is_known(other, before)
