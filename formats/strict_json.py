"""JSON from strangers: valid, not too deep, and each name once in its object.

Where a name stands twice, parsers differ on which value counts: two systems would read two facts in
the same bytes. The names are checked by another parser than reads the value, because the fast one
keeps the last value without a word.

Source: RFC 8259 §4 (names should be unique), §9 (a parser may limit the depth).
"""

import json
import re
from typing import Any, Final

from formats.json_documents import parse_json
from ledger.errors import FormatError

MOST_DEPTH: Final = 64
"""Deeper than any event, CloudEvent or span is nested."""

_BRACKET_OR_TEXT: Final = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}]', re.DOTALL)
_OPEN: Final = frozenset({b"[", b"{"})
_SHOWN: Final = 80


class _NameTwice(Exception):
    """Carries the name."""


def strict_json(raw: bytes, *, most_depth: int = MOST_DEPTH) -> Any:  # noqa: ANN401 - JSON may hold any value
    """The value of JSON bytes in UTF-8, as builtins.

    Args:
        raw: The bytes.
        most_depth: How many objects and arrays may stand inside one another.

    Raises:
        FormatError: the bytes are no JSON, too deep, or have a name twice in one object.
    """
    _require_depth(raw, most_depth)
    value = parse_json(raw)
    try:
        json.loads(raw.decode(), object_pairs_hook=_once, parse_int=str, parse_float=str)
    except _NameTwice as error:
        found = f"{str(error)[:_SHOWN]!r} twice"
        raise FormatError("document", "each name once in an object", found) from error
    return value


def _once(pairs: list[tuple[str, object]]) -> None:
    names = {name for name, _ in pairs}
    if len(names) < len(pairs):
        for name, _ in pairs:
            if name not in names:
                raise _NameTwice(name)
            names.remove(name)


def _require_depth(raw: bytes, most_depth: int) -> None:
    if raw.count(b"[") + raw.count(b"{") <= most_depth:  # not deeper, wherever they stand
        return
    depth = 0
    for match in _BRACKET_OR_TEXT.finditer(raw):
        found = match[0]
        if found in _OPEN:
            depth += 1
            if depth > most_depth:
                raise FormatError("document", f"at most {most_depth} levels", "more")
        elif len(found) == 1:
            depth -= 1
