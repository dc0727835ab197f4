"""The fields of an event kind as people give them: one by one, each with what it looks like.

The vocabulary is the only source: a new kind or field can be given at once. Values are checked here
only as far as a typed word must become a number, a time or an object; all else is judged by the
vocabulary itself.
"""

import ipaddress
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC
from functools import cache
from typing import Any, Final, Literal, get_args, get_origin, get_type_hints

import msgspec
from msgspec import inspect

from formats.typed_times import TimeReader
from ledger import units
from ledger.errors import BadRequest
from ledger.events.envelope import Envelope

Shape = Literal["text", "instant", "integer", "boolean", "json", "attributes"]

_ENVELOPE: Final = frozenset(Envelope.__struct_fields__)
_NAMED_PATTERNS: Final = (
    (units.Slug, "word such as application-access"),
    (units.ResourceName, "name such as customer-file or ssh/labsz"),
    (units.Period, "period such as P3M"),
    (units.LocalDate, "date such as 2026-11-20"),
    (units.ZoneName, "zone such as Europe/Amsterdam"),
    (units.CountryCode, "two letters such as NL"),
    (units.LanguageCode, "two letters such as nl"),
    (units.Uri, "URI"),
    (units.Sha256Hex, "64 hexadecimal digits"),
    (units.PromiseId, "promise such as RAG-03"),
    (units.ProgramName, "program such as zegel-openssh/1"),
    (units.VersionLabel, "version such as 2018"),
    (units.MediaType, "media type such as text/plain"),
    (units.TraceIdHex, "32 hexadecimal digits"),
    (units.SpanIdHex, "16 hexadecimal digits"),
)
_WORDS_OF_PATTERN: Final = {get_args(alias)[1].pattern: words for alias, words in _NAMED_PATTERNS}
_PLAIN_SHAPES: Final[tuple[tuple[type[inspect.Type], Shape, str], ...]] = (
    (inspect.DateTimeType, "instant", "time"),
    (inspect.BoolType, "boolean", "yes|no"),
    (inspect.IntType, "integer", "number"),
    (inspect.UUIDType, "text", "UUID"),
    (inspect.TimeDeltaType, "text", "duration such as PT72H"),
)
_WORDS_OF_NAMESPACE: Final = {
    "person": "person:ACCOUNT",
    "ip": "ip:ADDRESS",
    "data-subject": "data-subject:TYPE:ID",
    "text": "text",
    "attributes": "NAME=VALUE",
}
_TRUTH: Final[Mapping[str, bool]] = {
    **dict.fromkeys(("1", "true", "t", "yes", "y", "on"), True),
    **dict.fromkeys(("0", "false", "f", "no", "n", "off"), False),
}
"""As Click reads them."""


@dataclass(frozen=True, slots=True)
class EventField:
    """One field of an event."""

    path: str
    """`recipient`, or `recipient.organisation` for a field of an object inside."""
    shape: Shape
    words: str
    """What a value looks like, for people."""
    many: bool
    required: bool
    own: bool
    """The field belongs to this kind; otherwise every event has it."""
    choices: tuple[str, ...] = ()
    """The only words that it takes; empty where others are taken too."""
    namespace: str | None = None
    """What it names or holds that is personal: `person`, `ip`, `data-subject`, `text`, `grant`."""
    parts: tuple["EventField", ...] = ()
    """The fields of each object that it holds, where it holds several."""


def fields_of(event_class: type[msgspec.Struct]) -> list[EventField]:
    """The fields of one kind: its own first, required ones first."""
    info = inspect.type_info(event_class)
    if not isinstance(info, inspect.StructType):
        message = f"{event_class.__name__}: expected a Struct"
        raise TypeError(message)
    found = [
        field
        for each in info.fields
        for field in _fields(each, event_class, "", own=each.name not in _ENVELOPE)
    ]
    return sorted(found, key=lambda field: (not field.own, not field.required))


def _fields(
    field: inspect.Field, owner: type[msgspec.Struct], prefix: str, *, own: bool
) -> Iterator[EventField]:
    inner, many = _unwrapped(field.type)
    path = prefix + field.encode_name
    shape, words = _shape(inner)
    holds = (
        [(part, inner.cls) for part in inner.fields]
        if isinstance(inner, inspect.StructType)
        else []
    )
    parts: tuple[EventField, ...] = ()
    if many:
        parts = tuple(found for part, cls in holds for found in _fields(part, cls, "", own=own))
    is_many = many or shape == "attributes"
    yield EventField(
        path,
        shape,
        words,
        is_many,
        field.required,
        own,
        choices=_choices(_hints(owner)[field.name]),
        namespace=_namespace(inner),
        parts=parts,
    )
    if not many and not prefix:
        for part, cls in holds:
            for found in _fields(part, cls, f"{path}.", own=own):
                # Which parts an optional object needs is judged when the object is given at all.
                yield replace(found, required=False)


