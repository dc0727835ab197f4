"""`zegel policy show`: a statement as it stood, with its promises, or its very text."""

import sys
from typing import TYPE_CHECKING, Any, Final

import click

from cli.case_moment import moment_options, typed_moment
from cli.known_words import listed
from cli.options import ZegelCommand, output_options
from cli.output import Column, choose_form, write_document, write_line, write_rows
from cli.policy import EXAMPLES, TABLE
from cli.policy_list import statement_row
from cli.policy_text import stored_text
from cli.pruned_note import say_pruned
from cli.session import Session
from formats.visible import visible_lines
from ledger.errors import BadRequest

if TYPE_CHECKING:
    from ledger.ledger import Ledger
    from projections.cases.reading import Moment
    from projections.statements import StandingPromise, StandingStatement

PROMISE_COLUMNS: Final = (
    Column("promise", "promise", "word"),
    Column("class", "class", "word"),
    Column("subject_matter", "about", "word"),
    Column("rule_kinds", "rules", "list"),
    Column("parameters", "parameters", "list"),
    Column("reading", "read as", "word"),
    Column("waived_by", "waived by", "index"),
    Column("waived_until", "waived until", "instant"),
    Column("index", "index", "index"),
)
_SCREEN_COLUMNS: Final = tuple(each for each in PROMISE_COLUMNS if each.name != "class")
_NOT_SET: Final = "not set"


@click.command(
    cls=ZegelCommand,
    examples=(
        EXAMPLES[1],
        "zegel policy show ragiox-privacy --json",
        "zegel policy show ragiox-privacy --text --purpose audit > statement.txt",
    ),
    short_help=TABLE["show"].short_help,
)
@click.argument("policy", metavar="POLICY")
@click.option(
    "--text",
    "shows_text",
    is_flag=True,
    help="Write the statement itself, if it was kept; needs the role resolve, and is recorded.",
)
@click.option("--purpose", metavar="PURPOSE", help="With --text: why it is opened. Default: other.")
@moment_options
@output_options
@click.pass_obj
def show(
    session: Session,
    /,
    policy: str,
    form: str | None,
    *,
    shows_text: bool,
    **typed: Any,  # noqa: ANN401 - the options above
) -> int:
    """Show the version of a statement that is in force: promises, parameters, decisions.

    POLICY is its id, such as ragiox-privacy. The text is written byte for byte, after its hash
    was compared with the one that was published.
    """
    if typed["purpose"] is not None and not shows_text:
        raise click.UsageError("--purpose: expected --text beside it, found none")
    with session.open_ledger() as ledger:
        say_pruned(ledger)
        moment = typed_moment(session, ledger, typed["as_of"], typed["as_known"])
        found = statement_at(ledger, moment, policy)
        text = stored_text(ledger, found, typed["purpose"]) if shows_text else None
    if text is not None:
        _write_text(text)
        return 0
    chosen = choose_form(form)
    rows = [promise_row(each) for each in found.promises]
    document = {**statement_row(found), "as_of": moment.as_of, "promises": rows}
    if chosen == "json":
        write_document(document)
    elif chosen == "ndjson":
        write_line(document)
    elif chosen == "csv":
        write_rows(rows, PROMISE_COLUMNS, chosen, session.zone)
    else:
        _draw(session, found, rows)
    return 0


def statement_at(ledger: "Ledger", moment: "Moment", policy: str) -> "StandingStatement":
    """The version of a statement that was in force.

    Raises:
        BadRequest: there was none; those that there were are named.
    """
    from projections.statements import standing_statements  # noqa: PLC0415 - start time: see cli/app.py

    found = standing_statements(ledger, moment)
    for each in found:
        if each.policy.policy_id == policy:
            return each
    known = listed([each.policy.policy_id for each in found], "there is none")
    raise BadRequest(f"policy: expected one in force then ({known}), found {policy!r}")


def promise_row(found: "StandingPromise") -> dict[str, Any]:
    """One promise as a row of an answer."""
    from formats.statement_file.comparing import said  # noqa: PLC0415 - start time: see cli/app.py

    event, edition = found.event, found.edition
    readings = [reading.name for reading in event.readings]
    kinds = [
        rule.rule_kind
        for rules in (event.rules, *(reading.rules for reading in event.readings))
        for rule in rules
    ]
    return {
        "promise": event.promise_id,
        "class": event.promise_class,
        "subject_matter": event.subject_matter,
        "rule_kinds": list(dict.fromkeys(kinds)),
        "parameters": [
            f"{name}={said(setting) if setting else _NOT_SET}"
            for name, setting, _ in found.parameters
        ],
        "set_by": {name: index for name, _, index in found.parameters if index is not None},
        "reading": edition.reading or _leading(found),
        "readings": readings,
        "waived_by": edition.waived_by,
        "waived_until": found.waived_until,
        "index": found.index,
    }


def _leading(found: "StandingPromise") -> str | None:
    readings = found.event.readings
    leading = next((reading.name for reading in readings if reading.leads), None)
    return leading or ("not decided" if readings else None)


def _write_text(text: str) -> None:
    if sys.stdout.isatty():
        click.echo(visible_lines(text), nl=not text.endswith("\n"))
    else:
        sys.stdout.buffer.write(text.encode())


def _draw(session: Session, found: "StandingStatement", rows: "list[dict[str, Any]]") -> None:
    from cli.rendering import draw_facts, draw_gap, draw_heading  # noqa: PLC0415 - Rich is loaded only to draw

    row = statement_row(found)
    draw_heading(f"{found.policy.policy_id} · {len(rows)} promises")
    named = {
        "organisation": row["organisation"],
        "systems": row["systems"],
        "version": row["version"],
        "date in the text": row["revision_date"],
        "in force from": row["effective_from"],
        "SHA-256 of the text": row["text_sha256"],
        "text": "kept: --text writes it" if row["has_text"] else "its hash only",
        "published in record": row["index"],
    }
    draw_facts([(name, value) for name, value in named.items() if value is not None], session.zone)
    draw_gap()
    filled = [each for each in _SCREEN_COLUMNS if any(row[each.name] for row in rows)]
    write_rows(rows, filled, "table", session.zone)
