"""Callers that wait together share a commit, and nothing else."""

import threading
import time
from collections.abc import Sequence
from uuid import UUID

import pytest
from sqlalchemy import Connection, event

from ledger.draft import Conflict, Draft, Receipt
from ledger.errors import StreamConflict
from ledger.store import SealedLog
from tests.integration.store.check_log import check_log
from tests.integration.store.drafts import make_draft

CASE = UUID(int=5)


class Callers:
    """Threads that each append one draft, started while a first append is held open."""

    def __init__(self, log: SealedLog, drafts: Sequence[Draft]) -> None:
        self.log = log
        self.outcomes: dict[int, Receipt | Conflict] = {}
        self.errors: dict[int, Exception] = {}
        self.commits = 0
        event.listen(log.engine, "commit", self._count)
        held, release = threading.Event(), threading.Event()

        def hold(_connection: Connection, _outcomes: Sequence[Receipt | Conflict]) -> None:
            held.set()
            assert release.wait(30)

        first = threading.Thread(target=lambda: log.append([make_draft()], also=hold))
        first.start()
        assert held.wait(30)
        threads = [
            threading.Thread(target=self._append, args=(place, draft))
            for place, draft in enumerate(drafts)
        ]
        for thread in threads:
            thread.start()
        while len(log._group._waiting) < len(drafts):
            time.sleep(0.001)
        release.set()
        for thread in [first, *threads]:
            thread.join()

    def _append(self, place: int, draft: Draft) -> None:
        try:
            (self.outcomes[place],) = self.log.append([draft])
        except StreamConflict as error:
            self.errors[place] = error

    def _count(self, _connection: Connection) -> None:
        self.commits += 1


def test_callers_that_wait_share_one_commit(log: SealedLog) -> None:
    """Each of many callers would pay for a disk flush of its own."""
    drafts = [make_draft() for _ in range(40)]
    callers = Callers(log, drafts)
    assert callers.commits == 2
    assert sorted(outcome.index for outcome in callers.outcomes.values()) == list(range(1, 41))
    for place, outcome in callers.outcomes.items():
        assert outcome.event_id == drafts[place].event_id
    check_log(log, 41)


def test_a_refused_caller_hurts_no_other(log: SealedLog) -> None:
    """One stale request would fail those of strangers."""
    drafts = [make_draft() for _ in range(20)]
    drafts[7] = make_draft(stream=CASE, fresh_stream=False, expected_version=3)
    callers = Callers(log, drafts)
    assert list(callers.errors) == [7]
    assert len(callers.outcomes) == 19
    check_log(log, 20)


def test_the_same_fact_from_two_callers_is_stored_once(log: SealedLog) -> None:
    """A client that retries too early would double its fact."""
    draft = make_draft()
    callers = Callers(log, [draft, draft, make_draft(event_id=draft.event_id)])
    receipts = [found for found in callers.outcomes.values() if isinstance(found, Receipt)]
    assert {outcome.index for outcome in callers.outcomes.values()} == {1}
    assert sorted(receipt.duplicate for receipt in receipts) in ([False, True], [False])
    check_log(log, 2)


@pytest.mark.parametrize("size", [1, 3_000])
def test_a_request_larger_than_a_group_is_written(log: SealedLog, size: int) -> None:
    """A large import would wait for ever."""
    assert len(log.append([make_draft() for _ in range(size)])) == size
