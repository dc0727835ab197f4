"""Completes an event before it is sealed: its id, instants in UTC, one spelling per identity.

Invariants: a completed event decodes from its own JSON, so nothing is sealed that no reader can
read; completing twice changes nothing; what only readers see (tokens, `withheld`) never comes in.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import isfinite
from operator import attrgetter
from typing import Any, Final

import msgspec
from msgspec import Struct, inspect
from msgspec.structs import replace

from ledger.errors import MalformedEvent
from ledger.events.consistency import Check, checks_of
from ledger.events.decoding import decode_event, encode_event
from ledger.events.kinds import kind_of
from ledger.events.vocabulary import KINDS, PLANS, Event
from ledger.events.wording import alternatives, expectation, fields_of, shown
from ledger.identifiers import CitizenNumberRefused, clear_numbers, may_hold_number
from ledger.personal import WITHHELD, normalised_identity
from ledger.units import NewId

_MINUTE: Final = timedelta(minutes=1)


_NOTHING: Final[tuple[Any, ...]] = ()

Changes = dict[str, Any]
_Look = Callable[[str, Event, str, Any, Changes], None]
"""Looks at one value: kind, event, field name, the value (never `None`), what is to be changed."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """What completion looks at in one kind: each field with its way of looking, read at once."""

    kind: str
    looks: tuple[tuple[str, _Look], ...]
    read: Callable[[Any], Sequence[Any]]
    checks: tuple[Check, ...]


def complete_event(event: Event, *, new_id: NewId) -> Event:
    """The event as it is sealed, equal to the given one where nothing was missing.

    Args:
        event: An event with identities in their colon forms: `person:…`, `ip:…`, `data-subject:…`.
        new_id: Gives the id of an event that came without one.

    Raises:
        MalformedEvent: a value is of the wrong type, a token or `withheld`, or contradicts another.
    """
    plan = _PLANS.get(type(event)) or _plan(event)
    kind = plan.kind
    changes: Changes = {} if event.event_id is not None else {"event_id": new_id()}
    # Most fields of most events are empty: passing them over is most of this loop.
    for value, (name, look) in zip(plan.read(event), plan.looks, strict=True):
        if value is not None and value is not _NOTHING:
            look(kind, event, name, value, changes)
    whole = replace(event, **changes) if changes else event
    # Only decoding checks types, and code that builds events may have been wrong.
    encoded = encode_event(whole)
    checked = decode_event(encoded)
    if may_hold_number(encoded):
        _refuse_clear_numbers(kind, checked)
    for check in plan.checks:
        check(kind, checked)
    return checked


def _refuse_clear_numbers(kind: str, event: Event) -> None:
    """Refuses a citizen number in a field that is sealed in clear."""
    personal = {field.name for field in PLANS[kind].fields}
    public = {
        name: value for name, value in msgspec.to_builtins(event).items() if name not in personal
    }
    path = next(clear_numbers(public), None)
    if path is not None:
        raise MalformedEvent(
            kind,
            path,
            "a text without a citizen number, which belongs in a field such as subjects as "
            "data-subject:BSN:NUMBER",
            "nine digits that pass the eleven-test",
        )


def _look_at_words(kind: str, _: Event, name: str, value: object, __: Changes) -> None:
    if value == WITHHELD:
        raise _withheld(kind, name)


def _look_at_word_list(kind: str, _: Event, name: str, values: Any, __: Changes) -> None:  # noqa: ANN401 - unchecked yet
    if WITHHELD in values:
        raise _withheld(kind, name)


def _look_at_named_values(kind: str, _: Event, name: str, values: object, __: Changes) -> None:
    for key, item in values.items() if isinstance(values, dict) else ():
        if isinstance(item, float) and not isfinite(item):  # JSON would turn it into null
            raise MalformedEvent(kind, f"{name}/{key}", "a finite number", str(item))


def _withheld(kind: str, name: str) -> MalformedEvent:
    return MalformedEvent(kind, name, "the words themselves", f"the reader's sign {WITHHELD}")


def _look_at_instant(kind: str, event: Event, name: str, instant: object, changes: Changes) -> None:
    if type(instant) is not datetime or instant.tzinfo is not UTC:
        changes[name] = _in_utc(kind, name, instant)
        if name == "occurred_at" and event.occurred_zone is None:
            zone = _zone_name(event.occurred_at)
            if zone is not None:
                changes["occurred_zone"] = zone


def _look_at_objects(kind: str, _: Event, name: str, items: object, changes: Changes) -> None:
    """Looks at a list of structs with instants in them."""
    if isinstance(items, tuple):
        changes[name] = tuple(_struct_in_utc(kind, name, item) for item in items)


def _in_utc(kind: str, name: str, instant: object) -> datetime:
    if not isinstance(instant, datetime) or instant.utcoffset() is None:
        raise MalformedEvent(kind, name, expectation(KINDS[kind], (name,)), shown(instant))
    try:
        return instant.astimezone(UTC)
    except OverflowError as error:
        raise MalformedEvent(
            kind, name, "an instant from the years 1 to 9999 of UTC", shown(instant.isoformat())
        ) from error


def _struct_in_utc(kind: str, name: str, item: Struct) -> Struct:
    changes = {
        inner: _in_utc(kind, name, getattr(item, inner))
        for inner in _instant_names(type(item))
        if getattr(item, inner) is not None
    }
    return replace(item, **changes)


def _zone_name(instant: datetime) -> str | None:
    """The name of the zone in which an instant was given, its offset where it has no name."""
    key = getattr(instant.tzinfo, "key", None)
    offset = instant.utcoffset()
    if isinstance(key, str) and key != "UTC":
        return key
    if not offset or offset % _MINUTE:
        return None
    hours, minutes = divmod(abs(offset) // _MINUTE, 60)
    return f"{'-' if offset < timedelta() else '+'}{hours:02d}:{minutes:02d}"


def _look_at_identity(kind: str, _: Event, name: str, identity: object, changes: Changes) -> None:
    normalised = _normalised(kind, name, identity)
    if normalised != identity:
        changes[name] = normalised


def _look_at_identities(kind: str, _: Event, name: str, given: object, changes: Changes) -> None:
    if isinstance(given, tuple):
        changed = tuple(_normalised(kind, f"{name}/{i}", item) for i, item in enumerate(given))
        if changed != given:
            changes[name] = changed


def _normalised(kind: str, path: str, identity: object) -> str:
    try:
        if isinstance(identity, str):
            return normalised_identity(identity)
    except CitizenNumberRefused as error:
        # Not from the error: nothing of a trace may hold the number.
        raise MalformedEvent(kind, path, error.expected, error.found) from None
    except ValueError as error:
        raise _no_identity(kind, path, identity) from error
    raise _no_identity(kind, path, identity)


def _no_identity(kind: str, path: str, identity: object) -> MalformedEvent:
    name = path.partition("/")[0]
    return MalformedEvent(kind, path, expectation(KINDS[kind], (name, 0)), shown(identity))


def _looks(event_class: type[Event], kind: str) -> Iterator[tuple[str, _Look]]:
    """The fields to look at, in the order in which what is wrong with them is told."""
    personal = PLANS[kind].fields
    yield from ((name, _look_at_instant) for name in _instant_names(event_class))
    yield from ((name, _look_at_objects) for name in _nested_names(event_class))
    ways: tuple[tuple[bool, bool, _Look], ...] = (
        (True, False, _look_at_identity),
        (True, True, _look_at_identities),
        (False, False, _look_at_words),
        (False, True, _look_at_word_list),
    )
    for is_subject, many, look in ways:
        for field in personal:
            if (field.personal == "subject") is is_subject and field.many is many:
                yield field.name, look
    yield from ((field.name, _look_at_named_values) for field in personal if field.structured)


def _instant_names(struct: type[Struct]) -> tuple[str, ...]:
    return tuple(
        name
        for name, field in fields_of(struct).items()
        if any(isinstance(part, inspect.DateTimeType) for part in alternatives(field.type))
    )


def _nested_names(event_class: type[Struct]) -> tuple[str, ...]:
    """The fields that hold a list of structs with instants in them."""
    found = []
    for name, field in fields_of(event_class).items():
        for part in alternatives(field.type):
            inner = part.item_type if isinstance(part, inspect.VarTupleType) else None
            if isinstance(inner, inspect.StructType) and _instant_names(inner.cls):
                found.append(name)
    return tuple(found)


_PLANS: Final[dict[type[Struct], _Plan]] = {}


def _plan(event: Event) -> _Plan:
    event_class, kind = type(event), kind_of(event)
    looks = tuple(_looks(event_class, kind))
    read = attrgetter(*(name for name, _ in looks))
    plan = _PLANS[event_class] = _Plan(kind, looks, read, checks_of(event_class))
    return plan
