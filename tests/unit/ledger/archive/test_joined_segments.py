"""Segments checked apart lead to what one walk leads to, or it is said where they do not."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from hashlib import sha256
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.archive.grown_tree import GrownTree
from ledger.archive.joined_segments import JoinedSegments, wanted_sizes
from ledger.merkle import EMPTY_ROOT, Frontier, tree_root
from ledger.stored import RawRecord
from ledger.tile_growth import GrowingTree, TileHash
from ledger.units import Hash32
from ledger.verification.findings import Finding, FindingLog
from ledger.verification.leaves import NEVER
from ledger.verification.start import BEGINNING, Start

LEAVES = [Hash32(sha256(bytes([number % 251, number // 251])).digest()) for number in range(1_400)]


@dataclass
class Noted:
    """What an observer was told."""

    wanted: list[int]
    roots: list[tuple[int, bytes]] = field(default_factory=list)
    tiles: list[TileHash] = field(default_factory=list)

    @property
    def next_size(self) -> int:
        """The size wanted next."""
        return self.wanted[0] if self.wanted else NEVER

    def see_root(self, size: int, root: bytes) -> None:
        """Notes a root."""
        assert self.wanted.pop(0) == size
        self.roots.append((size, root))

    def see_tiles(self, hashes: Sequence[TileHash]) -> None:
        """Notes tiles."""
        self.tiles += hashes


@dataclass(frozen=True)
class Segment:
    """The place of a segment, as a manifest has it."""

    before: Start
    after: Start


@dataclass(frozen=True)
class Checked:
    """What a worker found in it."""

    records_checked: int
    tiles: Sequence[TileHash]
    roots: Sequence[tuple[int, Hash32]]
    found: FindingLog = field(default_factory=FindingLog)


def start_at(index: int) -> Start:
    """What is known of the first leaves."""
    if index == 0:
        return BEGINNING
    return Start(Frontier.empty().extended(LEAVES[:index]), LEAVES[index - 1], index)


def segments(*bounds: int) -> list[Segment]:
    """The segments between these indexes."""
    return [Segment(start_at(first), start_at(stop)) for first, stop in pairwise(bounds)]


def checked(one: Segment, roots_at: Sequence[int] = ()) -> Checked:
    """What somebody gives who knows nothing but this segment."""
    first, stop = one.before.frontier.size, one.after.frontier.size
    tree = GrownTree(one.before.frontier, roots_at)
    rows = [row_of(index) for index in range(first, stop)]
    assert list(tree.passing(rows)) == rows
    return Checked(stop - first, tree.tiles, tree.roots)


def row_of(index: int) -> RawRecord:
    """A row, of which only the leaf hash counts here."""
    return RawRecord(index, b"", LEAVES[index], b"", 0, "", None, 0, None, None)


def in_order(tiles: Sequence[TileHash]) -> list[TileHash]:
    """Tiles level by level: within a level nobody may change their order."""
    return sorted(tiles, key=lambda one: one.level)


@pytest.fixture
def joined() -> Iterator[JoinedSegments]:
    """Nothing joined yet."""
    with closing(JoinedSegments(BEGINNING)) as made:
        yield made


@given(st.data())
def test_what_segments_lead_to_is_what_all_records_lead_to(data: st.DataObject) -> None:
    """A root or tile would differ by where a log was cut, and a sound log be found forged."""
    size = data.draw(st.integers(1, len(LEAVES)))
    cuts = data.draw(st.sets(st.integers(1, size), max_size=6))
    sizes = sorted(data.draw(st.sets(st.integers(0, size), max_size=6)))
    parts = segments(*sorted({0, *cuts, size}))
    joined = JoinedSegments(BEGINNING)
    for one, wanted in zip(parts, wanted_sizes(iter(sizes), parts), strict=True):
        joined.add(one, checked(one, wanted))
    noted, again = Noted(list(sizes)), Noted(list(sizes))
    joined.tell(noted)
    joined.tell(again)
    joined.close()
    assert noted == again
    assert noted.roots == [(at, tree_root(LEAVES[:at])) for at in sizes]
    whole = GrowingTree(Frontier.empty()).add(LEAVES[:size])
    assert in_order(noted.tiles) == in_order(whole)
    assert (joined.records_checked, joined.next) == (size, start_at(size))
    assert not joined.findings.counts


@pytest.mark.parametrize(
    ("bounds", "fault"),
    [
        ([(0, 300), (500, 700)], ("MISSING", 300, 499)),
        ([(0, 300), (0, 300), (300, 700)], ("INSERTED", 0, None)),
        ([(5, 300)], ("MISSING", 0, 4)),
    ],
    ids=["left out", "twice", "the first left out"],
)
def test_segments_must_meet(
    joined: JoinedSegments, bounds: list[tuple[int, int]], fault: tuple[str, int, int | None]
) -> None:
    """A segment could be left out, and nobody would miss its records."""
    for first, stop in bounds:
        (one,) = segments(first, stop)
        joined.add(one, checked(one))
    assert joined.is_broken
    found = joined.findings.kept[0]
    assert (found.verdict, found.index, found.last_index) == fault


@pytest.mark.parametrize("column", ["frontier", "last_leaf", "recorded_at_us"])
def test_a_segment_of_another_history_is_no_next_one(joined: JoinedSegments, column: str) -> None:
    """Signed segments of two histories of one log could be mixed."""
    first, second = segments(0, 300, 600)
    other: dict[str, object] = {
        "frontier": Frontier.empty().extended(LEAVES[1:301]),
        "last_leaf": LEAVES[7],
        "recorded_at_us": 7,
    }
    before = replace(second.before, **{column: other[column]})  # type: ignore[arg-type]  # any one
    joined.add(first, checked(first))
    joined.add(Segment(before, second.after), checked(second))
    assert [(one.verdict, one.index) for one in joined.findings.kept] == [("FORK", 300)]


def test_behind_a_fault_no_root_is_told(joined: JoinedSegments) -> None:
    """A root would be compared that rests on records which nobody could check."""
    first, second, third = segments(0, 256, 512, 768)
    found = FindingLog()
    found.add(Finding("MODIFIED", 300, "sealed", "the committed record", "another"))
    joined.add(first, checked(first, [200]))
    joined.add(second, replace(checked(second, [512]), found=found))
    joined.add(third, checked(third, [768]))
    noted = Noted([200, 512, 768])
    joined.tell(noted)
    assert [size for size, _ in noted.roots] == [200]
    assert [(one.level, one.index) for one in noted.tiles] == [(1, 0)]
    assert joined.records_checked == 768
    assert joined.next == third.after


def test_findings_that_are_not_kept_are_counted(joined: JoinedSegments) -> None:
    """Of many faults in many segments fewer would be told than there are."""
    for one in segments(0, 700, 1_400):
        found = FindingLog()
        first, stop = one.before.frontier.size, one.after.frontier.size
        for index in range(first, stop):
            found.add(Finding("MODIFIED", index, "sealed", "the committed record", "another"))
        joined.add(one, replace(checked(one), found=found))
    assert joined.findings.counts == {"MODIFIED": 1_400}


def test_a_checkpoint_over_nothing_is_compared(joined: JoinedSegments) -> None:
    """A forged checkpoint of size 0 would pass where workers check the records."""
    noted = Noted([0])
    joined.tell(noted)
    assert noted.roots == [(0, EMPTY_ROOT)]


@pytest.mark.parametrize("damaged", ["text", b"short", None])
def test_behind_a_damaged_leaf_hash_nothing_is_known_of_the_tree(damaged: object) -> None:
    """A worker would die of a damaged column in place of naming it."""
    rows = [row_of(index) for index in range(600)]
    rows[300] = rows[300]._replace(leaf_hash=damaged)  # type: ignore[arg-type]  # as SQLite may have it
    tree = GrownTree(Frontier.empty(), [100, 500])
    assert list(tree.passing(rows)) == rows
    assert [size for size, _ in tree.roots] == [100]
    assert {one.index for one in tree.tiles} <= {0}
