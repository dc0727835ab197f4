"""CloudEvents 1.0: attributes, data, batches."""

import base64
import json
from typing import Any
from uuid import UUID

import pytest

from formats.cloudevents import (
    encode_cloud_event,
    looks_like,
    read,
    write,
    write_batch,
)
from formats.reading import Translated
from ledger.errors import MalformedEvent
from ledger.events import event_from_mapping
from tests.unit.formats.sources import facts, outcomes, reasons, warnings

ID = "0192f0c1-2b3c-7d4e-8f90-123456789abc"
TRACE = "0af7651916cd43dd8448eb211c80319c"


def cloud_event(**changes: object) -> dict[str, Any]:
    values = {
        "specversion": "1.0",
        "id": "A-17",
        "source": "https://desk.example.org/customers",
        "type": "access.used",
        "time": "2026-03-01T12:00:00+01:00",
        "data": {"resource": "customer-file", "actor": "person:anna"},
    }
    return {name: value for name, value in (values | changes).items() if value is not None}


def found_in(**changes: object) -> dict[str, Any]:
    (fact,) = facts(outcomes(read, json.dumps(cloud_event(**changes))))
    return fact


def refused(**changes: object) -> str:
    (reason,) = reasons(outcomes(read, json.dumps(cloud_event(**changes))))
    return reason


def test_an_event_is_its_data_with_type_and_time() -> None:
    """A fact would be recorded as another kind, or at another time."""
    fact = found_in()
    assert fact.pop("event_id")
    assert fact.pop("occurred_at").isoformat() == "2026-03-01T12:00:00+01:00"
    assert fact == {
        "kind": "access.used.v1",
        "system": "web-1",
        "parser": "zegel-cloudevents/1",
        "resource": "customer-file",
        "actor": "person:anna",
    }


def test_source_and_id_together_name_the_event() -> None:
    """A resent event would be recorded twice, or two events be taken for one."""
    ids = [
        found_in()["event_id"],
        found_in(source="https://desk.example.org/x")["event_id"],
        found_in(id="A-18")["event_id"],
        found_in(id=ID)["event_id"],
    ]
    assert len({*ids, UUID(ID)}) == 5
    assert found_in(data={"resource": "other"})["event_id"] == ids[0]
    assert found_in(time="2026-03-01T13:00:00Z")["event_id"] == ids[0]


def test_what_we_wrote_keeps_its_id() -> None:
    """An export that is imported again would be other events."""
    fact = found_in(source="zegel:events", id=ID)
    assert (fact["event_id"], fact.get("parser")) == (UUID(ID), None)
    assert found_in(source="zegel:events", id="no uuid")["event_id"]


def test_data_may_not_contradict_the_id() -> None:
    """One fact would have two identities."""
    data = {"resource": "customer-file", "event_id": ID}
    assert refused(data=data).startswith("data.event_id: expected none")
    assert found_in(source="zegel:x", id=ID, data=data)["event_id"] == UUID(ID)


def test_the_data_prevail_over_attributes() -> None:
    """The envelope of a transport would overwrite what the source says."""
    said = {"occurred_at": "2026-02-01T00:00:00Z", "object_id": "file-1", "correlation_id": ID}
    fact = found_in(
        subject="file-2",
        traceparent=f"00-{TRACE}-b7ad6b7169203331-01",
        data={"resource": "x", **said},
    )
    assert fact["occurred_at"].isoformat() == "2026-02-01T00:00:00+00:00"
    assert (fact["object_id"], fact["correlation_id"]) == ("file-1", UUID(ID))


def test_subject_and_trace_are_kept_where_the_data_are_silent() -> None:
    """What an event is about, or belongs to, would be lost."""
    fact = found_in(subject="file-2", traceparent=f"00-{TRACE}-b7ad6b7169203331-01")
    assert (fact["object_id"], fact["correlation_id"]) == ("file-2", UUID(TRACE))


@pytest.mark.parametrize(
    "traceparent", ["x", f"ff-{TRACE}-b7ad6b7169203331-01", f"00-{'0' * 32}-b7ad6b7169203331-01"]
)
def test_a_malformed_trace_is_ignored(traceparent: str) -> None:
    """A fact would be lost for a header that has nothing to do with it."""
    assert "correlation_id" not in found_in(traceparent=traceparent)


