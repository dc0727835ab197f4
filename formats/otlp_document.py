"""Both encodings of an OTLP request as one document: the JSON form, spelled one way.

A request in protobuf and the same request in JSON give equal documents, so that whatever is read
from a document is the same for both. Identifiers are lower-case hexadecimal, enumerations integers,
64-bit integers decimal text, bytes base64; a field at its default is left out, as is one that no
schema of OTLP knows. What has the wrong type is refused by its path, without the value.

An identifier of the wrong length, or an enumeration with a number that nobody knows, is kept: the
profile judges it, together with the other findings about the same line.

Source: OTLP specification, "JSON Protobuf Encoding"; opentelemetry-proto; ProtoJSON format
(null, integers as text, base64, special floats).
"""

import base64
import binascii
import math
from collections.abc import Callable, Mapping
from functools import cache
from operator import attrgetter
from typing import Any, Final, cast

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import DecodeError, Message
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from formats.strict_json import MOST_DEPTH, strict_json
from ledger.errors import FormatError

_HEXADECIMAL: Final = frozenset({"traceId", "spanId", "parentSpanId"})
_WIDE: Final = frozenset(
    {
        FieldDescriptor.TYPE_INT64,
        FieldDescriptor.TYPE_SINT64,
        FieldDescriptor.TYPE_SFIXED64,
        FieldDescriptor.TYPE_UINT64,
        FieldDescriptor.TYPE_FIXED64,
    }
)
_NARROW: Final = frozenset(
    {
        FieldDescriptor.TYPE_INT32,
        FieldDescriptor.TYPE_SINT32,
        FieldDescriptor.TYPE_SFIXED32,
        FieldDescriptor.TYPE_UINT32,
        FieldDescriptor.TYPE_FIXED32,
    }
)
_UNSIGNED: Final = frozenset(
    {
        FieldDescriptor.TYPE_UINT64,
        FieldDescriptor.TYPE_FIXED64,
        FieldDescriptor.TYPE_UINT32,
        FieldDescriptor.TYPE_FIXED32,
    }
)
_MOST_DIGITS: Final = 20
"""Of a 64-bit integer, its sign included."""
_NO_NUMBER: Final = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def trace_request(body: bytes, *, is_json: bool, most_depth: int = MOST_DEPTH) -> dict[str, Any]:
    """The document of an `ExportTraceServiceRequest`.

    Args:
        body: Its bytes.
        is_json: Its encoding; otherwise protobuf.
        most_depth: How deep JSON may be nested.

    Raises:
        FormatError: the body is none in that encoding.
    """
    return _request(body, ExportTraceServiceRequest, is_json=is_json, most_depth=most_depth)


def log_request(body: bytes, *, is_json: bool, most_depth: int = MOST_DEPTH) -> dict[str, Any]:
    """The document of an `ExportLogsServiceRequest`.

    Args:
        body: Its bytes.
        is_json: Its encoding; otherwise protobuf.
        most_depth: How deep JSON may be nested.

    Raises:
        FormatError: the body is none in that encoding.
    """
    return _request(body, ExportLogsServiceRequest, is_json=is_json, most_depth=most_depth)


def document_of(message: Message) -> dict[str, Any]:
    """The document of a message in protobuf."""
    return {
        field.json_name: (
            [_plain(field, item) for item in value] if field.is_repeated else _plain(field, value)
        )
        for field, value in message.ListFields()
    }


def checked_document(value: object, kind: type[Message]) -> dict[str, Any]:
    """The document of a message in JSON.

    Args:
        value: What a JSON reader gave, as builtins.
        kind: Which message it should be.

    Raises:
        FormatError: a field has the wrong type, or is spelled as in protobuf; its place is a path
            such as `resourceSpans[0].resource`.
    """
    return _checked(value, cast("Descriptor", kind.DESCRIPTOR), "")


@cache
def _in_order(kind: Descriptor) -> tuple[FieldDescriptor, ...]:
    """The fields in the order in which protobuf sends them."""
    return tuple(sorted(kind.fields, key=attrgetter("number")))


def _request(body: bytes, kind: type[Message], *, is_json: bool, most_depth: int) -> dict[str, Any]:
    """The document; a body of which nothing is understood is no empty request."""
    (groups,) = kind.DESCRIPTOR.fields
    try:
        if is_json:
            sent = strict_json(body, most_depth=most_depth)
            document = checked_document(sent, kind)
            says_nothing = not sent or groups.json_name in sent
        else:
            document = document_of(kind.FromString(body))
            says_nothing = not body
    except DecodeError as error:
        raise FormatError("request", kind.DESCRIPTOR.name, "other bytes") from error
    except RecursionError as error:  # a limit of depth can be set higher than Python goes
        raise FormatError("request", "fewer values inside each other", "more") from error
    if not document and not says_nothing:
        raise FormatError("request", f"{kind.DESCRIPTOR.name} with {groups.json_name}", "none")
    return document


