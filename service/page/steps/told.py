"""A step as it is told back to whoever gave it, before it is recorded."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import msgspec

from formats.event_fields import EventField
from formats.steps.words import StepWords
from ledger.events import Event, kind_of
from ledger.units import Index
from projections.cases.warned import Warned


@dataclass(frozen=True, slots=True)
class Shown:
    """One value: how it is drawn, with what."""

    draw: Literal["text", "moment", "hash"]
    text: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ToldField:
    """One field with what it says."""

    label: str
    values: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class ToldWarning:
    """What a step contradicts, in the language of the visitor."""

    text: str
    source: str
    indexes: tuple[Index, ...]


def told_fields(fields: Sequence[EventField], event: Event, words: StepWords) -> list[ToldField]:
    """What an event says in these fields, as it was understood."""
    found = []
    for field in fields:
        value = getattr(event, field.path)
        if value is not None and value != ():
            values = tuple(shown(value, field.path, kind_of(event), words))
            found.append(ToldField(words.label(field.path), values))
    return found


def told_warnings(found: Sequence[Warned], words: StepWords) -> list[ToldWarning]:
    """What a step contradicts."""
    return [
        ToldWarning(_sentence(words.warned(each)), words.source(each.source), each.indexes)
        for each in found
    ]


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def shown(value: Any, path: str, kind: str, words: StepWords) -> Iterator[Shown]:  # noqa: ANN401 - of any field
    """The values of a field, each as it is drawn.

    Args:
        value: One or several.
        path: Of the field.
        kind: Of the event.
        words: In the language of the visitor.
    """
    match value:
        case datetime():
            yield Shown("moment", at=value)
        case tuple():
            for each in value:
                yield from shown(each, path, kind, words)
        case msgspec.Struct():
            for name in value.__struct_fields__:
                part = getattr(value, name)
                if part is not None:
                    yield from shown(part, f"{path}.{name}", kind, words)
        case str() if path.endswith("sha256"):
            yield Shown("hash", value)
        case str():
            yield Shown("text", words.value(path, value, kind))
        case _:
            yield Shown("text", words.dossier.value(value, path))
