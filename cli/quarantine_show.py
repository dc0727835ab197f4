"""`zegel quarantine show`: the lines of one source that are kept, and why each."""

from typing import TYPE_CHECKING, Any, Final

import click

from cli.options import ZegelCommand, output_options
from cli.output import Column, choose_form, note, write_rows
from cli.quarantine import TABLE
from cli.reader import identity_options, may_see_identities, reading_of, require_purpose
from cli.session import Session
from formats.sentences import counted

if TYPE_CHECKING:
    from cli.quarantine_files import KeptLine, QuarantineFile

COLUMNS: Final = (
    Column("place", "place"),
    Column("bytes", "bytes", "bytes"),
    Column("kept_at", "kept", "instant"),
    Column("parser", "parser", "word"),
    Column("reason", "reason", "prose"),
)
LINE_COLUMN: Final = Column("line", "line", "prose")


@click.command(
    cls=ZegelCommand,
    examples=(
        "zegel quarantine show 4f1c",
        "zegel quarantine show 4f1c --identities --purpose 'operations: new parser'",
    ),
    short_help=TABLE["show"].short_help,
)
@click.argument("name")
@click.option("--reason", metavar="TEXT", help="Only lines whose reason has this text in it.")
@identity_options
@output_options
@click.pass_obj
def show(session: Session, /, name: str, form: str | None, **typed: Any) -> int:  # noqa: ANN401 - the options above
    """Show each line of NAME that is kept: where it stood, which parser, why it cannot be read.

    NAME is the begin of a name that zegel quarantine list shows. The lines themselves, which may
    name people, are shown with --identities; that needs the role resolve and is itself recorded.
    """
    from cli.quarantine_named import named_files  # noqa: PLC0415 - start time: see cli/app.py

    chosen = choose_form(form)
    require_purpose(typed)
    (file,) = named_files(session.open_home(), (name,))
    lines = [line for line in file.read() if (typed["reason"] or "") in line.reason]
    is_open = typed["identities"] and _may_show(session, file, len(lines), typed["purpose"])
    columns = (*COLUMNS, LINE_COLUMN) if is_open else COLUMNS
    rows = (_row(line, is_open=is_open) for line in lines)
    write_rows(rows, columns, chosen, session.zone)
    if not lines:
        note("no kept line has such a reason" if typed["reason"] else "no line is kept there")
    return 0


def _may_show(session: Session, file: "QuarantineFile", lines: int, purpose: str) -> bool:
    """Whether the lines may be shown; if they may, that they are is recorded first."""
    with session.open_ledger() as ledger:
        if not may_see_identities(ledger):
            return False
        question = f"quarantine {file.name}: {counted(lines, 'line')}"
        ledger.record_reading(reading_of(purpose), question, (), lines=lines)
    return True


def _row(line: "KeptLine", *, is_open: bool) -> dict[str, Any]:
    row: dict[str, Any] = {
        "place": line.place,
        "offset": line.offset,
        "bytes": len(line.raw_base64),
        "kept_at": line.kept_at,
        "observed_at": line.observed_at,
        "system": line.system,
        "format": line.format,
        "parser": line.parser,
        "collector": line.collector,
        "source": line.source,
        "is_event": line.is_event,
        "reason": line.reason,
    }
    if is_open:
        row["line"] = line.raw_base64.decode(errors="backslashreplace")
    return row
