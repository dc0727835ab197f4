"""Events that say the same to some rules: what they give is worked out once for all of them.

Most events are everyday ones: they differ in what no rule looks at. So events of one kind share
what their own values give: the rules that they plainly keep, the verdicts that rest on nothing
else, and what is to be looked up for them.

Invariants: what is shared is what each event would give by itself; memory does not grow with the
number of events.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import cache
from operator import attrgetter
from typing import Any, Final, NamedTuple

from msgspec import inspect

from ledger.events import KINDS, PLANS
from projections.bitemporal import FOREVER
from projections.promises.material import Segment
from projections.promises.program import JudgedRule
from projections.promises.values import Terms
from projections.promises.windows import EARLIEST

_MOST_KEPT: Final = 4_096
"""So many different events are kept of one sort; then it begins anew."""
_TRIED: Final = 256
"""After so many events it is clear whether values come again."""
_PLAIN: Final = (
    inspect.StrType,
    inspect.IntType,
    inspect.BoolType,
    inspect.UUIDType,
    inspect.DateTimeType,
    inspect.DateType,
    inspect.NoneType,
    inspect.LiteralType,
    inspect.EnumType,
)

KeyOf = Callable[[Any], Hashable]
"""Gives what two events have in common that say the same."""


class Settled(NamedTuple):
    """A verdict that rests on the event alone, from its moment and its record on."""

    rule: int
    terms: Terms
    grouped: str | None
    counted: str | None
    segment: Segment


class Open(NamedTuple):
    """A rule for which other events bear on the event, and what they are looked up by."""

    rule: int
    terms: Terms
    links: tuple[tuple[str, ...], ...]
    alike: Hashable
    """What gives it the verdict of any other event while nothing changes, if anything does."""


class Given(NamedTuple):
    """What an event gives, and for which others that holds: in [since, until), from an index on."""

    since: int
    until: int
    first_index: int
    kept: tuple[int, ...]
    """The rules that it plainly keeps."""
    settled: tuple[Settled, ...]
    open: tuple[Open, ...]


class Sort:
    """What events give that say the same."""

    __slots__ = ("_found", "_key_of", "_known", "_tried", "is_varied")

    def __init__(self, key_of: KeyOf) -> None:
        """Begins without any.

        Args:
            key_of: Equal for two events only if they say the same.
        """
        self._key_of = key_of
        self._known: dict[Hashable, Given] = {}
        self._tried = 0
        self._found = 0
        self.is_varied = False
        """Whether its events rarely say what another one said, so that looking is in vain."""

    def given(self, event: object, moment: int, index: int) -> Given | None:
        """What was noted for events like this one, if it holds for it."""
        found = self._known.get(self._key_of(event))
        self._tried += 1
        if found is not None and found.since <= moment < found.until and index >= found.first_index:
            self._found += 1
            return found
        if self._tried >= _TRIED:
            self.is_varied = 2 * self._found < self._tried
            self._tried = self._found = 0
        return None

    def note(self, event: object, given: Given) -> None:
        """Keeps what an event gives for those that come."""
        if len(self._known) >= _MOST_KEPT:
            self._known.clear()
        self._known[self._key_of(event)] = given


def key_of(kind: str, paths: Iterable[str]) -> KeyOf | None:
    """What two events of a kind have in common that hold the same at some paths.

    Nothing, if values that differ might be taken for the same: `True` equals 1.
    """
    types = _field_types(kind)
    names = sorted({path.partition(".")[0] for path in paths} & types.keys())
    if not all(_is_told_apart(types[name]) for name in names):
        return None
    return attrgetter(*names) if names else _nothing


def validity(rules: Iterable[JudgedRule], moment: int, index: int) -> tuple[int, int, int] | None:
    """From when until when, and from which record on, what rules say of an event holds for others.

    Nothing, where it was learnt later what a rule is at that moment.
    """
    since, until, first_index = EARLIEST, FOREVER, 0
    for rule in rules:
        edition = rule.edition_believed(moment, index)
        if edition is None or edition.known_from > index:
            return None
        since, until = max(since, edition.valid_from), min(until, edition.valid_to)
        first_index = max(first_index, rule.settled_from, edition.known_from)
    return since, until, first_index


def fields_of_each(kind: str) -> frozenset[str]:
    """The fields in which most events of a kind differ: names, cases, numbers and instants."""
    personal = {field.name for field in PLANS[kind].fields if field.personal in {"subject", "case"}}
    numbers = {name for name, found in _field_types(kind).items() if _is_counted(found)}
    return frozenset(personal | numbers)


def _nothing(_event: object) -> Hashable:
    return None


@cache
def _field_types(kind: str) -> dict[str, inspect.Type]:
    """The type of each field of a kind."""
    found = inspect.type_info(KINDS[kind])
    if not isinstance(found, inspect.StructType):
        return {}
    return {each.name: each.type for each in found.fields}


def _parts(found: inspect.Type) -> Sequence[inspect.Type]:
    """The types of which a value has one."""
    if isinstance(found, inspect.Metadata):
        return _parts(found.type)
    if isinstance(found, inspect.UnionType):
        return [part for each in found.types for part in _parts(each)]
    return [found]


def _is_counted(found: inspect.Type) -> bool:
    return any(isinstance(each, inspect.IntType | inspect.DateTimeType) for each in _parts(found))


def _is_told_apart(found: inspect.Type) -> bool:
    """Whether values of a type that equal each other are the same, and have a hash."""
    parts = _parts(found)
    kinds = {type(each) for each in parts}
    return not kinds >= {inspect.BoolType, inspect.IntType} and all(map(_is_plain, parts))


def _is_plain(found: inspect.Type) -> bool:
    if isinstance(found, inspect.VarTupleType):
        return _is_told_apart(found.item_type)
    if isinstance(found, inspect.StructType):
        frozen = bool(found.cls.__struct_config__.frozen)
        return frozen and all(_is_told_apart(each.type) for each in found.fields)
    return isinstance(found, _PLAIN)
