"""`zegel archive`: writes sealed records to files with signed manifests, and moves them there."""

from functools import partial
from typing import TYPE_CHECKING, Any, Final

import click

from cli.choosing import field_options
from cli.lazy import Entry, LazyGroup
from cli.options import output_options, shared_parameters
from cli.output import note
from cli.progress import progress
from cli.reader import PURPOSE_HELP
from cli.session import Session
from formats.sentences import counted

if TYPE_CHECKING:
    from cli.progress import Advance
    from ledger.archive.layout import SegmentRange
    from ledger.archive.writing import ArchiveWriter, WrittenSegment
    from ledger.ledger import Ledger

EXAMPLES: Final = (
    "zegel archive --to /srv/zegel-archive",
    "zegel archive --to s3://bucket/zegel --before 2026-01-01",
    "zegel archive move --reason 'records of 2025'",
)
TABLE: Final = {
    "list": Entry("cli.archive_list:list_segments", "List the segments that stand in the archive."),
    "move": Entry("cli.archive_move:move", "Move archived records out of the database."),
    "place": Entry("cli.archive_list:place", "Say where the archive is now."),
    "verify": Entry("cli.archive_verify:verify", "Check an archive, with or without its log."),
}


class ArchiveGroup(LazyGroup):
    """A group that writes the archive where no command is named."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:  # noqa: ANN401 - Click's own
        """Adds the shared options, as every command has them."""
        super().__init__(*arguments, **settings)
        self.params.extend(shared_parameters(hidden=True))


@click.group(
    cls=ArchiveGroup,
    table=TABLE,
    examples=EXAMPLES,
    invoke_without_command=True,
    short_help="Keep sealed records in files with signed manifests.",
)
@click.option(
    "--to",
    "url",
    metavar="URL",
    help="A folder or store, such as s3://bucket/prefix; by default where the archive is.",
)
@click.option(
    "--before",
    metavar="TIME|@INDEX",
    help="Only segments of records recorded before this time, or below this index.",
)
@click.option("--all", "unfinished", is_flag=True, help="Also the last segment, which is not full.")
@field_options
@click.option(
    "--case", metavar="CASE", help="Open fields of this case only: NAMESPACE:ID or its stream."
)
@click.option("--purpose", metavar="TEXT", help=PURPOSE_HELP)
@output_options
@click.pass_context
def archive(ctx: click.Context, /, form: str | None, **typed: Any) -> int | None:  # noqa: ANN401 - the options above
    """Write sealed records to an archive: one Parquet file and signed manifest per 65,536 records.

    Only records that a checkpoint covers are written, and what stands there is never overwritten:
    an interrupted run is finished by the next. Sealed records hold no personal data. What --field
    opens does, can never be erased there, and is recorded as handed out.
    """
    if ctx.invoked_subcommand is not None:
        return None
    session = ctx.ensure_object(Session)
    from cli.choosing import chosen_fields  # noqa: PLC0415 - start time: see cli/app.py
    from cli.handing_out import require_purpose, write_facts  # noqa: PLC0415 - likewise

    choice = chosen_fields(typed)
    require_purpose(typed, opens=bool(choice))
    if typed["case"] is not None and not choice:
        raise click.UsageError("--case: expected --field or --kind-field beside it, found none")
    with session.open_ledger() as ledger:
        facts = _write(session, ledger, typed)
    headline = f"archive: {counted(facts['segments'], 'segment')}, {facts['new']} of them new"
    write_facts(headline, facts, form, session)
    return 0


def _write(session: Session, ledger: "Ledger", typed: dict[str, Any]) -> dict[str, Any]:
    """Writes what is missing; what then stands there, for the answer."""
    from cli.archive_grants import grant_of  # noqa: PLC0415 - start time: see cli/app.py
    from cli.prune import index_before  # noqa: PLC0415 - likewise
    from ledger.archive.place import ArchivePlace  # noqa: PLC0415 - likewise
    from ledger.archive.writing import ArchiveWriter  # noqa: PLC0415 - likewise
    from ledger.signing.signing_key import environment_passphrase  # noqa: PLC0415 - likewise
    from ledger.store.archived import ArchivedTable  # noqa: PLC0415 - likewise

    table = ArchivedTable(ledger.log.engine, ledger.log.log_id)
    place = ArchivePlace(_url(typed["url"], table.url()))
    writer = ArchiveWriter(
        ledger.log,
        session.signing_folder().terms(),
        lambda: session.signing_folder().current(environment_passphrase),
        place,
        grant_of(ledger, typed),
    )
    before = None if typed["before"] is None else index_before(session, ledger, typed["before"])
    planned = writer.planned(before, unfinished=typed["unfinished"])
    if not planned:
        note(
            "zegel: nothing to archive yet: a segment is written once a checkpoint covers all its "
            "65,536 records; --all writes the last one as it is"
        )
    written = _written(writer, planned)
    if table.url() is None and written:
        table.remember(place.absolute)
    return {
        "archive": place.absolute,
        "segments": len(written),
        "new": sum(one.is_new for one in written),
        "first_index": written[0].manifest.first if written else None,
        "last_index": written[-1].manifest.stop - 1 if written else None,
        "bytes": sum(file.length for one in written for file in one.manifest.files),
    }


def _written(writer: "ArchiveWriter", planned: "list[SegmentRange]") -> "list[WrittenSegment]":
    first = planned[0].first if planned else 0
    total = planned[-1].stop - first if planned else 0
    written = []
    with progress("archiving", total, "records") as advance:
        for segment in planned:
            told = partial(_advance, advance, segment.first - first)
            written.append(writer.write(segment, told))
            advance(segment.stop - first)
    return written


def _advance(advance: "Advance", before: int, done: int) -> None:
    advance(before + done)


def _url(typed: str | None, known: str | None) -> str:
    """Where to write.

    Raises:
        UsageError: it was never said.
        BadRequest: the archive of this log is elsewhere.
    """
    from ledger.archive.place import ArchivePlace, shown_place  # noqa: PLC0415 - see cli/app.py
    from ledger.errors import BadRequest  # noqa: PLC0415 - likewise

    if typed is None and known is None:
        raise click.UsageError("--to: expected URL, found none; the next runs know it")
    if typed is not None and known is not None and ArchivePlace(typed).absolute != known:
        raise BadRequest(
            f"--to: expected {shown_place(known)}, where the archive of this log is, found "
            f"{typed}; `zegel archive place` says that it was moved"
        )
    return typed or known or ""
