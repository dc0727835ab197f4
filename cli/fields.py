"""Command-line options made from the fields of an event kind.

The vocabulary is the only source: a new kind or field is an option at once. Values are checked
here only as far as a typed word must become a number, a time or an object; all else is judged by
the vocabulary itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC
from typing import Any, Final, Literal, get_args

import click
import msgspec
from msgspec import inspect

from cli.session import Session
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


@dataclass(frozen=True, slots=True)
class EventField:
    """One field of an event as an option shows it."""

    path: str
    """`recipient`, or `recipient.organisation` for a field of an object inside."""
    shape: Shape
    words: str
    """What a value looks like, for people."""
    many: bool
    required: bool
    own: bool
    """The field belongs to this kind; otherwise every event has it."""

    @property
    def option(self) -> str:
        """The name of the option: `--valid-until`."""
        return "--" + self.path.replace("_", "-")

    @property
    def parameter(self) -> str:
        """The name under which Click hands the value over."""
        return self.path.replace(".", "__")


def fields_of(event_class: type[msgspec.Struct]) -> list[EventField]:
    """The fields of one kind as options: its own first, required ones first."""
    info = inspect.type_info(event_class)
    if not isinstance(info, inspect.StructType):
        message = f"{event_class.__name__}: expected a Struct"
        raise TypeError(message)
    found = [
        field for each in info.fields for field in _fields(each, "", own=each.name not in _ENVELOPE)
    ]
    return sorted(found, key=lambda field: (not field.own, not field.required))


def _fields(field: inspect.Field, prefix: str, *, own: bool) -> Iterator[EventField]:
    inner, many = _unwrapped(field.type)
    path = prefix + field.encode_name
    shape, words = _shape(inner)
    yield EventField(path, shape, words, many or shape == "attributes", field.required, own)
    if isinstance(inner, inspect.StructType) and not many and not prefix:
        for part in inner.fields:
            for found in _fields(part, f"{path}.", own=own):
                # Which parts an optional object needs is judged when the object is given at all.
                yield replace(found, required=False)


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


class FieldValue(click.ParamType[Any]):
    """Turns one typed value into what the vocabulary's decoder takes."""

    def __init__(self, field: EventField) -> None:
        """Remembers the field that the value is for."""
        self.name = field.words
        self.field = field

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401 - Click's signature
        """The value as builtins; a number, time or object that is none is refused."""
        try:
            return self._convert(str(value), ctx)
        except (BadRequest, click.BadParameter, ValueError) as error:
            cause = f" ({error})" if self.field.shape in {"json", "attributes"} else ""
            self.fail(f"expected {self.field.words}, found {value!r}{cause}", param, ctx)

    def _convert(self, typed: str, ctx: click.Context | None) -> object:
        match self.field.shape:
            case "instant":
                session = ctx.ensure_object(Session) if ctx else Session()
                return (
                    TimeReader(units.utc_now(), session.zone)
                    .read(typed)
                    .astimezone(UTC)
                    .isoformat()
                )
            case "integer":
                return int(typed)
            case "boolean":
                return click.BOOL.convert(typed, None, ctx)
            case "json":
                return msgspec.json.decode(typed)
            case "attributes":
                return _attribute(typed)
            case "text":
                return typed


def _attribute(typed: str) -> dict[str, object]:
    if typed.startswith("{"):
        found = msgspec.json.decode(typed, type=dict[str, Any])
        return dict(found)
    name, mark, value = typed.partition("=")
    if not mark or not name:
        raise BadRequest("expected NAME=VALUE or a JSON object")
    return {name: value}


def option_of(field: EventField) -> click.Option:
    """The option by which one field is given."""
    return click.Option(
        [field.option, field.parameter],
        type=FieldValue(field),
        metavar="VALUE",
        multiple=field.many,
        help=_help(field),
    )


def _help(field: EventField) -> str:
    if field.path == "occurred_at":
        return f"{field.words}  [default: now]"
    marks = [
        mark for mark, holds in (("required", field.required), ("repeatable", field.many)) if holds
    ]
    return field.words + (f"  [{', '.join(marks)}]" if marks else "")


def mapping_of(fields: list[EventField], values: Mapping[str, Any]) -> dict[str, Any]:
    """The event fields that were given, nested as the event has them."""
    found: dict[str, Any] = {}
    for field in fields:
        value = values.get(field.parameter)
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
