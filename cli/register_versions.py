"""`zegel register resolve` and `history`: an activity and a time mean one version of its entry."""

from typing import TYPE_CHECKING, Any, Final

import click

from cli.options import ZegelCommand, output_options
from cli.output import Column, choose_form, note, write_document, write_line, write_rows
from cli.pruned_note import say_pruned
from cli.questions import say_time, time_reader
from cli.session import Session
from formats.sentences import counted
from formats.typed_times import read_time
from ledger.errors import BadRequest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from projections.art30.versions import Resolution, Version

RESOLVE_EXAMPLES: Final = (
    "zegel register resolve urn:ldv:activity:1407 '2026-03-01 14:00'",
    "zegel register resolve urn:ldv:activity:1407 @41",
    "zegel register resolve urn:ldv:activity:1407 2026-03-01 --as-known 2026-04-01 --json",
)
HISTORY_EXAMPLES: Final = (
    "zegel register history urn:ldv:activity:1407",
    "zegel register history urn:ldv:activity:1407 --as-known 2026-04-01",
    "zegel register history urn:ldv:activity:1407 --csv",
)
VERSION_COLUMNS: Final = (
    Column("version", "version", "version"),
    Column("what", "what", "word"),
    Column("since", "in force from", "instant"),
    Column("until", "until", "instant"),
    Column("effective_from", "by its own date", "instant"),
    Column("entered_at", "entered", "instant"),
    Column("taken_back_by", "taken back by", "index"),
    Column("index", "rests on", "index"),
)
_AS_KNOWN: Final = "By what was recorded until then. Default: all of it."


@click.command(
    cls=ZegelCommand,
    examples=RESOLVE_EXAMPLES,
    short_help="Say which version was in force at a time.",
)
@click.argument("activity", metavar="ACTIVITY")
@click.argument("time", metavar="TIME")
@click.option("--as-known", metavar="TIME", help=_AS_KNOWN)
@output_options
@click.pass_obj
def resolve(
    session: Session, /, activity: str, time: str, form: str | None, as_known: str | None
) -> int:
    """Say which one version of an activity was in force at a time, or that none was, and why.

    ACTIVITY is the id that a log line names; TIME is the start of what it tells of. The number of
    a version is its place among the changes of the activity in the order in which they were
    recorded, from 1: it stays, whatever is recorded later. LDV 1.0.0, 3.4.1.
    """
    from projections.art30.versions import resolve as resolved  # noqa: PLC0415 - start time: see cli/app.py
    from projections.cases.reading import moment_of  # noqa: PLC0415 - likewise

    with session.open_ledger() as ledger:
        say_pruned(ledger)
        stood = read_time(time_reader(session, ledger), time, "TIME")
        recorded = time_reader(session, ledger, recorded=True)
        known = read_time(recorded, as_known, "--as-known")
        say_time("at", stood, session)
        say_time("as known at", known, session)
        found = resolved(ledger, activity, moment_of(ledger, stood, known))
    chosen = choose_form(form)
    if chosen == "json":
        write_document(found)
    elif chosen == "table":
        _draw(found, session)
    elif chosen == "csv":
        versions = () if found.version is None else (found.version,)
        write_rows(version_rows(versions), VERSION_COLUMNS, chosen, session.zone)
    else:
        write_line(found)
    return 0


@click.command(
    cls=ZegelCommand, examples=HISTORY_EXAMPLES, short_help="List every version of one activity."
)
@click.argument("activity", metavar="ACTIVITY")
@click.option("--as-known", metavar="TIME", help=_AS_KNOWN)
@output_options
@click.pass_obj
def history(session: Session, /, activity: str, form: str | None, as_known: str | None) -> int:
    """List every version of one activity in the order in which they were recorded.

    A version that was taken back, or that a later one with an earlier date pushed aside, is listed
    too: then it is in force at no time.
    """
    from projections.art30.versions import versions_of  # noqa: PLC0415 - start time: see cli/app.py
    from projections.cases.reading import moment_of  # noqa: PLC0415 - likewise

    with session.open_ledger() as ledger:
        say_pruned(ledger)
        recorded = time_reader(session, ledger, recorded=True)
        known = read_time(recorded, as_known, "--as-known")
        say_time("as known at", known, session)
        found = versions_of(ledger, activity, moment_of(ledger, None, known))
    if not found:
        raise BadRequest(f"activity: expected one that the register knows, found {activity!r}")
    write_rows(version_rows(found), VERSION_COLUMNS, choose_form(form), session.zone)
    note(counted(len(found), "version"))
    return 0


def version_rows(versions: "Sequence[Version]") -> "Iterator[dict[str, Any]]":
    """One row for each stretch over which a version is in force; one for a version without any."""
    for version in versions:
        row = {
            "version": version.version,
            "what": version.what,
            "since": None,
            "until": None,
            "effective_from": version.effective_from,
            "entered_at": version.entered_at,
            "taken_back_by": version.taken_back_by,
            "index": version.index,
        }
        if not version.in_force:
            yield row
        for stretch in version.in_force:
            yield {**row, "since": stretch.since, "until": stretch.until}


def _draw(found: "Resolution", session: Session) -> None:
    from cli.rendering import draw_facts, draw_line  # noqa: PLC0415 - Rich is loaded only to draw

    if found.version is None:
        draw_line(f"none: {found.reason}", style="warning", mark="–")  # noqa: RUF001 - a dash
        return
    stretch = next(
        each
        for each in found.version.in_force
        if each.since <= found.at and (each.until is None or found.at < each.until)
    )
    draw_line(
        f"version {found.version.version}, record {found.version.index}", style="good", mark="✓"
    )
    draw_facts(
        [
            ("activity", found.activity),
            ("at", found.at),
            ("what", found.version.what),
            ("in force from", stretch.since),
            ("until", stretch.until),
            ("entered", found.version.entered_at),
        ],
        session.zone,
    )
