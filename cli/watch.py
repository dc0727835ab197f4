"""`zegel watch CONFIG`: follows files, journals and listeners, and records what they say."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from cli.exit_codes import ExitCode, exit_code_of
from cli.known_systems import remember_systems
from cli.options import ZegelCommand, output_options
from cli.output import Column, choose_form, note, write_rows
from cli.session import Session
from cli.stopping import stop_when_told
from ledger.identifiers import masked

if TYPE_CHECKING:
    from threading import Event
    from zoneinfo import ZoneInfo

    from cli.output import Form
    from cli.watching.config import WatchConfig, WatchedSource
    from cli.watching.running import Watch
    from cli.watching.standing import Standing
    from ledger.ledger import Ledger

EXAMPLES: Final = (
    "zegel watch --check /etc/zegel/watch.toml",
    "zegel watch /etc/zegel/watch.toml",
    "zegel watch --once watch.toml --json",
)
CHECKED: Final = (
    Column("name", "name", "word"),
    Column("system", "system", "word"),
    Column("format", "format", "word"),
    Column("medium", "from", "word"),
    Column("place", "where"),
    Column("silent_after", "may be silent for", "duration"),
    Column("coverage", "declares coverage", "flag"),
)
STANDINGS: Final = (
    Column("name", "source", "word"),
    Column("condition", "state", "word"),
    Column("lines", "lines", "count"),
    Column("recorded", "recorded", "count"),
    Column("already_there", "already there", "count"),
    Column("skipped", "skipped", "count"),
    Column("unreadable", "unreadable", "count"),
    Column("behind_bytes", "behind", "bytes"),
    Column("last_heard_at", "last heard", "instant"),
)
SPARE: Final = ("already_there", "skipped", "lines", "behind_bytes")
"""What is shown live only where the terminal is wide enough, the first to go first."""

LOOK_EVERY_S: Final = 0.5

Look = Callable[[], None]


@click.command(
    cls=ZegelCommand,
    examples=EXAMPLES,
    short_help="Follow files, journals and listeners; record what they say.",
)
@click.argument("config", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--check", is_flag=True, help="Read the configuration and show it; change nothing.")
@click.option("--once", is_flag=True, help="Record what there is, and end.")
@output_options
@click.pass_obj
def watch(session: Session, /, config: Path, form: str | None, *, check: bool, once: bool) -> int:
    """Follow the sources of a TOML file, and record what they say as they say it.

    Goes on until told to stop (SIGTERM, SIGINT), then finishes what was read. Whatever ends it, the
    next run goes on where this one stopped: nothing is lost and nothing is recorded twice. What
    cannot be read is kept: see zegel quarantine.
    """
    from cli.watching.config import read_watch_config  # noqa: PLC0415 - start time: see cli/app.py

    chosen = choose_form(form)
    found = read_watch_config(config)
    if check:
        _check(session, found, chosen)
        return ExitCode.FINE
    with session.open_ledger() as ledger, stop_when_told() as stop:
        watched = _run(session, ledger, found, stop, once=once)
    if once:
        rows = [_row(each) for each in watched.standings]
        write_rows(rows, STANDINGS, chosen, session.zone)
    return _exit_code(watched, once=once)


def _run(
    session: Session, ledger: "Ledger", config: "WatchConfig", stop: "Event", *, once: bool
) -> "Watch":
    from cli.watching.running import Watch  # noqa: PLC0415 - start time: see cli/app.py

    home = session.open_home()
    with _shown(session) as (show, say):
        watched = Watch(
            config,
            ledger,
            home.folder,
            zone=_zone(session),
            stop=stop,
            once=once,
            tell=lambda text: say(f"zegel: {masked(text)}"),
        )

        remembered: set[str] = set()

        def look() -> None:
            standings = watched.standings
            fresh = set().union(*(each.systems for each in standings)) - remembered
            if fresh:
                remember_systems(session, fresh)
                remembered.update(fresh)
            show(_row(each) for each in standings)

        watched.run(look, look_every_s=LOOK_EVERY_S)
    return watched


@contextmanager
def _shown(
    session: Session,
) -> Iterator[tuple[Callable[[Iterable[dict[str, Any]]], None], Callable[[str], None]]]:
    """How sources are shown meanwhile: a live table on a terminal, else lines alone."""
    if not sys.stderr.isatty():
        yield (lambda _rows: None), note
        return
    from cli.rendering import live_rows  # noqa: PLC0415 - Rich is loaded only to draw

    with live_rows(STANDINGS, session.zone, spare=SPARE) as shown:
        yield shown


def _zone(session: Session) -> "ZoneInfo":
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - start time: see cli/app.py

    return ZoneInfo(session.open_home().settings().zone)


def _row(standing: "Standing") -> dict[str, Any]:
    source = standing.source
    return {
        "name": source.name,
        "system": source.system,
        "format": source.format,
        "condition": standing.condition,
        "lines": standing.lines,
        "recorded": standing.recorded,
        "already_there": standing.already_there,
        "conflicts": standing.conflicts,
        "skipped": standing.skipped.total(),
        "unreadable": standing.unreadable,
        "defects": standing.defects,
        "behind_bytes": standing.behind_bytes,
        "last_heard_at": standing.last_heard_at,
        "failure": standing.failure,
    }


def _check(session: Session, config: "WatchConfig", form: "Form") -> None:
    rows = [_checked(session, source) for source in config.sources]
    write_rows(rows, CHECKED, form, session.zone)
    for source in config.sources:
        for told in _missing(source):
            note(f"{source.table}: {told}")


def _missing(source: "WatchedSource") -> "Iterator[str]":
    """What would keep a watch from reading a source now."""
    from cli.watching.file_following import why_away  # noqa: PLC0415 - start time: see cli/app.py

    place = Path(source.place)
    if source.medium == "file" and (found := why_away(place)):
        yield f"{place}: expected a file that can be read, found {found}"
    if source.medium == "folder" and not place.parent.is_dir():
        yield f"{place.parent}: expected a folder, found none yet"


def _checked(session: Session, source: "WatchedSource") -> dict[str, Any]:
    if source.medium == "listen":
        from zoneinfo import ZoneInfo  # noqa: PLC0415 - start time: see cli/app.py

        from cli.watching.listening import listener_of  # noqa: PLC0415 - likewise

        listener_of(source, ZoneInfo(session.calendar_zone))
    return {
        "name": source.name,
        "system": source.system,
        "format": source.format,
        "medium": source.medium,
        "place": source.place,
        "zone": source.zone.key if source.zone else None,
        "year": source.year,
        "silent_after": source.silent_after,
        "coverage": source.coverage,
    }


def _exit_code(watched: "Watch", *, once: bool) -> int:
    if watched.failure is not None:
        return exit_code_of(watched.failure)
    if once and any(each.defects for each in watched.standings):
        return ExitCode.UNEXPECTED
    nothing_readable = any(each.nothing_readable for each in watched.standings)
    return ExitCode.USAGE if once and nothing_readable else ExitCode.FINE
