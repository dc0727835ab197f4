"""`zegel quarantine replay`: reads kept lines again and records what they say."""

from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import click

from cli.exit_codes import ExitCode
from cli.known_systems import remember_systems
from cli.options import ZegelCommand, output_options
from cli.output import Column, choose_form, note, write_rows
from cli.progress import progress
from cli.quarantine import TABLE
from cli.quarantine_list import SHORT, row_of
from cli.session import Session
from cli.words import format_word

if TYPE_CHECKING:
    from cli.quarantine_files import QuarantineFile
    from cli.quarantine_replaying import Replayed, Replaying
    from ledger.ledger import Ledger

COLUMNS: Final = (
    Column("name", "name", "word"),
    Column("system", "source", "word"),
    Column("format", "as", "word"),
    Column("lines", "lines", "count"),
    Column("recorded", "recorded", "count"),
    Column("already_recorded", "known before", "count"),
    Column("left", "left", "count"),
    Column("parser", "parser", "word"),
    Column("reason", "why", "prose"),
)


@click.command(
    cls=ZegelCommand,
    examples=(
        "zegel quarantine replay",
        "zegel quarantine replay 4f1c --year 2025",
        "zegel quarantine replay 4f1c --from openssh --dry-run",
    ),
    short_help=TABLE["replay"].short_help,
)
@click.argument("names", nargs=-1, metavar="[NAME...]")
@click.option(
    "--from",
    "format_name",
    type=format_word(),
    metavar="FORMAT",
    help="The format, where they were read in the wrong one.",
)
@click.option(
    "--zone", "zone_name", metavar="ZONE", help="Zone of times that name none, in place of then."
)
@click.option(
    "--year", type=click.IntRange(1970, 9999), help="Year of the first time that names none."
)
@click.option("--dry-run", is_flag=True, help="Read and count, record nothing, keep every line.")
@output_options
@click.pass_obj
def replay(session: Session, /, names: tuple[str, ...], form: str | None, **typed: Any) -> int:  # noqa: ANN401 - the options above
    """Read kept lines again with the readers of today, and record what they say.

    Each line is read in its place: its fact gets the event id that it would have got then. What is
    understood leaves the quarantine, the rest stays with the reason of today. That lines were read
    again is recorded. Without NAME all that is kept is read.
    """
    from cli.quarantine_named import (  # noqa: PLC0415 - start time: see cli/app.py
        NOTHING_KEPT,
        named_files,
        of_each,
    )

    chosen = choose_form(form)
    found, code = of_each(
        named_files(session.open_home(), names), lambda file: (file, row_of(file)["lines"])
    )
    rows = []
    needs = []
    with session.open_ledger() as ledger:
        replaying = _replaying(session, ledger, typed)
        for file, lines in found:
            if not lines:
                continue
            done = _one(file, lines, replaying)
            remember_systems(session, done.systems)
            rows.append(_row(done, chosen))
            needs += [f"quarantine {done.name[:SHORT]}: {done.needs}"] if done.needs else []
    write_rows(rows, COLUMNS, chosen, session.zone)
    if not rows and not code:
        note(NOTHING_KEPT)
    for need in needs:
        note(f"zegel: {need}")
    return ExitCode.USAGE if needs else code


def _replaying(session: Session, ledger: "Ledger", typed: dict[str, Any]) -> "Replaying":
    from cli.quarantine_readings import Readings  # noqa: PLC0415 - start time: see cli/app.py
    from cli.quarantine_replaying import Replaying  # noqa: PLC0415 - likewise
    from cli.quarantine_stretches import Restated  # noqa: PLC0415 - likewise
    from cli.sources_state import all_states  # noqa: PLC0415 - likewise
    from formats.reading import ReadContext  # noqa: PLC0415 - likewise
    from ledger.units import utc_now  # noqa: PLC0415 - likewise
    from projections.deadlines.local_times import zone_named  # noqa: PLC0415 - likewise

    restated = Restated(
        format=typed["format_name"],
        zone=zone_named(typed["zone_name"]) if typed["zone_name"] else None,
        year=typed["year"],
    )
    context = ReadContext(
        derive_id=ledger.derive_id,
        system=None,
        zone=ZoneInfo(session.calendar_zone),
        year=None,
        source_identity=b"",
        now=utc_now(),
    )
    states = all_states(session.open_home().folder)
    readings = Readings([state for state in states if state.origin == ledger.origin])
    return Replaying(ledger, context, restated, readings, dry_run=typed["dry_run"])


def _one(file: "QuarantineFile", lines: int, replaying: "Replaying") -> "Replayed":
    from cli.reader import account  # noqa: PLC0415 - start time: see cli/app.py

    with progress(f"quarantine {file.name[:SHORT]}", lines, "records") as advance:
        return replaying.replay(file, account(), advance)


def _row(done: "Replayed", form: str) -> dict[str, Any]:
    reasons = done.reason_counts()
    return {
        "name": done.name[:SHORT] if form == "table" else done.name,
        "system": done.source,
        "format": done.format,
        "lines": done.lines,
        "recorded": done.recorded,
        "already_recorded": done.already_recorded,
        "left": done.left,
        "parser": done.parser,
        "reason": next(iter(reasons), None),
        "reasons": reasons,
    }
