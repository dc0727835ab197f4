"""Segments that were checked apart, joined from the left to the right: do they meet?

Each segment was checked against the start and the end that its own manifest names. Here every start
must be the end before it; so a segment that was left out, put twice or taken from another history
of the log is found. A fault in one takes nothing from the judgement of the others, for what the log
signed of the seams is known.

Invariants: memory is flat, what the segments lead to waits in a file, 41 bytes for each hash; none
of it is told any more behind a fault, as in a walk over a whole log, where no root is known behind
an unknown leaf.
"""

from collections.abc import Iterable, Iterator, Sequence
from struct import Struct
from tempfile import SpooledTemporaryFile
from typing import Final, Protocol

from ledger.merkle import EMPTY_ROOT
from ledger.tile_growth import TileHash
from ledger.units import HASH_BYTES, Hash32
from ledger.verdicts import NO_FAULT
from ledger.verification.findings import Finding, FindingLog
from ledger.verification.leaves import TreeObserver
from ledger.verification.start import Start

_HASH: Final = Struct(f">BQ{HASH_BYTES}s")
"""Level, index and hash of a tile hash; a root has level 0 and, in place of an index, the size."""
_ROOT: Final = 0
_PAGE_HASHES: Final = 4096
_IN_MEMORY_BYTES: Final = 4 * 2**20


class Claimed(Protocol):
    """What a manifest says of the place of its segment."""

    @property
    def before(self) -> Start:
        """Of the records before."""

    @property
    def after(self) -> Start:
        """Of the same with the records of the segment."""


class Checked(Protocol):
    """What checking a segment by itself gave."""

    @property
    def records_checked(self) -> int:
        """How many records there were."""

    @property
    def found(self) -> FindingLog:
        """What is not as its manifest says."""

    @property
    def tiles(self) -> Sequence[TileHash]:
        """The hashes of tiles that its records complete, each level in order."""

    @property
    def roots(self) -> Sequence[tuple[int, Hash32]]:
        """The roots that were wanted, by size."""


class JoinedSegments:
    """Checked segments put together."""

    def __init__(self, start: Start) -> None:
        """Begins where the first segment must begin.

        Args:
            start: What is known of the records before it.
        """
        self.next = start
        """What the next segment must follow."""
        self.findings = FindingLog()
        self.records_checked = 0
        self._begins_at_0 = start.frontier.size == 0
        self._hashes = SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115 - see `close`

    @property
    def is_broken(self) -> bool:
        """Whether any fault was found."""
        return any(verdict not in NO_FAULT for verdict in self.findings.counts)

    def add(self, claimed: Claimed, checked: Checked) -> None:
        """Takes the next segment.

        Args:
            claimed: Its manifest.
            checked: What checking its records against that found.
        """
        self.findings.add_all(_at_seam(self.next, claimed.before))
        self.findings.absorb(checked.found)
        self.records_checked += checked.records_checked
        if not self.is_broken:
            for level, index, found in checked.tiles:
                self._hashes.write(_HASH.pack(level, index, found))
            for size, root in checked.roots:
                self._hashes.write(_HASH.pack(_ROOT, size, root))
        self.next = claimed.after

    def tell(self, observer: TreeObserver) -> None:
        """Tells an observer what the segments lead to; repeatable.

        Args:
            observer: Wants the sizes that were wanted of the segments.
        """
        if self._begins_at_0 and observer.next_size == 0:
            observer.see_root(0, EMPTY_ROOT)
        for level, place, found in self._noted():
            if level == _ROOT:
                if place == observer.next_size:
                    observer.see_root(place, found)
            else:
                observer.see_tiles((TileHash(level, place, Hash32(found)),))

    def close(self) -> None:
        """Gives back what waited in the file."""
        self._hashes.close()

    def _noted(self) -> Iterator[tuple[int, int, bytes]]:
        self._hashes.seek(0)
        while page := self._hashes.read(_PAGE_HASHES * _HASH.size):
            yield from _HASH.iter_unpack(page)


def wanted_sizes(sizes: Iterable[int], segments: Iterable[Claimed]) -> Iterator[tuple[int, ...]]:
    """For each segment, the sizes whose roots are wanted and that end in it.

    Args:
        sizes: In ascending order, of checkpoints; a size that repeats is wanted once.
        segments: In the order of the log.
    """
    waiting = iter(dict.fromkeys(sizes))
    size = next(waiting, None)
    for claimed in segments:
        stop = claimed.after.frontier.size
        wanted: list[int] = []
        while size is not None and size <= stop:
            if size > claimed.before.frontier.size:
                wanted.append(size)
            size = next(waiting, None)
        yield tuple(wanted)


def _at_seam(expected: Start, found: Start) -> Iterator[Finding]:
    """One finding where two segments do not meet."""
    index, wanted = found.frontier.size, expected.frontier.size
    if wanted < index:
        yield Finding("MISSING", wanted, "segment", "a segment from here on", "none", index - 1)
    elif wanted > index:
        message = f"a segment from record {wanted} on"
        yield Finding("INSERTED", index, "segment", message, f"one from record {index} on")
    elif expected != found:
        place = "segment manifest, records before"
        yield Finding("FORK", index, place, _told(expected), _told(found))


def _told(start: Start) -> str:
    root = start.frontier.root().hex()
    return f"root {root}, leaf hash {start.last_leaf.hex()}, recorded at {start.recorded_at_us} µs"
