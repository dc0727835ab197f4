"""What the logs of checkpoints of a home say about one log, as a part of verifying that log.

A collected checkpoint that its log does not lead to any more is a fault of the log: it was signed,
and held elsewhere. The newest one that the log leads to, and that an independent party saw through
the log of checkpoints, says up to where the log is anchored. Each link is verified: the collected
record is in the anchored checkpoint of the log of checkpoints, by an inclusion proof; that one is
signed by its key; what the party said about it holds now.

| level | collected checkpoints that are compared |
|---|---|
| full | all |
| since, quick | those of the log among the newest 1,024 that were collected of any log |
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import islice, takewhile
from typing import TYPE_CHECKING, Final

from ledger.anchored_extent import anchored_extent
from ledger.anchors.settings import AnchorSettings
from ledger.errors import FormatError, RecordsPruned, VerificationError
from ledger.levels import Trust
from ledger.many_logs.collected_records import Collected, collected_in, collected_rows
from ledger.notes.checkpoint import VerifiedCheckpoint, open_checkpoint
from ledger.notes.tile_proofs import inclusion_from_tiles, root_from_tiles
from ledger.proofs import verify_inclusion
from ledger.record import leaf_hash
from ledger.store.checkpoints import CheckpointTable
from ledger.store.sealed_log import SealedLog
from ledger.store.tiles import TileTable
from ledger.stored import StoredRecord, stored_bytes
from ledger.verification.error_findings import finding_of
from ledger.verification.findings import AnchoredThrough, Finding, FindingLog
from ledger.verification_record import Anchored

if TYPE_CHECKING:
    from ledger.verdicts import Verdict

_CHUNK: Final = 1000


@dataclass(frozen=True, slots=True)
class CheckpointsLog:
    """A log of checkpoints, with what its home brings to verify it."""

    name: str
    """In the home."""
    log: SealedLog
    trust: Trust
    parties: AnchorSettings

    @property
    def place(self) -> str:
        """How findings call it."""
        return f"log of checkpoints {self.name}"


@dataclass(frozen=True, slots=True)
class CollectedReport:
    """What one log of checkpoints says about one log."""

    findings: FindingLog
    anchored: AnchoredThrough | None
    """Up to where it anchors the log; `None`: nowhere yet."""


def check_collected(
    log: SealedLog, collecting: CheckpointsLog, first_size: int, *, everything: bool
) -> CollectedReport:
    """What a log of checkpoints says about a log, verified.

    Args:
        log: The one that is verified.
        collecting: The log of checkpoints.
        first_size: Checkpoints of smaller sizes are not compared.
        everything: Whether all that were collected are, or the newest only.

    Raises:
        StoreUnavailable: a database cannot be used.
    """
    findings = FindingLog()
    through = _Through(log, collecting, _anchored_extent(collecting, findings))
    rows = collected_rows(collecting.log, everything=everything)
    while chunk := list(islice(rows, _CHUNK)):
        found = [one for row in chunk if (one := _read(row, log.origin, through, findings))]
        wanted = [one for one in found if one.size >= first_size]
        notes = through.stored_notes(wanted)
        for one in wanted:
            fault = None if one.note_sha256 in notes else through.fault_of(one)
            if fault is None:
                through.holds(one)
            else:
                findings.add(fault)
    try:
        anchored = through.anchored()
    except (VerificationError, FormatError) as error:
        findings.add(_finding_at(through.place, error))
        anchored = None
    return CollectedReport(findings, anchored)


def _anchored_extent(collecting: CheckpointsLog, findings: FindingLog) -> Anchored | None:
    """Up to where the log of checkpoints is anchored; what cannot be read there is a finding."""
    try:
        return anchored_extent(collecting.log, collecting.parties, collecting.trust)
    except (VerificationError, FormatError) as error:
        findings.add(_finding_at(collecting.place, error))
        return None


def _read(
    row: StoredRecord, origin: str, through: "_Through", findings: FindingLog
) -> Collected | None:
    """The checkpoint of this log that a record tells of, if it is of this log."""
    try:
        collected = collected_in(row)
    except (VerificationError, FormatError) as error:
        place = through.place_of(int(row.index))
        findings.add(Finding("MODIFIED", None, place, "a collected checkpoint", str(error)[:200]))
        return None
    return collected if collected is not None and collected.origin == origin else None


class _Through:
    """The log that is verified beside one log of checkpoints."""

    def __init__(self, log: SealedLog, collecting: CheckpointsLog, extent: Anchored | None) -> None:
        self._log = log
        self._collecting = collecting
        self._checkpoints = CheckpointTable(log.engine, log.log_id)
        self._tiles = TileTable(log)
        self._newest: Collected | None = None
        self._extent = extent
        self._sound_size = 0

    @property
    def place(self) -> str:
        """The log of checkpoints, for findings."""
        return self._collecting.place

    def place_of(self, index: int) -> str:
        """One of its records, for findings."""
        return f"{self.place}, record {index}"

    def stored_notes(self, wanted: Iterable[Collected]) -> set[bytes]:
        """The hashes of the notes that the log still has of these sizes.

        Those are compared with its records by the check of checkpoints.
        """
        sizes = {one.size for one in wanted}
        if not sizes:
            return set()
        last = max(sizes)
        rows = takewhile(lambda row: row.size <= last, self._checkpoints.scan(min(sizes)))
        return {sha256(bytes(row.note)).digest() for row in rows if row.size in sizes}

    def fault_of(self, one: Collected) -> Finding | None:
        """Why the log does not lead to a collected checkpoint; `None` if it does.

        Whether the record that says so is itself what its log holds is verified first.
        """
        size = self._log.head().size
        if size < one.size:
            verdict: Verdict = self._checkpoints.loss_of(one.size)
            expected, found = f"the {one.size} records of that checkpoint", f"{size} records"
        else:
            try:
                root = root_from_tiles(one.size, self._tiles.fetch)
            except RecordsPruned:
                place, expected = self.place_of(one.index), "that checkpoint, or its records"
                return Finding("MISSING", None, place, expected, "none: the records were pruned")
            except VerificationError as error:
                return _finding_at(self.place_of(one.index), error)
            if root == one.root:
                return None
            verdict, expected, found = "FORK", f"root {one.root.hex()}", f"root {root.hex()}"
        # What the log led to before is sound up to there, where the records were read in order.
        sound = self._sound_size if self._sound_size < one.size else 0
        first = size if size < one.size else sound
        place = self.place_of(one.index)
        fault = Finding(verdict, first, place, expected, found, one.size - 1)
        return self._doubt(one.index) or fault

    def holds(self, one: Collected) -> None:
        """Remembers the newest checkpoint that the log leads to and that is anchored."""
        self._sound_size = one.size
        size = 0 if self._extent is None else self._extent.size
        if one.index < size and (self._newest is None or one.size > self._newest.size):
            self._newest = one

    def anchored(self) -> AnchoredThrough | None:
        """Up to where the log is anchored, once the whole way to the party is verified.

        Raises:
            VerificationError: a link does not hold.
            FormatError: a stored checkpoint is none.
        """
        one, extent = self._newest, self._extent
        if one is None or extent is None or extent.anchored_at is None:
            return None
        self._verify(one.index, self._checkpoint(extent.size))
        return AnchoredThrough(
            name=self._collecting.name,
            origin=self._collecting.log.origin,
            index=one.index,
            size=one.size,
            through_size=extent.size,
            anchored_at=extent.anchored_at,
            by=tuple(sorted(each.authority for each in extent.by if each.size >= extent.size)),
        )

    def _doubt(self, index: int) -> Finding | None:
        """What is wrong with a record of the log of checkpoints itself, as far as it is signed."""
        log = self._collecting.log
        newest = CheckpointTable(log.engine, log.log_id).newest()
        if newest is None or newest.size <= index:
            return None
        try:
            self._verify(index, self._checkpoint(newest.size))
        except (VerificationError, FormatError) as error:
            return _finding_at(self.place_of(index), error)
        return None

    def _checkpoint(self, size: int) -> VerifiedCheckpoint:
        """A checkpoint of the log of checkpoints that its key signed."""
        log, terms = self._collecting.log, self._collecting.trust.terms
        keys = [term.key for term in terms]
        failed: VerificationError | FormatError | None = None
        for row in CheckpointTable(log.engine, log.log_id).of_size(size):
            try:
                return open_checkpoint(bytes(row.note), keys, terms=terms)
            except (VerificationError, FormatError) as error:
                failed = error
        raise failed or VerificationError(
            "MISSING", None, f"{self.place}: expected a checkpoint of size {size}, found none"
        )

    def _verify(self, index: int, checkpoint: VerifiedCheckpoint) -> None:
        """Returns only if a record of the log of checkpoints is in this checkpoint of it."""
        log = self._collecting.log
        row = log.record_at(index)
        if row is None:
            message = f"{self.place_of(index)}: expected a record, found none"
            raise VerificationError("MISSING", None, message)
        proof = inclusion_from_tiles(index, checkpoint.size, TileTable(log).fetch)
        leaf = leaf_hash(stored_bytes(row.sealed))
        verify_inclusion(leaf, index, checkpoint.size, proof, checkpoint.root)


def _finding_at(place: str, error: VerificationError | FormatError) -> Finding:
    """What an error stands for, in the log of checkpoints: no index of the log that is verified."""
    return replace(finding_of(error, place), place=place[:200], index=None)


def anchored_through(reports: Iterable[CollectedReport]) -> tuple[AnchoredThrough, ...]:
    """What anchors the log, of all logs of checkpoints."""
    return tuple(one.anchored for one in reports if one.anchored is not None)
