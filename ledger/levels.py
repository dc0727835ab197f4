"""The levels of verifying a stored log: full, since a checkpoint, quick.

| level | looks at |
|---|---|
| full | every record, column and disclosure; every stored checkpoint and tile hash |
| since | the same from a held checkpoint on, which is taken for verified |
| quick | signatures of the newest checkpoints, and that the stored tiles lead to their roots |

Quick reads no records: what it costs does not grow with the log, and what was changed in a record
behind its leaf hash it does not find.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import takewhile
from typing import Final

from ledger.archived_part import with_archived_part
from ledger.errors import RecordsPruned, VerificationError
from ledger.ledger import Ledger
from ledger.merkle import Frontier
from ledger.notes.checkpoint import KeyTerm, VerifiedCheckpoint, open_checkpoint
from ledger.notes.tile_proofs import (
    frontier_from_tiles,
    inclusion_from_tiles,
    root_from_tiles,
)
from ledger.notes.tiles import TILE_WIDTH
from ledger.parallel_verification import verify_on_cores
from ledger.proofs import verify_inclusion
from ledger.pruned_part import begin_at_minimum, with_pruned_part
from ledger.record import decode_record, leaf_hash
from ledger.store.checkpoints import CheckpointTable
from ledger.store.sealed_log import SealedLog
from ledger.store.tiles import TileTable
from ledger.stored import Head, StoredCheckpoint
from ledger.units import Hash32, Size
from ledger.verification.body_copies import microseconds_of
from ledger.verification.checkpoint_check import CheckpointCheck, HeldCheckpoint
from ledger.verification.findings import Finding, Report
from ledger.verification.start import BEGINNING, Start

QUICK_CHECKPOINTS: Final = 64
"""How many of the newest checkpoints a quick verification opens."""


@dataclass(frozen=True, slots=True)
class Trust:
    """What a verifier brings along."""

    terms: tuple[KeyTerm, ...]
    """The keys of the log, each with the sizes it may sign."""
    held: tuple[HeldCheckpoint, ...] = ()
    """Checkpoints that were kept outside the database."""


def verify_full(
    ledger: Ledger,
    trust: Trust,
    progress: Callable[[int], None] | None = None,
    *,
    jobs: int = 1,
) -> Report:
    """What verifying everything found; a log without keys and checkpoints is checked by its head.

    Args:
        ledger: The log.
        trust: Keys and held checkpoints.
        progress: Told how many records are checked so far.
        jobs: How many processes may work at the same time.
    """
    table = CheckpointTable(ledger.log.engine, ledger.log.log_id)
    if not trust.terms and not trust.held and table.newest() is None:
        return with_parts(verify_on_cores(ledger, jobs, progress), ledger.log, trust)

    def evidence() -> CheckpointCheck:
        return begin_at_minimum(ledger.log, check_from(ledger.log, trust))

    report = verify_on_cores(ledger, jobs, progress, evidence=evidence)
    return with_parts(report, ledger.log, trust)


def verify_since(
    ledger: Ledger,
    trust: Trust,
    checkpoint: bytes,
    progress: Callable[[int], None] | None = None,
    *,
    jobs: int = 1,
) -> Report:
    """What verifying everything after a checkpoint found.

    Args:
        ledger: The log.
        trust: Keys, and other held checkpoints.
        checkpoint: The note, from wherever it was kept.
        progress: Told how many records are checked so far.
        jobs: How many processes may work at the same time.

    Raises:
        FormatError: it is no checkpoint.
        VerificationError: no trusted key signed it, or the log does not contain what it commits to
            (TRUNCATED, ROLLED_BACK, FORK, MODIFIED).
        RecordsPruned: records after it were pruned.
    """
    known = open_checkpoint(checkpoint, [term.key for term in trust.terms], terms=trust.terms)
    start = start_after(ledger.log, known)

    def evidence() -> CheckpointCheck:
        return check_from(ledger.log, trust, known.size)

    report = verify_on_cores(ledger, jobs, progress, start=start, evidence=evidence)
    return with_parts(report, ledger.log, trust)


def verify_quick(log: SealedLog, trust: Trust) -> Report:
    """What comparing the newest checkpoints with the stored tiles found; no record is read."""
    head = log.head()
    table = CheckpointTable(log.engine, log.log_id)
    newest = table.newest_first(QUICK_CHECKPOINTS)
    minimum = log.beginning().frontier.size
    check = _check(log, trust, reversed(newest), with_tiles=False)
    fetch = TileTable(log).fetch
    findings: list[Finding] = []
    root = Hash32(b"")
    while (size := check.next_size) <= head.size:
        if size < minimum and size % TILE_WIDTH:
            check.pass_over(size)
            continue
        try:
            root = root_from_tiles(size, fetch)
        except VerificationError as error:
            findings.append(Finding("TILE_MISMATCH", error.index, "tiles", "hashes", str(error)))
            break
        check.see_root(size, root)
    report = Report(
        origin=log.origin,
        size=Size(head.size),
        root=_root_of(head) or root,
        records_checked=0,
        disclosures_checked=0,
        disclosures_unopened=0,
        findings=tuple(findings),
        counts={"TILE_MISMATCH": len(findings)} if findings else {},
        first_index=head.size,
    )
    return with_parts(check.complete(report), log, trust, reads_files=False)


def quick_from(log: SealedLog) -> Size:
    """The size of the oldest checkpoint that a quick verification opens; 0 without any."""
    newest = CheckpointTable(log.engine, log.log_id).newest_first(QUICK_CHECKPOINTS)
    return Size(newest[-1].size if newest else 0)


def start_after(log: SealedLog, checkpoint: VerifiedCheckpoint) -> Start:
    """Where a verification goes on after a checkpoint; everything is compared with its root.

    Raises:
        VerificationError: the log does not contain what the checkpoint commits to.
        RecordsPruned: records after it were pruned.
    """
    if checkpoint.origin != log.origin:
        message = f"checkpoint: expected origin {log.origin}, found {checkpoint.origin}"
        raise VerificationError("FORK", None, message)
    size, head = checkpoint.size, log.head()
    if head.size < size:
        table = CheckpointTable(log.engine, log.log_id)
        message = f"expected at least the {size} records of the checkpoint, found {head.size}"
        raise VerificationError(table.loss_of(size), head.size, message)
    if size == 0:
        return BEGINNING
    beginning = log.beginning()
    if size < beginning.frontier.size:
        raise RecordsPruned(
            f"checkpoint: expected one over {beginning.frontier.size} records or more, found "
            f"{size}: records after it were pruned; `zegel verify --checkpoint` compares it as far "
            "as that can be done"
        )
    fetch = TileTable(log).fetch
    frontier = frontier_from_tiles(size, fetch)
    if frontier.root() != checkpoint.root:
        raise VerificationError(
            "FORK",
            size - 1,
            f"expected the root of the checkpoint, {checkpoint.root.hex()}, found "
            f"{frontier.root().hex()}",
        )
    if size == beginning.frontier.size:
        return beginning
    last = log.record_at(size - 1)
    if last is None:
        raise VerificationError("MISSING", size - 1, "expected a record, found none")
    leaf = leaf_hash(last.sealed)
    proof = inclusion_from_tiles(size - 1, size, fetch)
    verify_inclusion(leaf, size - 1, size, proof, checkpoint.root)
    recorded_at = decode_record(last.sealed).recorded_at
    return Start(frontier, leaf, microseconds_of(recorded_at))


def with_parts(report: Report, log: SealedLog, trust: Trust, *, reads_files: bool = True) -> Report:
    """The report with what is wrong with the parts of the log that are kept elsewhere.

    Args:
        report: What records and checkpoints gave.
        log: Whose records.
        trust: Its keys.
        reads_files: Whether the files of an archive are hashed.
    """
    report = with_pruned_part(report, log)
    return with_archived_part(report, log, trust.terms, reads_files=reads_files)


def check_from(log: SealedLog, trust: Trust, first_size: int = 0) -> CheckpointCheck:
    """The check of the checkpoints and tiles that there are now; it can be used once.

    Args:
        log: Whose they are.
        trust: Keys and held checkpoints.
        first_size: The size at which the walk over the records begins.
    """
    table = CheckpointTable(log.engine, log.log_id)
    return _check(log, trust, _made_by_now(table, first_size), first_size)


def _made_by_now(table: CheckpointTable, first_size: int = 0) -> Iterable[StoredCheckpoint]:
    """The stored checkpoints up to the newest one there is when this is called.

    They are read while the records are walked: one that is made meanwhile covers records beyond
    the head that the walk compares with, and would look like a history that was cut off.
    """
    newest = table.newest()
    if newest is None:
        return ()
    return takewhile(lambda one: one.size <= newest.size, table.scan(first_size))


def _check(
    log: SealedLog,
    trust: Trust,
    stored: Iterable[StoredCheckpoint],
    first_size: int = 0,
    *,
    with_tiles: bool = True,
) -> CheckpointCheck:
    return CheckpointCheck(
        log.origin,
        trust.terms,
        stored,
        held=trust.held,
        tiles=TileTable(log).scan if with_tiles else None,
        first_size=first_size,
    )


def _root_of(head: Head) -> Hash32 | None:
    """The root of the head, if its frontier is one."""
    try:
        return Frontier(head.size, head.frontier).root()
    except VerificationError:
        return None
