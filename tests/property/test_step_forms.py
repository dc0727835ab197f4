"""Forms of steps: what an event says fills a form, and the form says the same event again."""

from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from formats.event_fields import mapping_of
from formats.steps.breach import BREACH_STEPS
from formats.steps.plan import StepPlan
from formats.steps.request import REQUEST_STEPS
from formats.steps.words import StepWords
from formats.typed_times import TimeReader
from ledger.errors import BadRequest
from ledger.events import Event, event_from_mapping
from service.page.fields.controls import Asked
from service.page.fields.filling import filled
from service.page.fields.reading import FieldReader
from service.page.forms import Form
from service.page.steps.sections import fields_asked
from tests.strategies import events

EVERY: Final = {**BREACH_STEPS, **REQUEST_STEPS}
NOW: Final = datetime(2026, 11, 20, 12, tzinfo=UTC)
WORDS: Final = StepWords("nl", UTC)
READER: Final = FieldReader(WORDS, TimeReader(NOW, UTC), str)
AMSTERDAM: Final = FieldReader(
    WORDS, TimeReader(NOW, ZoneInfo("Europe/Amsterdam")), str
)  # where an hour is missing each spring


def _plain(value: object) -> object:
    """A value as a form can hold it: no spaces around words, nothing for an empty one."""
    match value:
        case str():
            return value.strip() or None
        case datetime():
            return value.astimezone(UTC)
        case tuple():
            return tuple(each for each in map(_plain, value) if each is not None)
        case msgspec.Struct():
            return {name: _plain(getattr(value, name)) for name in value.__struct_fields__}
        case _:
            return value


def _said(plan: StepPlan, event: Event) -> dict[str, object]:
    said = {field.path: _plain(getattr(event, field.path)) for field in fields_asked(plan)}
    return {path: value for path, value in said.items() if value not in (None, ())}


@given(name=st.sampled_from(sorted(EVERY)), data=st.data())
def test_a_form_that_is_filled_in_says_the_same_event(name: str, data: st.DataObject) -> None:
    """A step that replaces another would change what nobody meant to change."""
    plan = EVERY[name]
    event = data.draw(events([plan.full_kind]))
    fields = fields_asked(plan)
    form = Form(tuple(filled(fields, event, UTC)))
    found = READER.read(fields, form)
    assert found.errors == {}
    again = event_from_mapping(
        {
            **{field: getattr(event, field) for field in _beside(plan, event)},
            **mapping_of(fields, found.values),
            "kind": plan.kind,
        },
        strict=False,
    )
    assert _said(plan, again) == _said(plan, event)


def _beside(plan: StepPlan, event: Event) -> set[str]:
    """Fields that the form does not ask for, and that the kind needs."""
    asked = {field.path for field in fields_asked(plan)}
    return {
        field.name
        for field in msgspec.structs.fields(event)
        if field.required and field.name not in asked
    }


@given(name=st.sampled_from(sorted(EVERY)), data=st.data())
def test_any_form_is_read_or_told_what_is_wrong(name: str, data: st.DataObject) -> None:
    """A page would break on what somebody typed."""
    plan = EVERY[name]
    fields = fields_asked(plan)
    controls = Asked(WORDS, plan.kind).controls(fields)
    names = [
        part.name
        for control in controls
        for part in (control, *(each for row in control.rows for each in row))
    ]
    typed = st.text(max_size=30) | st.sampled_from(["0001-01-01", "9999-12-31T23:59", "1" * 30])
    given_fields = data.draw(st.lists(st.tuples(st.sampled_from(names), typed), max_size=6))
    form = Form(tuple(given_fields))
    try:
        found = AMSTERDAM.read(fields, form)
    except BadRequest:
        assert len({field for field, _ in given_fields}) < len(given_fields)  # one came twice
        return
    assert all(found.errors.values())
    shown: dict[str, Any] = {
        each.name: each.value
        for each in Asked(WORDS, plan.kind, form, found.errors).controls(fields)
        if each.kind in {"line", "moment", "number"}
    }
    for field, text in given_fields:
        if field in shown and text.strip():
            assert shown[field] == text.strip()
