"""Distinguished names of a directory: one spelling for each, and the name of what they name.

Source: RFC 4514 §2 (the string form) and §2.4 (escapes); RFC 4517 §4.2.11 (`caseIgnoreMatch`, the
    rule of nearly all attributes that name something).
"""

import re
from typing import Final

_PARTS: Final = re.compile(r"(?:[^,;\\]|\\.)+", re.DOTALL)
_ESCAPED_PAIR: Final = re.compile(r"(?:\\[0-9A-Fa-f]{2})+")
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)


def normalised_name(text: str) -> str:
    """One spelling of a name: small letters, no empty part, no blanks around commas and `=`."""
    parts = []
    for part in _PARTS.findall(text):
        kind, equals, value = part.partition("=")
        parts.append(f"{kind.strip()}={value.strip()}" if equals else part.strip())
    return ",".join(filter(None, parts)).casefold()


def first_value(text: str) -> str:
    """The value of the first part: `claims-readers` of `cn=claims-readers,ou=groups,dc=x`."""
    match = _PARTS.match(text)
    if match is None:
        return ""
    _, equals, value = match[0].partition("=")
    written = value if equals else match[0]
    return _ESCAPED.sub(r"\1", _ESCAPED_PAIR.sub(_bytes_of, written)).strip()


def _bytes_of(match: re.Match[str]) -> str:
    return bytes.fromhex(match[0].replace("\\", "")).decode(errors="replace")
