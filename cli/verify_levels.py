"""The levels of `zegel verify` over a stored log, and what a verifier brings along."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.cluster import verify_with_workers
from cli.progress import progress
from cli.pruned_note import say_pruned
from cli.session import Session

if TYPE_CHECKING:
    from ledger.ledger import Ledger
    from ledger.levels import Trust
    from ledger.verification.findings import AnchoredThrough, Report


def verify_stored(
    session: Session,
    *,
    quick: bool,
    since: Path | None,
    held: Sequence[Path],
    max_age_s: float | None,
    jobs: int | None,
    spark: str | None = None,
    sealed_only: bool = False,
) -> "Report":
    """The report on the log of this home, at the level that was asked for."""
    if quick and since is not None:
        raise click.UsageError("--quick, --since: expected one of them, found both")
    if quick and jobs is not None:
        raise click.UsageError("--quick, --jobs: expected one of them, found both")
    if spark is not None and (quick or since is not None):
        raise click.UsageError("--spark: expected no --quick and no --since beside it")
    if sealed_only and spark is None:
        raise click.UsageError("--sealed-only: expected --spark beside it")
    from ledger import levels  # noqa: PLC0415 - start time: see cli/app.py
    from ledger.home_trust import with_home_anchors  # noqa: PLC0415 - likewise

    trust = _trust_of(session, held)
    with session.open_ledger() as ledger:
        say_pruned(ledger)
        if quick:
            report = levels.verify_quick(ledger.log, trust)
            first_size: int = levels.quick_from(ledger.log)
        elif spark is not None:
            cores = jobs or usable_cores()
            report = verify_with_workers(ledger, trust, spark, sealed_only=sealed_only, jobs=cores)
            first_size = 0
        else:
            report = _verify_records(ledger, trust, since, jobs or usable_cores())
            first_size = 0 if since is None else report.first_index
        if max_age_s is not None:
            report = _with_heartbeat(ledger, report, max_age_s)
        return with_home_anchors(report, ledger.log, session.open_home(), trust, first_size)


def usable_cores() -> int:
    """How many cores this process may use, which a container or `taskset` may limit."""
    return len(os.sched_getaffinity(0))


def conclusion_of(report: "Report") -> str:
    """What a report without a fault has shown, and no more than that."""
    if report.records_checked == 0:
        return "checkpoints verified: their signatures hold and the stored tiles lead to them"
    if report.first_index:
        return f"verified: the history from record {report.first_index} on is whole and unchanged"
    return "verified: the history is whole and unchanged"


def signed_facts(report: "Report") -> list[tuple[str, object]]:
    """What is known of signatures, if any checkpoint was looked at."""
    if not report.checkpoints_checked:
        return []
    signed = report.signed_size or 0
    below = report.checkpoints_uncompared
    uncompared = [("of these signature only, as their records are pruned", below)] if below else []
    return [
        ("checkpoints checked", report.checkpoints_checked),
        *uncompared,
        ("signed up to size", signed),
        ("not yet signed", max(0, report.size - signed)),
        *map(_anchored_fact, report.anchored_through),
    ]


def _anchored_fact(anchored: "AnchoredThrough") -> tuple[str, object]:
    by = ", ".join(anchored.by)
    return f"anchored through {anchored.name}", f"{anchored.size} records, by {by}"


def _verify_records(ledger: "Ledger", trust: "Trust", since: Path | None, cores: int) -> "Report":
    from ledger import levels  # noqa: PLC0415 - start time: see cli/app.py

    with progress("verifying", ledger.head().size, "records") as advance:
        if since is None:
            return levels.verify_full(ledger, trust, advance, jobs=cores)
        return levels.verify_since(ledger, trust, since.read_bytes(), advance, jobs=cores)


def _with_heartbeat(ledger: "Ledger", report: "Report", max_age_s: float) -> "Report":
    """The report with a finding when nobody signed for longer than promised."""
    from datetime import timedelta  # noqa: PLC0415 - start time: see cli/app.py

    from ledger.heartbeat_check import with_heartbeat  # noqa: PLC0415 - likewise

    max_age = timedelta(seconds=max_age_s)
    return with_heartbeat(report, ledger.log, now=ledger.clock(), max_age=max_age)


def _trust_of(session: Session, held: Iterable[Path]) -> "Trust":
    """The keys of this home, with the checkpoints that were kept outside the database."""
    from ledger.home_trust import trust_of  # noqa: PLC0415 - start time: see cli/app.py
    from ledger.verification.checkpoint_check import HeldCheckpoint  # noqa: PLC0415 - likewise

    kept = [HeldCheckpoint(f"checkpoint file {path.name}", path.read_bytes()) for path in held]
    return trust_of(session.open_home(), kept)
