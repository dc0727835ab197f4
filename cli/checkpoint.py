"""`zegel checkpoint`: the signed checkpoints of the log."""

import sys
from typing import TYPE_CHECKING, Any, Final

import click

from cli.lazy import Entry, LazyGroup
from cli.options import ZegelCommand, output_options
from cli.output import Column, choose_form, note, write_rows
from cli.session import Session
from ledger.errors import BadRequest

if TYPE_CHECKING:
    from ledger.stored import StoredCheckpoint

EXAMPLES: Final = (
    "zegel checkpoint list",
    "zegel checkpoint show > monday.checkpoint",
    "zegel verify --checkpoint monday.checkpoint",
)
COLUMNS: Final = (
    Column("size", "size", "count"),
    Column("signed_at", "signed", "instant"),
    Column("root", "root", "word"),
)
TABLE: Final = {
    "list": Entry("cli.checkpoint:list_checkpoints", "List the newest checkpoints."),
    "show": Entry("cli.checkpoint:show", "Write one checkpoint as it was signed."),
}


@click.group(
    cls=LazyGroup, table=TABLE, examples=EXAMPLES, short_help="List or show signed checkpoints."
)
def checkpoint() -> None:
    """List or show signed checkpoints.

    A checkpoint that is kept elsewhere finds what no database can show by itself: a history that
    was cut off, restored from an old backup, or rewritten completely.
    """


@click.command(
    "list",
    cls=ZegelCommand,
    examples=("zegel checkpoint list", "zegel checkpoint list --limit 1 --json"),
    short_help=TABLE["list"].short_help,
)
@click.option(
    "--limit", type=click.IntRange(min=1), default=20, show_default=True, help="How many."
)
@output_options
@click.pass_obj
def list_checkpoints(session: Session, /, limit: int, form: str | None) -> int:
    """List the newest checkpoints, the newest first; nothing is verified."""
    with session.open_ledger() as ledger:
        from ledger.store.checkpoints import CheckpointTable  # noqa: PLC0415 - start time: see cli/app.py

        rows = CheckpointTable(ledger.log.engine, ledger.log.log_id).newest_first(limit)
    chosen = choose_form(form)
    write_rows(map(_row, rows), COLUMNS, chosen, session.zone)
    if not rows and chosen == "table":
        note("nothing was signed yet: zegel seal")
    return 0


@click.command(
    cls=ZegelCommand,
    examples=("zegel checkpoint show", "zegel checkpoint show 4711 > 4711.checkpoint"),
    short_help=TABLE["show"].short_help,
)
@click.argument("size", type=click.IntRange(min=0), required=False)
@click.pass_obj
def show(session: Session, /, size: int | None) -> int:
    """Write one checkpoint as it was signed: the newest, or that over SIZE records."""
    with session.open_ledger() as ledger:
        from ledger.store.checkpoints import CheckpointTable  # noqa: PLC0415 - start time: see cli/app.py

        table = CheckpointTable(ledger.log.engine, ledger.log.log_id)
        newest = table.newest()
        found = table.of_size(size)[-1:] if size is not None else [newest] if newest else []
    if not found:
        asked = "a checkpoint" if size is None else f"a checkpoint of size {size}"
        raise BadRequest(f"expected {asked}, found none; `zegel seal` makes one")
    sys.stdout.buffer.write(found[0].note)
    return 0


def _row(stored: "StoredCheckpoint") -> dict[str, Any]:
    from ledger.opening import instant_of  # noqa: PLC0415 - start time: see cli/app.py

    return {
        "size": stored.size,
        "signed_at": instant_of(stored.made_at_us),
        "root": stored.root.hex(),
    }
