"""`zegel archive list` and `zegel archive place`: what stands in the archive, and where it is."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import click

from cli.archive import TABLE
from cli.options import ZegelCommand, output_options
from cli.output import Column, choose_form, note, write_rows
from cli.reader import authorise
from cli.session import Session
from ledger.errors import BadRequest

if TYPE_CHECKING:
    from ledger.archive.archive import Archive
    from ledger.ledger import Ledger

COLUMNS: Final = (
    Column("first_index", "first", "index"),
    Column("last_index", "last", "index"),
    Column("records", "records", "count"),
    Column("last_recorded_at", "last recorded", "instant"),
    Column("bytes", "bytes", "count"),
    Column("checkpoint", "checkpoint", "count"),
    Column("opened", "fields opened", "word"),
    Column("in_database", "in database", "word"),
)


@click.command(
    "list",
    cls=ZegelCommand,
    examples=("zegel archive list", "zegel archive list --json | jq '.[].bytes'"),
    short_help=TABLE["list"].short_help,
)
@output_options
@click.pass_obj
def list_segments(session: Session, /, form: str | None) -> int:
    """List the segments that stand in the archive, each manifest verified; no record is read."""
    chosen = choose_form(form)
    with session.open_ledger() as ledger:
        archive = archive_of(session, ledger)
        rows = list(_rows(ledger, archive))
    note(f"zegel: archive {archive.url}")
    write_rows(rows, COLUMNS, chosen, session.zone)
    return 0


@click.command(
    cls=ZegelCommand,
    examples=("zegel archive place", "zegel archive place s3://bucket/zegel"),
    short_help=TABLE["place"].short_help,
)
@click.argument("url", required=False)
@click.pass_obj
def place(session: Session, /, url: str | None) -> int:
    """Show where the archive is, or say that it is at URL now.

    Every segment that the database does not hold any more must stand there, with the very manifest
    that was decided on. Nothing is copied. Needs the role erase.
    """
    from ledger.archive.place import shown_place  # noqa: PLC0415 - start time: see cli/app.py
    from ledger.archiving import require_archived  # noqa: PLC0415 - likewise
    from ledger.store.archived import ArchivedTable  # noqa: PLC0415 - likewise

    with session.open_ledger() as ledger:
        table = ArchivedTable(ledger.log.engine, ledger.log.log_id)
        if url is None:
            click.echo(shown_place(_known(table.url())))
            return 0
        authorise(ledger, "erase")
        archive = _opened(session, ledger, url)
        require_archived(ledger.log, archive)
        table.remember(archive.place.absolute)
        click.echo(archive.place.absolute)
    return 0


def archive_of(session: Session, ledger: "Ledger") -> "Archive":
    """The archive of a log, its manifests verified.

    Raises:
        BadRequest: the log has none.
        StoreUnavailable: it cannot be reached.
        VerificationError: a manifest does not hold.
    """
    from ledger.store.archived import ArchivedTable  # noqa: PLC0415 - start time: see cli/app.py

    table = ArchivedTable(ledger.log.engine, ledger.log.log_id)
    return _opened(session, ledger, _known(table.url()))


def _opened(session: Session, ledger: "Ledger", url: str) -> "Archive":
    from ledger.archive.archive import open_archive  # noqa: PLC0415 - start time: see cli/app.py

    return open_archive(url, ledger.origin, session.signing_folder().terms())


def _known(url: str | None) -> str:
    if url is None:
        raise BadRequest("archive: expected one of this log, found none; `zegel archive --to URL`")
    return url


def _rows(ledger: "Ledger", archive: "Archive") -> Iterator[dict[str, Any]]:
    from ledger.archive.layout import DISCLOSURES  # noqa: PLC0415 - start time: see cli/app.py
    from ledger.opening import instant_of  # noqa: PLC0415 - likewise
    from ledger.store.archived import ArchivedTable  # noqa: PLC0415 - likewise

    moved = {one.first for one in ArchivedTable(ledger.log.engine, ledger.log.log_id).segments()}
    kept_from = ledger.log.beginning().frontier.size
    for one in archive.segments:
        is_gone = one.first in moved or one.stop <= kept_from
        yield {
            "first_index": one.first,
            "last_index": one.stop - 1,
            "records": one.size,
            "last_recorded_at": instant_of(one.after.recorded_at_us),
            "bytes": sum(file.length for file in one.files),
            "checkpoint": one.checkpoint_size,
            "opened": "no" if one.file(DISCLOSURES) is None else "yes",
            "in_database": "no" if is_gone else "yes",
        }
