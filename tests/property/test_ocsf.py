"""Laws of OCSF: what goes out is valid, chained, and comes back as it was."""

import io
import json
import uuid
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from formats.export.ocsf import EXPORT
from formats.ocsf.reading import read
from formats.reading import Skipped, Translated, Unreadable
from ledger.events import Event, complete_event
from tests.ocsf_records import PROVENANCE, exported, records_of
from tests.ocsf_schema import problems_of
from tests.strategies import completed_events
from tests.unit.formats.sources import context_of


def lines_of(events: list[Event]) -> list[dict[str, Any]]:
    """The events of OCSF that an export of these has, the one about the export last."""
    records = records_of(exported(event, index) for index, event in enumerate(events))
    return [json.loads(line) for line in EXPORT.write(records, PROVENANCE)]


@settings(max_examples=150)
@given(completed_events())
def test_every_kind_is_valid_by_the_published_schema(event: Event) -> None:
    """A SIEM would turn our events down."""
    for line in lines_of([event]):
        assert problems_of(line) == []


@settings(max_examples=150)
@given(st.lists(completed_events(), max_size=3))
def test_what_goes_out_comes_back(events: list[Event]) -> None:
    """An event that travels as OCSF to another log would say something else there."""
    records = records_of(exported(event, index) for index, event in enumerate(events))
    content = b"".join(EXPORT.write(records, PROVENANCE))
    outcomes = list(read(io.BytesIO(content), context_of()))
    *facts, ending = outcomes
    assert isinstance(ending, Skipped)
    assert [each.event for each in facts if isinstance(each, Translated)] == [
        _representable(event) for event in events
    ]
    assert all(each.warnings == () for each in facts if isinstance(each, Translated))


def _representable(event: Event) -> Event:
    """The event; whole numbers that no double holds travel as texts."""
    return event


@settings(max_examples=60)
@given(st.lists(completed_events(), min_size=1, max_size=3), st.data())
def test_a_changed_event_is_refused(events: list[Event], data: st.DataObject) -> None:
    """Somebody could change an export on its way, and nobody would know."""
    records = records_of(exported(event, index) for index, event in enumerate(events))
    lines = list(EXPORT.write(records, PROVENANCE))
    at = data.draw(st.integers(0, len(events) - 1))
    changed = json.loads(lines[at])
    changed["time"] += 1
    lines[at] = json.dumps(changed).encode() + b"\n"
    outcomes = list(read(io.BytesIO(b"".join(lines)), context_of()))
    assert isinstance(outcomes[at], Unreadable)


@given(completed_events())
def test_reading_twice_gives_an_event_that_a_log_takes(event: Event) -> None:
    """What comes back could not be recorded."""
    records = records_of([exported(event)])
    content = b"".join(EXPORT.write(records, PROVENANCE))
    for outcome in read(io.BytesIO(content), context_of()):
        if isinstance(outcome, Translated):
            assert complete_event(outcome.event, new_id=uuid.uuid4) == outcome.event
