"""`zegel policy list`: which version of each statement is in force."""

from typing import TYPE_CHECKING, Any, Final

import click

from cli.case_moment import moment_options, typed_moment
from cli.options import ZegelCommand, output_options
from cli.output import Column, choose_form, note, write_document, write_rows
from cli.policy import TABLE
from cli.pruned_note import say_pruned
from cli.session import Session

if TYPE_CHECKING:
    from projections.statements import StandingStatement

COLUMNS: Final = (
    Column("policy", "policy", "word"),
    Column("organisation", "organisation", "word"),
    Column("version", "version", "word"),
    Column("text_sha256", "SHA-256 of the text", "word"),
    Column("revision_date", "date in the text", "word"),
    Column("effective_from", "in force from", "instant"),
    Column("systems", "systems", "list"),
    Column("promises", "promises", "count"),
    Column("unset", "not set", "count"),
    Column("has_text", "text kept", "word"),
    Column("index", "index", "index"),
)


@click.command(
    "list",
    cls=ZegelCommand,
    examples=(
        "zegel policy list",
        "zegel policy list --as-of 2026-06-30",
        "zegel policy list --json",
    ),
    short_help=TABLE["list"].short_help,
)
@moment_options
@output_options
@click.pass_obj
def list_policies(session: Session, /, form: str | None, **typed: Any) -> int:  # noqa: ANN401 - the options above
    """List the statements in force, each with its promises and the parameters nobody has set."""
    from projections.statements import standing_statements  # noqa: PLC0415 - start time: see cli/app.py

    chosen = choose_form(form)
    with session.open_ledger() as ledger:
        say_pruned(ledger)
        moment = typed_moment(session, ledger, typed["as_of"], typed["as_known"])
        rows = [statement_row(each) for each in standing_statements(ledger, moment)]
    if chosen == "json":
        write_document({"as_of": moment.as_of, "known_size": moment.known_size, "policies": rows})
        return 0
    write_rows(rows, COLUMNS, chosen, session.zone)
    if not rows and chosen == "table":
        note("no statement is in force; zegel policy publish records one")
    return 0


def statement_row(found: "StandingStatement") -> dict[str, Any]:
    """One statement as a row of an answer."""
    policy = found.policy
    return {
        "policy": policy.policy_id,
        "organisation": policy.organisation,
        "version": policy.version,
        "text_sha256": policy.text_sha256,
        "revision_date": policy.revision_date,
        "effective_from": found.since,
        "language": policy.language,
        "url": policy.url,
        "systems": list(policy.applies_to),
        "promises": len(found.promises),
        "unset": sum(
            setting is None for each in found.promises for _, setting, _ in each.parameters
        ),
        "has_text": found.text_index is not None,
        "index": found.index,
    }
