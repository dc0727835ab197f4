"""`zegel quarantine list`: what is kept, one row for each source."""

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import click

from cli.options import ZegelCommand, output_options
from cli.output import Column, choose_form, note, write_rows
from cli.quarantine import TABLE
from cli.session import Session

if TYPE_CHECKING:
    from cli.quarantine_files import KeptLine, QuarantineFile

SHORT: Final = 8
"""So many characters of a name are shown to people; they are enough to type."""

COLUMNS: Final = (
    Column("name", "name", "word"),
    Column("system", "source", "word"),
    Column("format", "as", "word"),
    Column("lines", "lines", "count"),
    Column("bytes", "bytes", "bytes"),
    Column("first_kept_at", "first kept", "instant"),
    Column("last_kept_at", "last kept", "instant"),
    Column("parser", "parser", "word"),
    Column("source", "from"),
    Column("reason", "most frequent reason", "prose"),
)


@click.command(
    "list",
    cls=ZegelCommand,
    examples=("zegel quarantine list", "zegel quarantine list --ndjson | jq '.reasons'"),
    short_help=TABLE["list"].short_help,
)
@output_options
@click.pass_obj
def list_files(session: Session, /, form: str | None) -> int:
    """List the sources of which lines are kept: how many, since when, and why most of them.

    Nothing of the lines themselves is shown. A file that is none of ours is named and left out.
    """
    from cli.quarantine_named import (  # noqa: PLC0415 - start time: see cli/app.py
        NOTHING_KEPT,
        named_files,
        of_each,
    )

    chosen = choose_form(form)
    found, code = of_each(named_files(session.open_home(), ()), row_of)
    rows = [row for row in found if row["lines"]]  # a full disk leaves a file without any
    if chosen == "table":
        rows = [row | {"name": row["name"][:SHORT]} for row in rows]
    write_rows(rows, COLUMNS, chosen, session.zone)
    if not rows and not code:
        note(NOTHING_KEPT)
    return code


def row_of(file: "QuarantineFile") -> dict[str, Any]:
    """What is kept of one source, without anything that a line says."""
    lines = size = 0
    reasons: Counter[str] = Counter()
    first: KeptLine | None = None
    last: KeptLine | None = None
    for line in file.read():
        lines, size = lines + 1, size + len(line.raw_base64)
        reasons[line.reason] += 1
        first, last = first or line, line
    return {
        "name": file.name,
        "system": last.system if last else None,
        "format": last.format if last else None,
        "lines": lines,
        "bytes": size,
        "first_kept_at": first.kept_at if first else None,
        "last_kept_at": last.kept_at if last else None,
        "parser": last.parser if last else None,
        "source": last.source if last else None,
        "reason": reasons.most_common(1)[0][0] if reasons else None,
        "reasons": dict(reasons.most_common()),
    }
