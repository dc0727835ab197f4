"""Period arithmetic on local dates and on instants; pure, without any calendar of its own.

Which days are working days is an argument. The day of the event is never counted.

Source: Regulation (EEC, Euratom) No 1182/71 art. 3(1), 3(2)(c), 3(4) and 3(5).
"""

import calendar
from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from projections.deadlines.local_times import end_of_day, later, local_date
from projections.deadlines.refusals import Uncomputable

IsWorkingDay = Callable[[date], bool]
"""Tells a working day from a Saturday, Sunday or holiday; refuses years it does not cover."""

ONE_DAY = timedelta(days=1)
MONTHS_OF_A_YEAR = 12


def add_months(day: date, months: int) -> date:
    """The same date so many months later; the last day of that month where the date is missing.

    Source: Regulation 1182/71 art. 3(2)(c).
    """
    years, month = divmod(day.month - 1 + months, MONTHS_OF_A_YEAR)
    year = day.year + years
    if not date.min.year <= year <= date.max.year:
        raise Uncomputable("out_of_range", f"{months} months after {day} lie outside years 1-9999")
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def add_days(day: date, days: int) -> date:
    """The date so many calendar days later."""
    try:
        return day + timedelta(days=days)
    except OverflowError as error:
        raise Uncomputable(
            "out_of_range", f"{days} days after {day} lie outside years 1-9999"
        ) from error


def add_working_days(day: date, count: int, is_working: IsWorkingDay) -> date:
    """The `count`-th working day after a date, whether the date is one itself or not."""
    for _ in range(count):
        day = roll_forward(add_days(day, 1), is_working)
    return day


def roll_forward(day: date, is_working: IsWorkingDay) -> date:
    """The first working day on or after a date. Source: Regulation 1182/71 art. 3(4)."""
    while not is_working(day):
        day = add_days(day, 1)
    return day


def roll_back(day: date, is_working: IsWorkingDay) -> date:
    """The last working day on or before a date: for planning, no law moves a limit back."""
    while not is_working(day):
        day = add_days(day, -1)
    return day


def next_full_hour(instant: datetime, zone: ZoneInfo) -> datetime:
    """The start of the local hour after the one in which the event happens, in UTC.

    Exactly on the hour still means the next hour. Source: Regulation 1182/71 art. 3(1).
    """
    local = instant.astimezone(zone)
    into_the_hour = timedelta(
        minutes=local.minute, seconds=local.second, microseconds=local.microsecond
    )
    return later(instant, timedelta(hours=1) - into_the_hour)


def full_working_days(
    start: datetime, count: int, is_working: IsWorkingDay, zone: ZoneInfo
) -> list[date]:
    """The first local days that are working days and begin at or after `start`.

    Source: Regulation 1182/71 art. 3(5), as the contested reading applies it to hours.
    """
    day = local_date(start, zone)
    if end_of_day(add_days(day, -1), zone) < start:
        day = add_days(day, 1)
    found = [roll_forward(day, is_working)]
    while len(found) < count:
        found.append(roll_forward(add_days(found[-1], 1), is_working))
    return found
