"""How the fields of an event are drawn on the page of its record."""

from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from ledger.events import Event
from ledger.events.envelope import Envelope
from ledger.opening import OpenedRecord, instant_of
from ledger.stored import StoredRecord
from ledger.units import Index
from service.page.record.fields import GROUPS, Field, Group, shown_fields
from tests.grants import grant

TOKEN = "person#" + "a" * 32
NAMED = UUID("0195e3a0-0000-7000-8000-000000000001")


def opened(event: Event, erased: dict[str, int] | None = None) -> OpenedRecord:
    """A record that holds an event; of its bytes nothing is drawn."""
    row = StoredRecord(Index(7), b"", b"", NAMED, 1, "access.granted.v1", NAMED, 0, 0, None)
    return OpenedRecord(row, event, instant_of(0), {"grantee": "token"}, erased or {})


def drawn(event: Event, erased: dict[str, int] | None = None) -> dict[Group, list[Field]]:
    """Its fields by group."""
    found = shown_fields(opened(event, erased), "nl", ZoneInfo("Europe/Amsterdam"))
    return {group: list(fields) for group, fields in found.items()}


def one(fields: list[Field], name: str) -> Field:
    """The field of this name."""
    (found,) = [field for field in fields if field.name == name]
    return found


def test_every_field_of_the_envelope_has_a_group() -> None:
    """A field that every event has would be told as one of this kind alone."""
    grouped = {name for names in GROUPS.values() for name in names}
    assert grouped == set(Envelope.__struct_fields__) - {"occurred_at"}


def test_a_token_leads_to_the_other_records_of_the_same_person() -> None:
    """An investigator would have to copy the token into a filter."""
    field = one(drawn(grant(grantee=TOKEN))["event"], "grantee")
    assert field.values[0].draw == "token"
    assert field.values[0].href == f"/history?actor=person%23{'a' * 32}"
    assert field.state == "token"


def test_an_identity_that_is_shown_stands_in_no_link() -> None:
    """A name would be kept by the browser, by proxies and in logs of requests."""
    fields = [
        field for some in drawn(grant(grantee="person:a@example.nl")).values() for field in some
    ]
    values = [value for field in fields for value in field.values]
    assert any(value.text == "person:a@example.nl" for value in values)
    assert not any("example.nl" in (value.href or "") for value in values)


def test_an_event_that_is_named_is_led_to() -> None:
    """A correction would not lead to what it corrects."""
    (value,) = one(drawn(grant(supersedes=NAMED))["place"], "supersedes").values
    assert (value.draw, value.href) == ("link", f"/history/{NAMED}")


def test_what_was_erased_leads_to_the_record_that_tells_of_it() -> None:
    """Nobody could tell an erased value from one that was never there."""
    (value,) = one(drawn(grant(), {"grantee": 31})["event"], "grantee").values
    assert (value.draw, value.href) == ("erased", "/history/31")


def test_times_and_spans_are_drawn_as_such() -> None:
    """An instant would be told in the zone of the machine, or as a number."""
    until = datetime(2026, 3, 1, tzinfo=UTC)
    fields = drawn(grant(valid_until=until, clock_offset=timedelta(seconds=3)))
    assert one(fields["event"], "valid_until").values[0].at == until
    assert one(fields["source"], "clock_offset").values[0].length == timedelta(seconds=3)


def test_bytes_of_no_known_event_have_no_fields() -> None:
    """A record of a later version would end in a fault of the program."""
    row = opened(grant()).stored
    found = shown_fields(
        OpenedRecord(row, None, instant_of(0), {}), "en", ZoneInfo("Europe/Amsterdam")
    )
    assert not any(found.values())
