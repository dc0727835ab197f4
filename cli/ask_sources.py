"""`zegel ask sources`: which sources were silent in a window, and which clocks were off."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import click

from cli.options import ZegelCommand, output_options
from cli.output import Column, choose_form, note, write_rows
from cli.questions import TIME_HELP, say_time, time_reader
from cli.session import Session
from formats.shown_times import show_window
from formats.typed_times import end_of_span, read_time

if TYPE_CHECKING:
    from projections.investigation.sources import SourceWindow

EXAMPLES: Final = (
    "zegel ask sources --since 2026-11-01 --until 2026-12-01",
    "zegel ask sources --since 2026-11-01 --silent 24h",
)
COLUMNS: Final = (
    Column("system", "source", "word"),
    Column("organisation", "organisation", "word"),
    Column("records", "records", "count"),
    Column("silence", "longest silence", "duration"),
    Column("silent_from", "from", "instant"),
    Column("silent_until", "until", "instant"),
    Column("covered", "declared connected", "flag"),
    Column("clock_offset", "clock off by", "duration"),
    Column("rests_on", "rests on", "indexes"),
)
_SECOND: Final = timedelta(seconds=1)


@click.command(
    cls=ZegelCommand,
    examples=EXAMPLES,
    short_help="Show which sources were silent, or off by clock.",
)
@click.option("--since", metavar="TIME", required=True, help=f"Start of the window: {TIME_HELP}.")
@click.option("--until", metavar="TIME", help="End of the window, exclusive. Default: now.")
@click.option("--silent", metavar="SPAN", help="Only sources silent for so long: 24h, 30d.")
@click.option(
    "--as-known", metavar="TIME", help="By what was recorded until then. Default: all of it."
)
@output_options
@click.pass_obj
def sources(session: Session, /, form: str | None, **typed: Any) -> int:  # noqa: ANN401 - the options above
    """Show the longest silence of every source in a window, and by how much its clock was off.

    A silence during which the source was declared connected means that nothing happened. Any other
    silence means nothing at all: the source may have been off, or what it wrote was lost, as zegel
    sources --gaps shows. The offset is what must be added to the clock of the source, as it was
    recorded or as its own records say; the largest one counts.
    """
    from projections.investigation.sources import sources_within  # noqa: PLC0415 - start time

    chosen = choose_form(form)
    with session.open_ledger() as ledger:
        reader = time_reader(session, ledger)
        since = read_time(reader, typed["since"], "--since") or reader.now
        until = read_time(reader, typed["until"], "--until") or reader.now
        if since >= until:
            raise click.UsageError("--until: expected a time after --since, found an earlier one")
        known = read_time(
            time_reader(session, ledger, recorded=True), typed["as_known"], "--as-known"
        )
        say_time("as known at", known, session)
        note(f"occurred {show_window(since, until, session.zone)}")
        found = sources_within(ledger, since, until, as_known=known)
        if typed["silent"]:
            least = end_of_span(reader, typed["silent"], "--silent") - reader.now
            found = [each for each in found if each.silence >= least]
    people = chosen in {"table", "csv"}
    write_rows([_row(each, people=people) for each in found], COLUMNS, chosen, session.zone)
    return 0


def _row(found: "SourceWindow", *, people: bool) -> dict[str, Any]:
    worst = max(found.skews, key=lambda skew: abs(skew.offset), default=None)
    row: dict[str, Any] = {
        "system": found.system,
        "organisation": found.organisation,
        "records": found.records,
        "first_heard": found.first_heard,
        "last_heard": found.last_heard,
        "silence": found.silence,
        "silent_from": found.silent_from,
        "silent_until": found.silent_until,
        "covered": found.covered,
        "clock_offset": worst.offset if worst else None,
        "rests_on": list(found.rests_on),
    }
    if not people:
        row["skews"] = [
            {"offset_seconds": skew.offset / _SECOND, "index": skew.index} for skew in found.skews
        ]
    return row
