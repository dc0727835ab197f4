"""Checks between the fields of one event: an end after its start, as many texts as items.

They run when an event is recorded, never when one is read: a reader without the key of a case sees
fewer fields, and what is sealed stays readable.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from msgspec import Struct

from ledger.errors import MalformedEvent
from ledger.events.processing import ProcessingPerformed
from ledger.events.wording import shown
from ledger.units import LONGEST_DURATION

Check = Callable[[str, Struct], None]
"""Takes kind and event; raises `MalformedEvent`."""

ENDS_AFTER: Final = (
    ("valid_from", "valid_until"),
    ("covered_from", "covered_until"),
    ("skew_from", "skew_until"),
    ("effective_from", "effective_until"),
)
"""Intervals that hold at least one moment."""

NOT_BEFORE: Final = (
    ("started_at", "ended_at"),
    ("subjects_minimum", "subjects_maximum"),
    ("first_index", "tree_size"),
)
AS_MANY: Final = (("purposes", "purpose_texts"), ("scores", "score_reasons"))
_DATES: Final = ("revision_date",)
LENGTHS: Final = ("duration", "breach_notice_within", "occurred_uncertainty", "silent_after")
OFFSETS: Final = ("clock_offset", "offset")
"""Durations that may be negative."""


def checks_of(event_class: type[Struct]) -> tuple[Check, ...]:
    """The checks that concern fields of this class."""
    names = set(event_class.__struct_fields__)
    found: list[Check] = []
    found += [_ends_after(*pair) for pair in ENDS_AFTER if names.issuperset(pair)]
    found += [_not_before(*pair) for pair in NOT_BEFORE if names.issuperset(pair)]
    found += [_as_many(*pair) for pair in AS_MANY if names.issuperset(pair)]
    found += [_real_date(name) for name in _DATES if name in names]
    found += [_within_reason(name, timedelta()) for name in LENGTHS if name in names]
    found += [_within_reason(name, -LONGEST_DURATION) for name in OFFSETS if name in names]
    if event_class is ProcessingPerformed:
        found.append(_ends_in_order)
    return tuple(found)


def _ends_after(start: str, end: str) -> Check:
    def check(kind: str, event: Struct) -> None:
        first, last = getattr(event, start), getattr(event, end)
        if first is not None and last is not None and last <= first:
            raise MalformedEvent(kind, end, f"an instant after {start} {first}", str(last))

    return check


def _not_before(start: str, end: str) -> Check:
    def check(kind: str, event: Struct) -> None:
        first, last = getattr(event, start), getattr(event, end)
        if first is not None and last is not None and last < first:
            raise MalformedEvent(kind, end, f"not less than {start} {first}", str(last))

    return check


def _ends_in_order(kind: str, event: Struct) -> None:
    if not isinstance(event, ProcessingPerformed) or event.started_at != event.ended_at:
        return
    first, last = event.started_nanoseconds or 0, event.ended_nanoseconds or 0
    if last < first:
        expected = f"not less than started_nanoseconds {first} of the same microsecond"
        raise MalformedEvent(kind, "ended_nanoseconds", expected, str(last))


def _as_many(items: str, texts: str) -> Check:
    def check(kind: str, event: Struct) -> None:
        wanted, found = len(getattr(event, items)), len(getattr(event, texts))
        if found not in (0, wanted):
            raise MalformedEvent(
                kind, texts, f"none, or one for each of {wanted} {items}", str(found)
            )

    return check


def _real_date(name: str) -> Check:
    def check(kind: str, event: Struct) -> None:
        value = getattr(event, name)
        try:
            if value is not None:
                date.fromisoformat(value)
        except ValueError as error:
            expected = "a date of the calendar, such as 2020-03-19"
            raise MalformedEvent(kind, name, expected, shown(value)) from error

    return check


def _within_reason(name: str, least: timedelta) -> Check:
    expected = f"a duration from {least.days} to {LONGEST_DURATION.days} days"

    def check(kind: str, event: Struct) -> None:
        value = getattr(event, name)
        if value is not None and not least <= value <= LONGEST_DURATION:
            raise MalformedEvent(kind, name, expected, str(value))

    return check
