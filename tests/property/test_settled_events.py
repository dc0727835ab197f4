"""What is sealed of an event does not depend on which way it was completed."""

import uuid
from collections.abc import Callable
from typing import Any, TypeVar

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ledger.body import SplitEvent, sealed_body, split_event
from ledger.errors import MalformedEvent
from ledger.events import Event, complete_event, encode_event
from ledger.settled_events import Settled, settle, settled_already
from tests.strategies import completed_events, events

T = TypeVar("T")


def _parts(split: SplitEvent) -> tuple[Any, ...]:
    """All of a split event; its public part as it is sealed."""
    return (
        split.kind,
        sealed_body(split.public, []),
        split.subjects,
        split.cases,
        split.texts,
        split.stream_key,
    )


def _is_what_completion_gives(settled: Settled, completed: Event) -> None:
    assert settled.encoded == encode_event(completed)
    assert _parts(settled.split) == _parts(split_event(completed))
    assert settled.event.event_id == completed.event_id
    assert settled.event.occurred_at == completed.occurred_at
    assert settled.event.system == completed.system


@given(events(), st.uuids())
def test_settling_gives_what_completion_gives(event: Event, new_id: uuid.UUID) -> None:
    """One fact would be two, or sealed otherwise, depending on how it was looked at."""
    completed = complete_event(event, new_id=lambda: new_id)
    _is_what_completion_gives(settle(event, new_id=lambda: new_id), completed)


@given(completed_events())
def test_what_is_settled_already_is_what_completion_gives(event: Event) -> None:
    """A check that was left out would let through what completion would have changed."""
    settled = settled_already(event)
    if settled is not None:
        _is_what_completion_gives(settled, complete_event(event, new_id=uuid.uuid4))


_WRONG = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=12),
    st.binary(max_size=4),
    st.lists(st.text(max_size=3), max_size=2),
    st.tuples(st.text(max_size=3)),
    st.dictionaries(st.text(max_size=2), st.integers(), max_size=1),
    st.datetimes(),
    st.uuids(),
    st.sampled_from(["withheld", "person:Jan", "person#" + "0" * 32, "ip:::1", "111222333"]),
)


@given(completed_events(), st.data())
def test_a_wrong_value_is_refused_either_way(event: Event, data: st.DataObject) -> None:
    """Something would be sealed that no reader can decode, or refused with another reason."""
    name = data.draw(st.sampled_from(event.__struct_fields__))
    changed = replace(event, **{name: data.draw(_WRONG)})
    if changed.event_id is None:
        changed = replace(changed, event_id=uuid.UUID(int=7))
    found = _settled_or_refused(lambda: settle(changed, new_id=uuid.uuid4))
    completed = _settled_or_refused(lambda: complete_event(changed, new_id=uuid.uuid4))
    if isinstance(found, Settled) and not isinstance(completed, str):
        _is_what_completion_gives(found, completed)
    else:
        assert found == completed


def _settled_or_refused(work: Callable[[], T]) -> T | str:
    try:
        return work()
    except (MalformedEvent, TypeError) as error:
        return f"{type(error)} {error}"
