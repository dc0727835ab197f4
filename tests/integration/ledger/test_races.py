"""Several processes, and keys that change while events are encrypted."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from threading import Event
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, update

from ledger.draft import Draft, Receipt
from ledger.errors import StoreUnavailable
from ledger.events.access import AccessGranted
from ledger.ledger import Ledger
from ledger.personal import WITHHELD
from ledger.query import EventQuery
from ledger.store.engine import reading, writing
from ledger.store.schema import CASE, DISCLOSURE, IDENTITY, RECORD, SUBJECT
from ledger.stored import RawRecord
from ledger.vault.generations import next_generation, raise_generation
from ledger.vault.keys import WrappedKey
from ledger.vault.subject_table import NewSubject, SubjectTable
from tests.grants import grant
from tests.opened import opened_records
from tests.racing_ledgers import SUBJECTS, record_grants

_PROCESSES = 4


def _advanced(ledger: Ledger) -> int:
    """The next generation, which the keys have reached."""
    keys = ledger.vault.keys
    generation = next_generation(ledger.log.engine, ledger.log.log_id, keys)
    keys.advance(generation)
    return generation


def _erase(ledger: Ledger, identity: str, *, completely: bool = True) -> None:
    """Destroys the key of a subject as an erasure does, in the order that it keeps."""
    (subject_id,) = ledger.subjects_matching(identity)
    generation = _advanced(ledger)
    with writing(ledger.log.engine) as connection:
        connection.execute(
            update(SUBJECT)
            .where(SUBJECT.c.subject_id == subject_id)
            .values(wrapped_key=None, erased_at_index=0)
        )
        raise_generation(connection, ledger.log.log_id, ledger.vault.keys, generation)
        if completely:
            connection.execute(IDENTITY.delete().where(IDENTITY.c.subject_id == subject_id))


def test_processes_that_meet_new_subjects_at_once_agree(
    ledger: Ledger, database_url: str, key_file: Path
) -> None:
    """One person would be two subjects, and half of what happened not be found or erased."""
    context = get_context("spawn")
    ready = context.Barrier(_PROCESSES)
    processes = [
        context.Process(target=record_grants, args=(database_url, key_file, ready, bool(turn % 2)))
        for turn in range(_PROCESSES)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(timeout=120)
    assert [process.exitcode for process in processes] == [0] * _PROCESSES
    with reading(ledger.log.engine) as connection:
        for table in (SUBJECT, IDENTITY, CASE):
            assert connection.execute(select(func.count()).select_from(table)).scalar() == SUBJECTS
    for number in range(SUBJECTS):
        found = ledger.read(EventQuery(subject=f"person:p{number}"))
        assert len(list(found)) == _PROCESSES
    assert ledger.verify().findings == ()


def test_verifying_while_others_record_finds_nothing(ledger: Ledger) -> None:
    """Each event recorded during a verification would be reported as inserted by an attacker."""
    ledger.record_many([grant(grant_id=f"G-{number}") for number in range(10)])

    def record_meanwhile(_: int) -> None:
        ledger.record(grant())

    scan = ledger.log.raw_record_pages

    def scan_after_more(start: int = 0, stop: int | None = None) -> Iterator[Sequence[RawRecord]]:
        record_meanwhile(0)
        return scan(start, stop)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ledger.log, "raw_record_pages", scan_after_more)
        report = ledger.verify(record_meanwhile)
    assert ledger.head().size > 11
    assert (report.size, report.findings) == (10, ())


def test_rows_beyond_the_head_are_found(ledger: Ledger) -> None:
    """Rows that were put behind the newest record would wait there unseen."""
    ledger.record_many([grant(), grant()])
    with writing(ledger.log.engine) as connection:
        stray = select(DISCLOSURE).where(DISCLOSURE.c.idx == 1)
        row = connection.execute(stray).mappings().one()
        connection.execute(DISCLOSURE.insert(), {**row, "idx": 7})
        record = connection.execute(select(RECORD).where(RECORD.c.idx == 1)).mappings().one()
        connection.execute(RECORD.insert(), {**record, "idx": 2, "version": 3})
    report = ledger.verify()
    assert {finding.index for finding in report.findings} == {2, 7}


def test_an_erasure_between_encryption_and_append_is_noticed(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An event would be sealed under a key that was just destroyed, readable by nobody."""
    ledger.record(grant())
    drafts = ledger.vault.drafts
    encrypted: list[list[Draft]] = []

    def drafts_then_erasure(*arguments: Any) -> list[Draft]:  # noqa: ANN401 - passed on
        made = drafts(*arguments)
        if not encrypted:
            _erase(ledger, "person:jan@example.nl")
        encrypted.append(made)
        return made

    monkeypatch.setattr(ledger.vault, "drafts", drafts_then_erasure)
    receipt = ledger.record(grant())
    assert len(encrypted) == 2
    (opened,) = opened_records(ledger, ledger.log.scan(receipt.index))
    assert isinstance(opened.event, AccessGranted)
    assert opened.event.grantee == "person:jan@example.nl"


