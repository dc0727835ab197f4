"""Group commit without a database: who is served, and who is told when something breaks."""

import threading
import time
from collections.abc import Sequence

import pytest

from ledger.draft import Conflict, Receipt
from ledger.errors import StoreUnavailable
from ledger.store.group_commit import MOST_ROWS, GroupCommit, Ticket
from ledger.store.requests import AppendRequest, drafts_in
from tests.integration.store.drafts import make_draft

Outcomes = list[Receipt | Conflict]


class GatedWriter:
    """Writes nothing; the first call is held until all others wait behind it."""

    def __init__(self, failure: BaseException | None = None) -> None:
        self.group = GroupCommit(self.write, drafts_in)
        self.sizes: list[int] = []
        self.entered = threading.Event()
        self.gate = threading.Event()
        self.failure = failure

    def write(self, requests: Sequence[AppendRequest]) -> list[Outcomes]:
        """One empty list of outcomes per request."""
        self.sizes.append(len(requests))
        if len(self.sizes) == 1:
            self.entered.set()
            assert self.gate.wait(30)
        elif self.failure is not None:
            failure, self.failure = self.failure, None
            raise failure
        return [[] for _ in requests]

    def run(self, waiting: int) -> list[Outcomes | BaseException]:
        """What each caller behind the first one got."""
        results: list[Outcomes | BaseException] = []

        def call() -> None:
            try:
                results.append(self.group.submit(AppendRequest([])))
            except BaseException as error:  # noqa: BLE001 - looked at by the test
                results.append(error)

        first = threading.Thread(target=self.group.submit, args=(AppendRequest([]),))
        first.start()
        assert self.entered.wait(30)
        callers = [threading.Thread(target=call) for _ in range(waiting)]
        for caller in callers:
            caller.start()
        while len(self.group._waiting) < waiting:
            time.sleep(0.001)
        self.gate.set()
        for thread in [first, *callers]:
            thread.join(30)
            assert not thread.is_alive()
        return results


def test_all_who_wait_are_written_together() -> None:
    """Each caller would pay for its own commit."""
    writer = GatedWriter()
    assert writer.run(30) == [[]] * 30
    assert writer.sizes == [1, 30]


def test_a_failed_group_is_tried_in_halves() -> None:
    """The failure of one would be told to all, or cost each of them a commit of its own."""
    writer = GatedWriter(failure=ValueError("one of you"))
    assert writer.run(5) == [[]] * 5
    assert writer.sizes == [1, 5, 2, 3]


def test_each_request_of_a_caller_gets_its_own_outcome() -> None:
    """One thread that writes for many would tell all of them what one of them did."""
    sizes: list[int] = []

    def write(requests: Sequence[AppendRequest]) -> list[Outcomes]:
        sizes.append(len(requests))
        if any(request.versions for request in requests):
            raise ValueError("this one")
        return [[] for _ in requests]

    group = GroupCommit(write, drafts_in)
    asked = [AppendRequest([]) for _ in range(8)]
    asked[5].versions = [1]
    found = group.submit_all(asked)
    assert [outcome for place, outcome in enumerate(found) if place != 5] == [[]] * 7
    assert isinstance(found[5], ValueError)
    assert sizes == [8, 4, 4, 2, 1, 1, 2]


def test_an_interrupted_leader_leaves_nobody_asleep() -> None:
    """After Ctrl-C in one thread, all others would sleep for ever."""
    writer = GatedWriter(failure=KeyboardInterrupt())
    results = writer.run(4)
    kinds = sorted(type(result).__name__ for result in results)
    assert kinds == ["KeyboardInterrupt", *["OutcomeUnknown"] * 3]
    assert any("not known" in str(result) for result in results)
    assert writer.group.submit(AppendRequest([])) == []


def test_a_failure_is_raised_to_its_caller() -> None:
    """A fact that was not stored would get a receipt."""

    def refuse(_requests: Sequence[AppendRequest]) -> list[Outcomes]:
        raise StoreUnavailable("full")

    group = GroupCommit(refuse, drafts_in)
    for _ in range(2):
        with pytest.raises(StoreUnavailable, match="full"):
            group.submit(AppendRequest([]))


def test_a_group_stays_small_enough_for_one_transaction() -> None:
    """One caller's receipt would wait for everybody else's import."""
    group: GroupCommit[AppendRequest, Outcomes] = GroupCommit(
        lambda requests: [[] for _ in requests], drafts_in
    )
    half = [make_draft()] * (MOST_ROWS // 2)
    for drafts in (half, half, half, half * 4):
        group._waiting.append(Ticket([AppendRequest(drafts)]))
    sizes = []
    while group._waiting:
        sizes.append(sum(len(ticket.requests[0].drafts) for ticket in group._next_group()))
    assert sizes == [MOST_ROWS, MOST_ROWS // 2, 2 * MOST_ROWS]
