"""`zegel register export`: the register as a file, for an authority, a spreadsheet, a browser."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from cli.case_moment import moment_options
from cli.options import ZegelCommand
from cli.output import note
from cli.pruned_note import say_pruned
from cli.reader import identity_options
from cli.register_asked import part_options, read_asked
from cli.register_file import (
    file_options,
    format_of,
    require_export,
    require_free,
    tell,
    telling_of,
    write_register,
)
from cli.session import Session

if TYPE_CHECKING:
    from formats.register.file import FileFormat
    from projections.art30.content import Register

EXAMPLES: Final = (
    "zegel register export --columns ap -o register.xlsx",
    "zegel register export --as-of 2026-01-01 --as-known 2026-02-01 --language en -o register.html",
    "zegel register export --columns cnil --identities --purpose regulator-request -o cnil.csv",
)
FORMATS: "Final[tuple[FileFormat, ...]]" = ("csv", "xlsx", "jsonld", "html", "markdown")


@click.command(cls=ZegelCommand, examples=EXAMPLES, short_help="Write the register as a file.")
@file_options(*FORMATS, required=True)
@click.option(
    "--columns",
    type=click.Choice(["ap", "cnil", "ico", "gba"]),
    default="ap",
    show_default=True,
    help="Whose columns, of CSV and workbook: the Dutch, French, British or Belgian authority.",
)
@part_options
@moment_options
@identity_options
@click.pass_obj
def export(session: Session, /, target: Path, **typed: Any) -> int:  # noqa: ANN401 - the options above
    """Write the register as CSV, workbook (.xlsx), JSON-LD, page (.html) or Markdown (.md).

    CSV and workbook have a row for each activity and purpose, in the columns that an authority
    asks for; what the log knows nothing of stays empty. The workbook has a sheet for each part and
    one for agreements; JSON-LD speaks the Data Privacy Vocabulary 2.3. Every file but the CSV says
    of when it is and up to which record. With --identities the role export is needed, and that it
    was handed out is recorded.
    """
    kind = format_of(target, typed["file_format"], FORMATS)
    require_free(target, force=typed["force"])
    with session.open_ledger() as ledger:
        say_pruned(ledger)
        require_export(ledger, typed)
        register = read_asked(session, ledger, typed, "export of the register")
        content = _content(register, kind, typed, session)
        facts = write_register(ledger, register, target, content, typed)
    tell(facts, f"the register is written to {target}", session)
    note("A register that is filled in does not show that anybody complies.")
    return 0


def _content(
    register: "Register", kind: "FileFormat", typed: dict[str, Any], session: Session
) -> bytes:
    from formats.register.columns import BOTH  # noqa: PLC0415 - start time: see cli/app.py
    from formats.register.file import register_file  # noqa: PLC0415 - likewise

    parts = BOTH if typed["role"] is None else frozenset({typed["role"]})
    telling = telling_of(typed, session)
    return register_file(register, kind, telling, authority=typed["columns"], parts=parts)
