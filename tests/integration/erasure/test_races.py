"""Erasures beside programs that record, verify and erase at the same time."""

import threading
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

from sqlalchemy import select

from ledger.erasure.naming import find_subject
from ledger.errors import BadRequest, SubjectErased, ZegelError
from ledger.ledger import Ledger
from ledger.store.schema import DISCLOSURE
from projections import catch_up, rebuild, state
from projections.erasing import erase_subject, resume_erasures
from tests.erasable_log import ACTOR, BY, VICTIM, ErasableLog, event

EVENTS = 40


def beside(log: ErasableLog, work: Callable[[Ledger], None]) -> threading.Thread:
    """Another program with the same log, which works until it is done."""

    def run() -> None:
        with closing(Ledger.open(database=log.url, key_file=Path(log.key_file))) as ledger:
            work(ledger)

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_nothing_is_recorded_under_a_key_that_was_destroyed(log: ErasableLog) -> None:
    """An event encrypted before an erasure and stored after it would never open, or bring back."""
    (old,) = log.ledger.subjects_matching(VICTIM)
    recorded: list[int] = []

    def record(ledger: Ledger) -> None:
        for _ in range(EVENTS):
            fact = event("access.used.v1", actor=ACTOR, resource="mail", subjects=[VICTIM])
            recorded.append(ledger.record(fact).index)

    def follow(ledger: Ledger) -> None:
        for _ in range(3):
            catch_up(ledger)

    others = [beside(log, record), beside(log, follow)]
    erase_subject(log.ledger, f"data-subject#{old.hex}", requested_by=BY)
    for other in others:
        other.join()
    assert len(recorded) == EVENTS
    with closing(Ledger.open(database=log.url, key_file=log.key_file)) as ledger:
        report = ledger.verify()
        assert report.outcome == "valid", report.findings
    with log.ledger.log.engine.connect() as connection:
        left = connection.execute(select(DISCLOSURE).where(DISCLOSURE.c.subject_id == old)).all()
    assert left == []
    assert old not in log.ledger.subjects_matching(VICTIM)
    catch_up(log.ledger)
    swept = list(state(log.ledger, "access").rows)
    rebuild(log.ledger, ["access"])
    assert list(state(log.ledger, "access").rows) == swept


def test_two_who_erase_the_same_person_do_it_once(log: ErasableLog) -> None:
    """Two confirmations would tell of one erasure, or none."""
    outcomes: list[object] = []

    def erase(ledger: Ledger) -> None:
        try:
            outcomes.append(erase_subject(ledger, VICTIM, requested_by=BY))
        except (BadRequest, SubjectErased) as error:
            outcomes.append(error)

    others = [beside(log, erase) for _ in range(2)]
    for other in others:
        other.join()
    assert sum(isinstance(each, ZegelError) for each in outcomes) == 1
    assert log.outcome() == "valid"
    assert log.ledger.log.erasures.pending() == []


def test_two_who_resume_the_same_erasure_confirm_it_once(
    log: ErasableLog,
) -> None:
    """A timer and a person who both go on after a crash would confirm twice."""
    subject = find_subject(log.ledger, VICTIM)

    def stop(doing: str) -> None:
        if doing.startswith("recording the confirmation"):
            raise KeyboardInterrupt

    with suppress(KeyboardInterrupt):
        erase_subject(log.ledger, subject.token, requested_by=BY, progress=stop)
    confirmed: list[int] = []

    def resume(ledger: Ledger) -> None:
        confirmed.extend(each.confirmed_index for each in resume_erasures(ledger))

    others = [beside(log, resume) for _ in range(2)]
    for other in others:
        other.join()
    assert len(set(confirmed)) == 1
    assert log.outcome() == "valid"
    assert log.ledger.log.erasures.pending() == []
