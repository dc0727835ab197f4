"""Laws of OCSF: what goes out is valid, chained, and comes back as it was."""

import io
import json
import uuid
from random import Random
from typing import Any

import hypothesis
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from formats.export.ocsf import EXPORT
from formats.ocsf.reading import read
from formats.reading import Skipped, Translated, Unreadable
from ledger.events import KINDS, Event, complete_event
from tests.golden import golden
from tests.ocsf_records import PROVENANCE, exported, records_of
from tests.ocsf_schema import problems_of
from tests.strategies import completed_events
from tests.unit.formats.ocsf_events import EVENTS
from tests.unit.formats.sources import context_of

_FIRST = settings(
    max_examples=100,
    phases=[Phase.generate],
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def lines_of(events: list[Event]) -> list[dict[str, Any]]:
    """The events of OCSF that an export of these has, the one about the export last."""
    records = records_of(exported(event, index) for index, event in enumerate(events))
    return [json.loads(line) for line in EXPORT.write(records, PROVENANCE)]


@pytest.mark.parametrize("kinds", [sorted(KINDS)[at::4] for at in range(4)])
def test_every_kind_has_a_valid_form(kinds: list[str]) -> None:
    """A SIEM would turn down the events of some kind that no other test happens to make."""
    drawn = [
        hypothesis.find(
            completed_events([kind]), lambda _: True, settings=_FIRST, random=Random(kind)
        )
        for kind in kinds
    ]
    for line in lines_of(drawn):
        assert problems_of(line) == []


@settings(max_examples=30)
@given(completed_events())
def test_whatever_it_says_an_event_is_valid(event: Event) -> None:
    """A SIEM would turn down an event because of some value in it."""
    for line in lines_of([event]):
        assert problems_of(line) == []


@settings(max_examples=25)
@given(st.lists(completed_events(), max_size=3))
def test_what_goes_out_comes_back(events: list[Event]) -> None:
    """An event that travels as OCSF to another log would say something else there."""
    records = records_of(exported(event, index) for index, event in enumerate(events))
    content = b"".join(EXPORT.write(records, PROVENANCE))
    outcomes = list(read(io.BytesIO(content), context_of()))
    *facts, ending = outcomes
    assert isinstance(ending, Skipped)
    read_back = [each for each in facts if isinstance(each, Translated)]
    assert [each.event for each in read_back] == events
    assert [each.warnings for each in read_back] == [()] * len(events)
    for each in read_back:
        assert [complete_event(each.event, new_id=uuid.uuid4)] == [each.event]


@settings(max_examples=10)
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


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=5,
)


_OURS = [
    {name: each for name, each in json.loads(line).items() if name != "attestation_list"}
    for line in golden("story.ocsf.ndjson").splitlines()
]
"""What we wrote, without what would show that it was changed."""


@st.composite
def damaged_events(draw: st.DrawFn) -> dict[str, Any]:
    """An event in which one value is another one."""
    event: dict[str, Any] = json.loads(json.dumps(draw(st.sampled_from([*EVENTS, *_OURS]))))
    inside: Any = event
    while True:
        keys = list(inside) if isinstance(inside, dict) else range(len(inside))
        key = draw(st.sampled_from(keys))
        goes_on = isinstance(inside[key], (dict, list)) and inside[key]
        if not goes_on or draw(st.booleans()):
            inside[key] = draw(JSON_VALUES)
            return event
        inside = inside[key]


@settings(max_examples=80)
@given(damaged_events())
def test_no_damage_ends_the_reading(event: dict[str, Any]) -> None:
    """One odd event would end an import, or become a fact that no log takes."""
    content = json.dumps(event).encode()
    for outcome in read(io.BytesIO(content), context_of()):
        if isinstance(outcome, Translated):
            complete_event(outcome.event, new_id=uuid.uuid4)
