"""Splits an event that needs no completion: most events of a program that records by the thousand.

Completion decodes what it encoded, to be sure that a reader can. That is not needed where each
value of an event is of the very type that decoding would give, and fits its field: this file asks
each field once, by checks that are made once for each kind. Whatever it does not know for certain
(objects, numbers with a point, another spelling, anything wrong) it leaves to `complete_event`.

Invariants: what `settle` gives for an event is what `complete_event` and `split_event` give, byte
for byte as JSON; words of people are never remembered, only those of catalogues.
"""

import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final
from uuid import UUID

import msgspec
from msgspec import Struct, inspect
from msgspec.structs import replace

from ledger.body import SplitEvent, split_event
from ledger.events import PLANS, Event, complete_event, encode_event
from ledger.events.consistency import Check, checks_of
from ledger.events.kinds import kind_of
from ledger.events.wording import alternatives, fields_of
from ledger.identifiers import may_hold_number
from ledger.personal import WITHHELD, PersonalField, normalised_identity
from ledger.units import NewId

_REMEMBERED_WORDS: Final = 4_096
"""Of each shape, such as all URIs; catalogues of systems, resources or purposes are shorter."""

_KEPT: Final = (datetime, UUID)
"""Types that JSON has no form of, and that stay as they are until they are written."""

_LISTS: Final = frozenset((list, tuple))

_PLAINLY_SPELLED: Final = {
    "person": re.compile(r"person:[a-z][!-@\[-~]{0,319}"),
    "data-subject": re.compile(r"data-subject:(?!BSN:)[A-Z0-9._-]{1,64}:[!-~]{1,300}"),
    "ip": re.compile(r"(?!)"),
}
"""By namespace, identities whose spelling needs no second look; not all that are spelled well."""

Fits = Callable[[Any], bool]
"""Whether a value is what decoding would give for its field."""

_encode: Final = msgspec.json.Encoder().encode


class _Field(Struct, frozen=True, gc=False):
    """One field of one kind."""

    name: str
    fits: Fits
    personal: PersonalField | None


class _Settling(Struct, frozen=True):
    """One kind."""

    kind: str
    fields: dict[str, _Field]
    checks: tuple[Check, ...]
    stream_field: str | None
    stream_namespace: str


class Settled(Struct, frozen=True, gc=False):
    """An event as it is sealed."""

    event: Event
    encoded: bytes
    """Its JSON, as `encode_event` writes it."""
    split: SplitEvent


def settle(event: Event, *, new_id: NewId) -> Settled:
    """The event as it is sealed, with its parts.

    Args:
        event: As its source reports it.
        new_id: Gives the id of an event that came without one.

    Raises:
        MalformedEvent: as `complete_event` does.
    """
    if event.event_id is None:
        event = replace(event, event_id=new_id())
    found = settled_already(event)
    if found is None:
        event = complete_event(event, new_id=new_id)
        found = Settled(event, encode_event(event), split_event(event))
    return found


def settled_already(event: Event) -> Settled | None:
    """The event with its parts; `None` where only `complete_event` can tell what is sealed.

    Raises:
        MalformedEvent: a value contradicts another.
    """
    plan = _PLANS.get(type(event)) or _plan(event)
    fields = plan.fields
    personal: list[PersonalField] = []
    try:
        present: dict[str, Any] = msgspec.to_builtins(event, builtin_types=_KEPT)
        for name, value in present.items():
            field = fields[name]
            if not field.fits(value):
                return None
            if field.personal is not None:
                personal.append(field.personal)
        encoded = _encode(present)
    except (LookupError, TypeError, ValueError, OverflowError, RecursionError):
        return None  # completion says what is wrong
    if may_hold_number(encoded):
        return None
    for check in plan.checks:
        check(plan.kind, event)
    return Settled(event, encoded, _split(plan, present, personal))


def _split(plan: _Settling, present: dict[str, Any], personal: list[PersonalField]) -> SplitEvent:
    stream = present.get(plan.stream_field) if plan.stream_field else None
    split = SplitEvent(
        plan.kind, present, [], [], [], None if stream is None else (plan.stream_namespace, stream)
    )
    for field in personal:
        split.keep(field, present.pop(field.name))
    return split


