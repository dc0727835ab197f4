"""`zegel show INDEX|EVENT-ID`: one record with everything that the log knows of it."""

import sys
from typing import Any, Final

import click

from cli.exit_codes import ExitCode
from cli.options import ZegelCommand, output_options
from cli.output import choose_form, write_document, write_line
from cli.reader import identity_options, may_see_identities, reading_of, require_purpose
from cli.session import Session
from ledger.named_record import find_record
from ledger.stored import stored_bytes

EXAMPLES: Final = (
    "zegel show 41",
    "zegel show 41 --identities --purpose 'incident-investigation: 2026-14'",
    "zegel show 41 --raw | sha256sum",
)


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
