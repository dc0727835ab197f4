"""Hypothesis strategies for events: every kind, any of its fields, built from the types alone.

`events()` gives events as a source reports them: identities in their colon forms, instants with any
offset. `completed_events()` gives them as they are sealed.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from typing import Any, Final, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from msgspec import Struct, inspect

from ledger.events import KINDS, Event, complete_event
from ledger.events.consistency import AS_MANY, ENDS_AFTER, LENGTHS, NOT_BEFORE
from ledger.events.wording import alternatives, fields_of
from ledger.personal import WITHHELD
from ledger.units import LONGEST_DURATION

AnyStruct = TypeVar("AnyStruct", bound=Struct)

MOST_OPTIONAL_FIELDS: Final = 8
MOST_ITEMS: Final = 3
_ONE_LINE: Final = st.characters(codec="utf-8", exclude_categories=["C", "Z"])


def events(kinds: list[str] | None = None) -> SearchStrategy[Event]:
    """Any valid event of the kinds given, or of every kind."""
    return st.sampled_from(sorted(kinds or KINDS)).flatmap(_event)


def completed_events(kinds: list[str] | None = None) -> SearchStrategy[Event]:
    """Any event as it is sealed: with an id, in UTC, its identities in one spelling."""
    return st.builds(
        lambda event, new_id: complete_event(event, new_id=lambda: new_id),
        events(kinds),
        st.uuids(version=4),
    )


def people() -> SearchStrategy[str]:
    """A person in its colon form."""
    return st.text(_ONE_LINE, min_size=1, max_size=30).map(lambda name: f"person:{name}")


def addresses() -> SearchStrategy[str]:
    """An IPv4 or IPv6 address in its colon form."""
    return st.ip_addresses().map(lambda address: f"ip:{address}")


def data_subjects() -> SearchStrategy[str]:
    """A data subject in its colon form, with the type of its id."""
    id_types = st.sampled_from(["customer", "personeelsnummer", "e-mail"])
    ids = st.text(_ONE_LINE, min_size=1, max_size=30)
    numbers = citizen_numbers().map("data-subject:BSN:{}".format)
    return st.builds("data-subject:{}:{}".format, id_types, ids) | numbers


def citizen_numbers() -> SearchStrategy[str]:
    """Nine digits that pass the eleven-test, some with zeros in front."""
    return st.integers(1, 99_999_999).flatmap(_with_last_digit)


def _with_last_digit(first_eight: int) -> SearchStrategy[str]:
    weighted = sum((9 - place) * int(digit) for place, digit in enumerate(f"{first_eight:08d}"))
    last = weighted % 11
    return st.nothing() if last > 9 else st.just(f"{first_eight:08d}{last}")


def instants() -> SearchStrategy[datetime]:
    """An aware instant: mostly in UTC, sometimes with an offset of whole minutes."""
    offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timedelta(minutes=minutes))
    return st.datetimes(
        min_value=datetime(1970, 1, 2),  # noqa: DTZ001 - Hypothesis takes bounds without a zone
        max_value=datetime(2199, 12, 30),  # noqa: DTZ001
        timezones=st.one_of(st.just(UTC), offsets.map(timezone)),
    )


def _words(longest: int = 60) -> SearchStrategy[str]:
    return st.text(max_size=longest).filter(lambda text: text != WITHHELD)


def _named_values() -> SearchStrategy[dict[str, Any]]:
    values = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**53), 2**53),
        st.floats(allow_nan=False, allow_infinity=False),
        _words(20),
        st.lists(_words(20), max_size=MOST_ITEMS),
    )
    return st.dictionaries(_words(20), values, max_size=MOST_ITEMS)


_BY_NAMESPACE: Final[Mapping[str, SearchStrategy[Any]]] = {
    "person": people(),
    "ip": addresses(),
    "data-subject": data_subjects(),
    "text": _words(),
    "uri": st.sampled_from(["https://example.nl/app?who=Zo%C3%AB", "urn:app:1"]),
    "attributes": _named_values(),
}


def _hexadecimal(octets: int) -> SearchStrategy[str]:
    return st.binary(min_size=octets, max_size=octets).filter(any).map(bytes.hex)


# What follows from the pattern too, only faster; the date because its pattern knows no calendar.
_WORD: Final = st.lists(
    st.text("abcxyz019", min_size=1, max_size=6), min_size=1, max_size=MOST_ITEMS
).map("-".join)
_BY_TITLE: Final[Mapping[str | None, SearchStrategy[str]]] = {
    "date": st.dates().map(lambda day: day.isoformat()),
    "SHA-256": _hexadecimal(32),
    "trace id": _hexadecimal(16),
    "span id": _hexadecimal(8),
    "word": _WORD,
    "system id": _WORD,
    "organisation id": _WORD,
    "resource": _WORD,
}


@cache
def _event(kind: str) -> SearchStrategy[Event]:
    return _struct(KINDS[kind])


@st.composite
def _struct(draw: st.DrawFn, struct: type[AnyStruct]) -> AnyStruct:
    """Any valid object of the class: all required fields and some of the others."""
    fields = fields_of(struct)
    optional = sorted(name for name, field in fields.items() if not field.required)
    chosen = set(optional)
    if len(optional) > MOST_OPTIONAL_FIELDS:
        chosen = draw(st.sets(st.sampled_from(optional), max_size=MOST_OPTIONAL_FIELDS))
    values = {
        name: draw(_value(field.type))
        for name, field in fields.items()
        if field.required or name in chosen
    }
    return struct(**_consistent(values))


def _consistent(values: dict[str, Any]) -> dict[str, Any]:
    """The same values without those that would contradict another one."""
    kept = dict(values)
    for first, last in (*ENDS_AFTER, *NOT_BEFORE):
        if kept.get(first) is not None and kept.get(last) is not None and kept[last] <= kept[first]:
            kept[last] = kept[first] + (timedelta(1) if isinstance(kept[first], datetime) else 0)
    for items, texts in AS_MANY:
        if texts in kept and len(kept[texts]) != len(kept.get(items, ())):
            del kept[texts]
    for name in LENGTHS:
        if kept.get(name) is not None:
            kept[name] = abs(kept[name])
    return kept


def _value(node: inspect.Type) -> SearchStrategy[Any]:
    return st.one_of([_one_value(part) for part in alternatives(node)])


def _one_value(node: inspect.Type) -> SearchStrategy[Any]:
    return _BY_TYPE[type(node)](node)


def _marked(node: inspect.Metadata) -> SearchStrategy[Any]:
    """The values of a type that says what it is: a personal one, or a unit."""
    namespace = (node.extra or {}).get("namespace")
    if namespace is not None:
        cases = st.text(min_size=1, max_size=20).filter(lambda text: text != WITHHELD)
        return _BY_NAMESPACE.get(namespace, cases)
    return _BY_TITLE.get((node.extra_json_schema or {}).get("title"), _one_value(node.type))


def _shaped_text(node: inspect.StrType) -> SearchStrategy[str]:
    if node.pattern is None:
        return st.text(max_size=node.max_length)
    longest = node.max_length
    shaped = st.from_regex(node.pattern)
    return shaped if longest is None else shaped.filter(lambda text: len(text) <= longest)


_BY_TYPE: Final[Mapping[type[inspect.Type], Callable[[Any], SearchStrategy[Any]]]] = {
    inspect.Metadata: _marked,
    inspect.StrType: _shaped_text,
    inspect.IntType: lambda node: st.integers(node.ge, node.le),
    inspect.BoolType: lambda _: st.booleans(),
    inspect.UUIDType: lambda _: st.uuids(),
    inspect.DateTimeType: lambda _: instants(),
    inspect.TimeDeltaType: lambda _: st.timedeltas(-LONGEST_DURATION, LONGEST_DURATION),
    inspect.LiteralType: lambda node: st.sampled_from(sorted(node.values)),
    inspect.StructType: lambda node: _struct(node.cls),
    inspect.VarTupleType: lambda node: st.lists(_value(node.item_type), max_size=MOST_ITEMS).map(
        tuple
    ),
}
