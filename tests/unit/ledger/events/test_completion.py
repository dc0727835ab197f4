"""What is sealed is complete, in UTC, in one spelling, and never what only readers see."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import pytest

from ledger.errors import MalformedEvent
from ledger.events import Event, complete_event, event_from_mapping
from ledger.events.blocking import IpRecorded
from ledger.events.breach import AnchorCandidate, BreachSuspected
from ledger.units import LONGEST_DURATION

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
NEW_ID = UUID("0192f5a4-7c1e-7b3a-9d2e-5f6a7b8c9d0e")
SPAN: dict[str, Any] = {
    "kind": "processing.performed",
    "occurred_at": AT,
    "trace_id": "a" * 32,
    "span_id": "b" * 16,
    "status": "ok",
    "name": "inzien",
    "started_at": AT,
    "ended_at": AT,
}
ACTIVITY = {
    "kind": "processing_activity.registered",
    "occurred_at": AT,
    "processing_activity_id": "urn:activity:1",
    "role": "controller",
}


def _complete(event: Event) -> Event:
    return complete_event(event, new_id=lambda: NEW_ID)


def _recorded(**changes: Any) -> IpRecorded:  # noqa: ANN401 - any wrong value, that is the point
    return IpRecorded(**{"occurred_at": AT, "ip": "ip:203.0.113.7", **changes})


def test_an_event_without_an_id_gets_one_and_others_keep_theirs() -> None:
    """A repeated delivery could not be told from a new fact."""
    assert _complete(_recorded()).event_id == NEW_ID
    given = UUID(int=7)
    assert _complete(_recorded(event_id=given)).event_id == given


@pytest.mark.parametrize(
    ("zone", "name"),
    [
        (ZoneInfo("Europe/Amsterdam"), "Europe/Amsterdam"),
        (timezone(timedelta(hours=5, minutes=30)), "+05:30"),
        (timezone(-timedelta(hours=3, minutes=30)), "-03:30"),
        (timezone(timedelta(0)), None),
        (ZoneInfo("UTC"), None),
        (timezone(timedelta(seconds=7)), None),
    ],
)
def test_instants_become_utc_and_the_zone_is_kept(zone: Any, name: str | None) -> None:  # noqa: ANN401
    """The local date, on which terms run, would be lost."""
    completed = _complete(_recorded(occurred_at=AT.astimezone(zone), observed_at=AT))
    assert completed.occurred_at == AT
    assert completed.occurred_at.tzinfo is UTC
    assert completed.occurred_zone == name


def test_instants_inside_objects_become_utc_too() -> None:
    """Two spellings of one instant would be sealed, depending on where they stand."""
    local = AT.astimezone(timezone(timedelta(hours=2)))
    event = BreachSuspected(
        occurred_at=AT, breach_id="B-1", anchors=(AnchorCandidate(anchor="suspected", at=local),)
    )
    completed = _complete(event)
    assert isinstance(completed, BreachSuspected)
    assert completed.anchors[0].at.tzinfo is UTC
    assert completed == msgspec.structs.replace(event, event_id=NEW_ID)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("ip:203.0.113.7", "ip:203.0.113.7"),
        ("ip:::ffff:203.0.113.7", "ip:203.0.113.7"),
        ("ip:2001:DB8:0:0::1", "ip:2001:db8::1"),
    ],
)
def test_an_address_is_kept_in_one_spelling(given: str, kept: str) -> None:
    """An intruder would be two intruders."""
    completed = _complete(_recorded(ip=given))
    assert isinstance(completed, IpRecorded)
    assert completed.ip == kept


def test_people_and_subjects_are_kept_in_one_spelling() -> None:
    """A person would be found under one spelling only."""
    completed = _complete(
        _recorded(actor="person:J.Jansen@Example.NL", subjects=("data-subject:bsn: 1234.56.782",))
    )
    assert completed.actor == "person:j.jansen@example.nl"
    assert completed.subjects == ("data-subject:BSN:123456782",)
    decomposed = _complete(_recorded(actor="person:Zoe\N{COMBINING DIAERESIS}"))
    assert decomposed.actor == "person:zoë"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ip": "ip:203.0.113.256"}, "ip"),
        ({"ip": "ip:203.0.113.07"}, "ip"),
        ({"ip": "ip#" + "0" * 32}, "ip"),
        ({"ip": "withheld"}, "ip"),
        ({"ip": "person:x"}, "ip"),
        ({"ip": 7}, "ip"),
        ({"actor": "person#" + "0" * 32}, "actor"),
        ({"actor": "person:" + "ß" * 320}, "actor"),
        ({"actor": "j.jansen"}, "actor"),
        ({"subjects": ("data-subject:customer:1", "data-subject#" + "0" * 32)}, "subjects/1"),
        ({"subjects": ("data-subject:BSN: ",)}, "subjects/0"),
        ({"reason": "withheld"}, "reason"),
        ({"object_id": "withheld"}, "object_id"),
        ({"occurred_at": datetime(2026, 11, 22)}, "occurred_at"),  # noqa: DTZ001
        ({"occurred_at": "2026-11-22T09:30:00Z"}, "occurred_at"),
        ({"occurred_at": datetime.min.replace(tzinfo=timezone(timedelta(hours=1)))}, "occurred_at"),
        ({"occurred_uncertainty": timedelta(-1)}, "occurred_uncertainty"),
        ({"subject_count": -1}, "subject_count"),
        ({"purpose": "no word"}, "purpose"),
        ({"subjects": 5}, "subjects"),
    ],
)
def test_a_wrong_value_is_refused_even_from_our_own_code(
    changes: Mapping[str, Any], field: str
) -> None:
    """Something would be sealed that no reader can decode, or a pseudonym taken for a person."""
    with pytest.raises(MalformedEvent) as raised:
        _complete(_recorded(**changes))
    assert raised.value.kind == "ip.recorded.v1"
    assert raised.value.field == field


@pytest.mark.parametrize(
    ("values", "field"),
    [
        (SPAN | {"ended_at": AT - timedelta(seconds=1)}, "ended_at"),
        (SPAN | {"started_nanoseconds": 2, "ended_nanoseconds": 1}, "ended_nanoseconds"),
        (SPAN | {"started_nanoseconds": 1}, "ended_nanoseconds"),
        (SPAN | {"attributes": {"a": math.nan}}, "attributes/a"),
        (SPAN | {"foreign_processor": "withheld"}, "foreign_processor"),
        (ACTIVITY | {"purpose_texts": ["one"]}, "purpose_texts"),
        (ACTIVITY | {"contacts": ["withheld"]}, "contacts"),
        (
            {
                "kind": "access.granted",
                "occurred_at": AT,
                "grant_id": "G-1",
                "grantee": "person:x",
                "resource": "customer-file",
                "valid_from": AT,
                "valid_until": AT,
            },
            "valid_until",
        ),
        (
            {
                "kind": "breach.facts_updated",
                "occurred_at": AT,
                "breach_id": "B-1",
                "subjects_minimum": 2,
                "subjects_maximum": 1,
            },
            "subjects_maximum",
        ),
        (
            {
                "kind": "policy.published",
                "occurred_at": AT,
                "policy_id": "ragiox-privacy",
                "text_sha256": "a" * 64,
                "revision_date": "2026-02-30",
            },
            "revision_date",
        ),
        (
            {
                "kind": "log.verified",
                "occurred_at": AT,
                "first_index": 4,
                "tree_size": 3,
                "root_sha256": "a" * 64,
            },
            "tree_size",
        ),
    ],
)
def test_fields_that_contradict_each_other_are_refused(values: dict[str, Any], field: str) -> None:
    """An interval that ends before it begins would be sealed for ever."""
    with pytest.raises(MalformedEvent) as raised:
        _complete(event_from_mapping(values))
    assert raised.value.field == field
    assert raised.value.expected
    assert raised.value.found


@pytest.mark.parametrize(
    ("field", "length", "expected"),
    [
        ("occurred_uncertainty", timedelta(microseconds=-1), "from 0 to 365250 days"),
        ("occurred_uncertainty", LONGEST_DURATION + MICROSECOND, "from 0 to 365250 days"),
        ("occurred_uncertainty", timedelta.max, "from 0 to 365250 days"),
        ("clock_offset", LONGEST_DURATION + MICROSECOND, "from -365250 to 365250 days"),
        ("clock_offset", timedelta.min, "from -365250 to 365250 days"),
    ],
)
def test_a_length_without_reason_is_refused(field: str, length: timedelta, expected: str) -> None:
    """One fact with a span that no table or calendar can hold would stop a view for ever."""
    with pytest.raises(MalformedEvent) as raised:
        _complete(_recorded(**{field: length}))
    assert (raised.value.field, raised.value.found) == (field, str(length))
    assert raised.value.expected == f"a duration {expected}"


@pytest.mark.parametrize("length", [timedelta(), LONGEST_DURATION])
def test_a_length_within_reason_is_kept(length: timedelta) -> None:
    """A source could not say how long something took."""
    completed = _complete(_recorded(occurred_uncertainty=length, clock_offset=-length))
    assert (completed.occurred_uncertainty, completed.clock_offset) == (length, -length)
