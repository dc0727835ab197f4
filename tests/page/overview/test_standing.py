"""The badge says what was found, no more, and not for longer than it counts."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec
import pytest

from ledger.errors import StoreUnavailable, VerificationError
from ledger.serve_settings import ServeSettings
from ledger.verification_record import (
    Anchored,
    Fault,
    RecordKeeper,
    Run,
    VerificationRecord,
)
from service.operations.loops import Loop
from service.page.overview.standing import standing_by, standing_of
from tests.served import served_context

NOW: Final = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SETTINGS: Final = ServeSettings()
FULL: Final = Run(
    began_at=NOW - timedelta(minutes=31),
    ended_at=NOW - timedelta(minutes=30),
    outcome="valid",
    first_index=0,
    size=90,
    root="aa" * 32,
    records_checked=90,
    disclosures_checked=120,
    signed_size=90,
)
SINCE: Final = msgspec.structs.replace(
    FULL,
    began_at=NOW - timedelta(seconds=31),
    ended_at=NOW - timedelta(seconds=30),
    first_index=90,
    size=100,
    root="bb" * 32,
    records_checked=10,
    signed_size=99,
)
WHOLE: Final = VerificationRecord(origin="a.example/log", note="a note\n", since=SINCE, full=FULL)
FAULT: Final = Fault(
    verdict="MODIFIED", index=41, last_index=None, place="sealed", expected="aa", found="bb"
)


def anchored(waiting: timedelta | None, size: int = 95) -> VerificationRecord:
    """A whole log of which parties saw some records; the first of the rest waits for so long."""
    found = Anchored(
        asked=1,
        size=size,
        anchored_at=NOW if size else None,
        by=(),
        waiting_since=None if waiting is None else NOW - waiting,
    )
    return msgspec.structs.replace(WHOLE, anchored=found)


def test_a_log_that_was_just_verified_is_whole() -> None:
    """The badge would worry people about a log that is in order."""
    found = standing_by(WHOLE, NOW, SETTINGS)
    assert (found.state, found.tone, found.why) == ("whole", "quiet", None)
    assert (found.checked_at, found.size, found.signed_size) == (SINCE.ended_at, 100, 99)
    assert found.widest == SINCE


def test_nobody_verified_is_not_whole() -> None:
    """A service that just began would vouch for what it has not looked at."""
    for record in (
        VerificationRecord(origin="a.example/log"),
        msgspec.structs.replace(WHOLE, full=None),
    ):
        found = standing_by(record, NOW, SETTINGS)
        assert (found.state, found.tone, found.why) == ("unchecked", "warn", "never")


def test_a_log_without_anything_to_verify_is_not_whole() -> None:
    """Nothing verified is never valid."""
    record = msgspec.structs.replace(WHOLE, full=msgspec.structs.replace(FULL, outcome="empty"))
    assert standing_by(record, NOW, SETTINGS).why == "nothing"


@pytest.mark.parametrize(
    ("later", "why", "since"),
    [
        (timedelta(minutes=5), None, SINCE.ended_at),
        (timedelta(minutes=6), "late", SINCE.ended_at),
        (timedelta(hours=2), "full-late", FULL.ended_at),
    ],
)
def test_what_was_found_counts_for_a_while_only(
    later: timedelta, why: str | None, since: datetime
) -> None:
    """A service whose verification hangs would call its log whole for ever."""
    found = standing_by(WHOLE, NOW + later, SETTINGS)
    assert found.state == ("whole" if why is None else "unchecked")
    assert (found.why, found.checked_at) == (why, since)


def test_a_verification_of_everything_counts_for_what_is_new_too() -> None:
    """A log that was verified as a whole a moment ago would be called unchecked."""
    later = NOW + timedelta(minutes=50)
    full = msgspec.structs.replace(FULL, began_at=later, ended_at=later)
    record = msgspec.structs.replace(WHOLE, full=full)
    assert standing_by(record, later, SETTINGS).state == "whole"


def test_a_long_verification_may_take_its_time() -> None:
    """A log that takes hours to verify would never count as checked."""
    hours = timedelta(hours=5)
    slow = msgspec.structs.replace(
        FULL, began_at=NOW - 2 * hours, ended_at=NOW - hours, signed_size=90
    )
    assert standing_by(msgspec.structs.replace(WHOLE, full=slow), NOW, SETTINGS).state == "whole"


def test_what_is_new_is_not_awaited_where_nothing_is_signed() -> None:
    """A log without a signer would be called unchecked though everything is verified."""
    record = VerificationRecord(origin="a.example/log", full=FULL)
    assert standing_by(record, NOW, SETTINGS).state == "whole"


@pytest.mark.parametrize("by", ["since", "full"])
def test_a_fault_that_either_found_is_told(by: str) -> None:
    """One verification would hide what the other found."""
    run = msgspec.structs.replace(FULL, outcome="broken", fault=FAULT, faults=1)
    found = standing_by(msgspec.structs.replace(WHOLE, **{by: run}), NOW, SETTINGS)
    assert (found.state, found.tone, found.fault) == ("broken", "bad", FAULT)


def test_the_first_fault_is_told_however_old_it_is() -> None:
    """A fault would be forgotten when nobody looks again."""
    later = msgspec.structs.replace(FAULT, index=80)
    head = msgspec.structs.replace(FAULT, index=None)
    for other in (later, head):
        record = msgspec.structs.replace(
            WHOLE,
            since=msgspec.structs.replace(SINCE, outcome="broken", fault=other),
            full=msgspec.structs.replace(FULL, outcome="broken", fault=FAULT),
        )
        found = standing_by(record, NOW + timedelta(days=400), SETTINGS)
        assert (found.state, found.fault) == ("broken", FAULT)


@pytest.mark.parametrize(
    ("record", "state"),
    [
        (anchored(None), "anchored"),
        (anchored(timedelta(hours=25)), "anchored"),
        (anchored(timedelta(hours=25, seconds=1)), "whole"),
        (anchored(None, size=0), "whole"),
    ],
)
def test_all_but_the_youngest_records_must_be_anchored(
    record: VerificationRecord, state: str
) -> None:
    """An anchor of last year would make the records of today look seen by others."""
    assert standing_by(record, NOW, SETTINGS).state == state


def test_an_anchor_does_not_make_an_unchecked_log_whole() -> None:
    """What others saw of it once says nothing about what is stored now."""
    record = anchored(None)
    assert standing_by(record, NOW + timedelta(days=3), SETTINGS).state == "unchecked"
    run = msgspec.structs.replace(FULL, outcome="broken", fault=FAULT)
    assert standing_by(msgspec.structs.replace(record, full=run), NOW, SETTINGS).state == "broken"


def test_what_the_signer_refuses_to_sign_is_broken(tmp_path: Path) -> None:
    """The signer would have stopped, and the badge would still call the log whole."""
    with served_context(tmp_path) as context:
        loop = Loop("signer", lambda _stop: None)
        loop.broken = VerificationError("FORK", 7, "expected the leaf hash aa, found bb")
        context.operations.add(loop)
        found = standing_of(context)
    assert found.state == "broken"
    assert found.fault is not None
    assert (found.fault.verdict, found.fault.index, found.fault.found) == ("FORK", 7, "bb")


def test_what_cannot_be_read_is_unchecked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every page would fail for want of a badge, or show one that nobody found."""

    def away(_self: RecordKeeper) -> None:
        raise StoreUnavailable("away")

    with served_context(tmp_path) as context:
        monkeypatch.setattr(RecordKeeper, "read", away)
        found = standing_of(context)
    assert (found.state, found.why) == ("unchecked", "unreadable")
