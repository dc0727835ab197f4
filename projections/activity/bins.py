"""The bins that a window is drawn in: hours, days, weeks, months or years of a zone's calendar."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final, Literal, NamedTuple

Unit = Literal["hour", "day", "week", "month", "year"]

MOST_BINS: Final = 120

_HOUR: Final = timedelta(hours=1)
_MONTHS: Final = 12
_SIZES: Final[tuple[tuple[Unit, int, timedelta], ...]] = (
    ("hour", 1, _HOUR),
    ("hour", 3, 3 * _HOUR),
    ("hour", 6, 6 * _HOUR),
    ("hour", 12, 12 * _HOUR),
    ("day", 1, timedelta(days=1)),
    ("week", 1, timedelta(weeks=1)),
    ("month", 1, timedelta(days=31)),
    ("month", 3, timedelta(days=92)),
    ("year", 1, timedelta(days=366)),
    ("year", 10, timedelta(days=3653)),
)
"""The sizes that people read easily, each with the longest that one bin of it lasts."""


_LONGEST: Final = timedelta(days=366 * 50)
_EARLIEST: Final = datetime(1900, 1, 1, tzinfo=UTC)
_LATEST: Final = datetime(9000, 1, 1, tzinfo=UTC)
_INSTANT: Final = timedelta(microseconds=1)


class BinSize(NamedTuple):
    """How long each bin is."""

    unit: Unit
    number: int
    """So many of them: 6 hours, 3 months."""


def drawn_window(
    since: datetime | None, until: datetime | None, first: datetime | None, last: datetime | None
) -> tuple[datetime, datetime] | None:
    """From when to when bins are drawn; `None`: nothing can be.

    It is the window that was asked for. Where an end of it is open, or it is longer than fifty
    years or far from our time, it is what was found in it.

    Args:
        since: The start of the window asked for, aware.
        until: Its end.
        first: When the earliest that was found occurred; `None`: nothing was found.
        last: When the latest did, or somewhat later.
    """
    low, high = since or first, until or last
    if low is None or high is None:
        return None
    if _is_far(low, high):
        if first is None or last is None or _is_far(first, last):
            return None
        low, high = first, last
    return low, max(high, low + _INSTANT)


def _is_far(since: datetime, until: datetime) -> bool:
    return since < _EARLIEST or until > _LATEST or until - since > _LONGEST


def size_for(since: datetime, until: datetime, most: int = MOST_BINS) -> BinSize:
    """The smallest size in which a window has at most so many bins; ten years at the longest."""
    for unit, number, longest in _SIZES:
        if (until - since) / longest <= most - 1:
            return BinSize(unit, number)
    unit, number, _ = _SIZES[-1]
    return BinSize(unit, number)


def edges(since: datetime, until: datetime, size: BinSize, zone: tzinfo) -> list[datetime]:
    """The starts of the bins that cover a window, and the end of the last one, aware, in UTC.

    Args:
        since: Aware; inside the first bin.
        until: Aware, later; inside the last bin or its end.
        size: How long each bin is.
        zone: Whose hours, days, weeks from Monday, months and years they are.
    """
    found = [since]
    for edge in _edges_from(since.astimezone(zone), size, zone):
        if edge <= since:
            found = [edge]
        elif edge > found[-1]:  # the hour that summer time leaves out makes no bin
            found.append(edge)
        if edge >= until:
            return found
    raise AssertionError("edges go on for ever")


def _edges_from(since: datetime, size: BinSize, zone: tzinfo) -> Iterator[datetime]:
    """Edges from the one at or before a local time, without end."""
    midnight = since.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None, fold=0)
    number = size.number
    match size.unit:
        case "hour":
            while True:
                yield from _hours_of(midnight, number, zone)
                midnight += timedelta(days=1)
        case "day" | "week":
            step = timedelta(days=number if size.unit == "day" else 7 * number)
            if size.unit == "week":
                midnight -= timedelta(days=midnight.weekday())
            while True:
                yield midnight.replace(tzinfo=zone).astimezone(UTC)
                midnight += step
        case "month" | "year":
            months = number if size.unit == "month" else _MONTHS * number
            month = midnight.year * _MONTHS + midnight.month - 1
            month -= month % months
            while True:
                year, of_year = divmod(month, _MONTHS)
                yield datetime(year, of_year + 1, 1, tzinfo=zone).astimezone(UTC)
                month += months


def _hours_of(midnight: datetime, number: int, zone: tzinfo) -> Iterator[datetime]:
    """Every so manieth hour of a local day; a day may have 23 or 25."""
    start = midnight.replace(tzinfo=zone).astimezone(UTC)
    end = (midnight + timedelta(days=1)).replace(tzinfo=zone).astimezone(UTC)
    while start < end:
        yield start
        start += number * _HOUR
