"""Laws of the readers of JSON messages: whatever a stranger changes in one, it is told or refused.

Messages are those of the golden files with one member replaced by anything.
"""

import copy
import json
import uuid
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats import FORMATS
from formats.reading import Translated, Unreadable
from ledger.events import complete_event
from tests.golden import golden
from tests.unit.formats.sources import outcomes

SOURCES: Final = {
    "keycloak": (
        *json.loads(golden("keycloak-admin.json")),
        *map(json.loads, golden("keycloak-logins.ndjson").splitlines()[:-1]),
    ),
    "windows-security": (
        *map(json.loads, golden("windows-winlogbeat.ndjson").splitlines()),
        *map(json.loads, golden("windows-collector.ndjson").splitlines()),
    ),
    "cloudtrail": tuple(json.loads(golden("cloudtrail.json"))["Records"][:-1]),
}

ANYTHING: Final = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**22), 10**22)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(["-", "$", "x" * 500, "123456782", "2026-03-12T06:17:02Z", "\ud800"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=4,
)


@st.composite
def changed(draw: st.DrawFn, name: str) -> bytes:
    """A message of a source with one member replaced, or left out."""
    message = copy.deepcopy(draw(st.sampled_from(SOURCES[name])))
    inner: Any = message
    while True:
        member = draw(st.sampled_from(sorted(inner)))
        value = inner[member]
        if not isinstance(value, dict) or not value or draw(st.booleans()):
            break
        inner = value
    if draw(st.booleans()):
        inner[member] = draw(ANYTHING)
    else:
        del inner[member]
    return json.dumps(message).encode()


@pytest.mark.parametrize("name", SOURCES)
@given(st.data())
def test_a_message_is_told_or_refused_whatever_it_says(name: str, data: st.DataObject) -> None:
    """One strange message would end an import, or give an event that no log takes."""
    found = outcomes(FORMATS[name].read, data.draw(changed(name)))
    assert found
    for outcome in found:
        if isinstance(outcome, Translated):
            assert complete_event(outcome.event, new_id=uuid.uuid4).event_id is not None


@pytest.mark.parametrize("name", SOURCES)
@given(st.data())
def test_no_two_facts_have_one_id(name: str, data: st.DataObject) -> None:
    """A fact would be taken for another and refused."""
    messages = data.draw(st.lists(st.sampled_from(SOURCES[name]), unique_by=json.dumps, max_size=6))
    lines = "\n".join(json.dumps(message) for message in messages)
    found = outcomes(FORMATS[name].read, lines)
    events = [outcome.event for outcome in found if isinstance(outcome, Translated)]
    by_id = {event.event_id: event for event in events}
    assert len(by_id) == len(events)


@pytest.mark.parametrize("name", SOURCES)
@given(st.data())
def test_what_is_kept_of_a_refused_message_is_the_message(name: str, data: st.DataObject) -> None:
    """What lies in quarantine could not be read again after its reader was mended."""
    for refused in outcomes(FORMATS[name].read, data.draw(changed(name))):
        if isinstance(refused, Unreadable):
            (again,) = outcomes(FORMATS[name].read, refused.raw)
            assert isinstance(again, Unreadable)
            assert again.reason == refused.reason
