"""What one request brings, read into events: the forms of `POST /v1/events` but the stream.

Every fault of every event is told at once, each with a JSON Pointer into what was sent.

Source: CloudEvents HTTP Protocol Binding 1.0.2 §3 (how to tell the modes apart), JSON Event Format
1.0.2 §4 (batch); RFC 6901 (pointers).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

from msgspec.structs import replace
from starlette.datastructures import Headers

from formats import cloudevents, ndjson
from formats.cloudevents_http import decode_binary, is_binary
from formats.reading import ReadContext
from formats.strict_json import strict_json
from ledger.errors import BatchRefused, Fault, FormatError, MalformedEvent, UnsupportedForm
from ledger.events import Event
from service.access.caller import Caller
from service.context import Context
from service.intake.idempotency import id_of_key, key_of, no_id
from service.intake.media_type import media_type_of
from service.intake.rights import own_system
from service.operations.arriving import STREAMS

Form = Literal["event", "structured", "binary", "batch", "lines"]

STRUCTURED: Final = "application/cloudevents+json"
BATCH: Final = "application/cloudevents-batch+json"
EVENT: Final = "application/json"
LINES: Final = "application/x-ndjson"
MOST_FAULTS: Final = 100

_JSON: Final = re.compile(r"(application|text)/(.+\+)?json")
_ATTRIBUTE: Final = re.compile(r"attribute ([a-z0-9_]+)")
_PLACES_IN_DATA: Final = ("data", "data_base64")


@dataclass(frozen=True, slots=True)
class Sent:
    """The events of one request, and the warnings of each."""

    form: Form
    events: tuple[Event, ...]
    warnings: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a request does not say in its body."""

    context: Context
    caller: Caller
    headers: Headers
    key: str | None
    """The `Idempotency-Key`."""
    foreign: ReadContext
    """For readers of foreign languages."""

    @property
    def most_depth(self) -> int:
        """How deep JSON may be nested."""
        return self.context.settings.most_depth

    def native(self, value: object, place: str, line: int = 0) -> Event:
        """The event that a JSON value of ours says, with an id.

        Args:
            value: As JSON gives it.
            place: How its sender is pointed to it.
            line: Of a stream, from 1.

        Raises:
            FormatError: it is no object.
            MalformedEvent: a field is wrong.
            BadRequest: neither it nor the request has an id.
        """
        event = ndjson.event_of(value)
        if event.event_id is not None:
            return event
        if self.key is None:
            raise no_id(place)
        derived = id_of_key(self.context.ledger.derive_id, self.caller, self.key, line)
        return replace(event, event_id=derived)


def reading_of(context: Context, caller: Caller, headers: Headers) -> Reading:
    """How the body of a request is to be read.

    Raises:
        BadRequest: its `Idempotency-Key` is none.
    """
    foreign = ReadContext(
        derive_id=context.ledger.derive_id,
        system=own_system(caller),
        zone=None,
        year=None,
        source_identity=b"",
        now=context.ledger.clock(),
    )
    return Reading(context, caller, headers, key_of(headers), foreign)


def form_of(headers: Headers) -> Form:
    """In which form a request brings facts.

    Raises:
        UnsupportedForm: in none that is taken here.
    """
    media_type = media_type_of(headers)
    name = "" if media_type is None else media_type.name
    if name in STREAMS:
        return "lines"
    if name in {STRUCTURED, BATCH}:
        return "structured" if name == STRUCTURED else "batch"
    if not name.startswith("application/cloudevents"):
        if is_binary(headers.keys()) and (not name or _JSON.fullmatch(name)):
            return "binary"
        if name == EVENT:
            return "event"
    raise UnsupportedForm(
        f"content-type: expected one of {STRUCTURED}, {BATCH}, {EVENT}, {LINES}, or JSON with ce- "
        f"headers, found {name[:80] or 'none'}"
    )


def read_sent(form: Form, reading: Reading, body: bytes) -> Sent:
    """The events of a request in one piece; it may take long for a large body.

    Raises:
        FormatError: the body is no JSON, or no array where a batch should be.
        BatchRefused: events in it are not what their kind or CloudEvents asks for.
        BadRequest: an event has no id.
    """
    if form == "binary":
        return _one(form, lambda: _binary(reading, body))
    value = strict_json(body, most_depth=reading.most_depth)
    if form == "batch":
        return _batch(reading, value)
    if form == "structured":
        return _one(form, lambda: cloudevents.event_of(value, reading.foreign))
    return _one(form, lambda: (reading.native(value, "event"), ()))


def fault_of(error: FormatError | MalformedEvent, form: Form, at: str = "") -> Fault:
    """What is wrong, as a place in what was sent.

    Args:
        error: About one event.
        form: In which it came.
        at: A pointer to that event.
    """
    is_cloud_event = form not in {"event", "lines"}
    if isinstance(error, MalformedEvent):
        return Fault(at + _pointer(error.field, is_cloud_event), error.expected, error.found)
    attribute = _ATTRIBUTE.fullmatch(error.place)
    if attribute is not None:
        return Fault(f"{at}/{attribute[1]}", error.expected, error.found)
    in_data = error.place.partition(".")[0] in _PLACES_IN_DATA
    within = "/" + error.place.replace(".", "/") if in_data else ""
    return Fault(at + within, error.expected, error.found)


def _pointer(field: str, is_cloud_event: bool) -> str:  # noqa: FBT001 - read beside its caller
    if field.startswith("("):
        return ""
    if is_cloud_event:
        return "/type" if field == "kind" else f"/data/{field}"
    return f"/{field}"


def _binary(reading: Reading, body: bytes) -> tuple[Event, tuple[str, ...]]:
    headers = ((name.lower(), value) for name, value in reading.headers.items())
    attributes = decode_binary(headers, body, most_depth=reading.most_depth)
    return cloudevents.event_of(attributes, reading.foreign)


def _one(form: Form, read: Callable[[], tuple[Event, tuple[str, ...]]]) -> Sent:
    try:
        event, warnings = read()
    except FormatError as error:
        if error.place == "document":  # the body, or data that are no JSON
            raise
        raise BatchRefused([fault_of(error, form)]) from error
    except MalformedEvent as error:
        raise BatchRefused([fault_of(error, form)]) from error
    return Sent(form, (event,), (warnings,))


def _batch(reading: Reading, value: Any) -> Sent:  # noqa: ANN401 - JSON may hold any value
    if not isinstance(value, list):
        raise FormatError("document", "an array of CloudEvents", "another value")
    events: list[Event] = []
    warnings: list[tuple[str, ...]] = []
    faults: list[Fault] = []
    for place, each in enumerate(value):
        try:
            event, own = cloudevents.event_of(each, reading.foreign)
        except (FormatError, MalformedEvent) as error:
            faults.append(fault_of(error, "batch", f"/{place}"))
            if len(faults) == MOST_FAULTS:
                break
        else:
            events.append(event)
            warnings.append(own)
    if faults:
        raise BatchRefused(faults)
    return Sent("batch", tuple(events), tuple(warnings))
