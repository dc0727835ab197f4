"""The root at an earlier size is the one that the log had then."""

from contextlib import closing
from pathlib import Path

import pytest

from ledger.errors import NotFound, RecordsPruned
from ledger.ledger import Ledger
from ledger.merkle import Frontier
from ledger.tree_at import root_at
from tests.pruned_home import PrunedHome, used


def _root(ledger: Ledger) -> bytes:
    head = ledger.log.head()
    return bytes(Frontier(head.size, head.frontier).root())


def test_the_root_of_every_earlier_size_is_the_one_it_had(ledger: Ledger) -> None:
    """An export would name a root that no checkpoint ever had."""
    known = {0: _root(ledger)}
    for _ in range(9):
        ledger.record(used())
        known[int(ledger.head().size)] = _root(ledger)
    assert {size: root_at(ledger.log, size) for size in known} == known


def test_a_size_to_come_is_refused(ledger: Ledger) -> None:
    """An export would claim records that are not there."""
    with pytest.raises(NotFound, match="at most 0"):
        root_at(ledger.log, 1)


def test_sealed_and_pruned_logs_give_the_same_roots(tmp_path: Path, database_url: str) -> None:
    """An export of a log whose old records are gone could not say what it is of."""
    home = PrunedHome(database_url, tmp_path)
    home.create()
    home.fill(600)
    with closing(home.open()) as ledger:
        size = int(ledger.head().size)
        leaves = ledger.log.leaf_hashes(0, size)
    expected = {at: Frontier.empty().extended(leaves[:at]).root() for at in (511, 512, 513, size)}
    home.prune(512)
    home.fill(3)
    with closing(home.open()) as ledger:
        assert root_at(ledger.log, 512) == expected[512]
        assert root_at(ledger.log, 513) == expected[513]
        assert root_at(ledger.log, size) == expected[size]
        with pytest.raises(RecordsPruned):
            root_at(ledger.log, 511)
