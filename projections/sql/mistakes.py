"""What the engine says of a statement that it cannot run, as one line that names the place."""

import json
import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any, Final

import duckdb

from ledger.errors import BadRequest, StoreUnavailable, ZegelError

_GUESS: Final = re.compile(r'\s*Did you mean "[^"]*"\?')
"""The engine guesses among its own tables, which nobody wants here."""
_LIMITS: Final = (duckdb.OutOfMemoryException, duckdb.IOException)


def mistake(error: duckdb.Error, statement: str, tables: Iterable[str]) -> ZegelError:
    """The error for whoever asked.

    Args:
        error: As the engine raised it, with `errors_as_json`.
        statement: What was typed.
        tables: The names of the tables that there are.
    """
    told = _told(error)
    said = " ".join(_GUESS.sub("", str(told["exception_message"])).split())
    if isinstance(error, _LIMITS):
        return StoreUnavailable(f"sql: expected to stay within the limits, found {said}")
    place = _place(statement, told.get("position"))
    hint = ""
    if told.get("type") == "Table":
        close = get_close_matches(str(told.get("name")), list(tables), n=1)
        hint = f" Did you mean {close[0]}?" if close else " zegel sql --tables lists them."
    return BadRequest(f"sql{place}: {said}{hint}")


def _told(error: duckdb.Error) -> dict[str, Any]:
    text = str(error)
    _, brace, rest = text.partition("{")
    try:
        found = json.loads(brace + rest)
    except ValueError:
        found = None
    if isinstance(found, dict) and "exception_message" in found:
        return found
    return {"exception_message": text.partition("\n\nLINE ")[0]}


def _place(statement: str, position: str | None) -> str:
    """`, line 2, column 8` of a position, which the engine counts in bytes from 0."""
    if position is None or not position.isdecimal():
        return ""
    before = statement.encode()[: int(position)].decode(errors="ignore")
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return f", line {line}, column {column}"
