"""Completes an event before it is sealed: its id, instants in UTC, one spelling per identity.

Invariants: a completed event decodes from its own JSON, so nothing is sealed that no reader can
read; completing twice changes nothing; what only readers see (tokens, `withheld`) never comes in.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import isfinite
from operator import attrgetter
from typing import Any, Final

import msgspec
from msgspec import Struct, inspect

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


@dataclass(frozen=True, slots=True)
class _Plan:
    """What completion looks at in one kind, by field name."""

    instants: tuple[str, ...]
    read_instants: Callable[[Any], Sequence[datetime | None]]
    nested: tuple[str, ...]
    identities: tuple[str, ...]
    read_identities: Callable[[Any], Sequence[str | None]]
    identity_lists: tuple[str, ...]
    words: tuple[str, ...]
    read_words: Callable[[Any], Sequence[object]]
    word_lists: tuple[str, ...]
    named_values: tuple[str, ...]
    checks: tuple[Check, ...]


def complete_event(event: Event, *, new_id: NewId) -> Event:
    """The event as it is sealed, equal to the given one where nothing was missing.

    Args:
        event: An event with identities in their colon forms: `person:…`, `ip:…`, `data-subject:…`.
        new_id: Gives the id of an event that came without one.

    Raises:
        MalformedEvent: a value is of the wrong type, a token or `withheld`, or contradicts another.
    """
    kind = kind_of(event)
    plan = _plan(kind)
    changes: dict[str, Any] = {}
    if event.event_id is None:
        changes["event_id"] = new_id()
    _complete_instants(kind, plan, event, changes)
    _complete_identities(kind, plan, event, changes)
    _refuse_unsealable(kind, plan, event)
    whole = msgspec.structs.replace(event, **changes) if changes else event
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


def _refuse_unsealable(kind: str, plan: _Plan, event: Event) -> None:
    words = plan.read_words(event)
    if WITHHELD in words:
        name = plan.words[words.index(WITHHELD)]
        raise _withheld(kind, name)
    for name in plan.word_lists:
        if WITHHELD in getattr(event, name):
            raise _withheld(kind, name)
    for name in plan.named_values:
        values = getattr(event, name)
        for key, item in values.items() if isinstance(values, dict) else ():
            if isinstance(item, float) and not isfinite(item):  # JSON would turn it into null
                raise MalformedEvent(kind, f"{name}/{key}", "a finite number", str(item))


def _withheld(kind: str, name: str) -> MalformedEvent:
    return MalformedEvent(kind, name, "the words themselves", f"the reader's sign {WITHHELD}")


def _complete_instants(kind: str, plan: _Plan, event: Event, changes: dict[str, Any]) -> None:
    for name, instant in zip(plan.instants, plan.read_instants(event), strict=True):
        if instant is not None and (type(instant) is not datetime or instant.tzinfo is not UTC):
            changes[name] = _in_utc(kind, name, instant)
    for name in plan.nested:
        value = getattr(event, name)
        if value and isinstance(value, tuple):
            changes[name] = tuple(_struct_in_utc(kind, name, item) for item in value)
    if "occurred_at" in changes and event.occurred_zone is None:
        zone = _zone_name(event.occurred_at)
        if zone is not None:
            changes["occurred_zone"] = zone


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
    return msgspec.structs.replace(item, **changes)


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


def _complete_identities(kind: str, plan: _Plan, event: Event, changes: dict[str, Any]) -> None:
    for name, identity in zip(plan.identities, plan.read_identities(event), strict=True):
        if identity is not None:
            normalised = _normalised(kind, name, identity)
            if normalised != identity:
                changes[name] = normalised
    for name in plan.identity_lists:
        given = getattr(event, name)
        if given and isinstance(given, tuple):
            changed = tuple(_normalised(kind, f"{name}/{i}", item) for i, item in enumerate(given))
            if changed != given:
                changes[name] = changed


def _normalised(kind: str, path: str, identity: object) -> str:
    name = path.partition("/")[0]
    try:
        if isinstance(identity, str):
            return normalised_identity(identity)
    except CitizenNumberRefused as error:
        # Not from the error: nothing of a trace may hold the number.
        raise MalformedEvent(kind, path, error.expected, error.found) from None
    except ValueError as error:
        raise MalformedEvent(
            kind, path, expectation(KINDS[kind], (name, 0)), shown(identity)
        ) from error
    raise MalformedEvent(kind, path, expectation(KINDS[kind], (name, 0)), shown(identity))


def _prepare(kind: str) -> _Plan:
    event_class = KINDS[kind]
    personal = PLANS[kind].fields
    instants = _instant_names(event_class)
    identities = tuple(f.name for f in personal if f.personal == "subject" and not f.many)
    words = tuple(f.name for f in personal if f.personal != "subject" and not f.many)
    return _Plan(
        instants=instants,
        read_instants=_reader(instants),
        nested=_nested_names(event_class),
        identities=identities,
        read_identities=_reader(identities),
        identity_lists=tuple(f.name for f in personal if f.personal == "subject" and f.many),
        words=words,
        read_words=_reader(words),
        word_lists=tuple(f.name for f in personal if f.personal != "subject" and f.many),
        named_values=tuple(f.name for f in personal if f.structured),
        checks=checks_of(event_class),
    )


def _reader(names: tuple[str, ...]) -> Callable[[Any], Sequence[Any]]:
    """A function that reads these fields at once, as a tuple also where there is only one."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda event: [getattr(event, name) for name in names]


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


_PLANS: Final[dict[str, _Plan]] = {}


def _plan(kind: str) -> _Plan:
    plan = _PLANS.get(kind)
    if plan is None:
        plan = _PLANS[kind] = _prepare(kind)
    return plan
