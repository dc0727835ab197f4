"""Reads what msgspec says when it refuses a value: which place is meant, and what is wrong."""

import re
from dataclasses import dataclass
from typing import Final, Literal

from ledger.events.wording import Path

_MESSAGE: Final = re.compile(
    r"(?P<what>.*?)(?: - at `(?P<key>key in )?\$(?P<path>.*)`)?", re.DOTALL
)
_STEP: Final = re.compile(r"\.(?P<name>[^.\[\]]+)|\[(?P<place>[0-9]+)\]")
_NAMED_FIELD: Final = re.compile(
    r"Object (?P<fault>missing required|contains unknown) field `(?P<name>.*)`"
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """What one message of msgspec says."""

    path: Path
    """Of the object, where a field of it is missing or unknown; else of the value itself."""
    fault: Literal["missing", "unknown", "key", "value"]
    name: str | None
    """Of the field that is missing or unknown."""


def refusal_in(message: str) -> Refusal:
    """What a message such as ``Expected `int`, got `str` - at `$.rules[0].within` `` says."""
    match = _MESSAGE.fullmatch(message)
    what, key, path = (match["what"], match["key"], match["path"]) if match else (message, None, "")
    steps = _steps(path or "")
    named = _NAMED_FIELD.fullmatch(what)
    if named:
        missing = named["fault"].startswith("missing")
        return Refusal(steps, "missing" if missing else "unknown", named["name"])
    return Refusal(steps, "key" if key else "value", None)


def _steps(path: str) -> Path:
    """`.purposes[0].id` as `("purposes", 0, "id")`; the names inside named values are not told."""
    known = path.partition("[...]")[0]
    return tuple(step["name"] or int(step["place"]) for step in _STEP.finditer(known))
