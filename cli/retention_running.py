"""`zegel retention run`: shows what will be erased, asks, erases, and says what was."""

import sys
from typing import TYPE_CHECKING, Any, Final

import click

from cli.erase import horizon_told, say_step
from cli.options import ZegelCommand, output_options
from cli.output import Column, choose_form, note, write_document, write_rows
from cli.progress import progress
from cli.reader import account, authorise
from cli.retention import (
    DUE_COLUMNS,
    EXAMPLES,
    TABLE,
    calendar_zone,
    count_row,
    counted_due,
    summary,
    totals,
)
from cli.session import Session
from formats.sentences import counted
from formats.shown_times import show_instant

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ledger.horizon import Horizon
    from ledger.ledger import Ledger
    from ledger.retention.report import DueCount
    from projections.expiring import Execution

COLUMNS: Final = (
    Column("rule", "rule", "word"),
    Column("disclosures_destroyed", "disclosures destroyed", "count"),
    Column("keys_destroyed", "keys destroyed", "count"),
    Column("held", "held", "count"),
    Column("erasure_index", "erasure", "index"),
    Column("index", "recorded as", "index"),
    Column("horizon", "in no backup from", "instant"),
)


@click.command(
    cls=ZegelCommand,
    examples=(*EXAMPLES[2:], "zegel retention run --rule access-log --yes --json"),
    short_help=TABLE["run"].short_help,
)
@click.option("--rule", "rules", multiple=True, metavar="RULE", help="By this rule; repeatable.")
@click.option("--dry-run", is_flag=True, help="Show what would be erased, and erase nothing.")
@click.option("--yes", is_flag=True, help="Erase without asking.")
@output_options
@click.pass_obj
def run(
    session: Session, /, rules: tuple[str, ...], form: str | None, *, dry_run: bool, yes: bool
) -> int:
    """Erase what is due, rule by rule; what a legal hold keeps stays.

    It cannot be undone. What is about to be erased is shown first. A run that was interrupted is
    finished by the next one. Each execution is recorded.
    """
    from ledger.epoch_rotation import horizon_of  # noqa: PLC0415 - start time: see cli/app.py

    chosen = choose_form(form)
    with session.open_ledger() as ledger:
        now = ledger.clock()
        counts = counted_due(ledger, calendar_zone(session), now, now, rules or None)
        if dry_run:
            _show_counts(session, counts, now, chosen)
            return 0
        authorise(ledger, "erase")
        horizon = horizon_of(ledger, session.open_home().settings())
        if not yes:
            _ask(session, counts, now, horizon)
            horizon = horizon_of(ledger, session.open_home().settings())  # it may have taken time
        done = _execute(session, ledger, counts, rules, horizon)
    rows = [execution_row(each) for each in done]
    if chosen == "json":
        write_document({"now": now, "executed": rows})
        return 0
    write_rows(rows, COLUMNS, chosen, session.zone)
    note(_conclusion(rows))
    if rows:
        note(horizon_told(horizon, session.zone))
    return 0


def _show_counts(
    session: Session,
    counts: "Sequence[DueCount]",
    now: "datetime",
    form: Any,  # noqa: ANN401 - a form
) -> None:
    rows = [count_row(each) for each in counts]
    if form == "json":
        write_document({"now": now, **totals(counts), "counts": rows})
        return
    write_rows(rows, DUE_COLUMNS, form, session.zone)
    note(f"{summary(counts, now, session.zone)}; nothing was erased")


def _ask(
    session: Session, counts: "Sequence[DueCount]", now: "datetime", horizon: "Horizon"
) -> None:
    if not sys.stdin.isatty():
        raise click.UsageError("--yes: expected it where nobody can be asked, found none")
    for each in counts:
        note(
            f"{each.rule_id}: {each.values} disclosures of {each.records} records of "
            f"{each.kind} {each.state} since {show_instant(each.oldest, session.zone)}"
        )
    note(summary(counts, now, session.zone))
    note(horizon_told(horizon, session.zone))
    click.confirm("Erase what is overdue? It cannot be undone", abort=True, err=True)


def _execute(
    session: Session,
    ledger: "Ledger",
    counts: "Sequence[DueCount]",
    rules: tuple[str, ...],
    horizon: "Horizon",
) -> "list[Execution]":
    from projections.expiring import RetentionRun  # noqa: PLC0415 - start time: see cli/app.py

    total = sum(each.records for each in counts if each.state == "overdue")
    with progress("erasing", total, "records") as advance:
        return RetentionRun(
            zone=calendar_zone(session),
            decided_by=account(),
            only=rules or None,
            horizon=horizon.at,
            tell=say_step,
            progress=advance,
        ).execute(ledger)


def execution_row(done: "Execution") -> dict[str, Any]:
    """One execution as a row of an answer."""
    return {
        "rule": done.rule_id,
        "disclosures_destroyed": done.disclosures_destroyed,
        "keys_destroyed": done.keys_destroyed,
        "held": done.held,
        "erasure_index": done.erasure_index,
        "index": done.index,
        "horizon": done.horizon,
    }


def _conclusion(rows: "Sequence[dict[str, Any]]") -> str:
    if not rows:
        return "nothing was due that no hold keeps; nothing was erased"
    destroyed = sum(row["disclosures_destroyed"] for row in rows)
    said = counted(destroyed, "disclosure")
    return f"{said} destroyed; zegel verify shows that the history stays VALID"