def test_extensions_are_left_out_and_named() -> None:
    """Personal data of a header would be sealed, or left out in silence."""
    found = outcomes(read, json.dumps(cloud_event(sequence="7", partitionkey="anna@example.org")))
    assert warnings(found) == ["attributes left out: partitionkey, sequence"]
    assert "anna@example.org" not in str(facts(found))


def test_data_in_base64_are_read() -> None:
    """Events of some senders could not be read."""
    encoded = base64.b64encode(b'{"resource":"customer-file"}').decode()
    assert found_in(data=None, data_base64=encoded)["resource"] == "customer-file"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"id": None}, "attribute id: expected text, found nothing"),
        ({"id": 7}, "attribute id: expected text, found another type"),
        ({"source": ""}, "attribute source: expected text, found nothing"),
        ({"type": None}, "attribute type: expected text, found nothing"),
        ({"specversion": None}, "attribute specversion: expected text, found nothing"),
        ({"specversion": "0.3"}, "attribute specversion: expected 1.0, found another version"),
        ({"time": None}, "attribute time: expected a time, as data.occurred_at is absent"),
        ({"time": "noon"}, "attribute time: expected an RFC 3339 time"),
        ({"time": "2026-03-01T12:00:00"}, "attribute time: expected an RFC 3339 time with"),
        ({"time": 7}, "attribute time: expected text, found another type"),
        ({"subject": 7}, "attribute subject: expected text, found another type"),
        ({"datacontenttype": "text/xml"}, "attribute datacontenttype: expected application/json"),
        ({"data": None}, "data: expected an object"),
        ({"data": "text"}, "data: expected an object"),
        ({"data": {"kind": "access.used"}}, "data.kind: expected none"),
        ({"data_base64": "e30="}, "data: expected either data or data_base64"),
        ({"data": None, "data_base64": "%"}, "data_base64: expected base64"),
        ({"data": None, "data_base64": "AAAA"}, "document: expected JSON"),
        ({"Bad-Name": "x"}, "attribute names: expected lower-case letters and digits"),
        ({"type": "access.usd"}, "event: field kind: expected"),
        ({"data": {}}, "access.used.v1: field resource: expected"),
    ],
)
def test_errors_name_the_attribute(changes: dict[str, object], reason: str) -> None:
    """A sender could not find what to repair."""
    assert refused(**changes).startswith(reason)


def test_batches_and_lines_are_read() -> None:
    """Only single events could be imported, or one bad one would refuse all."""
    good, bad = json.dumps(cloud_event()), json.dumps(cloud_event(type=None))
    for source in (f"[{good},{bad},{good}]", f"{good}\n{bad}\n{good}\n"):
        found = outcomes(read, source)
        assert (len(facts(found)), len(reasons(found))) == (2, 1)


@pytest.mark.parametrize("source", ['{"specversion":\n"1.0"', "[1]", '"text"'])
def test_what_is_no_cloud_event_is_unreadable(source: str) -> None:
    """A damaged file would end the import with an error of a library."""
    (reason,) = reasons(outcomes(read, source))
    assert "expected" in reason


def test_what_is_written_has_the_required_attributes_and_no_personal_ones() -> None:
    """Other programs could not read an export, or a header would name people."""
    values = cloud_event()["data"] | {"event_id": ID, "occurred_at": "2026-03-01T12:00:00Z"}
    event = event_from_mapping({"kind": "access.used", **values})
    (line,) = write([event])
    assert json.loads(line) == {
        "specversion": "1.0",
        "id": ID,
        "source": "zegel:events",
        "type": "access.used.v1",
        "time": "2026-03-01T12:00:00Z",
        "datacontenttype": "application/json",
        "data": {
            "occurred_at": "2026-03-01T12:00:00Z",
            "resource": "customer-file",
            "actor": "person:anna",
        },
    }
    (again,) = outcomes(read, write_batch([event]), system=None)
    assert isinstance(again, Translated)
    assert [again.event] == [event]


def test_an_event_without_id_is_not_written() -> None:
    """What is written could not be told from another event."""
    event = event_from_mapping(
        {"kind": "access.used", "resource": "x", "occurred_at": "2026-03-01T12:00:00Z"}
    )
    with pytest.raises(MalformedEvent, match="event_id"):
        encode_cloud_event(event)


def test_cloud_events_are_recognised() -> None:
    """People would have to name the format of every file."""
    assert looks_like(json.dumps([cloud_event()]).encode(), "x") > 90
    assert looks_like(b"[1]", "cloudevents.json") > 0
    assert looks_like(b"specversion", "x") == 0
