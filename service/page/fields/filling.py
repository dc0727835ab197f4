"""Fills a form in with what an event says, as far as it is public."""

from collections.abc import Iterable, Iterator
from datetime import datetime, tzinfo
from typing import Any

from formats.event_fields import EventField
from ledger.events import Event
from ledger.personal import WITHHELD, parse_token


def filled(fields: Iterable[EventField], event: Event, zone: tzinfo) -> Iterator[tuple[str, str]]:
    """The names and values of a form that says what an event says.

    People and words that are not shown to the visitor are left out: they are typed anew.

    Args:
        fields: Those of the form.
        event: As it was opened, by tokens.
        zone: In which the form tells times.
    """
    for field in fields:
        value = getattr(event, field.path)
        if field.parts:
            for place, each in enumerate(value):
                for part in field.parts:
                    name = f"{field.path}.{place}.{part.path}"
                    yield from _told(name, getattr(each, part.path), zone)
        else:
            for each in value if isinstance(value, tuple) else (value,):
                yield from _told(field.path, each, zone)


def _told(name: str, value: Any, zone: tzinfo) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - of any field
    match value:
        case None:
            return
        case bool():
            yield name, "yes" if value else "no"
        case datetime():
            yield name, value.astimezone(zone).replace(tzinfo=None).isoformat()
        case str() if value == WITHHELD or parse_token(value) is not None:
            return
        case _:
            yield name, str(value)
