"""A log that nobody signs any more is told from an idle one."""

from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest
from sqlalchemy import delete

from ledger.heartbeat_check import with_heartbeat
from ledger.ledger import Ledger
from ledger.levels import Trust, verify_quick
from ledger.store.schema import RECORD
from ledger.units import Size
from ledger.verification.findings import Report
from tests.sealed_home import SealedHome

PROMISE: Final = timedelta(hours=1, minutes=2)


def checked(home: SealedHome, ledger: Ledger, later: timedelta) -> Report:
    """A quick verification, so much later than the newest record, by the promise."""
    report = verify_quick(ledger.log, Trust(home.signing.terms()))
    newest = ledger.head().last_recorded_at
    assert newest is not None
    return with_heartbeat(report, ledger.log, now=newest + later, max_age=PROMISE)


def test_a_log_is_stale_when_its_promise_is_broken(sealed_home: SealedHome) -> None:
    """A signer that was stopped could not be told from a log in which nothing happens."""
    sealed_home.add(2)
    sealed_home.seal()
    with closing(sealed_home.open()) as ledger:
        assert checked(sealed_home, ledger, PROMISE).outcome == "valid"
        report = checked(sealed_home, ledger, PROMISE + timedelta(seconds=1))
    assert report.outcome == "broken"
    assert {(one.verdict, one.index) for one in report.findings} == {("STALE_HEARTBEAT", 1)}
    assert report.counts == {"STALE_HEARTBEAT": 1}


def test_new_records_that_nobody_signs_do_not_help(sealed_home: SealedHome) -> None:
    """Whoever stops the signer could go on recording, and all would look well."""
    sealed_home.add(1)
    with closing(sealed_home.open()) as ledger:
        report = checked(sealed_home, ledger, timedelta())
    assert [one.verdict for one in report.findings if one.is_fault] == ["STALE_HEARTBEAT"]


@pytest.mark.parametrize(("damage", "verdict"), [("change", "MODIFIED"), ("remove", "MISSING")])
def test_a_record_that_has_no_time_any_more_is_named(
    sealed_home: SealedHome, damage: str, verdict: str
) -> None:
    """Damage to the newest record would end the check with an error, or hide behind its age."""
    sealed_home.add(2)
    sealed_home.seal()
    if damage == "change":
        sealed_home.write(RECORD, 1, sealed=b"something else")
    else:
        with sealed_home.rogue() as connection:
            connection.execute(delete(RECORD).where(RECORD.c.idx == 1))
    with closing(sealed_home.open()) as ledger:
        full = replace(sealed_home.verify(), signed_size=Size(2))
        now = ledger.clock()
        assert with_heartbeat(full, ledger.log, now=now, max_age=PROMISE) == full
        blank = replace(full, findings=(), counts={})
        report = with_heartbeat(blank, ledger.log, now=now, max_age=PROMISE)
    assert [(one.verdict, one.index) for one in report.findings] == [(verdict, 1)]
