"""Local times and dates: which instant a local time is, and when a local day ends.

Instants are aware; an arithmetic on them is done in UTC, never on the clock of a wall.

Source: GDPR deadlines run under Regulation (EEC, Euratom) No 1182/71 art. 3, in local dates.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ledger.errors import BadRequest
from projections.deadlines.refusals import Uncomputable

ONE_DAY = timedelta(days=1)


@lru_cache(maxsize=64)
def zone_named(name: str) -> ZoneInfo:
    """The IANA zone of that name.

    Raises:
        BadRequest: there is none.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadRequest(
            f"zone: expected an IANA zone such as Europe/Amsterdam, found {name!r}"
        ) from error


def instant_of_local(local: datetime, zone: ZoneInfo | None) -> datetime:
    """The instant, in UTC, that a time with an offset, or a local time of a zone, means.

    Raises:
        Uncomputable: neither offset nor zone is given, or the local time occurs twice or never.
    """
    if local.tzinfo is not None:
        return _in_utc(local)
    if zone is None:
        raise Uncomputable(
            "missing_offset", f"{local.isoformat()}: expected an offset or a zone, found neither"
        )
    instants = [_in_utc(local.replace(tzinfo=zone, fold=fold)) for fold in (0, 1)]
    first, second = instants
    if first == second:
        return first
    shown = " and ".join(each.astimezone(zone).isoformat() for each in sorted(instants))
    # In a gap neither pass comes back as the time that was asked for.
    if first.astimezone(zone).replace(tzinfo=None) != local:
        raise Uncomputable(
            "nonexistent_local_time",
            f"{local.isoformat()} does not exist in {zone.key}: the clock goes forward over it; "
            f"give an offset ({shown} are the times beside it)",
        )
    raise Uncomputable(
        "ambiguous_local_time",
        f"{local.isoformat()} occurs twice in {zone.key}; give an offset: {shown}",
    )


def local_date(instant: datetime, zone: ZoneInfo) -> date:
    """The date on the local calendar at that instant.

    Raises:
        Uncomputable: the local time lies outside years 1 to 9999.
    """
    try:
        return instant.astimezone(zone).date()
    except OverflowError as error:
        raise Uncomputable("out_of_range", "the time lies outside years 1 to 9999") from error


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The exclusive end of a local day, in UTC: local 24:00, which is 00:00 of the next day.

    Where the clock goes forward over midnight the next day begins later, and the end is that
    instant; where midnight occurs twice it is the first one.

    Raises:
        Uncomputable: the calendar of the machine ends there.
    """
    try:
        return _in_utc(datetime.combine(day + ONE_DAY, time(), zone))
    except OverflowError as error:
        raise Uncomputable("out_of_range", f"{day.isoformat()} is the end of the era") from error


def local_noon(day: date, zone: ZoneInfo) -> datetime:
    """12:00 of a local day, in UTC."""
    return _in_utc(datetime.combine(day, time(12), zone))


def later(instant: datetime, span: timedelta) -> datetime:
    """The instant that is a span of elapsed time later, in UTC.

    Raises:
        Uncomputable: it lies beyond the years that can be written.
    """
    try:
        return instant.astimezone(UTC) + span
    except OverflowError as error:
        raise Uncomputable("out_of_range", "the result lies beyond year 9999") from error


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise Uncomputable("out_of_range", "the time lies outside years 1 to 9999") from error
