"""Compares the head row with the records that the walk found, and records beyond it with nothing.

The head says four things: the size, the last leaf hash, the last time and the frontier. Whether
records are gone or extra, or the size itself was changed, shows in the last leaf hash: it is that
of the record at the true end.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from ledger.stored import Head, RawRecord
from ledger.verification.body_copies import microseconds_of
from ledger.verification.chain import ChainWalk
from ledger.verification.findings import Finding, FindingLog
from ledger.verification.leaves import Leaves
from ledger.verification.strays import KEPT_STRAYS, Strays
from ledger.verification.witnesses import Candidate, well_typed


@dataclass(slots=True)
class Beyond:
    """The records at and after the size of the head, in the order of their index."""

    size: int
    count: int = 0
    first_states: bytes | None = None
    """The leaf hash that the first of them gives for the record before it."""
    is_chain: bool = True
    """Each follows the one before it without a gap, from the size of the head on."""
    _kept: list[tuple[int, bytes]] = field(default_factory=list)
    _last: tuple[int, bytes] = (-1, b"")

    def take(self, row: RawRecord) -> None:
        """Takes the next record that the head does not count."""
        candidate = Candidate.of(well_typed(row))
        states = candidate.states
        if not self.count:
            self.first_states = states
        is_linked = states is not None and (not self.count or states == self._last[1])
        is_whole = candidate.row.leaf_hash == candidate.leaf
        index = self.size + self.count
        is_dense = row.index == index and candidate.is_at(index)
        self.is_chain = self.is_chain and is_linked and is_whole and is_dense
        self.count += 1
        self._last = (row.index, candidate.leaf)
        if len(self._kept) < KEPT_STRAYS:
            self._kept.append(self._last)

    def ends_with(self, leaf: bytes) -> bool:
        """Whether they are a chain whose last record has this leaf hash."""
        return bool(self.count) and self.is_chain and self._last[1] == leaf

    def report(self, strays: Strays, findings: FindingLog) -> None:
        """Hands each over as an extra record; those past the bound become one finding."""
        for index, leaf in self._kept:
            strays.add_extra(index, leaf)
        more = self.count - len(self._kept)
        if more:
            findings.add(
                Finding(
                    *("INSERTED", self._kept[-1][0] + 1, "sealed", "no record"),
                    *(f"{more} more records", self._last[0]),
                )
            )


def close_walk(head: Head, walk: ChainWalk, beyond: Beyond, findings: FindingLog) -> None:
    """Judges the last records by the head and the head by the records, and reports the strays."""
    size = walk.next_index
    if size == head.size and beyond.ends_with(head.last_leaf_hash):
        walk.finish(beyond.first_states or b"", head.frontier)
        findings.add(_head("size", size + beyond.count, head.size))
    elif size < head.size and size and walk.ends_with(head.last_leaf_hash):
        walk.finish(head.last_leaf_hash, head.frontier)
        findings.add(_head("size", size, head.size))
    elif size < head.size:
        beyond.report(walk.strays, findings)
        walk.abandon()
        expected, found = f"{head.size} records", f"{size} records"
        findings.add(Finding("TRUNCATED", size, "sealed", expected, found, head.size - 1))
    else:
        beyond.report(walk.strays, findings)
        if not walk.finish(head.last_leaf_hash, head.frontier):
            found = head.last_leaf_hash.hex()
            findings.add(_head("last_leaf_hash", "the hash of the last record", found))
        findings.add_all(_compare_time(head, walk.last_recorded_at_us))
        findings.add_all(_compare_frontier(head, walk.leaves))
    walk.strays.report()


def _compare_time(head: Head, newest_us: int | None) -> Iterator[Finding]:
    """Compares with the last record, if there is none or it is sound."""
    instant = head.last_recorded_at
    found = None if instant is None else microseconds_of(instant)
    if found != newest_us and (newest_us is not None or head.size == 0):
        yield _head("last_recorded_at", newest_us, found)


def _compare_frontier(head: Head, leaves: Leaves) -> Iterator[Finding]:
    """Compares subtree by subtree, leaving out those over leaves that nobody knows."""
    if leaves.is_abandoned:
        return
    expected = leaves.frontier().hashes
    if len(head.frontier) != len(expected):
        yield _head("frontier", f"{len(expected)} hashes", f"{len(head.frontier)} hashes")
        return
    start = 0
    for place, (ours, theirs) in enumerate(zip(expected, head.frontier, strict=True)):
        stop = start + _perfect_subtree(head.size - start)
        is_known = all(last < start or first >= stop for first, last in leaves.unknown)
        if is_known and ours != theirs:
            over = f"{ours.hex()} over records {start} to {stop - 1}"
            yield _head(f"frontier[{place}]", over, theirs.hex())
        start = stop


def _perfect_subtree(leaves: int) -> int:
    """The number of leaves in the largest perfect tree that fits."""
    return 1 << (leaves.bit_length() - 1)


def _head(column: str, expected: object, found: object) -> Finding:
    return Finding("MODIFIED", None, f"head.{column}", str(expected), str(found))
