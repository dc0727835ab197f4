"""Compares what the records lead to with checkpoints, stored or held elsewhere, and with tiles.

A history that was rewritten completely, hashes, columns and head included, contradicts nothing but
a checkpoint that was signed before. So each checkpoint is opened with configured keys, and its root
is compared with that of the records as the walk passes its size.

Invariants: memory is flat, checkpoints and tiles come in order and are looked at once; keys come
from the caller, never from the log.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from ledger.errors import FormatError, VerificationError
from ledger.notes.checkpoint import KeyTerm, VerifiedCheckpoint, open_checkpoint
from ledger.stored import StoredCheckpoint
from ledger.tile_growth import TileHash
from ledger.units import Index, Size
from ledger.verdicts import Verdict
from ledger.verification.findings import Finding, FindingLog, Report, modified, with_findings
from ledger.verification.leaves import NEVER

StoredTiles = Callable[[int, int], Iterator[tuple[int, bytes]]]
"""Gives index and hash of the stored tile hashes of a level from an index on, in order."""

_VERDICTS: Final[dict[str, Verdict]] = {
    "BAD_SIGNATURE": "BAD_SIGNATURE",
    "UNKNOWN_KEY": "UNKNOWN_KEY",
}


class HeldCheckpoint(NamedTuple):
    """A checkpoint that was kept outside the database."""

    place: str
    """Where it was kept, for people: `file monday.checkpoint`."""
    note: bytes


class _Opened(NamedTuple):
    checkpoint: VerifiedCheckpoint
    place: str
    held: bool


class CheckpointCheck:
    """One pass over the checkpoints of one log, beside the walk over its records."""

    def __init__(
        self,
        origin: str,
        terms: Iterable[KeyTerm],
        stored: Iterable[StoredCheckpoint],
        *,
        held: Iterable[HeldCheckpoint] = (),
        tiles: StoredTiles | None = None,
        first_size: int = 0,
    ) -> None:
        """Opens the held checkpoints.

        Args:
            origin: The name of the log.
            terms: The keys that are trusted to sign for it, each with its sizes.
            stored: Those of the database from `first_size` on, by size.
            held: Those kept elsewhere.
            tiles: The stored hashes of tiles; without it they are not compared.
            first_size: The size at which the walk begins.
        """
        self._origin = origin
        self._terms = tuple(terms)
        self._keys = tuple(term.key for term in self._terms)
        self._findings = FindingLog()
        self._stored = iter(stored)
        self._tiles = tiles
        self._tile_rows: dict[int, Iterator[tuple[int, bytes]]] = {}
        self._first_missing: dict[int, int] = {}
        self._newest_stored: int | None = None
        self._signed_size: int | None = None
        self._checked = 0
        self._uncompared = 0
        self._held_uncompared: list[str] = []
        self._sound_size = first_size
        opened = [self._open(one.note, one.place, held=True) for one in held]
        self._held = sorted(
            (one for one in opened if one and one.checkpoint.size >= first_size),
            key=lambda one: -one.checkpoint.size,
        )
        self._waiting: _Opened | None = None
        self._advance()

    @property
    def next_size(self) -> int:
        """The size of the next checkpoint; `NEVER` when there are no more."""
        sizes = [one.checkpoint.size for one in (self._waiting, *self._held[-1:]) if one]
        return min(sizes, default=NEVER)

    def see_root(self, size: int, root: bytes) -> None:
        """Compares every checkpoint of this size with the root of the records."""
        for opened in self._taken(size):
            checkpoint = opened.checkpoint
            if checkpoint.root == root:
                self._sound_size = size
                self._signed_size = max(size, self._signed_size or 0)
            else:
                self._add("FORK", opened, f"root {checkpoint.root.hex()}", f"root {root.hex()}")

    def see_tiles(self, hashes: Sequence[TileHash]) -> None:
        """Compares hashes of tiles with the stored ones."""
        if self._tiles is None:
            return
        for level, index, found in hashes:
            if level not in self._tile_rows:
                self._tile_rows[level] = self._tiles(level, index)
            stored_index, stored = next(self._tile_rows[level], (None, b""))
            if stored_index is None:
                self._first_missing.setdefault(level, index)
            elif (stored_index, stored) != (index, found):
                self._mismatch(level, index, found.hex(), f"{stored.hex()} at {stored_index}")

    def pass_over(self, size: int) -> None:
        """Takes every checkpoint of this size without a root to compare: its leaves were pruned."""
        for opened in self._taken(size):
            self._uncompared += 1
            if opened.held:
                self._held_uncompared.append(opened.place)

    def add(self, finding: Finding) -> None:
        """Adds what was found beside the walk over the records."""
        self._findings.add(finding)

    def complete(self, report: Report) -> Report:
        """The report with what the checkpoints add to it, once the walk is over."""
        longer: list[_Opened] = []
        while (size := self.next_size) != NEVER:
            longer += (one for one in self._taken(size) if one.checkpoint.size > report.size)
        if longer:
            self._report_shorter(longer, report.size)
        self._report_missing_tiles()
        signed = self._signed_size
        if not longer and report.size > (signed or 0):
            count = report.size - (signed or 0)
            self._findings.add(
                Finding(
                    *("UNSIGNED_TAIL", signed or 0, "checkpoint", "a signed checkpoint"),
                    *(f"none yet over {count} records", report.size - 1),
                )
            )
        return replace(
            with_findings(report, self._findings),
            checkpoints_checked=self._checked,
            checkpoints_uncompared=self._uncompared,
            held_uncompared=tuple(self._held_uncompared),
            signed_size=None if signed is None else Size(signed),
        )

    def _taken(self, size: int) -> Iterator[_Opened]:
        """The checkpoints of a size, taken from those that wait."""
        while self._waiting and self._waiting.checkpoint.size == size:
            self._newest_stored = size
            yield self._waiting
            self._advance()
        while self._held and self._held[-1].checkpoint.size == size:
            yield self._held.pop()

    def _advance(self) -> None:
        self._waiting = None
        for row in self._stored:
            self._waiting = self._open(row.note, f"checkpoint of size {row.size}", held=False)
            if self._waiting is not None and self._is_copied(row, self._waiting):
                return
            self._waiting = None

    def _open(self, note: bytes, place: str, *, held: bool) -> _Opened | None:
        self._checked += 1
        try:
            opened = open_checkpoint(note, self._keys, terms=self._terms)
        except VerificationError as error:
            verdict = _VERDICTS.get(error.verdict, "MODIFIED")
            self._findings.add(Finding(verdict, None, place, "a signature of the log", str(error)))
            return None
        except FormatError as error:
            self._findings.add(modified(None, place, "a signed checkpoint", str(error)))
            return None
        if opened.origin != self._origin:
            self._findings.add(modified(None, f"{place}, origin", self._origin, opened.origin))
            return None
        return _Opened(opened, place, held)

    def _is_copied(self, row: StoredCheckpoint, opened: _Opened) -> bool:
        """Whether the columns say what the note says."""
        said = opened.checkpoint
        if row.root != said.root:
            self._findings.add(modified(None, f"{opened.place}, column root", said.root, row.root))
        if row.size != said.size:
            self._findings.add(modified(None, f"{opened.place}, column size", said.size, row.size))
            return False
        return True

    def _report_shorter(self, longer: Sequence[_Opened], size: int) -> None:
        """Names the largest checkpoint that the log does not reach any more.

        Its own newest checkpoint tells the two cases apart: a database that forgot the larger one
        as well is an older copy of itself.
        """
        largest = max(longer, key=lambda one: one.checkpoint.size)
        rolled_back = (
            all(one.held for one in longer)
            and self._newest_stored is not None
            and self._newest_stored == self._signed_size
        )
        found = f"{size} records"
        expected = f"{largest.checkpoint.size} records"
        self._add("ROLLED_BACK" if rolled_back else "TRUNCATED", largest, expected, found, size)

    def _report_missing_tiles(self) -> None:
        """Names tiles that a stored checkpoint needs: the signer writes them before it signs."""
        for level, index in self._first_missing.items():
            if (index + 1) << (8 * level) <= (self._newest_stored or 0):
                self._mismatch(level, index, "a stored hash", "none")

    def _mismatch(self, level: int, index: int, expected: str, found: str) -> None:
        first, last = index << (8 * level), ((index + 1) << (8 * level)) - 1
        place = f"tile hash {index} of level {level}"
        self._findings.add(Finding("TILE_MISMATCH", first, place, expected, found, last))

    def _add(
        self, verdict: Verdict, opened: _Opened, expected: str, found: str, first: int | None = None
    ) -> None:
        size = opened.checkpoint.size
        index = self._sound_size if first is None else first
        place = opened.place
        self._findings.add(
            Finding(verdict, Index(min(index, size - 1)), place, expected, found, size - 1)
        )
