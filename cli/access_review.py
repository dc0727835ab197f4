"""`zegel access review`: who holds and uses what, and what should not be so."""

from typing import TYPE_CHECKING, Any, Final

import click

from cli.access_names import review_opening
from cli.case_moment import moment_options, typed_moment
from cli.lazy import Entry, LazyGroup
from cli.options import output_options, shared_parameters
from cli.output import Column, Form, choose_form, note, write_document, write_line, write_rows
from cli.pruned_note import say_pruned
from cli.reader import identity_options
from cli.session import Session
from cli.words import system_word
from formats.sentences import counted
from formats.shown_times import show_instant

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import tzinfo

    from projections.cases.reading import Moment

EXAMPLES: Final = (
    "zegel access review --organisation xential",
    "zegel access review --only outlived --as-of 2026-06-30 --csv",
    "zegel access review start customer-file --review Q4-2026",
    "zegel access review decide Q4-2026 G-17 revoke --reason 'left the team'",
    "zegel access review complete Q4-2026 --by person:ciso",
)
TABLE: Final = {
    "start": Entry("cli.access_review_steps:start", "Begin a review of the grants in a scope."),
    "decide": Entry("cli.access_review_steps:decide", "Decide about grants: keep, change, revoke."),
    "complete": Entry("cli.access_review_steps:complete", "Sign a review off."),
    "show": Entry("cli.access_review_show:show", "Show one review: decided, open, carried out."),
    "list": Entry("cli.access_review_show:list_reviews", "List every review with its sign-off."),
}

Sections = dict[str, list[dict[str, Any]]]


class ReviewGroup(LazyGroup):
    """A group that answers a question of its own where no command is named."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:  # noqa: ANN401 - Click's own
        """Adds the shared options, as every command has them."""
        super().__init__(*arguments, **settings)
        self.params.extend(shared_parameters(hidden=True))


@click.group(
    cls=ReviewGroup,
    table=TABLE,
    examples=EXAMPLES,
    invoke_without_command=True,
    short_help="Review who has access, decide, sign off.",
)
@click.option("--resource", metavar="NAME", help="Only this resource and what is below it.")
@click.option("--system", type=system_word(), metavar="ID", help="Only what this system reported.")
@click.option("--organisation", metavar="ID", help="Only people of this organisation.")
@click.option("--only", metavar="SECTION", help="One section, by its name in the JSON answer.")
@moment_options
@identity_options
@output_options
@click.pass_context
def review(ctx: click.Context, /, form: str | None, **typed: Any) -> int | None:  # noqa: ANN401 - the options above
    """Review who has access, and what of it should not be so.

    Without a command below it shows who holds what, what was never used, what was used outside a
    grant or after leaving, which grants outlived contract or employment, and what hosts and
    sub-processors hold and use. The decisions of a review are recorded by start, decide, complete.
    """
    if ctx.invoked_subcommand is not None:
        return None
    from projections.access.naming import named_rows  # noqa: PLC0415 - start time: see cli/app.py
    from projections.access.report import SECTIONS, access_report  # noqa: PLC0415 - likewise

    session = ctx.ensure_object(Session)
    chosen = choose_form(form)
    only = _section(typed["only"], chosen, SECTIONS)
    with session.open_ledger() as ledger:
        say_pruned(ledger)
        moment = typed_moment(session, ledger, typed["as_of"], typed["as_known"])
        found = access_report(ledger, moment, _chosen(typed), only)
        opening = review_opening(ledger, typed, found.values())
        sections = {name: named_rows(ledger, rows, opening) for name, rows in found.items()}
    if chosen == "json":
        _write_json(sections, moment, typed)
    elif chosen == "ndjson":
        for name, rows in sections.items():
            for row in rows:
                write_line({"section": name, **row})
    elif chosen == "csv":
        for name, rows in sections.items():
            write_rows(rows, columns_of(name), chosen, session.zone)
    else:
        draw_sections(sections, SECTIONS, session.zone)
    _say(sections, moment, session.zone)
    return 0


def _section(asked: str | None, form: Form, known: "Mapping[str, str]") -> str | None:
    """The one section that is asked for, if one is.

    Raises:
        UsageError: there is no such section, or the form holds one table and none is named.
    """
    names = ", ".join(known)
    if asked is not None and asked not in known:
        raise click.UsageError(f"--only: expected one of {names}, found {asked!r}")
    if asked is None and form == "csv":
        raise click.UsageError(f"--csv: expected --only SECTION beside it, one of {names}")
    return asked


def _chosen(typed: "Mapping[str, Any]") -> dict[str, str]:
    words = {"scope": typed["resource"], **{name: typed[name] for name in _NAMES}}
    return {name: value for name, value in words.items() if value is not None}


_NAMES: Final = ("system", "organisation")


def columns_of(section: str) -> tuple[Column, ...]:
    """The columns of a section of the view of access, as the output takes them."""
    from projections.access import ACCESS  # noqa: PLC0415 - start time: see cli/app.py

    columns = ACCESS.sections[section].columns
    return tuple(Column(each.name, each.heading, each.unit) for each in columns)


def draw_sections(sections: Sections, headings: "Mapping[str, str]", zone: "tzinfo") -> None:
    """Draws each section below its heading, with the columns in which any row says something."""
    from cli.rendering import draw_gap, draw_heading, draw_line  # noqa: PLC0415 - Rich is loaded only to draw

    for number, (name, rows) in enumerate(sections.items()):
        if number:
            draw_gap()
        draw_heading(headings[name])
        if not rows:
            draw_line("none", indent=2)
            continue
        filled = [each for each in columns_of(name) if any(row.get(each.name) for row in rows)]
        write_rows(rows, filled, "table", zone)


def _write_json(sections: Sections, moment: "Moment", typed: "Mapping[str, Any]") -> None:
    write_document(
        {
            "as_of": moment.as_of,
            "known_size": moment.known_size,
            **_chosen(typed),
            "sections": sections,
        }
    )


def _say(sections: Sections, moment: "Moment", zone: "tzinfo") -> None:
    if len(sections) == 1:
        (rows,) = sections.values()
        said = counted(len(rows), "row")
    else:
        said = f"{len(sections['held'])} held, {len(sections['unused'])} never used"
    stood = show_instant(moment.as_of, zone)
    note(f"{said} as of {stood}, by {moment.known_size} records")
