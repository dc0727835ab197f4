"""Many threads use one ledger at a time, as those of a service do; an erasure may come between."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

import pytest

from ledger.evidence import Reading
from ledger.ledger import Ledger
from ledger.query import EventQuery
from projections import state
from projections.erasing import erase_subject
from tests.grants import grant
from tests.roles import give_every_role

DPO = "person:dpo@example.nl"
LEAVER = "person:leaver@example.nl"


@pytest.fixture
def ledger(tmp_path: Path, database_url: str) -> Iterator[Ledger]:
    """A log with some grants, one of them to somebody who will be erased."""
    found = Ledger.create(
        database=database_url, key_file=tmp_path / "vault.key.json", origin="threads.example/log"
    )
    give_every_role(found, DPO)
    found.record_many([grant(grant_id=f"G-{n}", grantee=f"person:p{n}@test") for n in range(20)])
    found.record(grant(grant_id="G-leaver", grantee=LEAVER))
    try:
        yield found
    finally:
        found.close()


def test_a_key_that_was_read_before_an_erasure_is_not_used_after_it(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A value would be stored under a key that was destroyed, about somebody who was erased."""
    (erased,) = ledger.subjects_matching(LEAVER)
    unwrap: Callable[[UUID, int, bytes], bytes] = ledger.vault.keys.unwrap
    overtaken = threading.Event()

    def unwrap_slowly(subject_id: UUID, epoch: int, wrapped: bytes) -> bytes:
        key = unwrap(subject_id, epoch, wrapped)
        if subject_id == erased and not overtaken.is_set():
            overtaken.set()
            erase_subject(ledger, LEAVER, requested_by=DPO)
            ledger.vault.refresh()
        return key

    ledger.vault.forget()
    generation = ledger.vault.generation
    monkeypatch.setattr(ledger.vault.keys, "unwrap", unwrap_slowly)
    ledger.vault.subjects.provide({LEAVER: None}, generation)
    assert overtaken.is_set()
    receipt = ledger.record(grant(grant_id="G-again", grantee=LEAVER))
    stored = ledger.log.disclosures_of([receipt.index])[receipt.index]
    assert erased not in {each.subject_id for each in stored}
    assert ledger.verify().outcome == "valid"


def test_threads_that_write_read_and_erase_agree(ledger: Ledger) -> None:
    """An answer would mix two states, or a thread fail because another one was busy."""

    def write(number: int) -> int:
        for each in range(10):
            who = LEAVER if each == 5 else f"person:p{each}@test"
            ledger.record(grant(grant_id=f"W-{number}-{each}", grantee=who))
        return 10

    def read(number: int) -> int:
        size = ledger.head().size
        query = EventQuery(kinds=("access.granted",), known_size=size)
        shown = Reading(DPO, "audit", None) if number % 2 else None
        indexes = [each.stored.index for each in ledger.read(query, reading=shown)]
        assert indexes == sorted(set(indexes))
        answer = state(ledger, "access")
        assert len(answer.rows) <= answer.known_size
        return len(indexes)

    def erase(_number: int) -> int:
        erase_subject(ledger, LEAVER, requested_by=DPO)
        return 1

    with ThreadPoolExecutor(12) as threads:
        works = [*[write] * 4, *[read] * 6, erase]
        results = [threads.submit(work, number) for number, work in enumerate(works)]
        assert all(result.result(timeout=120) for result in results)
    report = ledger.verify()
    assert report.outcome == "valid", report.first_fault
    grants = EventQuery(kinds=("access.granted",))
    assert sum(1 for _ in ledger.read(grants)) == 1 + 21 + 40
