"""How much a question asks for, when it occurred, and of which kinds and systems.

The view `activity` counts exactly and cheaply, but knows nobody. Where a question names somebody,
or its window is short, the records themselves are counted, up to a bound that is told.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from itertools import islice
from typing import Final

from ledger.events import KINDS
from ledger.ledger import Ledger
from ledger.opening import instant_of
from ledger.query import EventQuery, record_query
from ledger.stored import StoredRecord
from ledger.units import Size
from projections.activity.bins import drawn_window, edges, size_for
from projections.activity.histogram import ActivityQuestion, Bin, activity

MOST_COUNTED: Final = 2_000
"""Records that are counted one by one for one page."""
MOST_BARS: Final = 72
SHORT: Final = timedelta(hours=6)
"""A window up to this long is drawn in minutes."""
_MINUTES: Final = (1, 2, 5, 10, 15, 30)
_NOTHING: Final = ("",)


@dataclass(frozen=True, slots=True)
class Counted:
    """How much there is of what a question asks for."""

    total: int
    bins: tuple[Bin, ...]
    """In order of time, without gaps; empty ones too."""
    kinds: Mapping[str, int]
    """By kind, the most frequent first, as if no kind had been chosen or left out."""
    systems: Mapping[str | None, int]
    """By system, likewise."""
    is_whole: bool
    """Whether everything was counted, not only so many records from the first page on."""


def counted(ledger: Ledger, query: EventQuery, *, known_size: Size, zone: tzinfo) -> Counted | None:
    """Counts of a question without its pattern; `None`: what it names cannot be counted; blocking.

    Args:
        ledger: The log.
        query: From its first page on.
        known_size: Only the records below this index count.
        zone: Whose hours and days bars are.
    """
    if query.looked_at is not None:
        return None
    if any((query.actor, query.ip, query.subject)):
        return _by_records(ledger, query, zone)
    if _is_short(query):
        found = _by_records(ledger, query, zone)
        if found.is_whole:
            return found
    return _by_view(ledger, query, known_size, zone)


def takes(query: EventQuery, kind: str) -> bool:
    """Whether records of a kind are asked for."""
    asked = query.resolved_kinds()
    return (not asked or kind in asked) and kind not in query.resolved_without()


def _is_short(query: EventQuery) -> bool:
    if query.since is None or query.until is None:
        return False
    return query.until - query.since <= SHORT


def _by_view(ledger: Ledger, query: EventQuery, known_size: Size, zone: tzinfo) -> Counted:
    kinds: Collection[str] = query.resolved_kinds()
    if query.without:
        kinds = [each for each in kinds or KINDS if takes(query, each)] or _NOTHING
    question = ActivityQuestion(
        since=query.since,
        until=query.until,
        kinds=kinds,
        systems=() if query.system is None else (query.system,),
    )
    found = activity(ledger, question, known_size=known_size, zone=zone, most=MOST_BARS)
    return Counted(found.total, found.bins, found.kinds, found.systems, is_whole=True)


def _by_records(ledger: Ledger, query: EventQuery, zone: tzinfo) -> Counted:
    wide = replace(query, kinds=(), without=(), system=None, limit=MOST_COUNTED + 1)
    asked = record_query(wide, ledger.vault.subjects.find)
    rows = [] if asked is None else list(islice(ledger.log.find(asked), MOST_COUNTED + 1))
    is_whole = len(rows) <= MOST_COUNTED
    kept = rows[:MOST_COUNTED]
    of_kind = [each for each in kept if takes(query, each.kind)]
    of_system = [each for each in kept if query.system in {None, each.system}]
    wanted = [each for each in of_system if takes(query, each.kind)]
    return Counted(
        total=len(wanted),
        bins=_bars(query, [_moment(each) for each in wanted], zone),
        kinds=dict(Counter(each.kind for each in of_system).most_common()),
        systems=dict(Counter(each.system for each in of_kind).most_common()),
        is_whole=is_whole,
    )


def _moment(record: StoredRecord) -> datetime:
    at_us = record.occurred_at_us
    return instant_of(record.recorded_at_us if at_us is None else at_us)


def _bars(query: EventQuery, moments: Sequence[datetime], zone: tzinfo) -> tuple[Bin, ...]:
    """The moments in bars over the window; over what there is where an end of it is open."""
    if not moments:
        return ()
    last = max(moments) + timedelta(microseconds=1)
    window = drawn_window(query.since, query.until, min(moments), last)
    if window is None:
        return ()
    since, until = window
    starts = _starts(since, until, zone)
    counts = [0] * (len(starts) - 1)
    for moment in moments:
        counts[min(bisect_right(starts, moment), len(counts)) - 1] += 1
    return tuple(
        Bin(start, end, count)
        for start, end, count in zip(starts, starts[1:], counts, strict=False)
    )


def _starts(since: datetime, until: datetime, zone: tzinfo) -> list[datetime]:
    if until - since > SHORT:
        return edges(since, until, size_for(since, until, MOST_BARS), zone)
    number = next(
        (each for each in _MINUTES if (until - since) / timedelta(minutes=each) < MOST_BARS - 1),
        _MINUTES[-1],
    )
    step = timedelta(minutes=number)
    hour = since.replace(minute=0, second=0, microsecond=0)
    starts = [hour + (since - hour) // step * step]
    while starts[-1] < until:
        starts.append(starts[-1] + step)
    return starts