def _checked(value: object, kind: Descriptor, place: str) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise FormatError(place or "request", "an object", _type_name(value))
    document = {}
    for field in _in_order(kind):
        if field.name != field.json_name and field.name in value:
            raise FormatError(_within(place, field.name), field.json_name, "its name in protobuf")
        sent = value.get(field.json_name)
        if sent is None:
            continue
        found = _field(field, sent, _within(place, field.json_name))
        is_default = found == "0" if field.type in _WIDE else not found
        if field.has_presence or not is_default:
            document[field.json_name] = found
    for choice in kind.oneofs:
        if sum(field.json_name in document for field in choice.fields) > 1:
            raise FormatError(place, f"one {choice.name}", "several")
    return document


def _plain(field: FieldDescriptor, value: Any) -> Any:  # noqa: ANN401 - the value of any field
    if field.type == FieldDescriptor.TYPE_MESSAGE:
        return document_of(value)
    if field.type == FieldDescriptor.TYPE_BYTES:
        if field.json_name in _HEXADECIMAL:
            return value.hex()
        return base64.b64encode(value).decode()
    if field.type in _WIDE:
        return str(value)
    return _shown(value) if field.type == FieldDescriptor.TYPE_DOUBLE else value


def _field(field: FieldDescriptor, value: object, place: str) -> Any:  # noqa: ANN401 - likewise
    if not field.is_repeated:
        return _single(field, value, place)
    if not isinstance(value, list):
        raise FormatError(place, "an array", _type_name(value))
    return [_single(field, item, f"{place}[{number}]") for number, item in enumerate(value)]


def _single(field: FieldDescriptor, value: object, place: str) -> Any:  # noqa: ANN401 - likewise
    if field.message_type is not None:
        return _checked(value, field.message_type, place)
    if field.type in _WIDE:
        return str(_integer(field, value, place, bits=64))
    if field.type in _NARROW:
        return _integer(field, value, place, bits=32)
    return _READERS[field.type](field, value, place)


def _text(_field: FieldDescriptor, value: object, place: str) -> str:
    if not isinstance(value, str):
        raise FormatError(place, "text", _type_name(value))
    return value


def _boolean(_field: FieldDescriptor, value: object, place: str) -> bool:
    if not isinstance(value, bool):
        raise FormatError(place, "true or false", _type_name(value))
    return value


def _enumeration(_field: FieldDescriptor, value: object, place: str) -> int:
    if type(value) is not int or not -(2**31) <= value < 2**31:
        raise FormatError(place, "the integer of an enumeration", _type_name(value))
    return value


def _bytes(field: FieldDescriptor, value: object, place: str) -> str:
    text = _text(field, value, place)
    if field.json_name in _HEXADECIMAL:
        return text.lower()
    try:
        padded = text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4)
        standard = padded.replace("-", "+").replace("_", "/")
        return base64.b64encode(base64.b64decode(standard, validate=True)).decode()
    except (binascii.Error, ValueError) as error:
        raise FormatError(place, "base64", "other text") from error


def _double(_field: FieldDescriptor, value: object, place: str) -> float | str:
    if isinstance(value, str) and value in _NO_NUMBER:
        return value
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise FormatError(place, "a number", _type_name(value))
    try:
        return _shown(float(value))
    except (ValueError, OverflowError) as error:
        raise FormatError(place, "a number of 64 bits", "another one") from error


def _integer(field: FieldDescriptor, value: object, place: str, *, bits: int) -> int:
    """An integer that is sent as a number or as decimal text."""
    number = value
    if isinstance(value, str) and len(value) <= _MOST_DIGITS and value.isascii():
        number = int(value) if value.removeprefix("-").isdecimal() else None
    least, most = (0, 2**bits) if field.type in _UNSIGNED else (-(2 ** (bits - 1)), 2 ** (bits - 1))
    if type(number) is not int or not least <= number < most:
        found = "another one" if type(number) is int else _type_name(value)
        raise FormatError(place, f"an integer from {least} to {most - 1}", found)
    return number


_READERS: Final[Mapping[int, Callable[[FieldDescriptor, object, str], Any]]] = {
    FieldDescriptor.TYPE_STRING: _text,
    FieldDescriptor.TYPE_BOOL: _boolean,
    FieldDescriptor.TYPE_ENUM: _enumeration,
    FieldDescriptor.TYPE_BYTES: _bytes,
    FieldDescriptor.TYPE_DOUBLE: _double,
}
"""How a single value of each other type is read; OTLP uses no further one."""


def _shown(number: float) -> float | str:
    """A number as JSON holds it: what is no number, or too large, by its name."""
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    return number


def _within(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


def _type_name(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "other text"
        case list():
            return "an array"
        case _:
            return "an object"
