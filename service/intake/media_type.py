"""What the head of a request says of its body: media type, parameters, charset, coding.

Source: RFC 9110 §8.3.1 (media types), §8.4 (content codings), §5.6.6 (parameters), §5.6.4 (quoted
texts); RFC 8259 §8.1 (JSON is UTF-8).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Literal

from starlette.datastructures import Headers

from ledger.errors import BadRequest, UnsupportedForm

Coding = Literal["gzip", "identity"]

_TOKEN: Final = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105 - a rule of grammar, not a secret
_TYPE: Final = re.compile(rf"\s*({_TOKEN}/{_TOKEN})\s*", re.ASCII)
_PARAMETER: Final = re.compile(
    rf';\s*(?:({_TOKEN})=(?:({_TOKEN})|"((?:[^"\\]|\\.)*)"))?\s*', re.ASCII
)
_REMEMBERED: Final = 64
_ESCAPED: Final = re.compile(r"\\(.)")
_UTF_8: Final = frozenset({"utf-8", "utf8"})
_CODINGS: Final[Mapping[str, Coding]] = {
    "": "identity",
    "identity": "identity",
    "gzip": "gzip",
    "x-gzip": "gzip",
}


@dataclass(frozen=True, slots=True)
class MediaType:
    """A media type in lower case, with its parameters by lower-case name."""

    name: str
    parameters: Mapping[str, str] = field(default_factory=dict)


def media_type_of(headers: Headers) -> MediaType | None:
    """What the body is, in UTF-8; `None` where the request does not say.

    Raises:
        UnsupportedForm: it is no media type, or its charset is another one than UTF-8.
    """
    text = only(headers, "content-type")
    if text is None:
        return None
    found = _known_media_type(text)
    charset = found.parameters.get("charset", "utf-8")
    if charset.lower() not in _UTF_8:
        raise UnsupportedForm(f"content-type: expected charset UTF-8, found {charset[:40]!r}")
    return found


@lru_cache(_REMEMBERED)
def _known_media_type(text: str) -> MediaType:
    """As `parse_media_type`, once for what programs send with each request."""
    return parse_media_type(text)


def parse_media_type(text: str) -> MediaType:
    """The media type that a text is.

    Raises:
        UnsupportedForm: it is none, or has a parameter twice.
    """
    match = _TYPE.match(text)
    refused = UnsupportedForm(f"content-type: expected a media type, found {text[:80]!r}")
    if match is None:
        raise refused
    parameters: dict[str, str] = {}
    end = match.end()
    while end < len(text):
        parameter = _PARAMETER.match(text, end)
        if parameter is None or (parameter[1] or "").lower() in parameters:
            raise refused
        if parameter[1] is not None:
            value = parameter[2] or _ESCAPED.sub(r"\1", parameter[3] or "")
            parameters[parameter[1].lower()] = value
        end = parameter.end()
    return MediaType(match[1].lower(), parameters)


def coding_of(headers: Headers) -> Coding:
    """How the body is compressed.

    Raises:
        UnsupportedForm: otherwise than by gzip.
    """
    text = (only(headers, "content-encoding") or "").strip().lower()
    coding = _CODINGS.get(text)
    if coding is None:
        raise UnsupportedForm(f"content-encoding: expected gzip or identity, found {text[:40]!r}")
    return coding


def only(headers: Headers, name: str) -> str | None:
    """The one value of a header, or `None`.

    Raises:
        BadRequest: it stands there several times: whoever reads another one reads another request.
    """
    values = headers.getlist(name)
    if len(values) > 1:
        raise BadRequest(f"{name}: expected it once, found it {len(values)} times")
    return values[0] if values else None
