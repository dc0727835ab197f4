"""`zegel show INDEX|EVENT-ID`: one record with everything that the log knows of it."""

import sys
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import click

from cli.exit_codes import ExitCode
from cli.options import ZegelCommand, output_options
from cli.output import choose_form, write_document, write_line
from cli.reader import identity_options, may_see_identities, reading_of, require_purpose
from cli.session import Session
from ledger.errors import BadRequest, VerificationError
from ledger.stored import stored_bytes

if TYPE_CHECKING:
    from ledger.ledger import Ledger
    from ledger.stored import StoredRecord

EXAMPLES: Final = (
    "zegel show 41",
    "zegel show 41 --identities --purpose 'incident-investigation: 2026-14'",
    "zegel show 41 --raw | sha256sum",
)
_LONGEST_INDEX: Final = 18


@click.command(
    cls=ZegelCommand,
    examples=EXAMPLES,
    short_help="Show one record with everything the log knows of it.",
)
@click.argument("place", metavar="INDEX|EVENT-ID")
@click.option(
    "--raw", is_flag=True, help="Write the sealed bytes themselves, exactly as they are stored."
)
@identity_options
@output_options
@click.pass_obj
def show(session: Session, /, place: str, form: str | None, **typed: Any) -> int:  # noqa: ANN401 - the options above
    """Show one record: its fields, both times, its neighbours in the chain, its hash and digests.

    The record is checked against its neighbours and its columns; the whole log is checked by zegel
    verify.
    """
    require_purpose(typed)
    from formats.answers.inspection import seen_document  # noqa: PLC0415 - start time: see cli/app.py
    from ledger.inspection import inspect_record  # noqa: PLC0415 - likewise

    chosen = choose_form(form)
    with session.open_ledger() as ledger:
        stored = find_record(ledger, place)
        if typed["raw"]:
            sys.stdout.buffer.write(stored_bytes(stored.sealed))
            return 0
        is_refused = typed["identities"] and not may_see_identities(ledger)
        opening = None
        if typed["identities"] and not is_refused:
            question = f"record {stored.index}"
            opening = ledger.record_reading(reading_of(typed["purpose"]), question, [stored])
        (opened,) = ledger.open_records([stored], identities=opening)
        seen = inspect_record(ledger, opened)
    document = seen_document(seen)
    if chosen == "json":
        write_document(document)
    elif chosen != "table":
        write_line(document)
    else:
        from cli.inspection_drawn import draw_record  # noqa: PLC0415 - Rich is loaded only to draw

        draw_record(seen, session.zone)
    if seen.faults:
        return ExitCode.EVIDENCE_BROKEN
    return ExitCode.NOT_AUTHORISED if is_refused else ExitCode.FINE


def find_record(ledger: "Ledger", place: str) -> "StoredRecord":
    """The record at an index, with or without `@`, or of an event id.

    Raises:
        BadRequest: it is neither, or there is none.
        RecordsPruned: it was removed; the message names the export.
        VerificationError: the log should have one there and does not (MISSING).
    """
    typed = place.removeprefix("@")
    found = None
    if typed.isdigit() and len(typed) < _LONGEST_INDEX:
        found = ledger.log.record_at(int(typed))
        if found is None and int(typed) < ledger.head().size:
            ledger.log.pruned.require_kept(int(typed))
            raise VerificationError("MISSING", int(typed), "expected a record, found none")
    else:
        try:
            found = ledger.log.find_event(UUID(typed))
            index = ledger.log.index_of_event(UUID(typed))
        except ValueError as error:
            raise BadRequest(
                f"record: expected an index or an event id, found {place!r}"
            ) from error
        if found is None and index is not None:
            ledger.log.pruned.require_kept(index)
    if found is None:
        size = ledger.head().size
        raise BadRequest(f"record: expected one of the {size} of this log, found none at {place!r}")
    return found
