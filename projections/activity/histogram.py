"""What a page shows beside a history: how much occurred when, of which kinds, by which systems."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from ledger.ledger import Ledger
from ledger.opening import instant_of
from ledger.store.requests import microseconds
from ledger.units import Size
from projections.activity.bins import MOST_BINS, BinSize, drawn_window, edges, size_for
from projections.activity.counting import Asked, Counts, binned
from projections.activity.days import HOUR_US, NO_SYSTEM
from projections.activity.view import ACTIVITY, DAY
from projections.snapshot import reader_at


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityQuestion:
    """Which records are counted; everything given must hold, as in `EventQuery`."""

    since: datetime | None = None
    """Occurred at or after, aware."""
    until: datetime | None = None
    """Occurred before, aware."""
    kinds: Collection[str] = ()
    """With their versions; none given means all."""
    systems: Collection[str | None] = ()
    """`None` stands for records that name none; none given means all."""


@dataclass(frozen=True, slots=True)
class Bin:
    """One bar of a histogram."""

    since: datetime
    """Aware, UTC."""
    until: datetime
    """Exclusive."""
    count: int


@dataclass(frozen=True, slots=True)
class Activity:
    """How much occurred in a window, and what it was."""

    total: int
    bins: tuple[Bin, ...]
    """One after the other without gaps, empty ones too; none at all if nothing is counted,
    or nothing of our time."""
    size: BinSize
    """How long each bin is."""
    kinds: Mapping[str, int]
    """By kind, the most frequent first, as if no kind had been chosen."""
    systems: Mapping[str | None, int]
    """By system, the most frequent first, as if no system had been chosen."""
    known_size: Size
    """True of the records below this index."""


def activity(
    ledger: Ledger,
    question: ActivityQuestion,
    *,
    known_size: Size,
    zone: tzinfo,
    most: int = MOST_BINS,
) -> Activity:
    """Counts of the records that a question asks for, from the view that is kept.

    Args:
        ledger: The log; the view catches up with it first.
        question: Which records.
        known_size: Only the records below this index count.
        zone: Whose hours, days, weeks, months and years the bins are. An hour of UTC belongs to the
            bin in which it begins, which differs only where the offset is not in whole hours.
        most: How many bins at most.

    Raises:
        StoreUnavailable: the database cannot be used.
    """
    minimum = ledger.log.pruned.read()
    asked = _asked(question, start=minimum.minimum if minimum else 0)
    with reader_at(ledger, ACTIVITY, ledger.clock(), known_size) as reader:
        counts = Counts(reader, DAY, asked)
        hours, groups = counts.by_hour(), counts.by_group()
    bins, size = _binned(hours, question, zone, most)
    kinds: Counter[str] = Counter()
    systems: Counter[str | None] = Counter()
    for (kind, system), count in groups.items():
        if replace(asked, kinds=None).takes(kind, system):
            kinds[kind] += count
        if replace(asked, systems=None).takes(kind, system):
            systems[system or None] += count
    return Activity(
        total=sum(hours.values()),
        bins=bins,
        size=size,
        kinds=dict(sorted(kinds.items(), key=_most_first)),
        systems=dict(sorted(systems.items(), key=_most_first)),
        known_size=known_size,
    )


def _asked(question: ActivityQuestion, start: int) -> Asked:
    named = [NO_SYSTEM if system is None else system for system in question.systems]
    return Asked(
        since=None if question.since is None else microseconds(question.since),
        until=None if question.until is None else microseconds(question.until),
        kinds=tuple(question.kinds) or None,
        systems=tuple(named) or None,
        start=start,
    )


def _most_first(item: tuple[str | None, int]) -> tuple[int, str]:
    return -item[1], item[0] or ""


def _binned(
    hours: Counter[int], question: ActivityQuestion, zone: tzinfo, most: int
) -> tuple[tuple[Bin, ...], BinSize]:
    """The hours put together into as many bins as are drawn."""
    first = instant_of(min(hours) * HOUR_US) if hours else None
    last = instant_of((max(hours) + 1) * HOUR_US) if hours else None
    window = drawn_window(question.since, question.until, first, last)
    if window is None:
        return (), BinSize("hour", 1)
    since, until = window
    size = size_for(since, until, most)
    return tuple(Bin(*each) for each in binned(hours, edges(since, until, size, zone))), size
