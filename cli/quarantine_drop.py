"""`zegel quarantine drop`: gives kept lines up, for a reason that is recorded."""

import sys
from typing import TYPE_CHECKING, Any, Final

import click

from cli.exit_codes import ExitCode
from cli.options import ZegelCommand, output_options
from cli.output import Column, choose_form, write_rows
from cli.quarantine import TABLE
from cli.quarantine_list import SHORT
from cli.session import Session
from formats.sentences import counted
from ledger.errors import BadRequest

if TYPE_CHECKING:
    from cli.quarantine_files import KeptLine, QuarantineFile
    from ledger.ledger import Ledger

COLUMNS: Final = (
    Column("name", "name", "word"),
    Column("system", "source", "word"),
    Column("format", "as", "word"),
    Column("lines", "lines given up", "count"),
    Column("bytes", "bytes", "bytes"),
    Column("index", "recorded as", "index"),
)


@click.command(
    cls=ZegelCommand,
    examples=(
        "zegel quarantine drop 4f1c --reason 'lines of a test'",
        "zegel quarantine drop 4f1c --place 'line 12' --reason 'cut off by a full disk' --yes",
    ),
    short_help=TABLE["drop"].short_help,
)
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@click.option(
    "--reason", metavar="TEXT", required=True, help="Why; kept in the log, so it names nobody."
)
@click.option("--place", "places", metavar="PLACE", multiple=True, help="Only the line at a place.")
@click.option("--yes", is_flag=True, help="Drop without asking.")
@output_options
@click.pass_obj
def drop(session: Session, /, names: tuple[str, ...], form: str | None, **typed: Any) -> int:  # noqa: ANN401 - the options above
    """Give up kept lines: nobody can read them any more.

    That they were given up, how many, by whom and why is recorded before they go. What they would
    have told is lost, unless their source still has it.
    """
    from cli.quarantine_named import named_files  # noqa: PLC0415 - start time: see cli/app.py

    chosen = choose_form(form)
    files = named_files(session.open_home(), names)
    places = frozenset(typed["places"])
    lines = {file.name: _meant(file, places) for file in files}
    _ask(sum(map(len, lines.values())), is_sure=typed["yes"])
    with session.open_ledger() as ledger:
        rows = [_drop(ledger, file, lines[file.name], typed["reason"]) for file in files]
    if chosen == "table":
        rows = [row | {"name": row["name"][:SHORT]} for row in rows]
    write_rows(rows, COLUMNS, chosen, session.zone)
    return ExitCode.FINE


def _meant(file: "QuarantineFile", places: frozenset[str]) -> "list[KeptLine]":
    """The lines that are to go.

    Raises:
        BadRequest: the file has no line at one of the places.
    """
    found = [line for line in file.read() if not places or line.place in places]
    missing = places - {line.place for line in found}
    if missing:
        raise BadRequest(
            f"--place {min(missing)!r}: expected the place of a line of quarantine "
            f"{file.name[:SHORT]} (zegel quarantine show), found none there"
        )
    return found


def _ask(lines: int, *, is_sure: bool) -> None:
    if is_sure:
        return
    if not sys.stdin.isatty():
        raise click.UsageError("--yes: expected it where nobody can be asked, found none")
    click.confirm(f"Drop {counted(lines, 'line')}? It cannot be undone", abort=True, err=True)


def _drop(
    ledger: "Ledger", file: "QuarantineFile", lines: "list[KeptLine]", reason: str
) -> dict[str, Any]:
    """Records that lines are given up, then removes them."""
    from cli.quarantine_notes import quarantine_id  # noqa: PLC0415 - start time: see cli/app.py
    from cli.quarantine_replaying import UNKNOWN_FORMAT  # noqa: PLC0415 - likewise
    from cli.reader import account  # noqa: PLC0415 - likewise
    from ledger.events.log_sources import LogQuarantineDropped  # noqa: PLC0415 - likewise
    from ledger.own_records import SOURCES  # noqa: PLC0415 - likewise

    first = lines[0] if lines else None
    size = sum(len(line.raw_base64) for line in lines)
    source = first.system if first else None
    source_format = (first.format if first else None) or UNKNOWN_FORMAT
    receipt = ledger.record_own(
        LogQuarantineDropped(
            occurred_at=ledger.clock(),
            system=SOURCES,
            actor=account(),
            source=source,
            source_format=source_format,
            quarantine_id=quarantine_id(ledger, file.name),
            lines=len(lines),
            line_bytes=size,
            reason=reason,
        )
    )
    keys = {line.key for line in lines}
    file.rewrite(lambda line: None if line.key in keys else line)
    return {
        "name": file.name,
        "system": source,
        "format": source_format,
        "lines": len(lines),
        "bytes": size,
        "index": receipt.index,
    }
