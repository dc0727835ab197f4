"""`zegel clocks`: what is due, what is overdue, and a feed of it for calendars."""

import sys
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn
from uuid import UUID

import click

from cli.case_moment import moment_options, typed_moment
from cli.clock_view import CLOCK_COLUMNS, clock_rows
from cli.exit_codes import ExitCode
from cli.options import ZegelCommand, output_options
from cli.output import choose_form, note, write_document, write_line, write_rows
from cli.pruned_note import say_pruned
from cli.session import Session
from formats.answers.clock import clock_document
from formats.sentences import counted
from formats.typed_times import TimeReader, end_of_span
from ledger.errors import StoreUnavailable
from ledger.units import utc_now

if TYPE_CHECKING:
    from projections.cases.clock import Clock

EXAMPLES: Final = (
    "zegel clocks --as-known 'sunday 10:00' --all",
    "zegel clocks --due-within 24h || mail -s 'a deadline' dpo@example.nl",
    "zegel clocks --ical deadlines.ics",
)
SECONDS_BETWEEN_LOOKS: Final = 30
_PARAMETERS: Final = ("trust_service_provider", "weekend_relief")
_Key = tuple[UUID, str, str, datetime, int]


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
@click.option(
    "--trust-service-provider",
    is_flag=True,
    help="You provide trust services: NIS2 gives 24 hours instead of 72.",
)
@click.option(
    "--weekend-relief",
    is_flag=True,
    help="You may report on the next working day where DORA's limit falls on a closed one.",
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
        _follow(session, form, typed)
    found, now = _found(session, typed)
    if typed["ical"] is not None:
        _write_feed(session, typed["ical"], found)
    shown = _shown(session, found, typed, now)
    _write(shown, form, session)
    overdue = sum(clock.is_overdue for clock in found)
    note(f"{counted(len(shown), 'clock')}, {overdue} overdue")
    return ExitCode.DEADLINE_PASSED if overdue else ExitCode.FINE


def _found(session: Session, typed: dict[str, Any]) -> "tuple[list[Clock], datetime]":
    """The clocks of the log, and the moment at which they stand so."""
    from projections.clocks import clocks as every_clock  # noqa: PLC0415 - start time

    with session.open_ledger() as ledger:
        say_pruned(ledger)
        moment = typed_moment(session, ledger, typed["as_of"], typed["as_known"])
        found = every_clock(
            ledger,
            moment,
            zone=session.calendar_zone,
            ended=typed["everything"] or typed["follow"],
            parameters={name: typed[name] for name in _PARAMETERS},
        )
        return found, moment.as_of


def _shown(
    session: Session, found: "list[Clock]", typed: dict[str, Any], now: datetime
) -> "list[Clock]":
    from projections.clocks import running  # noqa: PLC0415 - start time: see cli/app.py

    if typed["due_within"] is None:
        return found if typed["everything"] else list(running(found))
    until = end_of_span(TimeReader(now, session.zone), typed["due_within"], "--due-within")
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


def _follow(session: Session, form: str | None, typed: dict[str, Any]) -> NoReturn:
    """Tells each clock when it appears or changes its state, until interrupted."""
    told: dict[_Key, str] = {}
    while True:
        found, now = _found(session, typed)
        if typed["ical"] is not None:
            _write_feed(session, typed["ical"], found)
        fresh = fresh_among(found, _shown(session, found, typed, now), told)
        if fresh:
            _write(fresh, form, session)
            sys.stdout.flush()
        time.sleep(SECONDS_BETWEEN_LOOKS)


def fresh_among(
    found: "list[Clock]", shown: "list[Clock]", told: "dict[_Key, str]"
) -> "list[Clock]":
    """The clocks to tell now: those shown that are new or changed, and those told that ended.

    Args:
        found: Every clock as it stands now.
        shown: Those that the command shows of them.
        told: The state that was told of each last; brought up to date here.
    """
    wanted = {_key(clock) for clock in shown}
    fresh = []
    for clock in found:
        key = _key(clock)
        if (key in wanted or key in told) and told.get(key) != clock.state:
            told[key] = clock.state
            fresh.append(clock)
    return fresh


def _key(clock: "Clock") -> "_Key":
    return (clock.case, clock.rule_id, clock.start.name, clock.start.at, clock.start.index)


def _write_feed(session: Session, path: Path, found: "list[Clock]") -> None:
    from formats.icalendar_feed import feed_of  # noqa: PLC0415 - start time: see cli/app.py
    from ledger.private_files import replace_file  # noqa: PLC0415 - likewise
    from projections.clocks import running  # noqa: PLC0415 - likewise

    origin = session.open_home().settings().origin
    try:
        replace_file(path, feed_of(origin, running(found), made_at=utc_now()))
    except OSError as error:
        raise StoreUnavailable(f"{path} cannot be written: {error.strerror}") from error
