"""`zegel clocks`: what is due, what is overdue, and a feed of it for calendars."""

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from cli.breach_show import zone_name
from cli.case_moment import moment_options, typed_moment
from cli.clock_view import CLOCK_COLUMNS, clock_document, clock_rows
from cli.exit_codes import ExitCode
from cli.options import ZegelCommand, output_options
from cli.output import choose_form, note, write_document, write_line, write_rows
from cli.questions import end_of_span
from cli.sentences import counted
from cli.session import Session
from cli.times import TimeReader
from ledger.units import utc_now

if TYPE_CHECKING:
    from projections.cases.clock import Clock

EXAMPLES: Final = (
    "zegel clocks --as-known 'sunday 10:00' --all",
    "zegel clocks --due-within 24h || mail -s 'a deadline' dpo@example.nl",
    "zegel clocks --ical deadlines.ics",
)
SECONDS_BETWEEN_LOOKS: Final = 30


@click.command(cls=ZegelCommand, examples=EXAMPLES, short_help="Show what is due and overdue.")
@click.option(
    "--due-within",
    metavar="SPAN",
    help="Only what is overdue, or due within this span: 24h, 3d, 2w.",
)
@click.option("--all", "everything", is_flag=True, help="Also what was met, late or not needed.")
@click.option("-f", "--follow", is_flag=True, help="Look again and again; tell what changes.")
@click.option(
    "--ical",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write every running deadline as an iCalendar feed.",
)
@moment_options
@output_options
@click.pass_obj
def clocks(session: Session, /, form: str | None, **typed: Any) -> int:  # noqa: ANN401 - the options above
    """Show what is due: to authorities, to people, to whoever asked, the earliest first.

    Ends with exit code 6 when something is overdue, so that cron or a monitor can tell. Nothing is
    stored: every answer is computed from the records, and says from which.
    """
    if typed["follow"] and (typed["as_of"] or typed["as_known"]):
        raise click.UsageError("--follow: expected the present, found --as-of or --as-known")
    if typed["follow"]:
        _follow(session, form, **typed)
    found = _found(session, typed["as_of"], typed["as_known"])
    if typed["ical"] is not None:
        _write_feed(session, typed["ical"], found)
    shown = _shown(session, found, typed["due_within"], everything=typed["everything"])
    _write(shown, form, session)
    overdue = sum(clock.is_overdue for clock in found)
    note(f"{counted(len(shown), 'clock')}, {overdue} overdue")
    return ExitCode.DEADLINE_PASSED if overdue else ExitCode.FINE


def _found(session: Session, as_of: str | None, as_known: str | None) -> "list[Clock]":
    from projections.clocks import clocks as every_clock  # noqa: PLC0415 - start time

    with session.open_ledger() as ledger:
        moment = typed_moment(session, ledger, as_of, as_known)
        return every_clock(ledger, moment, zone=zone_name(session))


def _shown(
    session: Session, found: "list[Clock]", within: str | None, *, everything: bool
) -> "list[Clock]":
    from projections.clocks import running  # noqa: PLC0415 - start time: see cli/app.py

    if within is None:
        return found if everything else list(running(found))
    until = end_of_span(TimeReader(utc_now(), session.zone), within, "--due-within")
    return [clock for clock in running(found) if clock.due_at is not None and clock.due_at <= until]


def _write(shown: "list[Clock]", form: str | None, session: Session) -> None:
    chosen = choose_form(form)
    if chosen == "json":
        write_document([clock_document(clock) for clock in shown])
    elif chosen == "ndjson":
        for clock in shown:
            write_line(clock_document(clock))
    else:
        write_rows(clock_rows(shown, {}, session.zone), CLOCK_COLUMNS, chosen, session.zone)


def _follow(session: Session, form: str | None, **typed: Any) -> None:  # noqa: ANN401 - the options of the command
    """Tells each clock when it appears or changes its state, until interrupted."""
    told: dict[tuple[str, str, str, str], str] = {}
    while True:
        found = _found(session, None, None)
        if typed["ical"] is not None:
            _write_feed(session, typed["ical"], found)
        fresh = []
        for clock in found:
            key = (str(clock.case), clock.duty, clock.rule_id, clock.start.at.isoformat())
            if told.get(key) != clock.state:
                told[key] = clock.state
                fresh.append(clock)
        everything = typed["everything"]
        shown = _shown(session, fresh, typed["due_within"], everything=everything)
        if shown:
            _write(shown, form, session)
            sys.stdout.flush()
        time.sleep(SECONDS_BETWEEN_LOOKS)


def _write_feed(session: Session, path: Path, found: "list[Clock]") -> None:
    from formats.icalendar_feed import feed_of  # noqa: PLC0415 - start time: see cli/app.py
    from ledger.private_files import replace_file  # noqa: PLC0415 - likewise
    from projections.clocks import running  # noqa: PLC0415 - likewise

    origin = session.open_home().settings().origin
    replace_file(path, feed_of(origin, running(found), made_at=utc_now()))
