"""How the story writes down a fact: a kind, a local time and fields, as for `zegel record`."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from ledger.events import Event, event_from_mapping

ZONE: Final = ZoneInfo("Europe/Amsterdam")

Fact = dict[str, Any]
"""An event as builtins, its kind without version."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """One part of the story: what happened at one system."""

    title: str
    opening: str
    """One sentence that says what to look at."""
    facts: tuple[Fact, ...]
    shown: tuple[str, ...]
    """The kinds whose records are shown to the reader, without version."""
    published: tuple[Event, ...] = ()
    """Events that come from a file, after the facts."""

    def events(self) -> Iterator[Event]:
        """Everything as typed events, in the order of the story."""
        yield from (event_from_mapping(fact) for fact in self.facts)
        yield from self.published


def at(local: str) -> datetime:
    """The instant of a local time in Amsterdam, written `2025-03-03 09:00`."""
    return datetime.fromisoformat(local).replace(tzinfo=ZONE)


def fact(kind: str, local: str, *, system: str | None = None, **fields: Any) -> Fact:  # noqa: ANN401 - fields of any kind
    """One fact.

    Args:
        kind: Without version, `access.granted`.
        local: When it occurred, in Amsterdam.
        system: Which system reported it.
        fields: As the kind has them; instants as `at` gives them.
    """
    given = {name: _builtin(value) for name, value in fields.items()}
    reported = {"system": system} if system else {}
    return {"kind": kind, "occurred_at": at(local).isoformat(), **reported, **given}


def party(role: str, organisation: str | None = None, **more: str) -> Fact:
    """One side of an exchange or agreement."""
    return {"role": role, **({"organisation": organisation} if organisation else {}), **more}


def _builtin(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
