"""The record that somebody names, by its index or by its event id."""

from typing import TYPE_CHECKING, Final
from uuid import UUID

from ledger.errors import BadRequest, NotFound, VerificationError

if TYPE_CHECKING:
    from ledger.ledger import Ledger
    from ledger.stored import StoredRecord

_LONGEST_INDEX: Final = 18


def find_record(ledger: "Ledger", place: str) -> "StoredRecord":
    """The record at an index, with or without `@`, or of an event id.

    Raises:
        BadRequest: it is neither; `NotFound` where there is none.
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
        raise NotFound(f"record: expected one of the {size} of this log, found none at {place!r}")
    return found
