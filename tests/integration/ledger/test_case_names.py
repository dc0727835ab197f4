"""How the source of a case calls it, on both databases."""

from uuid import UUID

from ledger.case_names import case_name
from ledger.events import Event, event_from_mapping
from ledger.ledger import Ledger
from projections.erasing import erase_subject


def _suspected(name: str, **fields: str) -> Event:
    return event_from_mapping(
        {
            "kind": "breach.suspected",
            "occurred_at": "2026-11-20T09:00:00Z",
            "breach_id": name,
            **fields,
        }
    )


def _stream(ledger: Ledger, name: str) -> UUID:
    stream = ledger.case_stream("breach", name)
    assert stream is not None
    return stream


def test_a_case_is_called_as_its_source_calls_it(ledger: Ledger) -> None:
    """A step that names the stream would begin another case."""
    for name in ("B-7", "B-8"):
        ledger.record(_suspected(name, summary="odd"))
    assert case_name(ledger, "breach", _stream(ledger, "B-7")) == "B-7"
    assert case_name(ledger, "breach", _stream(ledger, "B-8")) == "B-8"


def test_a_stream_of_another_kind_of_case_has_no_such_name(ledger: Ledger) -> None:
    """A step of a request would be recorded in a breach."""
    ledger.record(_suspected("B-7"))
    assert case_name(ledger, "request", _stream(ledger, "B-7")) is None
    assert case_name(ledger, "breach", UUID(int=1)) is None


def test_a_name_outlives_a_person_of_its_case(ledger: Ledger) -> None:
    """The erasure of whoever suspected a breach would end its handling."""
    person = "person:jan@example.nl"
    ledger.record(_suspected("B-7", suspected_by=person))
    ledger.record(_suspected("B-7"))
    erase_subject(ledger, person, requested_by="person:dpo@example.nl")
    assert case_name(ledger, "breach", _stream(ledger, "B-7")) == "B-7"
