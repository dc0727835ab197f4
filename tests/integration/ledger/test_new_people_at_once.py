"""Many callers that name people and cases for the first time share what storing them costs."""

import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event

from ledger.store.requests import StaleVault
from ledger.vault.subject_table import NewSubject
from ledger.vault.subjects import _Asked
from tests.grants import grant
from tests.histories import new_ledger

if TYPE_CHECKING:
    from ledger.draft import Receipt

CALLERS = 24
PATIENCE_S = 120.0


def test_all_are_stored_with_few_commits(database_url: str, tmp_path: Path) -> None:
    """Each would pay for commits of its own; on SQLite some would be told that it is too late."""
    ledger = new_ledger(database_url, tmp_path)
    receipts: list[Receipt] = []
    commits: list[int] = []
    together = threading.Barrier(CALLERS)
    event.listen(ledger.log.engine, "commit", lambda _connection: commits.append(1))

    def record(number: int) -> None:
        fact = grant(grant_id=f"G-{number}", grantee=f"person:user{number}@example.nl")
        together.wait(PATIENCE_S)
        receipts.append(ledger.record(fact))

    threads = [threading.Thread(target=record, args=(number,)) for number in range(CALLERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    try:
        assert sorted(receipt.index for receipt in receipts) == list(range(CALLERS))
        assert len({receipt.stream for receipt in receipts}) == CALLERS
        assert len(commits) < 3 * CALLERS
        assert ledger.verify().first_fault is None
    finally:
        ledger.close()


def test_whoever_read_old_keys_hurts_no_other(database_url: str, tmp_path: Path) -> None:
    """One caller from before an erasure would fail those from after it, or wrap with old keys."""
    ledger = new_ledger(database_url, tmp_path)
    subjects, now = ledger.vault.subjects, ledger.vault.generation
    fresh = _Asked({b"a" * 32: NewSubject("person", None)}, now)
    stale = _Asked({b"b" * 32: NewSubject("person", None)}, now - 1)
    try:
        with pytest.raises(StaleVault):
            subjects._find_together([fresh, stale])
        with pytest.raises(StaleVault):
            subjects._finding.submit(stale)
        assert set(subjects._finding.submit(fresh)) == {b"a" * 32}
    finally:
        ledger.close()