def test_endless_erasures_end_in_a_clear_error(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A writer would hang, or store an event under a destroyed key."""
    drafts = ledger.vault.drafts

    def drafts_then_rotation(*arguments: Any) -> list[Draft]:  # noqa: ANN401 - passed on
        made = drafts(*arguments)
        generation = _advanced(ledger)
        with writing(ledger.log.engine) as connection:
            raise_generation(connection, ledger.log.log_id, ledger.vault.keys, generation)
        return made

    monkeypatch.setattr(ledger.vault, "drafts", drafts_then_rotation)
    with pytest.raises(StoreUnavailable, match="nothing was stored"):
        ledger.record(grant())
    assert ledger.head().size == 0


@pytest.mark.parametrize("completely", [True, False])
def test_who_returns_after_an_erasure_is_a_new_subject(ledger: Ledger, *, completely: bool) -> None:
    """The key of an erased person would come back, and with it what was erased."""
    first = ledger.record(grant(justification="secret"))
    (before,) = ledger.subjects_matching("person:jan@example.nl")
    _erase(ledger, "person:jan@example.nl", completely=completely)
    assert ledger.subjects_matching("person:jan@example.nl") == []
    second = ledger.record(grant())
    (after,) = ledger.subjects_matching("person:jan@example.nl")
    assert after != before
    assert first.stream == second.stream
    erased, returned = opened_records(ledger, ledger.log.scan())
    assert isinstance(erased.event, AccessGranted)
    assert isinstance(returned.event, AccessGranted)
    assert (erased.event.grantee, erased.event.justification) == (WITHHELD, WITHHELD)
    assert erased.personal == {
        "grantee": "withheld", "grant_id": "token", "justification": "withheld",
    }  # fmt: skip
    assert returned.event.grantee == "person:jan@example.nl"


def test_a_case_whose_words_were_erased_gets_a_new_key(ledger: Ledger) -> None:
    """Words about a case without people would be lost after its first key was destroyed."""
    event = {"kind": "access.denied", "grantee": None, "justification": "no"}
    outcomes = ledger.record_many([grant(**event)])
    (first,) = [each for each in outcomes if isinstance(each, Receipt)]
    (disclosure,) = ledger.log.disclosures_of([0])[0]
    assert disclosure.subject_id == first.stream
    _erase(ledger, f"case#{first.stream.hex}", completely=False)
    ledger.vault.refresh()
    second = ledger.record(grant(**event))
    assert second.stream == first.stream
    (renewed,) = ledger.log.disclosures_of([second.index])[second.index]
    assert renewed.subject_id != first.stream
    (opened,) = opened_records(ledger, ledger.log.scan(second.index))
    assert getattr(opened.event, "justification", None) == "no"


def test_of_two_who_store_the_same_case_one_is_first(ledger: Ledger) -> None:
    """The second would be refused by the database, although it only has to take what is there."""
    table = SubjectTable(ledger.log.engine, ledger.log.log_id, uuid4)
    case, blind = uuid4(), b"a case".ljust(32, b"\0")
    generation = ledger.vault.keys.generation
    inside, begun = Event(), Event()

    def wrapped(subject_id: UUID) -> WrappedKey:
        return ledger.vault.keys.wrap(subject_id, bytes(32))

    def wrapped_slowly(subject_id: UUID) -> WrappedKey:
        inside.set()
        begun.wait(30)
        time.sleep(0.3)  # so that the other one stands before the same row
        return wrapped(subject_id)

    new = {blind: NewSubject("case", case)}
    with ThreadPoolExecutor(1) as other:
        first = other.submit(table.insert, new, wrapped_slowly, generation)
        assert inside.wait(30)
        begun.set()
        second = table.insert(new, wrapped, generation)
        assert second == first.result()
    assert second[blind].subject_id == case
