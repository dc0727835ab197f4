"""A step as somebody gave it in a form: the events that it would record, or what is wrong."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from msgspec.structs import replace as with_fields
from uuid_utils.compat import uuid7

from formats.event_fields import mapping_of
from formats.steps.making import signal_events, step_event
from formats.steps.plan import StepPlan
from ledger.errors import BadRequest, MalformedEvent
from ledger.events import Event
from ledger.ledger import Ledger
from projections.cases.contradictions import corrected_step
from projections.cases.severity import Severity
from service.access.caller import Caller
from service.page.fields.reading import FieldReader, Given
from service.page.forms import Form
from service.page.steps.assessing import severity_given
from service.page.steps.cases import CaseAsked, name_to_record
from service.page.steps.sections import CORRECTS, INCIDENT, SWITCH, fields_asked, switches_of

COLLECTOR: Final = "zegel-page"
"""How a record says that it was typed into the page."""
DRAFTED_AT: Final = "drafted_at"
EVENT_ID: Final = "event_id"
_EVENTS: Final = 2
"""So many at most does one step record."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What makes a step the same one when its form is sent twice."""

    drafted_at: datetime
    """When it occurred, if it does not say so itself."""
    event_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class StepAsked:
    """Which step of which case."""

    case: CaseAsked
    name: str
    plan: StepPlan


@dataclass(frozen=True, slots=True)
class Draft:
    """What a form makes of a step."""

    events: tuple[Event, ...] = ()
    errors: Mapping[str, str] = field(default_factory=dict)
    """By the name of a control; where there is one, there are no events."""
    severity: Severity | None = None
    """What the method proposes, of an assessment with factors."""


def fresh_stamp(now: datetime) -> Stamp:
    """The stamp of a step that nobody sent yet."""
    return Stamp(now, tuple(uuid7() for _ in range(_EVENTS)))


def stamp_of(form: Form) -> Stamp:
    """The stamp that a form carries.

    Raises:
        BadRequest: it carries none.
    """
    try:
        drafted_at = datetime.fromisoformat(form.one(DRAFTED_AT) or "")
        ids = tuple(UUID(each) for each in form.many(EVENT_ID))
    except ValueError as error:
        raise BadRequest(
            "form: expected the stamp of a checked step, found another text"
        ) from error
    if drafted_at.tzinfo is None or len(ids) != _EVENTS:
        raise BadRequest("form: expected the stamp of a checked step, found less")
    return Stamp(drafted_at, ids)


def draft_of(
    ledger: Ledger,
    step: StepAsked,
    form: Form,
    *,
    caller: Caller,
    reader: FieldReader,
    stamp: Stamp,
) -> Draft:
    """What a form makes of a step; blocking.

    Args:
        ledger: The log, in which an earlier step may be named.
        step: Which step of which case.
        form: What was sent.
        caller: Who reports it.
        reader: Reads it in the language and zone of the sender.
        stamp: What the events are known by.

    Raises:
        BadRequest: the form is none of ours.
        StoreUnavailable: the database cannot be used.
    """
    plan, fields = step.plan, fields_asked(step.plan)
    given = reader.read(fields, form)
    name = _name(ledger, step, form, given, reader=reader, stamp=stamp)
    scored = severity_given(form, reader, given) if plan.kind == "breach.assessed" else None
    values: dict[str, Any] = {
        **_reported_by(caller, form, given, reader),
        **plan.preset,
        **_switched(plan, form, reader, given),
        **mapping_of(fields, given.values),
        **({} if scored is None else scored[1]),
        **_taking_back(ledger, step, form, given, reader.gettext),
    }
    severity = None if scored is None else scored[0]
    if given.errors or name is None:
        return Draft((), given.errors, severity)
    try:
        events = _events(plan, name, values, form, stamp)
    except MalformedEvent as error:
        return Draft((), dict([reader.refused(fields, error)]), severity)
    stamped = zip(events, stamp.event_ids, strict=False)  # one step may need fewer ids
    return Draft(tuple(with_fields(event, event_id=each) for event, each in stamped), {}, severity)


def _events(
    plan: StepPlan, name: str, values: dict[str, Any], form: Form, stamp: Stamp
) -> tuple[Event, ...]:
    if plan.kind == "incident.signalled":
        return signal_events(values, name, form.one(INCIDENT), stamp.drafted_at)
    named = {"kind": plan.kind, plan.case_field: name}
    return (step_event({**values, **named}, stamp.drafted_at),)


def _name(
    ledger: Ledger,
    step: StepAsked,
    form: Form,
    given: Given,
    *,
    reader: FieldReader,
    stamp: Stamp,
) -> str | None:
    """The id under which the step is recorded; that of a new case stands in the form."""
    if step.case.asked is not None:
        return name_to_record(ledger, step.case)
    field_name = step.plan.case_field
    name = form.one(field_name)
    if name is None:
        given.errors[field_name] = reader.needed()
    elif ledger.case_stream(step.case.kind.word, name) is not None and not _is_recorded(
        ledger, stamp
    ):
        given.errors[field_name] = reader.gettext("A case of this name is recorded already.")
    return name


def _is_recorded(ledger: Ledger, stamp: Stamp) -> bool:
    """Whether the very step was recorded before: its form was sent twice."""
    return ledger.log.find_event(stamp.event_ids[0]) is not None


def _reported_by(caller: Caller, form: Form, given: Given, reader: FieldReader) -> dict[str, Any]:
    """Who reports is who logged in, whatever a form says."""
    found: dict[str, Any] = {
        "actor": caller.identity,
        "actor_kind": "service" if caller.is_program else "person",
        "collector": COLLECTOR,
    }
    if caller.systems is not None and len(caller.systems) > 1:
        system = form.one("system")
        if system in caller.systems:
            found["system"] = system
        else:
            given.errors["system"] = reader.needed()
    return found


def _switched(plan: StepPlan, form: Form, reader: FieldReader, given: Given) -> dict[str, str]:
    words = switches_of(plan)
    if not words:
        return {}
    chosen = form.one(SWITCH)
    if chosen not in words:
        given.errors[SWITCH] = reader.needed()
        return {}
    return {SWITCH: chosen}


def _taking_back(
    ledger: Ledger, step: StepAsked, form: Form, given: Given, gettext: Callable[[str], str]
) -> dict[str, str]:
    """The earlier step that this one replaces."""
    place = form.one(CORRECTS)
    if place is None or step.case.stream is None:
        return {}
    try:
        return {"supersedes": str(corrected_step(ledger, place, step.case.stream).event_id)}
    except BadRequest:
        given.errors[CORRECTS] = gettext("Expected one of the answers of the list.")
        return {}
