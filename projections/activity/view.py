"""The view `activity`: how much happened when, by kind and system."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from ledger.errors import BadRequest, MalformedEvent
from ledger.opening import instant_of
from ledger.query import kinds_of
from ledger.store.requests import microseconds
from projections.activity.bins import BinSize, edges
from projections.activity.counting import Asked, Counts, binned
from projections.activity.days import NO_SYSTEM, DayCounts, day_table
from projections.activity.totals import totals
from projections.instants import cell_instant
from projections.reader import Reader
from projections.view import Column, Filter, Section, View

VERSION: Final = 1

DAY: Final = day_table("activity", VERSION)

_LAST_HOURS: Final = 48
_LAST_DAYS: Final = 90
_MOST: Final = 10_000
"""Hours or days of one answer."""
_EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST: Final = datetime(9000, 1, 1, tzinfo=UTC)
"""Moments between which calendars are asked for hours and days."""


def kinds_counted(reader: Reader) -> list[dict[str, Any]]:
    """One row per kind and system, the most frequent first."""
    return [
        {
            "record_kind": group.kind,
            "system": group.system or None,
            "count": group.count,
            "first": cell_instant(group.first),
            "last": cell_instant(group.last),
            "first_index": group.first_index,
            "last_index": group.last_index,
        }
        for group in totals(reader, DAY, _asked(reader))
    ]


def _counted_in(
    size: BinSize, longest: timedelta, most: int
) -> Callable[[Reader], list[dict[str, Any]]]:
    """The answer of the last hours or days in which anything occurred, oldest first."""

    def rows(reader: Reader) -> list[dict[str, Any]]:
        number = min(map(int, reader.chosen.get("last", [str(most)])))
        if number > _MOST:
            raise BadRequest(f"last: expected at most {_MOST}, found {number}")
        until = min(instant_of(reader.as_of + 1), _LATEST)
        if until < _EARLIEST:
            return []
        begin = until - max(number - 1, 0) * longest
        starts = edges(begin, until, size, ZoneInfo(reader.zone))
        hours = Counts(reader, DAY, _asked(reader, since=microseconds(starts[0]))).by_hour()
        return [
            {"since": since, "until": end, "count": count}
            for since, end, count in binned(hours, starts)
            if count
        ]

    return rows


def _asked(reader: Reader, since: int | None = None) -> Asked:
    chosen = reader.chosen
    kinds = [kind for typed in chosen.get("kind", ()) for kind in _kinds(typed)]
    systems = [NO_SYSTEM if each == "-" else each for each in chosen.get("system", ())]
    return Asked(
        since=since,
        until=reader.as_of + 1,
        kinds=kinds if "kind" in chosen else None,
        systems=systems if "system" in chosen else None,
    )


def _kinds(typed: str) -> tuple[str, ...]:
    try:
        return kinds_of(typed)
    except MalformedEvent:
        return (typed,)  # a kind that this program does not know, and that a log may have


_PERIODS: Final = (
    Column("since", "from", "instant"),
    Column("until", "until", "instant"),
    Column("count", "records", "count"),
)

ACTIVITY: Final = View(
    name="activity",
    title="How much happened when, by kind and system",
    version=VERSION,
    parts=(DayCounts(DAY),),
    sections={
        "kinds": Section(
            "how many records of each kind and system",
            (
                Column("record_kind", "kind"),
                Column("system", "system"),
                Column("count", "records", "count"),
                Column("first", "first occurred", "instant"),
                Column("last", "last occurred", "instant"),
                Column("first_index", "first record", "index"),
                Column("last_index", "last record", "index"),
            ),
            kinds_counted,
        ),
        "days": Section(
            "records of each of the last 90 days, or of as many as `last` says",
            _PERIODS,
            _counted_in(BinSize("day", 1), timedelta(days=1), _LAST_DAYS),
        ),
        "hours": Section(
            "records of each of the last 48 hours, or of as many as `last` says",
            _PERIODS,
            _counted_in(BinSize("hour", 1), timedelta(hours=1), _LAST_HOURS),
        ),
    },
    filters={
        "kind": Filter("kind of event, or a group of kinds"),
        "system": Filter("system that reported; - for none"),
        "last": Filter("so many days or hours", "count"),
    },
)
