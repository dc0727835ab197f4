"""Splits an event into what may be sealed in clear and what must not, and joins it again.

Invariants: `join_body` of `sealed_body` with all personal values gives the event back; the body
holds no personal value, only the sorted digests of their disclosures (`_sd`) and the stream ids
that cases map to.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from msgspec import Struct

from ledger.errors import MalformedRecord
from ledger.events import KINDS, PLANS, Event
from ledger.personal import WITHHELD, Personal, PersonalField, PersonalPlan

DIGESTS_KEY: Final = "_sd"
# A record of 65,535 bytes has room for fewer digests than four digits can count.
_PLACE: Final = re.compile(r"0|[1-9][0-9]{0,3}")
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(dict[str, Any]).decode


class PersonalValue(Struct, frozen=True, gc=False):
    """One personal value with its place: `actor`, or `subjects/0` inside a tuple."""

    path: str
    namespace: str
    value: Any


class SplitEvent(Struct, gc=False):
    """An event in two parts; `public` is completed with stream ids before it is sealed."""

    kind: str
    public: dict[str, Any]
    subjects: list[PersonalValue]
    cases: list[PersonalValue]
    texts: list[PersonalValue]
    stream_key: tuple[str, str] | None
    """Case namespace and value that choose the stream; `None` for a bulk fact."""

    @property
    def values(self) -> int:
        """How many personal values there are."""
        return len(self.subjects) + len(self.cases) + len(self.texts)

    def keep(self, field: PersonalField, value: Any) -> None:  # noqa: ANN401 - as its field has it
        """Adds the value of a personal field, each item by itself where it has many."""
        personal = field.personal
        target = (
            self.subjects
            if personal == "subject"
            else self.cases
            if personal == "case"
            else self.texts
        )
        if field.many:
            for place, item in enumerate(value):
                target.append(PersonalValue(f"{field.name}/{place}", field.namespace, item))
        else:
            target.append(PersonalValue(field.name, field.namespace, value))

    def of(self, personal: Personal) -> list[PersonalValue]:
        """The list that holds the values of one of the three kinds of personal field."""
        match personal:
            case "subject":
                return self.subjects
            case "case":
                return self.cases
            case "text":
                return self.texts


class _Layout(Struct, frozen=True):
    """The plan of one kind as `split_event` asks it, for every field of every event."""

    personal: Mapping[str, PersonalField]
    stream_field: str | None
    stream_namespace: str


def _layout(plan: PersonalPlan) -> _Layout:
    name = plan.stream_field
    field = plan.field(name) if name else None
    return _Layout(
        {field.name: field for field in plan.fields}, name, field.namespace if field else name or ""
    )


class _Layouts(dict[str, _Layout]):
    """The layouts by kind, each worked out when it is first asked for."""

    def __missing__(self, kind: str) -> _Layout:
        layout = self[kind] = _layout(PLANS[kind])
        return layout


_LAYOUTS: Final = _Layouts()


def split_event(event: Event) -> SplitEvent:
    """The public part of an event, and its personal values in the order of the class."""
    public: dict[str, Any] = msgspec.to_builtins(event)
    kind = public["kind"]
    layout = _LAYOUTS[kind]
    split = SplitEvent(kind, public, [], [], [], None)
    if layout.stream_field is not None:
        value = public.get(layout.stream_field)
        if value is not None:
            split.stream_key = (layout.stream_namespace, value)
    personal = layout.personal
    for field in [personal[name] for name in public if name in personal]:
        value = public.pop(field.name)
        if value is not None:
            split.keep(field, value)
    return split


def sealed_body(public: Mapping[str, Any], digests: Sequence[str]) -> bytes:
    """The event bytes that are sealed: the public part, then the digests in sorted order."""
    if not digests:
        return _encode(public)
    # Written behind the encoded part: digests are plain text, and to copy the part costs more.
    listed = '","'.join(sorted(digests))
    return _encode(public)[:-1] + f',"{DIGESTS_KEY}":["{listed}"]}}'.encode()


def body_digests(body: bytes) -> list[str]:
    """The digests of the personal fields that a sealed body commits to.

    Raises:
        MalformedRecord: the body is no JSON object, or `_sd` is no list of texts.
    """
    found = read_body(body).get(DIGESTS_KEY, [])
    if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
        raise MalformedRecord(f"{DIGESTS_KEY}: expected a list of digests, found {str(found)[:80]}")
    return found


def read_body(body: bytes) -> dict[str, Any]:
    """The sealed event bytes as a mapping, whatever their kind.

    Raises:
        MalformedRecord: the bytes are no JSON object.
    """
    try:
        return _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedRecord(f"event bytes: expected a JSON object, found {error}") from error


def join_body(body: bytes, opened: Mapping[str, Any]) -> Event:
    """The typed event of a sealed body, with what could be opened of its personal fields.

    Args:
        body: The event bytes of a sealed record of a known kind.
        opened: Values or tokens by path (`actor`, `subjects/0`); a required field that is missing
            shows `withheld`, and so does a missing place before the last one of a tuple.

    Raises:
        MalformedRecord: the body is not of a known kind, or not what its kind asks for.
    """
    public = read_body(body)
    public.pop(DIGESTS_KEY, None)
    kind = public.get("kind")
    plan = PLANS.get(kind) if isinstance(kind, str) else None
    if plan is None:
        raise MalformedRecord(f"kind: expected one of the vocabulary, found {str(kind)[:80]!r}")
    for field in plan.fields:
        value = _joined(field, public.get(field.name), opened)
        if value is not None:
            public[field.name] = value
    try:
        return msgspec.convert(public, KINDS[plan.kind])
    except msgspec.ValidationError as error:
        raise MalformedRecord(f"{kind}: {error}") from error


def _joined(field: PersonalField, sealed: object, opened: Mapping[str, Any]) -> object:
    if field.many:
        return _joined_places(field, opened)
    if field.name in opened:
        return opened[field.name]
    if sealed is not None:
        return sealed  # a case: the stream id stands in the sealed bytes
    if not field.required:
        return None
    return {} if field.structured else WITHHELD


def _joined_places(field: PersonalField, opened: Mapping[str, Any]) -> tuple[Any, ...] | None:
    found: dict[int, Any] = {}
    for path, value in opened.items():
        name, slash, place = path.partition("/")
        if name != field.name or not slash:
            continue
        if _PLACE.fullmatch(place) is None:
            raise MalformedRecord(f"{name}: expected a place such as {name}/0, found {path[:80]!r}")
        found[int(place)] = value
    if not found:
        return () if field.required else None
    return tuple(found.get(place, WITHHELD) for place in range(max(found) + 1))
