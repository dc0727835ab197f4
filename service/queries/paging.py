"""Pages of records that all tell of one state of the log: where each begins, and what signs it."""

from dataclasses import replace
from datetime import datetime

from ledger.ledger import Ledger
from ledger.query import EventQuery
from ledger.units import Hash32, Size
from service.queries.cursor import Cursor
from service.queries.truth import Truth


def remaining(query: EventQuery, after: int) -> EventQuery:
    """What remains of a question after the record that the page before ended with."""
    return replace(query, stop=after) if query.reverse else replace(query, start=after + 1)


def pinned(cursor: Cursor, as_known: datetime | None, *, is_narrowed: bool) -> Truth:
    """The state that the first page was true of.

    Args:
        cursor: Of the page that is asked for.
        as_known: The instant by which the records of that state were recorded, if one was named.
        is_narrowed: Whether fewer records count than there were.
    """
    return Truth(
        size=Size(cursor.size),
        root=Hash32(cursor.root),
        known_size=Size(cursor.known_size) if is_narrowed else None,
        as_known=as_known,
    )


def cursor_after(truth: Truth, reached: int) -> Cursor:
    """Where the page after the one that ends with a record begins."""
    return Cursor(truth.size, truth.root, known_size_of(truth), reached)


def known_size_of(truth: Truth) -> Size:
    """So many records count."""
    return truth.size if truth.known_size is None else truth.known_size


def cursor_key(ledger: Ledger) -> bytes:
    """32 bytes that only the log knows: they sign its cursors."""
    return ledger.vault.derived_bytes(b"cursor\x00")