@cache
def _hints(owner: type[msgspec.Struct]) -> dict[str, Any]:
    return get_type_hints(owner)


def _choices(hint: Any) -> tuple[str, ...]:  # noqa: ANN401 - any annotation
    """The words of a closed list in the order of the vocabulary, which inspection sorts."""
    if get_origin(hint) is Literal:
        return tuple(map(str, get_args(hint)))
    found = [_choices(each) for each in get_args(hint)]
    return next((each for each in found if each), ())


def _namespace(found: inspect.Type) -> str | None:
    extra = found.extra if isinstance(found, inspect.Metadata) else None
    named = (extra or {}).get("namespace")
    return named if isinstance(named, str) else None


def _unwrapped(found: inspect.Type) -> tuple[inspect.Type, bool]:
    """The type without `None` and without its tuple, and whether there was a tuple."""
    if isinstance(found, inspect.UnionType):
        parts = [part for part in found.types if not isinstance(part, inspect.NoneType)]
        found = parts[0] if len(parts) == 1 else found
    if isinstance(found, inspect.VarTupleType):
        return found.item_type, True
    return found, False


def _shape(found: inspect.Type) -> tuple[Shape, str]:
    extra: Mapping[str, Any] = {}
    if isinstance(found, inspect.Metadata):
        extra, found = found.extra or {}, found.type
    for kind, shape, words in _PLAIN_SHAPES:
        if isinstance(found, kind):
            return shape, words
    shaped: tuple[Shape, str]
    match found:
        case inspect.StructType():
            members = ", ".join(each.encode_name for each in found.fields)
            shaped = "json", f"JSON {{{members}}}"
        case inspect.LiteralType():
            shaped = "text", "|".join(str(value) for value in found.values)
        case inspect.StrType():
            shaped = "text", _words_of_text(found, extra)
        case _ if extra.get("namespace") == "attributes":
            shaped = "attributes", "NAME=VALUE"
        case _:
            shaped = "json", "JSON"
    return shaped


def _words_of_text(found: inspect.StrType, extra: Mapping[str, Any]) -> str:
    namespace = extra.get("namespace")
    if isinstance(namespace, str):
        return _WORDS_OF_NAMESPACE.get(namespace, f"id of the {namespace.replace('-', ' ')}")
    return _WORDS_OF_PATTERN.get(found.pattern, "text")


def typed_value(field: EventField, typed: str, times: TimeReader) -> object:
    """What the vocabulary takes for a value that somebody typed.

    Args:
        field: The field, or one part of it.
        typed: One value of it; `NAME=VALUE` or a JSON object for named values.
        times: Reads its times.

    Raises:
        BadRequest: it is no such number, time, truth value or object.
    """
    try:
        return _value(field, typed, times)
    except (BadRequest, ValueError) as error:
        cause = f" ({error})" if field.shape in {"json", "attributes"} else ""
        raise BadRequest(f"expected {field.words}, found {typed!r}{cause}") from error


def _value(field: EventField, typed: str, times: TimeReader) -> object:
    match field.shape:
        case "instant":
            return times.read(typed).astimezone(UTC).isoformat()
        case "integer":
            return int(typed)
        case "boolean":
            return _truth(typed)
        case "json":
            return msgspec.json.decode(typed)
        case "attributes":
            return _attribute(typed)
        case "text":
            return _address(typed) if field.namespace == "ip" else typed


def _address(typed: str) -> str:
    """An address as people type it gets the word before it that says what it is."""
    try:
        ipaddress.ip_address(typed.strip())
    except ValueError:
        return typed
    return f"ip:{typed.strip()}"


def _truth(typed: str) -> bool:
    found = _TRUTH.get(typed.strip().lower())
    if found is None:
        raise BadRequest("expected yes or no")
    return found


def _attribute(typed: str) -> dict[str, object]:
    if typed.startswith("{"):
        found = msgspec.json.decode(typed, type=dict[str, Any])
        return dict(found)
    name, mark, value = typed.partition("=")
    if not mark or not name:
        raise BadRequest("expected NAME=VALUE or a JSON object")
    return {name: value}


def mapping_of(fields: list[EventField], values: Mapping[str, Any]) -> dict[str, Any]:
    """The event fields that were given, nested as the event has them.

    Args:
        fields: Those of the kind.
        values: By path; several values of a field as a tuple, none as `None` or an empty one.
    """
    found: dict[str, Any] = {}
    for field in fields:
        value = values.get(field.path)
        if value is None or value == ():
            continue
        if field.shape == "attributes":
            value = {name: each for part in value for name, each in part.items()}
        outer, _, inner = field.path.partition(".")
        if not inner:
            found[outer] = list(value) if isinstance(value, tuple) else value
        else:
            found.setdefault(outer, {})[inner] = list(value) if isinstance(value, tuple) else value
    return found
