"""One readable sentence for each event, beside its kind: what happened, in a few words.

A template names fields of its kind between braces; a part in square brackets is left out when a
field inside has no value. A kind without a template is told by its own fields in their order.
"""

import re
from datetime import datetime, tzinfo
from typing import Any, Final

import msgspec

from formats.sentence_templates import ANSWERED_BY_TOKENS, TEMPLATES
from formats.shown_times import show_instant
from ledger.events.envelope import Envelope
from ledger.events.log_integrity import LogRead

LONGEST: Final = 400
MOST_NAMED: Final = 6
_ENVELOPE: Final = frozenset(Envelope.__struct_fields__)
_PART: Final = re.compile(r"\[([^\]]*)\]")
_FIELD: Final = re.compile(r"\{([a-z0-9_.]+)\}")


def sentence(event: msgspec.Struct, zone: tzinfo) -> str:
    """What happened, in one line without the time and the acting person.

    Args:
        event: As it was opened, with tokens or identities.
        zone: In which times are told.
    """
    found: dict[str, Any] = msgspec.to_builtins(event, builtin_types=(datetime,))
    fields = {
        name: show_instant(value, zone) if isinstance(value, datetime) else value
        for name, value in found.items()
    }
    kind = str(fields.pop("kind"))
    template = ANSWERED_BY_TOKENS if _showed_nobody(event) else TEMPLATES.get(kind)
    told = filled(template, fields) if template else told_by_fields(fields)
    return told if len(told) <= LONGEST else f"{told[: LONGEST - 1]}…"


def filled(template: str, fields: dict[str, Any]) -> str:
    """The template with the values of its fields; optional parts without a value are left out."""

    def part(match: re.Match[str]) -> str:
        names = _FIELD.findall(match[1])
        return match[1] if all(_value(fields, name) for name in names) else ""

    kept = _PART.sub(part, template)
    return _FIELD.sub(lambda match: _value(fields, match[1]) or "?", kept)


def told_by_fields(fields: dict[str, Any]) -> str:
    """The fields of the kind itself with their values; where there are none, what was done."""
    own = {name: value for name, value in fields.items() if name not in _ENVELOPE}
    told = ("action", "outcome", "purpose")
    shown = own or {name: fields[name] for name in told if name in fields}
    return ", ".join(
        f"{name.replace('_', ' ')} {words(value)}" for name, value in shown.items() if words(value)
    )


def _showed_nobody(event: msgspec.Struct) -> bool:
    """Whether a reading opened nothing: one that did says which records it showed."""
    return isinstance(event, LogRead) and event.identities == 0 and event.shown is None


def _value(fields: dict[str, Any], path: str) -> str:
    value: Any = fields
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return words(value)


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """A number with its noun: `1 record`, `2 records`."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def words(value: object) -> str:
    """A value as it stands in a sentence; nothing for what is empty."""
    match value:
        case None | "" | "withheld":
            told = ""
        case bool():
            told = "yes" if value else "no"
        case list() | tuple() if len(value) > MOST_NAMED:
            told = f"{len(value)} of them"
        case list() | tuple():
            told = ", ".join(filter(None, map(words, value)))
        case {"role": _, "organisation": party} | {"role": _, "category": party} | {"role": party}:
            told = words(party)
        case dict() if value:
            told = "(" + ", ".join(f"{name} {words(each)}" for name, each in value.items()) + ")"
        case str() if _SHA256.fullmatch(value):
            told = f"{value[:12]}…"
        case str() if _UUID.fullmatch(value):
            told = f"…{value[-6:]}"
        case dict():
            told = ""
        case _:
            told = str(value)
    return told


_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
