"""`zegel deadline list`: the rules with what they ask, where they come from, and since when."""

from typing import TYPE_CHECKING, Any, Final

import click

from cli.options import ZegelCommand, output_options
from cli.output import Column, choose_form, write_rows
from cli.session import Session

if TYPE_CHECKING:
    from projections.deadlines.rules import Rule

COLUMNS: Final = (
    Column("rule", "rule", "word"),
    Column("version", "version", "version"),
    Column("period", "period"),
    Column("from", "from", "list"),
    Column("effective_from", "since"),
    Column("effective_until", "until"),
    Column("source", "source", "prose"),
)
REGIMES: Final = ("GDPR", "NIS2", "DORA", "CRA", "contract", "statement")


@click.command(
    "list",
    cls=ZegelCommand,
    examples=(
        "zegel deadline list",
        "zegel deadline list --regime GDPR",
        "zegel deadline list --json",
    ),
    short_help="List the rules with source and validity.",
)
@click.option(
    "--regime", type=click.Choice(REGIMES, case_sensitive=False), help="Only rules of that law."
)
@output_options
@click.pass_obj
def list_rules(session: Session, /, regime: str | None, form: str | None) -> int:
    """List the rules with source and validity, every version of each."""
    from projections.deadlines import rule_book  # noqa: PLC0415 - start time: see cli/app.py

    rows = (
        _row(rule)
        for versions in rule_book().values()
        for rule in versions
        if regime is None or rule.regime == regime
    )
    write_rows(rows, COLUMNS, choose_form(form), session.zone)
    return 0


def _row(rule: "Rule") -> dict[str, Any]:
    from projections.deadlines.wording import period_text  # noqa: PLC0415 - start time: see cli/app.py

    return {
        "rule": rule.id,
        "version": rule.version,
        "title": rule.title,
        "period": period_text(rule),
        "from": [spec.name for spec in rule.anchors if spec.required],
        "also": [spec.name for spec in rule.anchors if not spec.required],
        "parameters": [spec.name for spec in rule.parameters],
        "readings": [spec.name for spec in rule.readings],
        "bearer": rule.bearer,
        "regime": rule.regime,
        "status": rule.status,
        "effective_from": rule.effective_from.isoformat() if rule.effective_from else None,
        "effective_until": rule.effective_until.isoformat() if rule.effective_until else None,
        "source": rule.source,
        "notes": rule.notes,
    }
