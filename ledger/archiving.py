"""Decides and carries out that sealed bytes leave the database for the archive that holds them.

Crash order: archive, decision, signature, removal. The segments stand in the archive and were
verified as they lie there; the decision is a record of the log; nothing goes before a checkpoint
covers that record; then segment by segment goes, each in one transaction. What was decided and not
carried out is found by the next run.

What stays in the database: every column that finds, orders and proves a record, its leaf hash, and
all that can be erased (disclosures, keys, tombstones, sameness, look-up tables).
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Final

from ledger import decided_records
from ledger.archive.archive import Archive
from ledger.archive.archived_decision import archiving_fault, manifests_sha256
from ledger.archive.checking import check_segment
from ledger.archive.manifest import SegmentManifest
from ledger.draft import Receipt
from ledger.errors import BadRequest, StoreUnavailable, VerificationError
from ledger.notes.checkpoint import KeyTerm
from ledger.notes.tile_proofs import inclusion_from_tiles, root_from_tiles
from ledger.proofs import verify_inclusion
from ledger.proving import newest_checkpoint, wrong_tiles
from ledger.record import leaf_hash
from ledger.store.archived import ArchivedTable, note_archiving
from ledger.store.sealed_log import SealedLog
from ledger.store.tiles import TileTable
from ledger.stored import StoredArchiving, StoredSegment

if TYPE_CHECKING:
    from ledger.ledger import Ledger

RULE: Final = "archiving"
"""The rule that a decision names: no retention rule of data, but that of the log itself."""


def movable(log: SealedLog, archive: Archive) -> list[SegmentManifest]:
    """The full segments of an archive whose sealed bytes are in the database still, in order.

    Raises:
        BadRequest: segments are missing before them, or the archive is of other records.
    """
    table = ArchivedTable(log.engine, log.log_id)
    begin = max(table.stop(), log.beginning().frontier.size)
    found = [one for one in archive.segments if one.records.is_full and one.first >= begin]
    if found and found[0].first != begin:
        raise BadRequest(
            f"{archive.url}: expected a segment from record {begin} on, found none before "
            f"{found[0].first}; nothing was moved"
        )
    fetch = TileTable(log).fetch
    for one in found:
        root = root_from_tiles(one.stop, fetch)
        if root != one.frontier_after.root():
            raise BadRequest(
                f"{archive.url}/{one.records.manifest_path}: expected the records of this log, "
                "found those of another history; nothing was moved"
            )
    return found


def require_sound(
    archive: Archive,
    segments: Sequence[SegmentManifest],
    terms: Sequence[KeyTerm],
    progress: Callable[[int], None] | None = None,
) -> None:
    """Returns only if each of these segments verifies as it lies in the archive.

    Args:
        archive: Where they are.
        segments: Which.
        terms: The keys of the log.
        progress: Told how many records were verified so far.

    Raises:
        VerificationError: one does not; nothing may be moved.
        StoreUnavailable: the archive cannot be reached.
    """
    done = 0
    for one in segments:
        checked = check_segment(archive.url, one, terms)
        fault = next((finding for finding in checked.findings if finding.is_fault), None)
        if fault is not None:
            message = f"{archive.url}: {fault}; nothing was moved"
            raise VerificationError(fault.verdict, fault.index, message)
        done += one.size
        if progress is not None:
            progress(done)


def record_decision(
    ledger: "Ledger",
    archive: Archive,
    segments: Sequence[SegmentManifest],
    *,
    decided_by: str,
    reason: str | None,
) -> Receipt:
    """Records that the bytes of segments are to leave the database; durable, nothing goes yet.

    Args:
        ledger: The log.
        archive: Where they are, verified.
        segments: Which, in order; at least one.
        decided_by: `person:…`
        reason: In their own words.
    """
    stop = segments[-1].stop
    manifest_sha256 = manifests_sha256([_stored(archive, one) for one in segments])
    return decided_records.record_decision(
        ledger,
        RULE,
        stop,
        manifest_sha256=manifest_sha256,
        decided_by=decided_by,
        reason=reason,
        note=lambda connection, index: note_archiving(
            connection, ledger.log.log_id, StoredArchiving(stop, index, manifest_sha256)
        ),
        archived_index=stop,
    )


def require_archived(log: SealedLog, archive: Archive) -> None:
    """Returns only if an archive has every segment that the database does not hold any more.

    Raises:
        BadRequest: one is missing, or is not the one that was decided on.
        StoreUnavailable: the archive cannot be reached.
    """
    here = {one.first: one for one in archive.segments}
    kept_from = log.beginning().frontier.size
    for segment in ArchivedTable(log.engine, log.log_id).segments():
        if segment.stop <= kept_from:
            continue  # pruned since
        found = here.get(segment.first)
        if found is None or _stored(archive, found) != segment:
            raise BadRequest(
                f"{archive.url}: expected the segment of records {segment.first} to "
                f"{segment.stop - 1} with the manifest that was decided on, found "
                f"{'none' if found is None else 'another'}; nothing was changed"
            )


def undone(log: SealedLog) -> StoredArchiving | None:
    """The newest decision, if the bytes of records are left that it moves."""
    table = ArchivedTable(log.engine, log.log_id)
    newest = next(iter(reversed(table.decisions())), None)
    if newest is None or newest.stop <= max(table.stop(), log.beginning().frontier.size):
        return None
    return newest


def is_covered(log: SealedLog, decision: StoredArchiving, terms: Iterable[KeyTerm]) -> bool:
    """Whether the newest checkpoint signs the record of a decision.

    Raises:
        VerificationError: record, tiles and checkpoint do not fit together.
    """
    checkpoint, index = newest_checkpoint(log, terms), decision.recorded_index
    if checkpoint is None or checkpoint.size <= index:
        return False
    fetch = TileTable(log).fetch
    found = root_from_tiles(checkpoint.size, fetch)
    if found != checkpoint.root:
        raise wrong_tiles(checkpoint, found)
    record = log.record_at(index)
    sealed = None if record is None else record.sealed
    roots = {decision.stop: root_from_tiles(decision.stop, fetch)}
    fault = archiving_fault(decision, sealed, roots)
    if fault is not None or sealed is None:
        raise VerificationError("MODIFIED", index, f"{fault}; nothing was moved")
    proof = inclusion_from_tiles(index, checkpoint.size, fetch)
    verify_inclusion(leaf_hash(sealed), index, checkpoint.size, proof, checkpoint.root)
    return True


def carry_out(
    ledger: "Ledger",
    archive: Archive,
    decision: StoredArchiving,
    terms: Sequence[KeyTerm],
    progress: Callable[[int], None] | None = None,
) -> int:
    """Moves what a signed decision names; of how many records. Repeatable after a crash.

    Args:
        ledger: The log.
        archive: The place that the log remembers.
        decision: Which records.
        terms: The keys of the log.
        progress: Told how many records' bytes are gone so far.

    Raises:
        StoreUnavailable: no checkpoint covers the decision yet, or the archive cannot be reached;
            nothing was moved.
        VerificationError: a segment does not verify; nothing more was moved.
        BadRequest: the archive holds other segments than those that were decided on.
    """
    log = ledger.log
    if not is_covered(log, decision, terms):
        raise StoreUnavailable(
            f"record {decision.recorded_index}, the decision to archive: expected a checkpoint "
            "over it, found none; `zegel seal` makes one, then `zegel archive move` goes on"
        )
    table = ArchivedTable(log.engine, log.log_id)
    moved = 0
    for manifest, segment in _left_to_move(log, archive, decision):
        require_sound(archive, [manifest], terms)
        table.empty(segment)
        moved += _kept(log, manifest)
        if progress is not None:
            progress(moved)
    return moved


def records_to_move(log: SealedLog, archive: Archive, decision: StoredArchiving) -> int:
    """Of how many records a decision still moves the bytes.

    Raises:
        StoreUnavailable: the archive cannot be reached.
        BadRequest: it holds other segments than those that were decided on.
    """
    return sum(_kept(log, manifest) for manifest, _ in _left_to_move(log, archive, decision))


def _kept(log: SealedLog, manifest: SegmentManifest) -> int:
    """How many records of a segment were not pruned."""
    return max(0, manifest.stop - max(manifest.first, log.beginning().frontier.size))


def _left_to_move(
    log: SealedLog, archive: Archive, decision: StoredArchiving
) -> list[tuple[SegmentManifest, StoredSegment]]:
    """The segments of a decision that are not noted as moved, also those that were pruned since.

    Of those no bytes are left, but the decision holds for all of its segments or for none.
    """
    table = ArchivedTable(log.engine, log.log_id)
    before = max((one.stop for one in table.decisions() if one.stop < decision.stop), default=0)
    found = [
        (one, _stored(archive, one))
        for one in archive.segments
        if before < one.stop <= decision.stop
    ]
    for begin in range(len(found)):  # what was pruned before the decision is none of it
        decided = found[begin:]
        if manifests_sha256([segment for _, segment in decided]) == decision.manifest_sha256:
            done = table.stop()
            return [each for each in decided if each[1].stop > done]
    raise BadRequest(
        f"records below {decision.stop}: expected the segments that were decided on in record "
        f"{decision.recorded_index}, found others; nothing was moved"
    )


def _stored(archive: Archive, manifest: SegmentManifest) -> StoredSegment:
    raw = archive.place.read(manifest.records.manifest_path)
    return StoredSegment(manifest.first, manifest.stop, raw)
