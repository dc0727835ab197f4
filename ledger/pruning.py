"""Decides and carries out the removal of sealed records below a minimum index.

Crash order: export, decision, signature, removal. The decision is a record of the log, written in
one transaction with its row; nothing goes before a checkpoint covers that record. What was decided
and not carried out is found by the next run.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

from ledger import decided_records
from ledger.draft import Receipt
from ledger.errors import BadRequest, StoreUnavailable, VerificationError
from ledger.events import PLANS
from ledger.notes.checkpoint import KeyTerm
from ledger.notes.tile_proofs import inclusion_from_tiles, root_from_tiles
from ledger.notes.tiles import TILE_WIDTH
from ledger.proofs import verify_inclusion
from ledger.proving import newest_checkpoint, wrong_tiles
from ledger.prunable import PrunedRange, require_no_disclosures, require_prunable
from ledger.record import leaf_hash
from ledger.store.pruning import note_pruning, raise_minimum, steps_to
from ledger.store.tiles import TileTable
from ledger.stored import StoredPruning
from ledger.verification.pruned_decision import decision_fault

if TYPE_CHECKING:
    from ledger.ledger import Ledger
    from ledger.store.sealed_log import SealedLog

RULE: Final = "pruning"
"""The rule that a decision names: no retention rule of data, but that of the log itself."""

_LONE_KINDS: Final = frozenset(kind for kind, plan in PLANS.items() if plan.stream_field is None)


def range_below(log: "SealedLog", wanted: int, covered: int) -> PrunedRange:
    """The records that can go when those below an index are not wanted any more.

    Args:
        log: The log.
        wanted: The lowest index that must stay.
        covered: The size of the newest checkpoint.

    Raises:
        BadRequest: there are none, or the checkpoint does not cover them.
    """
    first, stop = log.beginning().frontier.size, wanted // TILE_WIDTH * TILE_WIDTH
    if stop <= first:
        raise BadRequest(
            f"index {wanted}: expected at least {first + TILE_WIDTH}: records go in runs of "
            f"{TILE_WIDTH}, and those below {first} are gone already; nothing was removed"
        )
    if stop > covered:
        raise BadRequest(
            f"index {stop}: expected a checkpoint over so many records, found one over {covered}; "
            "`zegel seal` makes one; nothing was removed"
        )
    return PrunedRange(first, stop)


def record_decision(
    ledger: "Ledger",
    pruned: PrunedRange,
    *,
    exported_as: str,
    manifest_sha256: bytes,
    decided_by: str,
    reason: str | None,
    erasure_index: int | None = None,
) -> Receipt:
    """Records that a range is to be removed; durable on return, and nothing is removed yet.

    Args:
        ledger: The log.
        pruned: Which records.
        exported_as: The name of the export, for people.
        manifest_sha256: Of its manifest, 32 bytes.
        decided_by: `person:…`
        reason: In their own words.
        erasure_index: Where it was asked that the personal values left in the range be erased;
            `None`: there were none.
    """
    return decided_records.record_decision(
        ledger,
        RULE,
        pruned.stop,
        manifest_sha256=manifest_sha256,
        decided_by=decided_by,
        reason=reason,
        note=lambda connection, index: note_pruning(
            connection,
            ledger.log.log_id,
            StoredPruning(pruned.stop, index, manifest_sha256, exported_as),
        ),
        minimum_index=pruned.stop,
        erasure_index=erasure_index,
    )


def undone(log: "SealedLog") -> StoredPruning | None:
    """The newest decision, if records are left that it removes."""
    newest = next(iter(reversed(log.pruned.prunings())), None)
    if newest is None or newest.minimum <= log.beginning().frontier.size:
        return None
    return newest


def is_covered(log: "SealedLog", pruning: StoredPruning, terms: Iterable[KeyTerm]) -> bool:
    """Whether the newest checkpoint signs the record of a decision.

    Raises:
        VerificationError: record, tiles and checkpoint do not fit together.
    """
    checkpoint = newest_checkpoint(log, terms)
    if checkpoint is None or checkpoint.size <= pruning.recorded_index:
        return False
    fetch = TileTable(log).fetch
    found = root_from_tiles(checkpoint.size, fetch)
    if found != checkpoint.root:
        raise wrong_tiles(checkpoint, found)
    record = log.record_at(pruning.recorded_index)
    sealed = None if record is None else record.sealed
    roots = {pruning.minimum: root_from_tiles(pruning.minimum, fetch)}
    fault = decision_fault(pruning, sealed, roots)
    if fault is not None or sealed is None:
        raise VerificationError("MODIFIED", pruning.recorded_index, f"{fault}; nothing was removed")
    index = pruning.recorded_index
    proof = inclusion_from_tiles(index, checkpoint.size, fetch)
    verify_inclusion(leaf_hash(sealed), index, checkpoint.size, proof, checkpoint.root)
    return True


def carry_out(
    ledger: "Ledger",
    pruning: StoredPruning,
    terms: Iterable[KeyTerm],
    progress: Callable[[int], None] | None = None,
) -> int:
    """Removes what a signed decision names; how many records went. Repeatable after a crash.

    Args:
        ledger: The log.
        pruning: The decision.
        terms: The keys of the log.
        progress: Told how many records are gone so far.

    Raises:
        StoreUnavailable: no checkpoint covers the decision yet; nothing was removed.
        LegalHoldStands: a hold was placed since.
        BadRequest: something in the range is needed again.
        VerificationError: record, tiles and checkpoint do not fit together.
    """
    first = ledger.log.beginning().frontier.size
    pruned = PrunedRange(first, pruning.minimum)
    if not is_covered(ledger.log, pruning, terms):
        raise StoreUnavailable(
            f"record {pruning.recorded_index}, the decision to prune: expected a checkpoint over "
            "it, found none; `zegel seal` makes one, then `zegel prune` goes on"
        )
    require_prunable(ledger, pruned)
    require_no_disclosures(ledger, pruned)
    for minimum in steps_to(first, pruning.minimum):
        raise_minimum(ledger.log, minimum, _LONE_KINDS)
        if progress is not None:
            progress(minimum - first)
    return pruning.minimum - first
