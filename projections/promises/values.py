"""Values of an event by field path, as conditions and pairings compare them."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from operator import attrgetter
from typing import Any, Final, cast
from uuid import UUID

from ledger.store.requests import microseconds

Value = str | int | bool
Values = tuple[Value, ...]
"""What a field holds: nothing, one value, or those of a list."""
Terms = Mapping[str, Values]
"""The values of one event that a rule looks at, by path."""
Paths = tuple[str, ...]

BEGINNINGS: Final = ("valid_from", "effective_from")
"""Fields in which an event says from when on something stands."""
ENDINGS: Final = ("valid_until", "until")
"""Fields in which it says until when."""


@cache
def reader_of(path: str) -> Callable[[Any], Values]:
    """What gives the values at a path of an event; an event without such a field has none.

    Args:
        path: `customer_id`, or `recipient.role`: a field of the object, or of each in a list.
    """
    first, _, second = path.partition(".")
    outer = attrgetter(first)
    if not second:

        def plain(event: object) -> Values:
            try:
                return _values(outer(event))
            except AttributeError:
                return ()

        return plain
    inner = attrgetter(second)

    def nested(event: object) -> Values:
        try:
            held = outer(event)
            if held is None:
                return ()
            parts = held if isinstance(held, tuple) else (held,)
            return tuple(value for part in parts for value in _values(inner(part)))
        except AttributeError:
            return ()

    return nested


class EventValues(dict[str, Values]):
    """The values of one event by path, each read once however many rules ask for it."""

    __slots__ = ("_terms", "event")

    def __init__(self, event: Any) -> None:  # noqa: ANN401 - an event of any kind
        super().__init__()
        self.event = event
        self._terms: dict[Paths, Terms] = {}

    def __missing__(self, path: str) -> Values:
        found = self[path] = reader_of(path)(self.event)
        return found

    def terms(self, paths: Paths) -> Terms:
        """The values at some paths."""
        found = self._terms.get(paths)
        if found is None:
            found = self._terms[paths] = {path: self[path] for path in paths}
        return found


def moment_in(event: object, path: str | None) -> int | None:
    """The instant at a path in microseconds since 1970, or nothing."""
    held = getattr(event, path, None) if path else None
    return microseconds(held) if isinstance(held, datetime) else None


def _values(held: object) -> Values:
    if held is None:
        return ()
    if isinstance(held, str | int):  # bool is an int
        return (held,)
    if isinstance(held, tuple):
        return tuple(value for each in held for value in _values(each))
    if isinstance(held, datetime):
        return (microseconds(held),)
    if isinstance(held, UUID | date):
        return (str(held),)
    return (cast("Value", str(held)),)
