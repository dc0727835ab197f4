"""The fields of an event as a page shows them: words for names, links for what leads on.

Each field comes in one of a few groups; a value says how it is to be drawn, never with markup of
its own.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any, Final, Literal
from urllib.parse import quote
from uuid import UUID

import msgspec

from formats.subject_copy.words import field_words, harmless, shown_value
from ledger.erased_words import erased_words
from ledger.opening import OpenedRecord, PersonalState
from ledger.personal import WITHHELD
from service.page.languages import Language

Draw = Literal[
    "text", "moment", "span", "token", "link", "code", "hash", "closed", "erased", "group"
]  # fmt: skip
Group = Literal["event", "who", "why", "source", "place"]

GROUPS: Final[Mapping[Group, tuple[str, ...]]] = {
    "who": (
        *("actor", "actor_kind", "actor_role", "actor_organisation", "on_behalf_of"),
        *("subjects", "subject_count", "origin"),
    ),
    "why": (
        *("purpose", "legal_basis", "processing_activity_id", "data_categories"),
        *("action", "outcome", "object_kind", "object_id", "note"),
    ),
    "source": (
        *("system", "host", "collector", "parser", "observed_at", "clock_offset"),
        *("occurred_zone", "occurred_precision", "occurred_uncertainty"),
    ),
    "place": ("event_id", "supersedes", "correlation_id", "causation_id", "evidence"),
}
"""The fields that every event has; what is left belongs to its kind alone."""

_GROUP_OF: Final = {name: group for group, names in GROUPS.items() for name in names}
_PARAMETER: Final = {"person": "actor", "ip": "ip", "data-subject": "subject"}
"""By which filter of the history the other records of a token are found."""
_TOKEN: Final = re.compile(r"(person|ip|data-subject)#[0-9a-f]{32}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_EVENT_IDS: Final = frozenset(
    {
        *("supersedes", "causation_id", "corrected_event_id", "reused_event_id"),
        *("trigger_event_id", "deletion_event_id", "attempt_ids"),
    }
)
"""Fields that name another event of this log."""
_PARTY: Final = frozenset({"role", "organisation", "category", "country"})
"""What stands in a value that names one party, which is told in one line."""
_SHORT: Final = 40
_INDEXES: Final = frozenset({"archived_index", "first_index", "fault_index", "minimum_index"})
_PAGES: Final = {
    "breach_id": "/breaches/",
    "request_id": "/requests/",
    "promise_id": "/promises/",
    "processing_activity_id": "/register/",
}
"""Fields that name what has a page of its own."""


@dataclass(frozen=True, slots=True)
class Value:
    """One value and how it is drawn."""

    draw: Draw
    text: str
    at: datetime | None = None
    length: timedelta | None = None
    href: str | None = None
    parts: "tuple[Field, ...]" = ()
    """What a value that is a group of fields consists of."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field with its values."""

    name: str
    label: str
    values: tuple[Value, ...]
    state: PersonalState | None
    """What is shown of it, if it is personal."""

    @property
    def is_list(self) -> bool:
        """Whether its values are short words that stand well in one line."""
        return len(self.values) > 1 and all(
            each.draw == "text" and len(each.text) <= _SHORT for each in self.values
        )


def shown_fields(
    opened: OpenedRecord, language: Language, zone: tzinfo, *, may_read: bool = True
) -> dict[Group, tuple[Field, ...]]:
    """The fields of a record that have a value, by group, in the order of their class.

    Args:
        opened: The record, of a known kind.
        language: Of the names.
        zone: In which times inside longer texts are told.
        may_read: Whether the visitor may open the pages of cases, and so is led there.
    """
    found: dict[Group, list[Field]] = {"event": [], **{group: [] for group in GROUPS}}
    if opened.event is None:
        return dict.fromkeys(found, ())
    raw: dict[str, Any] = msgspec.to_builtins(
        opened.event, builtin_types=(datetime, timedelta, UUID)
    )
    for name in ("kind", "occurred_at"):  # the head of the page shows them
        raw.pop(name, None)
    drawing = _Drawing(opened.erased, language, zone, may_read=may_read)
    for name, value in raw.items():
        values = tuple(drawing.values(name, value))
        if values:
            label = field_words(name, language)
            state = _state(opened.personal, name)
            found[_GROUP_OF.get(name, "event")].append(Field(name, label, values, state))
    order = [name for names in GROUPS.values() for name in names]
    for group in GROUPS:
        found[group].sort(key=lambda field: order.index(field.name))
    found["event"].sort(key=lambda field: field.values[0].draw == "group")  # what is long, last
    return {group: tuple(fields) for group, fields in found.items()}


def _state(personal: Mapping[str, PersonalState], name: str) -> PersonalState | None:
    """What is shown of a field; of one with several values, of the first of them."""
    states = (state for path, state in personal.items() if path.partition("/")[0] == name)
    return next(states, None)


@dataclass(frozen=True, slots=True)
class _Drawing:
    """How the values of one record are drawn."""

    erased: Mapping[str, int]
    language: Language
    zone: tzinfo
    may_read: bool

    def values(self, name: str, value: object) -> Iterator[Value]:
        """What is drawn of a field; nothing for one that is empty."""
        if isinstance(value, list | tuple):
            for place, each in enumerate(value):
                yield self._value(name, f"{name}/{place}", each)
        elif value is not None and value not in ("", [], (), {}):
            yield self._value(name, name, value)

    def _value(self, name: str, path: str, value: object) -> Value:
        if path in self.erased:
            event = self.erased[path]
            return Value("erased", erased_words(event), href=f"/history/{event}")
        match value:
            case datetime():
                drawn = Value("moment", value.isoformat(), at=value)
            case timedelta():
                drawn = Value("span", str(value), length=value)
            case UUID() if name in _EVENT_IDS:
                drawn = Value("link", str(value), href=f"/history/{value}")
            case UUID():
                drawn = Value("code", str(value))
            case int() if name in _INDEXES and not isinstance(value, bool):
                drawn = Value("link", str(value), href=f"/history/{value}")
            case str():
                drawn = self._text(name, value)
            case Mapping() if not value.keys() <= _PARTY:
                drawn = Value("group", "", parts=tuple(self._parts(value)))
            case _:
                drawn = Value("text", shown_value(value, name, self.language, self.zone))
        return drawn

    def _parts(self, value: Mapping[object, object]) -> Iterator[Field]:
        for key, each in value.items():
            name = str(key)
            values = tuple(self.values(name, each))
            if values:
                yield Field(name, field_words(name, self.language), values, None)

    def _text(self, name: str, text: str) -> Value:
        if text == WITHHELD:
            return Value("closed", text)
        token = _TOKEN.fullmatch(text)
        if token is not None:
            return Value("token", text, href=f"/history?{_PARAMETER[token[1]]}={quote(text)}")
        if name in _PAGES and self.may_read:
            return Value("link", harmless(text), href=_PAGES[name] + quote(text, safe=""))
        if _SHA256.fullmatch(text):
            return Value("hash", text)
        if _UUID.fullmatch(text):
            return Value("code", text)
        return Value("text", harmless(shown_value(text, name, self.language, self.zone)))
