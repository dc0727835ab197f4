"""`zegel rebuild`: builds the views again from the log, beside the old rows, then swaps them."""

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from cli.cluster import spark_option, workers_at
from cli.options import ZegelCommand, output_options
from cli.output import Column, choose_form, write_rows
from cli.progress import progress
from cli.session import Session
from cli.words import view_word

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    from ledger.ledger import Ledger

EXAMPLES: Final = (
    "zegel rebuild",
    "zegel rebuild access blocks",
    "zegel rebuild --from archive-2019.zip --json",
)
COLUMNS: Final = (
    Column("view", "view", "word"),
    Column("rows", "rows now", "count"),
    Column("size", "up to size", "count"),
)


@click.command(
    cls=ZegelCommand, examples=EXAMPLES, short_help="Build the views again from the log."
)
@click.argument("views", nargs=-1, type=view_word(), metavar="[VIEW]...")
@click.option(
    "--from",
    "archives",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    metavar="ARCHIVE",
    help="Read pruned records from the archive that zegel prune wrote. Repeatable.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=1,
    metavar="N",
    help="Let so many processes build the views, each in a pass of its own; by default one.",
)
@spark_option("Let workers of this Spark cluster, spark://HOST:PORT or local[N], build the views.")
@output_options
@click.pass_obj
def rebuild(
    session: Session,
    /,
    *,
    views: tuple[str, ...],
    archives: tuple[Path, ...],
    jobs: int,
    spark: str | None,
    form: str | None,
) -> int:
    """Build the views again from the log; all of them when none is named.

    The old rows answer questions until the new ones are complete. Of a log that was pruned, every
    archive is needed; each is verified first.
    """
    from projections import VIEWS, state  # noqa: PLC0415 - start time: see cli/app.py

    if spark is not None and archives:
        raise click.UsageError("--spark: expected no --from beside it: workers cannot read that")
    if jobs > 1 and (archives or spark is not None):
        raise click.UsageError("--jobs: expected no --from and no --spark beside it")
    chosen = choose_form(form)
    names = views or tuple(VIEWS)
    with session.open_ledger() as ledger, _history(session, ledger, archives):
        size = _rebuilt(ledger, names, spark, jobs)
        rows = [
            {"view": name, "rows": len(state(ledger, name).rows), "size": size} for name in names
        ]
    write_rows(rows, COLUMNS, chosen, session.zone)
    return 0


def _rebuilt(ledger: "Ledger", names: "Sequence[str]", spark: str | None, jobs: int) -> int:
    """How many records the views hold, folded anew here or by workers of a cluster."""
    records = ledger.head().size
    if spark is None:
        from projections.rebuilding_on_cores import (  # noqa: PLC0415 - start time: see cli/app.py
            rebuild_on_cores,
        )

        with progress("rebuilding", records, "records") as advance:
            return rebuild_on_cores(ledger, names, jobs, progress=advance)
    from projections.rebuilding_apart import rebuild_apart  # noqa: PLC0415 - likewise

    with (
        workers_at(spark, "rebuild") as cluster,
        progress("rebuilding", records, "records") as advance,
    ):
        return rebuild_apart(ledger, names, cluster.answers, tasks=cluster.slots, progress=advance)


def _history(
    session: Session, ledger: "Ledger", archives: tuple[Path, ...]
) -> "AbstractContextManager[None]":
    """Lets the log read pruned records from archives, where there are any."""
    if not archives:
        return nullcontext()
    from cli.archives import with_archives  # noqa: PLC0415 - start time: see cli/app.py

    return with_archives(ledger, session.signing_folder().terms(), archives)