def _plan(event: Event) -> _Settling:
    event_class, kind = type(event), kind_of(event)
    personal = {field.name: field for field in PLANS[kind].fields}
    found = {"kind": _Field("kind", frozenset((kind,)).__contains__, None)}
    for name, info in fields_of(event_class).items():
        field = personal.get(name)
        fits = _field_fits(info, field)
        if fits is not None:
            found[name] = _Field(name, fits, field)
    stream = PLANS[kind].stream_field
    case = personal.get(stream) if stream else None
    plan = _PLANS[event_class] = _Settling(
        kind, found, checks_of(event_class), stream, case.namespace if case else stream or ""
    )
    return plan


_PLANS: Final[dict[type[Struct], _Settling]] = {}


def _field_fits(info: inspect.Field, field: PersonalField | None) -> Fits | None:
    """The check of one field, `None` where only decoding tells."""
    types = list(alternatives(info.type))
    # Whether a value at its default is written depends on which object it is; none and () do not.
    if len(types) != 1 or info.default not in (msgspec.NODEFAULT, None, ()):
        return None
    return _fits(types[0], field)


def _fits(node: inspect.Type, field: PersonalField | None) -> Fits | None:
    if isinstance(node, inspect.Metadata):
        node = node.type
    if isinstance(node, inspect.StrType):
        return _text_fits(node, field)
    if isinstance(node, inspect.VarTupleType) and node.min_length is node.max_length is None:
        return _each(_fits(node.item_type, field))
    if isinstance(node, inspect.LiteralType):
        return frozenset(value for value in node.values if type(value) is str).__contains__
    if isinstance(node, inspect.IntType) and node.gt is node.lt is node.multiple_of is None:
        return _whole_number(node.ge, node.le)
    return _OF_TYPE.get(type(node))


def _text_fits(node: inspect.StrType, field: PersonalField | None) -> Fits | None:
    least, most = node.min_length or 0, node.max_length or sys.maxsize
    if field is not None and field.personal == "subject":
        return _identity(field.namespace, re.compile(node.pattern or ""), most)
    if field is not None:
        return _words(node.pattern, least, most)
    return _catalogue(node.pattern, least, most).holds if node.pattern is not None else None


def _is_utc(value: object) -> bool:
    return type(value) is datetime and value.tzinfo is UTC


def _is_uuid(value: object) -> bool:
    return type(value) is UUID


def _is_bool(value: object) -> bool:
    return type(value) is bool


_OF_TYPE: Final[dict[type[inspect.Type], Fits]] = {
    inspect.DateTimeType: _is_utc,
    inspect.UUIDType: _is_uuid,
    inspect.BoolType: _is_bool,
}


def _whole_number(least: int | None, most: int | None) -> Fits | None:
    if least is None or most is None:
        return None
    return lambda value: type(value) is int and least <= value <= most


def _each(fits: Fits | None) -> Fits | None:
    if fits is None:
        return None
    # An empty one does not fit: decoded, it becomes the default and is left out.
    return lambda values: type(values) in _LISTS and len(values) > 0 and all(map(fits, values))


def _identity(namespace: str, pattern: re.Pattern[str], most: int) -> Fits:
    """Identities in their one spelling, which a token or `withheld` is not."""
    plainly = _PLAINLY_SPELLED[namespace].fullmatch

    def fits(value: Any) -> bool:  # noqa: ANN401 - any wrong value
        return type(value) is str and (
            plainly(value) is not None
            or (
                len(value) <= most
                and normalised_identity(value) == value
                and pattern.search(value) is not None
            )
        )

    return fits


def _words(shape: str | None, least: int, most: int) -> Fits:
    pattern = re.compile(shape) if shape is not None else None

    def fits(value: Any) -> bool:  # noqa: ANN401 - any wrong value
        return (
            type(value) is str
            and least <= len(value) <= most
            and value != WITHHELD
            and (pattern is None or pattern.search(value) is not None)
        )

    return fits


class _Catalogue:
    """The words that were found to match a pattern: few, and asked for again and again."""

    def __init__(self, pattern: str, least: int, most: int) -> None:
        self._pattern = re.compile(pattern)
        self._least = least
        self._most = most
        self._known: set[str] = set()

    def holds(self, value: Any) -> bool:  # noqa: ANN401 - any wrong value
        """Whether it is such a word."""
        return value in self._known or self._learns(value)

    def _learns(self, value: object) -> bool:
        if (
            type(value) is not str
            or not self._least <= len(value) <= self._most
            or self._pattern.search(value) is None
        ):
            return False
        if len(self._known) >= _REMEMBERED_WORDS:
            self._known = set()  # another one: a thread may be asking the old one
        self._known.add(value)
        return True


_catalogue: Final = cache(_Catalogue)
"""One for each shape, whatever fields have it: so many words are all that is ever remembered."""
