"""What somebody gives for a step becomes its event."""

from datetime import UTC, datetime, timedelta

import pytest

from formats.steps.making import signal_events, step_event
from ledger.errors import MalformedEvent
from ledger.events.incident import IncidentSignalled, IncidentTriaged

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
EARLIER = (NOW - timedelta(days=2)).isoformat()


def test_a_step_without_a_time_occurred_now() -> None:
    """Somebody would have to type the present."""
    event = step_event({"kind": "breach.closed", "breach_id": "B-7"}, NOW)
    assert event.occurred_at == NOW


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (
            "breach.authority_notified",
            {"breach_id": "B-7", "authority": "ap", "notice_kind": "initial"},
        ),
        ("dsr.fulfilled", {"request_id": "R-1"}),
    ],
)
def test_what_was_told_earlier_occurred_when_it_was_told(kind: str, values: dict[str, str]) -> None:
    """A question about the days between would not find the notice."""
    event = step_event({"kind": kind, **values, "notified_at": EARLIER}, NOW)
    assert event.occurred_at == datetime.fromisoformat(EARLIER)
    said = step_event(
        {"kind": kind, **values, "notified_at": EARLIER, "occurred_at": NOW.isoformat()}, NOW
    )
    assert said.occurred_at == NOW


def test_a_request_occurs_when_it_came_in() -> None:
    """Its month would run from the day on which somebody typed it."""
    values = {"kind": "dsr.received", "request_id": "R-1", "right": "A15", "received_at": EARLIER}
    assert step_event(values, NOW).occurred_at == datetime.fromisoformat(EARLIER)


def test_a_signal_is_tied_to_its_breach_at_its_own_moment() -> None:
    """The first moment of a case would be when its signal was typed in."""
    given = {"source": "siem", "occurred_at": EARLIER, "actor": "person:soc@example.nl"}
    signal, tie = signal_events(given, "B-7", None, NOW)
    assert isinstance(signal, IncidentSignalled)
    assert isinstance(tie, IncidentTriaged)
    assert signal.incident_id == tie.incident_id == tie.breach_id == "B-7"
    assert signal.occurred_at == tie.occurred_at == datetime.fromisoformat(EARLIER)
    assert tie.actor == signal.actor
    named, _ = signal_events(given, "B-7", "SOC-113", NOW)
    assert isinstance(named, IncidentSignalled)
    assert named.incident_id == "SOC-113"


def test_a_signal_without_a_source_is_refused() -> None:
    """What the vocabulary refuses would be recorded in half."""
    with pytest.raises(MalformedEvent, match="source"):
        signal_events({}, "B-7", None, NOW)
