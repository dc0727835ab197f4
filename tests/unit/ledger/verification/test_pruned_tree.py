"""The kept hashes of a pruned tree are compared with each other, the frontier and checkpoints."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import pytest

from ledger.merkle import Frontier
from ledger.notes.checkpoint import KeyTerm
from ledger.stored import StoredCheckpoint, StoredMinimum
from ledger.tile_growth import GrowingTree
from ledger.units import Hash32, Size
from ledger.verification.checkpoint_check import CheckpointCheck, HeldCheckpoint
from ledger.verification.findings import Report
from ledger.verification.pruned_tree import check_pruned_tree
from tests.signed_checkpoints import ORIGIN, leaves, signed_checkpoint, signer_named

SIZE: Final = 66_304
"""259 hashes on level 1, one on level 2."""
MINIMUM: Final = 66_048
LEAVES: Final = leaves(SIZE)
HASHES: Final = GrowingTree(Frontier.empty()).add(LEAVES)


def level(wanted: int) -> list[tuple[int, bytes]]:
    """Index and hash of a level."""
    return [(one.index, one.hash) for one in HASHES if one.level == wanted]


def stored_minimum() -> StoredMinimum:
    """The row of a log in order."""
    frontier = Frontier.empty().extended(LEAVES[:MINIMUM])
    return StoredMinimum(MINIMUM, frontier.to_bytes(), LEAVES[MINIMUM - 1], 0)


@dataclass
class Pruned:
    """A pruned tree, of which any part can be changed."""

    minimum: StoredMinimum = field(default_factory=stored_minimum)
    level_1: list[tuple[int, bytes]] = field(default_factory=lambda: level(1))
    level_2: list[tuple[int, bytes]] = field(default_factory=lambda: level(2))
    stored: Sequence[tuple[int, str]] = ()
    held: Sequence[tuple[int, str]] = ()

    def report(self) -> Report:
        """What the check adds to a report without findings."""
        rows = []
        for size, history in self.stored:
            opened, _ = signed_checkpoint(size, history)
            rows.append(StoredCheckpoint(size, 0, opened.root, opened.raw))
        check = CheckpointCheck(
            ORIGIN,
            [KeyTerm(signer_named().key)],
            rows,
            held=[HeldCheckpoint("kept", signed_checkpoint(*one)[0].raw) for one in self.held],
            tiles=lambda wanted, first: iter(self.level_2[first:] if wanted == 2 else ()),
        )
        check_pruned_tree(check, self.minimum, iter(self.level_1))
        size = Size(MINIMUM)
        return check.complete(Report(ORIGIN, size, Hash32(bytes(32)), 0, 0, 0, (), {}))


def found(pruned: Pruned) -> list[tuple[str, int | None]]:
    """Verdict and index of every fault."""
    return [(one.verdict, one.index) for one in pruned.report().findings if one.is_fault]


def test_a_tree_in_order_has_no_fault() -> None:
    """Every pruned log would look broken."""
    report = Pruned(stored=[(256, "ours"), (300, "ours"), (65_536, "ours")]).report()
    assert not [one for one in report.findings if one.is_fault]
    assert (report.checkpoints_checked, report.checkpoints_uncompared) == (3, 1)
    assert report.signed_size == 65_536


@pytest.mark.parametrize(("size", "faults"), [(512, [("FORK", 0)]), (65_536, [("FORK", 0)])])
def test_another_history_below_the_minimum_is_a_fork(
    size: int, faults: list[tuple[str, int | None]]
) -> None:
    """The removed part of a history could be replaced."""
    assert found(Pruned(stored=[(size, "theirs")])) == faults
    assert found(Pruned(held=[(size, "theirs")])) == faults


def test_a_size_between_tiles_is_told_apart() -> None:
    """A checkpoint that nobody compared would count as compared."""
    report = Pruned(held=[(1, "theirs"), (257, "ours")]).report()
    assert report.checkpoints_uncompared == 2
    assert report.held_uncompared == ("kept", "kept")


def test_a_changed_hash_of_level_1_is_found() -> None:
    """Proofs of old sizes would be made from a changed hash."""
    hashes = level(1)
    hashes[7] = (7, bytes(32))
    faults = found(Pruned(level_1=hashes))
    assert ("TILE_MISMATCH", 0) in faults
    assert ("MODIFIED", None) in faults


def test_a_changed_hash_of_level_2_is_found() -> None:
    """Proofs of old sizes would be made from a changed hash."""
    assert found(Pruned(level_2=[(0, bytes(32))])) == [("TILE_MISMATCH", 0)]


@pytest.mark.parametrize("missing", [0, 100, 257])
def test_a_missing_hash_is_named(missing: int) -> None:
    """Old sizes could not be proven any more, and nobody would know."""
    hashes = [one for one in level(1) if one[0] != missing]
    faults = found(Pruned(level_1=hashes, stored=[(65_536, "ours")]))
    assert ("TILE_MISMATCH", missing * 256) in faults


def test_a_changed_frontier_is_found() -> None:
    """The kept records would go on from another tree."""
    other = Frontier.empty().extended(leaves(MINIMUM, "theirs")).to_bytes()
    minimum = stored_minimum()._replace(frontier=other)
    assert found(Pruned(minimum=minimum)) == [("MODIFIED", None)]
