"""What is opened of archived records: chosen fields, recorded as read and as handed out."""

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from cli.asked import Asked, case_stream, question_of, read_for_export
from cli.choosing import chosen_fields
from cli.reader import reading_of
from formats.bundle.disclosed import disclosure_file
from ledger.archive.writing import Grant, nothing_opened
from ledger.granting import granted_fields, plan_grants
from ledger.handing_out import record_handing_out
from ledger.opening import PAGE_RECORDS
from ledger.query import EventQuery
from ledger.store.rows import pages
from ledger.verification.disclosure_file import encode_disclosure_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ledger.archive.layout import SegmentRange
    from ledger.ledger import Ledger
    from ledger.notes.checkpoint import VerifiedCheckpoint
    from ledger.stored import StoredRecord


def grant_of(ledger: "Ledger", typed: dict[str, Any]) -> Grant:
    """Gives the disclosure file of a segment; none where no field was asked for.

    Args:
        ledger: The log.
        typed: The options of the command: `fields`, `kind_fields`, `case`, `purpose`.
    """
    choice = chosen_fields(typed)
    if not choice:
        return nothing_opened
    reading = reading_of(typed["purpose"])

    def opened(segment: "SegmentRange", checkpoint: "VerifiedCheckpoint") -> bytes | None:
        places = (range(segment.first, segment.stop),)
        asked = Asked(EventQuery(), typed["case"], places, choice)
        rows = list(_opening(ledger, asked))
        if not rows:
            return None
        opening = read_for_export(ledger, asked, reading, rows)
        grants = granted_fields(ledger, rows, opening, choice)
        file = disclosure_file(ledger, checkpoint, rows, grants, question_of(ledger, asked))
        raw = encode_disclosure_file(file)
        facts = {
            "manifest_sha256": sha256(raw).hexdigest(),
            "first_index": rows[0].index,
            "size": checkpoint.size,
            "root": checkpoint.root,
            "records": len(rows),
        }
        record_handing_out(ledger, facts, reading.reader, reason=typed["purpose"])
        return raw

    return opened


def _opening(ledger: "Ledger", asked: Asked) -> "Iterator[StoredRecord]":
    """The records of a segment of which a field opens, or would if it were not erased."""
    (place,) = asked.places
    if asked.case is None:
        found = ledger.log.scan(place.start, place.stop)
    else:
        stream = case_stream(ledger, asked.case)
        found = (row for row in ledger.log.scan_stream(stream) if row.index in place)
    for page in pages(found, PAGE_RECORDS):
        plans = plan_grants(ledger, page, asked.choice)
        yield from (row for row, plan in zip(page, plans, strict=True) if plan.opens or plan.erased)
