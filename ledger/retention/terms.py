"""When a term ends, in calendar time or elapsed time, and which beginnings have come to their end.

A calendar period is counted on the local calendar of whoever keeps the data: the day on which it
begins does not count, a month that is too short ends it with its last day, and it ends with the
last hour of its last day, which is the first instant of the next one.

Source: Regulation (EEC, Euratom) No 1182/71, Art. 3(1), 3(2)(b) and (c).
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

_PERIOD: Final = re.compile(
    r"P(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
)
_MONTHS: Final = 12
_DAY: Final = timedelta(days=1)
_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Term:
    """How long something is kept; with both parts, until the later of the two ends."""

    period: str | None = None
    """A calendar period such as `P3M`."""
    duration: timedelta | None = None
    """An elapsed time."""

    def end(self, beginning: datetime, zone: tzinfo) -> datetime | None:
        """The first instant at which the term is over, in UTC; `None`: it ends beyond all dates.

        Args:
            beginning: What the term is counted from, aware.
            zone: Whose calendar counts.
        """
        ends = []
        try:
            if self.period is not None:
                last_day = add_period(beginning.astimezone(zone).date(), self.period)
                ends.append(first_instant(last_day + _DAY, zone))
            if self.duration is not None:
                ends.append(beginning.astimezone(UTC) + self.duration)
        except OverflowError:
            return None
        return max(ends, default=None)

    def begun_before(self, limit: datetime, zone: tzinfo) -> datetime | None:
        """Terms that began before the instant this gives, and only those, are over at `limit`.

        Args:
            limit: Aware.
            zone: Whose calendar counts.

        Returns:
            `None`: no term can have ended by then.
        """
        bounds = []
        try:
            if self.period is not None:
                last_day = limit.astimezone(zone).date() - _DAY
                bounds.append(first_instant(_latest_day(last_day, self.period) + _DAY, zone))
            if self.duration is not None:
                bounds.append(limit.astimezone(UTC) - self.duration + _MICROSECOND)
        except OverflowError:
            return None
        return min(bounds, default=None)


def add_period(day: date, period: str) -> date:
    """The last day of a period that is counted from a day.

    Args:
        day: On the local calendar; it does not count itself.
        period: ISO 8601 in years, months, weeks and days: `P1Y6M`. Years and months come first; a
            day that their month does not have becomes its last one.

    Raises:
        OverflowError: the day lies beyond the year 9999.
    """
    months, days = _parts(period)
    return _add_months(day, months) + timedelta(days=days)


def _parts(period: str) -> tuple[int, int]:
    match = _PERIOD.fullmatch(period)
    if match is None:
        message = f"period: expected one such as P3M, found {period!r}"
        raise ValueError(message)
    found = {name: int(text) for name, text in match.groupdict(default="0").items()}
    return found["years"] * _MONTHS + found["months"], found["weeks"] * 7 + found["days"]


def _add_months(day: date, months: int) -> date:
    year, month = divmod(day.year * _MONTHS + day.month - 1 + months, _MONTHS)
    if not date.min.year <= year <= date.max.year:
        message = f"{day} and {months} months: no such date"
        raise OverflowError(message)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _latest_day(last_day: date, period: str) -> date:
    """The latest day that a period may be counted from to end with `last_day` at the latest."""
    months, days = _parts(period)
    # Months back from there, the day is right but for the days that a short month lacks.
    day = _add_months(last_day - timedelta(days=days), -months)
    while add_period(day + _DAY, period) <= last_day:
        day += _DAY
    while add_period(day, period) > last_day:
        day -= _DAY
    return day


def first_instant(day: date, zone: tzinfo) -> datetime:
    """The instant at which a local day begins, in UTC; also where midnight is left out."""
    return datetime.combine(day, time.min, zone).astimezone(UTC)
