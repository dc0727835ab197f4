"""`zegel project`: brings the views in step with the log, once or again and again."""

import sys
from typing import TYPE_CHECKING, Final

import click

from cli.exit_codes import ExitCode
from cli.options import ZegelCommand, output_options
from cli.output import Column, choose_form, note, write_line, write_rows
from cli.progress import progress
from cli.seconds import Seconds
from cli.session import Session
from cli.stopping import stop_when_told

if TYPE_CHECKING:
    from ledger.errors import StoreUnavailable
    from ledger.ledger import Ledger
    from ledger.units import Size

EXAMPLES: Final = (
    "zegel project",
    "zegel project --loop",
    "zegel project --loop --every 5 --database postgresql://zegel@db/zegel",
)


@click.command(
    cls=ZegelCommand,
    examples=EXAMPLES,
    short_help="Bring the views in step, once or again and again.",
)
@click.option("--loop", is_flag=True, help="Go on until the program is told to stop (SIGTERM).")
@click.option(
    "--every",
    "every_s",
    type=Seconds(0.05),
    default=0.5,
    show_default=True,
    metavar="SECONDS",
    help="With --loop: least time from one run to the next.",
)
@output_options
@click.pass_obj
def project(session: Session, /, form: str | None, every_s: float, *, loop: bool) -> int:
    """Bring every view in step with the log.

    Questions do this themselves; a loop beside a busy service spares them the wait. Each record is
    folded once, however many loops and services work on one database.
    """
    from projections import catch_up  # noqa: PLC0415 - start time: see cli/app.py

    chosen = choose_form(form)
    with session.open_ledger() as ledger:
        if loop:
            _project_until_told(ledger, every_s)
            return ExitCode.FINE
        with progress("folding", ledger.head().size, "records") as advance:
            size = catch_up(ledger, progress=advance)
    write_rows([{"size": size}], (Column("size", "up to size", "count"),), chosen, session.zone)
    return ExitCode.FINE


def _project_until_told(ledger: "Ledger", every_s: float) -> None:
    from projections.following import project_repeatedly  # noqa: PLC0415 - see cli/app.py

    def tell(outcome: "Size | StoreUnavailable") -> None:
        if isinstance(outcome, int):
            write_line({"size": outcome})
            sys.stdout.flush()  # whoever reads the pipe waits for this line
        else:
            note(f"zegel: {outcome}; trying again")

    with stop_when_told() as stop:
        project_repeatedly(ledger, stop, tell, every_s=every_s)
