"""What a step contradicts in its case as it is recorded now, and which step it takes back."""

from uuid import UUID

from ledger.errors import BadRequest
from ledger.events import Event
from ledger.events.breach import BreachSuspected
from ledger.ledger import Ledger
from ledger.named_record import find_record
from ledger.stored import StoredRecord
from projections.cases.breach_clocks import authority_due_at
from projections.cases.breach_reading import read_breach
from projections.cases.breach_warnings import warnings_of
from projections.cases.reading import moment_of
from projections.cases.request_warnings import request_warnings
from projections.cases.warned import Warned
from projections.clocks import clocks, read_request


def breach_contradictions(
    ledger: Ledger, zone: str, stream: UUID | None, event: Event
) -> list[Warned]:
    """What a step contradicts in its breach.

    Args:
        ledger: The log.
        zone: On whose dates terms run.
        stream: Of the case; `None`: a new one.
        event: The step, which is not recorded yet.

    Raises:
        StoreUnavailable: the database cannot be used.
    """
    if stream is None:
        is_first = isinstance(event, BreachSuspected)
        return [] if is_first else [Warned("no step of this case is recorded yet")]
    case = read_breach(ledger, stream, moment_of(ledger), without=event.supersedes)
    return warnings_of(case, event, authority_due_at(case, zone))


def request_contradictions(
    ledger: Ledger, zone: str, stream: UUID | None, event: Event
) -> list[Warned]:
    """What a step contradicts in its request; as `breach_contradictions`."""
    if stream is None:
        return request_warnings(None, event, ())
    moment = moment_of(ledger)
    request = read_request(ledger, stream, moment, without=event.supersedes)
    found = clocks(ledger, moment, zone=zone, streams=[stream])
    return request_warnings(request, event, found)


def corrected_step(ledger: Ledger, place: str, stream: UUID | None) -> StoredRecord:
    """The record that a correction takes back, named by its index or by its event id.

    Args:
        ledger: The log.
        place: As people type it.
        stream: Of the case that the correction belongs to.

    Raises:
        BadRequest: the log has no such record, or it is no step of the case.
    """
    record = find_record(ledger, place)
    if record.event_id is None or record.stream != stream:
        raise BadRequest(f"{place}: expected a step of this case, found {record.kind} of another")
    return record
