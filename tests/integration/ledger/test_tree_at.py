"""The root at an earlier size is the one that the log had then."""

from contextlib import closing
from pathlib import Path

import pytest

from ledger.errors import NotFound, RecordsPruned, VerificationError
from ledger.ledger import Ledger
from ledger.merkle import Frontier
from ledger.store.schema import RECORD
from ledger.tree_at import checkpoint_within, root_at
from tests.pruned_home import PrunedHome, used
from tests.sealed_home import SealedHome


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


def test_the_checkpoint_within_a_size_stays_the_same(tmp_path: Path, database_url: str) -> None:
    """An export of what was sealed could not be made again once the log was sealed anew."""
    home = SealedHome(database_url, tmp_path)
    home.create()
    with closing(home.open()) as ledger, pytest.raises(NotFound, match="zegel seal"):
        checkpoint_within(ledger.log, 0, home.signing.terms())
    sizes = []
    for count in (3, 2, 4):
        home.add(count)
        home.seal()
        with closing(home.open()) as ledger:
            sizes.append(int(ledger.head().size))
    first, second, third = sizes
    with closing(home.open()) as ledger:
        for size, expected in ((first, first), (second + 1, second), (third, third), (99, third)):
            found = checkpoint_within(ledger.log, size, home.signing.terms())
            assert (found.size, found.root) == (expected, root_at(ledger.log, expected))


def test_a_checkpoint_that_the_log_does_not_lead_to_is_refused(
    tmp_path: Path, database_url: str
) -> None:
    """An export would hold other records than the signed note beside them covers."""
    home = SealedHome(database_url, tmp_path)
    home.create()
    home.add(3)
    home.seal()
    home.add(1)
    home.write(RECORD, 1, leaf_hash=bytes(32))
    with closing(home.open()) as ledger, pytest.raises(VerificationError) as caught:
        checkpoint_within(ledger.log, 4, home.signing.terms())
    assert caught.value.verdict == "FORK"
