"""Writes the segments of a log that its archive lacks, one after the other.

Order of one segment: records, checkpoint, disclosures, manifest. Until the manifest stands, the
segment counts for nobody, and the next run begins it again: the same records give the same bytes.
What is written was verified while it was written, from the database to a signed checkpoint.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from hashlib import file_digest
from pathlib import Path
from tempfile import TemporaryDirectory

from ledger.archive.archive import manifests_at
from ledger.archive.layout import (
    CHECKPOINT,
    DISCLOSURES,
    MANIFEST,
    RECORDS,
    SegmentRange,
    segment_of,
    segments_between,
)
from ledger.archive.manifest import SegmentFile, SegmentManifest, open_manifest, sign_manifest
from ledger.archive.place import ArchivePlace
from ledger.archive.segment_file import SegmentWriter
from ledger.errors import BadRequest, FormatError, StoreUnavailable, VerificationError
from ledger.notes.checkpoint import KeyTerm, VerifiedCheckpoint, open_checkpoint
from ledger.notes.note_signing import NoteSigner
from ledger.notes.tile_proofs import consistency_from_tiles, frontier_from_tiles, root_from_tiles
from ledger.notes.tiles import TILE_WIDTH
from ledger.proofs import verify_consistency
from ledger.proving import wrong_tiles
from ledger.record import leaf_hash
from ledger.store.checkpoints import CheckpointTable
from ledger.store.requests import instant_of
from ledger.store.sealed_log import SealedLog
from ledger.store.tiles import TileTable
from ledger.stored import Head, RawRecord
from ledger.units import Size
from ledger.verification.log_check import verify_records
from ledger.verification.start import Start

Grant = Callable[[SegmentRange, VerifiedCheckpoint], bytes | None]
"""Gives what is opened of a segment as a disclosure file; `None` where nothing is."""

SigningKey = Callable[[], NoteSigner]
"""Gives the key that signs; asked only when something is to be signed."""


def nothing_opened(_segment: SegmentRange, _checkpoint: VerifiedCheckpoint) -> None:
    """None: the sealed records alone go into the archive."""


@dataclass(frozen=True, slots=True)
class WrittenSegment:
    """A segment that stands in the archive."""

    manifest: SegmentManifest
    is_new: bool
    """Whether this run wrote it."""


class ArchiveWriter:
    """Writes one log to one place."""

    def __init__(
        self,
        log: SealedLog,
        terms: tuple[KeyTerm, ...],
        key: SigningKey,
        place: ArchivePlace,
        grant: Grant = nothing_opened,
    ) -> None:
        """Reads and writes nothing yet.

        Args:
            log: Whose records.
            terms: Its keys.
            key: The one that signs.
            place: Where the segments go.
            grant: What is opened of each.
        """
        self._log = log
        self._terms = terms
        self._key = key
        self._place = place
        self._grant = grant
        self._fetch = TileTable(log).fetch
        self._checkpoints = CheckpointTable(log.engine, log.log_id)

    def planned(self, before: int | None, *, unfinished: bool) -> list[SegmentRange]:
        """The segments that a run writes or finds, in order.

        Args:
            before: Records below this index only; `None`: all that a checkpoint covers.
            unfinished: Whether a last segment that is not full is among them.

        Raises:
            BadRequest: no checkpoint covers any record.
        """
        newest = self._checkpoints.newest()
        if newest is None or newest.size == 0:
            raise BadRequest(
                f"{self._log.origin}: expected a checkpoint, found none; `zegel seal` makes one"
            )
        stop = newest.size if before is None else min(before, newest.size)
        kept_from = self._log.beginning().frontier.size
        known = manifests_at(self._place)
        first = min(kept_from, known[0].first) if known else kept_from
        found = segments_between(first, stop)
        return [one for one in found if one.stop > kept_from and (one.is_full or unfinished)]

    def write(
        self, segment: SegmentRange, progress: Callable[[int], None] | None = None
    ) -> WrittenSegment:
        """A segment that stands in the archive on return, durable and signed.

        Args:
            segment: Which records.
            progress: Told how many records of it are written so far.

        Raises:
            BadRequest: another file stands where one of it belongs; nothing was overwritten.
            StoreUnavailable: archive, database or key cannot be used.
            VerificationError: a record, tile or checkpoint is not as it was signed; no manifest
                was written.
        """
        known = self._known(segment)
        if known is not None:
            return WrittenSegment(known, is_new=False)
        checkpoint = self._covering(segment.stop)
        manifest = self._unsigned(segment, checkpoint)
        with TemporaryDirectory(prefix="zegel-archive-") as folder:
            built = Path(folder)
            files = {segment.stem + RECORDS: built / "records"}
            self._write_records(files[segment.stem + RECORDS], manifest, progress)
            small = {CHECKPOINT: checkpoint.raw, DISCLOSURES: self._grant(segment, checkpoint)}
            for ending, raw in small.items():
                if raw is not None:
                    files[segment.stem + ending] = built / ending
                    (built / ending).write_bytes(raw)
            listed = tuple(_file(path, source) for path, source in sorted(files.items()))
            manifest = replace(manifest, files=listed)
            for path, source in files.items():
                self._put(path, source)
            note = built / "manifest"
            note.write_bytes(sign_manifest(manifest, self._key()))
            self._place.write(segment.manifest_path, note)
        self._remove_replaced(segment)
        return WrittenSegment(manifest, is_new=True)

    def _put(self, path: str, source: Path) -> None:
        """Puts a file of a segment there that has no manifest yet."""
        try:
            self._place.write(path, source)
        except BadRequest as error:
            raise BadRequest(
                f"{error}; no manifest names it: an interrupted run may have left it, before "
                "somebody was erased or something else was asked for; remove it and run again"
            ) from error

    def _known(self, segment: SegmentRange) -> SegmentManifest | None:
        """The manifest that stands there already, if it tells of the records of this log.

        Raises:
            BadRequest: it tells of others, or a file of it is not there as it says.
        """
        path = segment.manifest_path
        if self._place.size_of(path) is None:
            return None
        where = f"{self._place.url.rstrip('/')}/{path}"
        try:
            manifest = open_manifest(self._place.read(path), self._terms)
        except (FormatError, VerificationError) as error:
            raise BadRequest(
                f"{where}: expected a manifest of {self._log.origin}, found another: {error}; "
                "nothing was overwritten"
            ) from error
        if manifest.records != segment or manifest.after != self._start(segment.stop):
            raise BadRequest(
                f"{where}: expected the records of this log, found those of another history; "
                "nothing was overwritten"
            )
        for file in manifest.files:
            if self._place.size_of(file.path) != file.length:
                raise BadRequest(
                    f"{self._place.url.rstrip('/')}/{file.path}: expected {file.length} bytes as "
                    f"its manifest says, found {self._place.size_of(file.path) or 'none'}; "
                    "`zegel archive verify` tells more"
                )
        return manifest

    def _unsigned(self, segment: SegmentRange, checkpoint: VerifiedCheckpoint) -> SegmentManifest:
        """What the manifest will say, but for the files: compared with the signed root."""
        found = root_from_tiles(checkpoint.size, self._fetch)
        if found != checkpoint.root:
            raise wrong_tiles(checkpoint, found)
        after = self._start(segment.stop)
        proof = tuple(consistency_from_tiles(segment.stop, checkpoint.size, self._fetch))
        signed = (checkpoint.size, checkpoint.root)
        verify_consistency(segment.stop, after.frontier.root(), *signed, proof)
        return SegmentManifest(
            origin=self._log.origin,
            records=segment,
            before=self._start(segment.first),
            after=after,
            checkpoint_size=checkpoint.size,
            consistency=proof,
            files=(),
        )

    def _write_records(
        self, target: Path, manifest: SegmentManifest, progress: Callable[[int], None] | None
    ) -> None:
        """Writes the file of records; each is verified on the way, up to what was signed."""
        after = manifest.after
        head = Head(
            origin=manifest.origin,
            size=Size(manifest.stop),
            last_leaf_hash=after.last_leaf,
            last_recorded_at=instant_of(after.recorded_at_us),
            frontier=after.frontier.hashes,
        )
        rows = self._log.scan_raw(manifest.first, manifest.stop)
        with SegmentWriter(target) as writer:
            told = _telling(writer.passing(rows), progress)
            report = verify_records(manifest.origin, head, told, manifest.before)
        fault = report.first_fault
        if fault is not None:
            raise VerificationError(
                fault.verdict,
                fault.index,
                f"{fault}; nothing of this segment counts; `zegel verify` tells more",
            )

    def _start(self, index: int) -> Start:
        """What a record at an index must follow, as the database says."""
        beginning = self._log.beginning()
        if index == beginning.frontier.size:
            return beginning
        if index < beginning.frontier.size:
            raise BadRequest(
                f"{self._place.url}: expected a segment from index {index} on, found none, and its "
                "first records were pruned: another folder begins with those that are kept"
            )
        row = self._log.record_at(index - 1)
        if row is None:
            raise VerificationError("MISSING", index - 1, "expected a record, found none")
        frontier = frontier_from_tiles(index, self._fetch)
        return Start(frontier, leaf_hash(row.sealed), row.recorded_at_us)

    def _covering(self, size: int) -> VerifiedCheckpoint:
        """The oldest checkpoint over so many records: the same one in every run."""
        keys = [term.key for term in self._terms]
        stored = next(self._checkpoints.scan(size), None)
        if stored is None:
            raise StoreUnavailable(
                f"record {size - 1}: expected a checkpoint over it, found none; `zegel seal` "
                "makes one"
            )
        return open_checkpoint(stored.note, keys, terms=self._terms)

    def _remove_replaced(self, segment: SegmentRange) -> None:
        """Removes shorter segments that began where this one does; their manifests first."""
        folder = SegmentRange(segment.first, segment.first + 1).stem.rpartition("/")[0]
        old = [path for path in self._place.paths(folder) if _is_shorter(path, segment)]
        for path in sorted(old, key=lambda one: not one.endswith(MANIFEST)):
            self._place.remove(path)


def _is_shorter(path: str, segment: SegmentRange) -> bool:
    try:
        return segment_of(path).stop < segment.stop
    except FormatError:
        return False  # nobody of ours wrote it


def _telling(
    rows: Iterator[RawRecord], progress: Callable[[int], None] | None
) -> Iterator[RawRecord]:
    """The same rows; tells how many went by."""
    for number, row in enumerate(rows, 1):
        yield row
        if progress is not None and number % TILE_WIDTH == 0:
            progress(number)


def _file(path: str, source: Path) -> SegmentFile:
    with source.open("rb") as handle:
        digest = file_digest(handle, "sha256").digest()
    return SegmentFile(path, source.stat().st_size, digest)
