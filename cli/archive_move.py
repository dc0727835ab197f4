"""`zegel archive move`: sealed bytes leave the database for the archive that holds them."""

import sys
from typing import TYPE_CHECKING, Any

import click

from cli.archive import TABLE
from cli.exit_codes import ExitCode
from cli.moved_records import write_moved
from cli.options import ZegelCommand, output_options
from cli.output import choose_form, note
from cli.progress import progress
from cli.reader import account, authorise
from cli.session import Session
from formats.sentences import counted

if TYPE_CHECKING:
    from ledger.archive.archive import Archive
    from ledger.archive.manifest import SegmentManifest
    from ledger.ledger import Ledger
    from ledger.stored import StoredArchiving


@click.command(
    cls=ZegelCommand,
    examples=("zegel archive move", "zegel archive move --before 2026-01-01 --compact"),
    short_help=TABLE["move"].short_help,
)
@click.option(
    "--before",
    metavar="TIME|@INDEX",
    help="Only segments of records recorded before this time, or below this index.",
)
@click.option("--reason", metavar="TEXT", help="Why; kept in the log.")
@click.option(
    "--compact",
    is_flag=True,
    help="Then write the tables anew, so that the database shrinks; others wait meanwhile.",
)
@click.option("--yes", is_flag=True, help="Move without asking.")
@output_options
@click.pass_obj
def move(session: Session, /, form: str | None, **typed: Any) -> int:  # noqa: ANN401 - the options above
    """Move the sealed bytes of archived records out of the database; or finish what was begun.

    Each full segment is verified where it lies. The decision is recorded and signed; only then do
    its bytes leave the database. Every command reads archive and database as one history, and what
    can be erased stays in the database: personal values stay readable and erasable. Needs the role
    erase.
    """
    from cli.archive_list import archive_of  # noqa: PLC0415 - start time: see cli/app.py
    from ledger.archiving import undone  # noqa: PLC0415 - likewise
    from ledger.store.scrubbing import scrub  # noqa: PLC0415 - likewise

    chosen = choose_form(form)
    with session.open_ledger() as ledger:
        authorise(ledger, "erase")
        archive = archive_of(session, ledger)
        decision = undone(ledger.log)
        if decision is not None:
            note(f"zegel: going on with the archiving up to index {decision.stop}")
        else:
            decision = _decided(session, ledger, archive, typed)
        if decision is None:
            note("zegel: nothing to move: no full segment of the archive is in the database")
            return ExitCode.FINE
        moved = _carried_out(session, ledger, archive, decision)
        if moved is not None and typed["compact"]:
            note("zegel: compacting the database")
            scrub(ledger.log.engine, ("zegel_record",))
    _write(decision, archive.url, moved, chosen, session)
    return ExitCode.FINE if moved is not None else ExitCode.UNAVAILABLE


def _decided(
    session: Session, ledger: "Ledger", archive: "Archive", typed: dict[str, Any]
) -> "StoredArchiving | None":
    """A new decision, once what it moves was verified in the archive."""
    from cli.prune import index_before  # noqa: PLC0415 - start time: see cli/app.py
    from ledger import archiving  # noqa: PLC0415 - likewise

    segments = archiving.movable(ledger.log, archive)
    if typed["before"] is not None:
        wanted = index_before(session, ledger, typed["before"])
        segments = [one for one in segments if one.stop <= wanted]
    if not segments:
        return None
    if not typed["yes"]:
        _ask(segments, archive.url)
    terms = session.signing_folder().terms()
    total = sum(one.size for one in segments)
    with progress("verifying the archive", total, "records") as advance:
        archiving.require_sound(archive, segments, terms, advance)
    archiving.record_decision(
        ledger, archive, segments, decided_by=account(), reason=typed["reason"]
    )
    return archiving.undone(ledger.log)


def _ask(segments: "list[SegmentManifest]", url: str) -> None:
    """Returns only if whoever types says yes."""
    if not sys.stdin.isatty():
        raise click.UsageError("--yes: expected it where nobody can be asked, found none")
    first, last = segments[0].first, segments[-1].stop - 1
    click.confirm(
        f"Move the sealed bytes of records {first} to {last}? From then on {url} alone has them",
        abort=True,
        err=True,
    )


def _carried_out(
    session: Session, ledger: "Ledger", archive: "Archive", decision: "StoredArchiving"
) -> int | None:
    """Of how many records the bytes went; `None` while nobody has signed the decision."""
    from cli.prune import sign_decision  # noqa: PLC0415 - start time: see cli/app.py
    from ledger.archiving import carry_out, is_covered, records_to_move  # noqa: PLC0415 - likewise

    terms = session.signing_folder().terms()
    if not is_covered(ledger.log, decision, terms):
        sign_decision(session, ledger)
        terms = session.signing_folder().terms()
    if not is_covered(ledger.log, decision, terms):
        note(
            f"zegel: decided in record {decision.recorded_index}, and nothing moved yet: "
            "`zegel seal` where the signing key is, then `zegel archive move` finishes it"
        )
        return None
    total = records_to_move(ledger.log, archive, decision)
    with progress("moving", total, "records") as advance:
        return carry_out(ledger, archive, decision, terms, advance)


def _write(
    decision: "StoredArchiving", url: str, moved: int | None, form: str, session: Session
) -> None:
    facts: dict[str, Any] = {
        "archived_index": decision.stop,
        "records_moved": moved or 0,
        "decision": decision.recorded_index,
        "archive": url,
        "manifest_sha256": decision.manifest_sha256.hex(),
    }
    done = None if moved is None else f"moved: {counted(moved, 'record')}"
    write_moved(done, "decided, not moved yet", facts, form, session)
