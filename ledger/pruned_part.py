"""Verifies what a log says of its pruned records, as a part of verifying the log."""

from ledger.sealed_decisions import sealed_decisions
from ledger.store.pruning import first_below
from ledger.store.sealed_log import SealedLog
from ledger.store.tiles import TileTable
from ledger.stored import StoredMinimum
from ledger.verification.checkpoint_check import CheckpointCheck
from ledger.verification.findings import FindingLog, Report, with_findings
from ledger.verification.pruned_decision import PrunedPart, decision_findings
from ledger.verification.pruned_tree import check_pruned_tree


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
    decisions, roots = sealed_decisions(
        log, {pruning.recorded_index: pruning.minimum for pruning in prunings}
    )
    return PrunedPart(minimum, prunings, decisions, roots, first_below(log, minimum.minimum))
