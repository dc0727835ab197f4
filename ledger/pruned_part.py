"""Verifies what a log says of its pruned records, as a part of verifying the log."""

from contextlib import suppress
from typing import TYPE_CHECKING

from ledger.errors import VerificationError
from ledger.notes.tile_proofs import root_from_tiles
from ledger.store.pruning import first_below
from ledger.store.sealed_log import SealedLog
from ledger.store.tiles import TileTable
from ledger.stored import StoredMinimum
from ledger.verification.checkpoint_check import CheckpointCheck
from ledger.verification.findings import FindingLog, Report, with_findings
from ledger.verification.pruned_decision import PrunedPart, decision_findings
from ledger.verification.pruned_tree import check_pruned_tree

if TYPE_CHECKING:
    from ledger.units import Hash32


def with_pruned_part(report: Report, log: SealedLog) -> Report:
    """The report with what is wrong with what was pruned; of a log that was not, as it was.

    Args:
        report: What records and checkpoints gave.
        log: Whose records.
    """
    minimum = log.pruned.read()
    if minimum is None:
        return report
    found = FindingLog()
    found.add_all(decision_findings(_part_of(log, minimum), report.signed_size))
    return with_findings(report, found)


def begin_at_minimum(log: SealedLog, check: CheckpointCheck) -> CheckpointCheck:
    """The check, once it has seen the part of the tree whose records were pruned."""
    minimum = log.pruned.read()
    if minimum is not None:
        check_pruned_tree(check, minimum, TileTable(log).scan(1, 0))
    return check


def _part_of(log: SealedLog, minimum: StoredMinimum) -> PrunedPart:
    prunings = log.pruned.prunings()
    fetch = TileTable(log).fetch
    decisions: dict[int, bytes] = {}
    roots: dict[int, Hash32] = {}
    for pruning in prunings:
        record = log.record_at(pruning.recorded_index)
        if record is not None:
            decisions[pruning.recorded_index] = record.sealed
        with suppress(VerificationError):  # a root that tiles do not give differs from any
            roots[pruning.minimum] = root_from_tiles(pruning.minimum, fetch)
    return PrunedPart(minimum, prunings, decisions, roots, first_below(log, minimum.minimum))
