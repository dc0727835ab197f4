"""Instants from the times that logs write: without year, without zone, or in full as RFC 3339.

A time without a zone counts in the zone of the context, and that zone is kept in the event. In the
hour that a clock is set back for, two instants have one local time: the first is taken and the
event says that it may be one hour off.
"""

import contextlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from formats.reading import ReadContext, SettingMissing
from ledger.errors import FormatError

Precision = Literal["second", "millisecond", "microsecond"]

_MONTHS: Final = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)
_SYSLOG: Final = re.compile(r"([A-Z][a-z]{2}) ([ \d]\d) (\d\d):(\d\d):(\d\d)", re.ASCII)
_RFC3339: Final = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))?(Z|[+-]\d\d:?\d\d)?", re.ASCII
)
_A_YEAR_LATER: Final = timedelta(days=31)
"""How far the calendar goes back before a new year has begun; a late line of yesterday is none."""
_A_YEAR_EARLIER: Final = timedelta(days=364)
"""How far it jumps on before the line is a late one of the year before."""
_LEAP_YEAR: Final = 2000
"""In which calendars are compared, so that 29 February stands somewhere."""
_CLOCK_TOLERANCE: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class OccurredAt:
    """One instant and how exactly its source gave it."""

    instant: datetime
    """Aware, UTC."""
    zone: str | None
    """The zone it was written in, or stated for it; `None` when it was written in UTC."""
    precision: Precision
    uncertainty: timedelta | None

    def fields(self) -> dict[str, Any]:
        """The fields of an event that say when it happened."""
        return {
            "occurred_at": self.instant,
            "occurred_zone": self.zone,
            "occurred_precision": self.precision,
            "occurred_uncertainty": self.uncertainty,
        }


class LocalTimes:
    """Turns the times of one source, in their order, into instants; follows the turn of years."""

    def __init__(self, context: ReadContext) -> None:
        self._context = context
        self._last: datetime | None = None
        self._dated = False

    def from_syslog(self, text: str, place: str) -> OccurredAt:
        """The instant of `Dec 10 06:55:46`, in the context's zone and the year that order gives.

        The first time has the year of the context. From then on a calendar that goes back by more
        than 31 days has passed into the next year, and one that jumps on by more than 364 is a late
        line of the year before.

        Raises:
            SettingMissing: the context has no year or no zone: then no line of the source can be
                dated. FormatError: no such time exists, or it is in the future.

        Source: RFC 3164 §4.1.2 (the form; it has neither year nor zone).
        """
        match = _SYSLOG.fullmatch(text)
        if match is None or match[1] not in _MONTHS:
            raise FormatError(place, "a time such as 'Dec 10 06:55:46'", "another")
        if self._context.year is None:
            raise SettingMissing(place, "a year for times without one (--year 2026)", "none")
        try:
            day, hour, minute, second = map(int, match.groups()[1:])
            month = _MONTHS.index(match[1]) + 1
            moment = datetime(_LEAP_YEAR, month, day, hour, minute, second, tzinfo=UTC)
            local = moment.replace(year=self._year_of(moment, self._context.year), tzinfo=None)
        except ValueError as error:
            raise FormatError(place, "a time that exists in its year", "another") from error
        occurred = self._placed(local, None, "second", place)
        if not self._dated and self._is_future(occurred.instant):
            expected = "a first time that is not in the future (check --year and --zone)"
            raise SettingMissing(place, expected, f"{occurred.instant:%Y-%m-%d}")
        self._refuse_future(occurred.instant, place)
        self._last = local
        return occurred

    def from_rfc3339(self, text: str, place: str) -> OccurredAt:
        """The instant of `2026-11-21T23:45:01.5+01:00`.

        A blank for `T` and a comma before the fraction are allowed.

        Without an offset it counts in the zone of the context. Digits beyond microseconds are cut
        off.

        Raises:
            SettingMissing: the time has no offset and the context no zone.
            FormatError: no such time exists, or it is in the future: no setting moves it there.

        Source: RFC 3339 §5.6.
        """
        match = _RFC3339.fullmatch(text)
        if match is None:
            raise FormatError(place, "a time such as 2026-11-21T23:45:01", "another")
        day, clock, fraction, offset = match.groups()
        try:
            local = datetime.fromisoformat(f"{day}T{clock}.{(fraction or '0')[:6]:0<6}")
            zone = datetime.fromisoformat(f"{day}T{clock}{offset or ''}").tzinfo
        except ValueError as error:
            raise FormatError(place, "a time that exists", "another") from error
        occurred = self._placed(local, zone, _precision_of(fraction), place)
        self._refuse_future(occurred.instant, place)
        return occurred

    def _year_of(self, moment: datetime, first_year: int) -> int:
        """The year of a moment of the calendar, by what came before it."""
        if self._last is None:
            return first_year
        onward = moment - self._last.replace(year=_LEAP_YEAR, tzinfo=UTC)
        if -onward > _A_YEAR_LATER:
            return self._last.year + 1
        return self._last.year - 1 if onward > _A_YEAR_EARLIER else self._last.year

    def _placed(
        self, local: datetime, zone: tzinfo | None, precision: Precision, place: str
    ) -> OccurredAt:
        chosen = zone or self._context.zone
        if chosen is None:
            raise SettingMissing(
                place, "a zone for times without one (--zone Europe/Amsterdam)", "none"
            )
        first, second = (local.replace(tzinfo=chosen, fold=fold) for fold in (0, 1))
        try:
            instant = first.astimezone(UTC)
        except OverflowError as error:
            raise FormatError(place, "a time of our era", "another") from error
        shift = abs((first.utcoffset() or timedelta()) - (second.utcoffset() or timedelta()))
        return OccurredAt(instant, _zone_text(first), precision, shift or None)

    def _is_future(self, instant: datetime) -> bool:
        return instant > self._context.present() + _CLOCK_TOLERANCE

    def _refuse_future(self, instant: datetime, place: str) -> None:
        if self._is_future(instant):
            raise FormatError(place, "a time that is not in the future", f"{instant:%Y-%m-%d}")
        self._dated = True


def nearest_local_time(text: str, at: datetime, zone: tzinfo) -> datetime | None:
    """The local time of `Dec 10 06:55:46`, in the year that brings it nearest to an instant.

    Naive, as it counts in `zone`; `None` when no such time exists in any year around.
    """
    match = _SYSLOG.fullmatch(text)
    if match is None or match[1] not in _MONTHS:
        return None
    day, hour, minute, second = map(int, match.groups()[1:])
    month, here = _MONTHS.index(match[1]) + 1, at.astimezone(zone).replace(tzinfo=None)
    found = []
    for year in (here.year - 1, here.year, here.year + 1):
        with contextlib.suppress(ValueError):  # 29 February, or a time of no year
            found.append(datetime(year, month, day, hour, minute, second))  # noqa: DTZ001 - local
    return min(found, key=lambda each: abs(each - here), default=None)


def _precision_of(fraction: str | None) -> Precision:
    if fraction is None:
        return "second"
    return "millisecond" if len(fraction) <= 3 else "microsecond"  # noqa: PLR2004 - digits


def _zone_text(moment: datetime) -> str | None:
    if isinstance(moment.tzinfo, ZoneInfo):
        return moment.tzinfo.key
    return moment.isoformat()[-6:] if moment.utcoffset() else None
