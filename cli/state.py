"""`zegel state VIEW`: what is true now, was true on a date, or was known to be true then."""

from typing import TYPE_CHECKING, Any, Final

import click

from cli.options import ZegelCommand, output_options
from cli.output import Column, Form, choose_form, note, write_document, write_rows
from cli.questions import TIME_HELP, time_reader
from cli.session import Session
from cli.words import view_word
from formats.answers.view import answer_document, view_rows
from formats.shown_times import show_instant
from formats.typed_times import read_time

if TYPE_CHECKING:
    from datetime import tzinfo

    from projections import ViewAnswer

VIEW_COLUMNS: Final = (
    Column("view", "view", "word"),
    Column("question", "question (--only)", "word"),
    Column("summary", "what it answers"),
    Column("filters", "filters"),
)
EXAMPLES: Final = (
    "zegel state access person=person:j.jansen",
    "zegel state policies --as-of 2024-01-01",
    "zegel state blocks --as-of yesterday --as-known 'yesterday 18:00' --json",
)

_OPTIONS: Final = ("only", "as-of", "as-known")
"""What is typed as an option and never as a filter."""


@click.command(
    cls=ZegelCommand,
    examples=EXAMPLES,
    short_help="Show a view: what is true, or was true on a date.",
)
@click.argument("view", type=view_word(), required=False)
@click.argument("filters", nargs=-1, metavar="[NAME=VALUE]...")
@click.option(
    "--only", metavar="QUESTION", help="Another question that the view answers, such as unused."
)
@click.option("--as-of", metavar="TIME", help=f"True in the world at: {TIME_HELP}. Default: now.")
@click.option(
    "--as-known", metavar="TIME", help="By what was recorded until then. Default: all of it."
)
@output_options
@click.pass_obj
def state(session: Session, /, view: str | None, filters: tuple[str, ...], **typed: Any) -> int:  # noqa: ANN401 - times, question and form
    """Show a view; without one, list the views with their questions and filters.

    Every row names the index it rests on; the answer says up to which size and root it is true.
    """
    from projections import state as view_state  # noqa: PLC0415 - start time: see cli/app.py

    chosen = choose_form(typed["form"])
    if view is None:
        write_rows(view_rows(), VIEW_COLUMNS, chosen, session.zone)
        return 0
    with session.open_ledger() as ledger:
        answer = view_state(
            ledger,
            view,
            as_of=read_time(time_reader(session, ledger), typed["as_of"], "--as-of"),
            as_known=read_time(
                time_reader(session, ledger, recorded=True), typed["as_known"], "--as-known"
            ),
            only=typed["only"],
            zone=session.calendar_zone,
            most=None,  # a command reads and shows everything
            first_index=0,
            **_filters(filters),
        )
    write_answer(answer, chosen, session.zone)
    return 0


def _filters(typed: tuple[str, ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in typed:
        name, mark, value = each.partition("=")
        if not mark:
            raise click.UsageError(f"filter: expected NAME=VALUE, found {each!r}")
        if name.replace("_", "-") in _OPTIONS:
            option = f"--{name.replace('_', '-')} {value}"
            raise click.UsageError(f"filter: expected the option {option}, found {each!r}")
        found.setdefault(name.replace("-", "_"), []).append(value)
    return found


def write_answer(answer: "ViewAnswer", form: Form, zone: "tzinfo") -> None:
    """Writes an answer; JSON holds its size and root, else they are said on standard error."""
    if form == "json":
        write_document(answer_document(answer))
        return
    columns = columns_of(answer)
    write_rows(answer.rows, _filled(columns, answer) if form == "table" else columns, form, zone)
    note(provenance(answer, zone))


def _filled(columns: tuple[Column, ...], answer: "ViewAnswer") -> tuple[Column, ...]:
    """The columns in which any row says something, because a screen is narrow."""
    return tuple(each for each in columns if any(row.get(each.name) for row in answer.rows))


def columns_of(answer: "ViewAnswer") -> tuple[Column, ...]:
    """The columns of an answer as the output takes them."""
    return tuple(Column(each.name, each.heading, each.unit) for each in answer.columns)


def provenance(answer: "ViewAnswer", zone: "tzinfo") -> str:
    """One line that says of when and up to which record the answer is true."""
    as_of = show_instant(answer.as_of, zone)
    known = f", as known {show_instant(answer.as_known, zone)}" if answer.as_known else ""
    rows = f"{len(answer.rows)} row{'' if len(answer.rows) == 1 else 's'}"
    return (
        f"{answer.view} ({answer.section}): {rows} as of {as_of}{known}, "
        f"by {answer.known_size} of {answer.size} records, root {answer.root.hex()}"
    )
