"""CloudEvents 1.0 over HTTP in binary mode: attributes in `ce-` headers, data in the body.

`datacontenttype` is the `Content-Type`. A value is percent-encoded, because a header holds only
printable ASCII; what older senders wrote between double quotes is understood too. All values are
texts: a header does not say the type of an extension.

Source: CloudEvents HTTP Protocol Binding 1.0.2 §3.1 (binary mode), §3.1.3.2 (header values).
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import unquote_to_bytes

import msgspec

from formats.cloudevents import SOURCE, attributes_of
from formats.strict_json import MOST_DEPTH, strict_json
from ledger.errors import FormatError
from ledger.events import Event

PREFIX: Final = "ce-"
CONTENT_TYPE: Final = "content-type"

_NEVER_A_HEADER: Final = frozenset({"datacontenttype", "data", "data_base64"})
_SENT_ELSEWHERE: Final = frozenset({"data", "datacontenttype"})
_TO_ENCODE: Final = re.compile(r'[^\x21-\x7e]|["%]')
_VALUE: Final = re.compile(r"[\x20-\x7e]*")
_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*)"')
_ESCAPED: Final = re.compile(r"\\(.)")
_PERCENT: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")


def is_binary(names: Iterable[str]) -> bool:
    """Whether headers of these lower-case names carry attributes of a CloudEvent."""
    return any(name.startswith(PREFIX) for name in names)


def decode_binary(
    headers: Iterable[tuple[str, str]], body: bytes, *, most_depth: int = MOST_DEPTH
) -> dict[str, Any]:
    """The attributes of one CloudEvent, its `data` among them, as the JSON form has them.

    Args:
        headers: Every header of the request, names in lower case.
        body: Its data in JSON; empty: it has none.
        most_depth: How deep they may be nested.

    Raises:
        FormatError: a value is not percent-encoded UTF-8, an attribute stands there twice or may
            not be a header, or the data are no JSON.
    """
    attributes: dict[str, Any] = {}
    for name, value in headers:
        attribute = name.removeprefix(PREFIX)
        if name == CONTENT_TYPE:
            attributes["datacontenttype"] = value
        elif name.startswith(PREFIX):
            if attribute in _NEVER_A_HEADER:
                raise FormatError(f"attribute {attribute}", "it outside the headers", name)
            if attribute in attributes:
                raise FormatError(f"attribute {attribute}", "it once", "it twice")
            attributes[attribute] = _decoded(attribute, value)
    if body:
        attributes["data"] = strict_json(body, most_depth=most_depth)
    return attributes


def encode_binary(event: Event, *, source: str = SOURCE) -> tuple[dict[str, str], bytes]:
    """The headers and the body of one event.

    Raises:
        MalformedEvent: the event has no id, or a value that JSON cannot hold.
    """
    attributes = attributes_of(event, source=source)
    return encode_headers(attributes), msgspec.json.encode(attributes["data"])


def encode_headers(attributes: Mapping[str, str]) -> dict[str, str]:
    """Attributes as headers; `data` is left out, for it is the body."""
    headers = {
        f"{PREFIX}{name}": encode_value(value)
        for name, value in attributes.items()
        if name not in _SENT_ELSEWHERE
    }
    if "datacontenttype" in attributes:
        headers[CONTENT_TYPE] = attributes["datacontenttype"]
    return headers


def encode_value(text: str) -> str:
    """A text as the value of a header."""
    return _TO_ENCODE.sub(lambda match: _percent_encoded(match[0]), text)


def decode_value(text: str) -> str | None:
    """The text that the value of a header encodes; `None` where it encodes none."""
    if not _VALUE.fullmatch(text):
        return None
    unquoted = _QUOTED.sub(lambda match: _ESCAPED.sub(r"\1", match[1]), text)
    if '"' in _QUOTED.sub("", text) or _PERCENT.search(unquoted):
        return None
    try:
        return unquote_to_bytes(unquoted).decode()
    except UnicodeDecodeError:
        return None


def _decoded(attribute: str, value: str) -> str:
    found = decode_value(value)
    if found is None:
        raise FormatError(f"attribute {attribute}", "percent-encoded UTF-8", "another value")
    return found


def _percent_encoded(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode())
