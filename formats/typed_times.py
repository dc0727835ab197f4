"""Reads times as people type them, and writes them with their offset.

`2026-11-20`, `2026-11-20T14:00+01:00`, `14:00`, `yesterday`, `gisteren 14:00`, `-2h`, `3d`, `@41`;
everything else is left to dateparser, which is loaded only then. A time without a zone is in the
zone that times are shown in.
"""

import contextlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

from ledger.errors import BadRequest

TimeOfRecord = Callable[[int], datetime]
"""Gives the time of the record with that index, or raises `BadRequest`."""

_DAYS: Final = {
    "eergisteren": -2,
    "gisteren": -1,
    "yesterday": -1,
    "vandaag": 0,
    "today": 0,
    "morgen": 1,
    "tomorrow": 1,
}
_UNITS: Final = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "u": timedelta(hours=1),  # uur
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
INDEX: Final = re.compile(r"@\d{1,4000}")
"""`@41`; Python makes no number of more digits."""
_AGO: Final = re.compile(r"(?P<sign>[+-]?)(?P<parts>(?:\d+[smhudw])+)")
_CLOCK: Final = re.compile(
    r"(?P<hour>[01]?\d|2[0-3])[:.](?P<minute>[0-5]\d)(?:[:.](?P<second>[0-5]\d))?"
)
_EXPECTED: Final = "a time such as 2026-11-20, 14:00, yesterday, 'gisteren 14:00', -2h, 3d or @41"


@dataclass(frozen=True, slots=True)
class TimeReader:
    """Reads typed times against one present, one zone and, for `@INDEX`, one log."""

    now: datetime
    zone: tzinfo
    time_of_record: TimeOfRecord | None = None

    def read(self, text: str) -> datetime:
        """The instant that a typed time means, in UTC.

        Raises:
            BadRequest: it means none.
        """
        typed = text.strip().lower()
        found = (
            self._record(typed) or self._iso(text.strip()) or self._ago(typed) or self._day(typed)
        )
        found = found or self._words(text)
        if found is None:
            raise BadRequest(f"time: expected {_EXPECTED}, found {text!r}")
        try:
            return found.astimezone(UTC)
        except OverflowError as error:  # the first hours that a calendar knows, east of Greenwich
            raise BadRequest(f"time: expected {_EXPECTED}, found {text!r}") from error

    def _record(self, typed: str) -> datetime | None:
        if not INDEX.fullmatch(typed):
            return None
        if self.time_of_record is None:
            raise BadRequest(f"time {typed}: expected a date or time; a record has no meaning here")
        return self.time_of_record(int(typed[1:]))

    def _iso(self, typed: str) -> datetime | None:
        try:
            found = datetime.fromisoformat(typed)
        except ValueError:
            return None
        if re.fullmatch(r"\d{1,7}", typed):  # a bare number is no date to a person
            return None
        return found if found.tzinfo else found.replace(tzinfo=self.zone)

    def _ago(self, typed: str) -> datetime | None:
        match = _AGO.fullmatch(typed)
        if match is None:
            return None
        parts = re.findall(r"(\d+)([smhudw])", match["parts"])
        try:
            span = sum((int(count) * _UNITS[unit] for count, unit in parts), timedelta())
            return self.now + span if match["sign"] == "+" else self.now - span
        except (OverflowError, ValueError):  # more than a span or a number of Python's can be
            return None

    def _day(self, typed: str) -> datetime | None:
        if typed in {"now", "nu"}:
            return self.now
        words = typed.split()
        today = self.now.astimezone(self.zone).date()
        if words and words[0] in _DAYS:
            return self._on(today + timedelta(days=_DAYS[words[0]]), " ".join(words[1:]) or "00:00")
        return self._on(today, typed)

    def _on(self, day: date, clock: str) -> datetime | None:
        match = _CLOCK.fullmatch(clock)
        if match is None:
            return None
        at = time(int(match["hour"]), int(match["minute"]), int(match["second"] or 0))
        return datetime.combine(day, at, self.zone)

    def _words(self, text: str) -> datetime | None:
        if re.search(r"[^\W\d_]{2}", text) is None:  # it would make a date of any digits
            return None
        import dateparser  # noqa: PLC0415 - slow to load and seldom needed

        here = self.now.astimezone(self.zone)
        found = dateparser.parse(
            text,
            languages=["nl", "en"],
            settings={
                "RELATIVE_BASE": here.replace(tzinfo=None),
                "PREFER_DATES_FROM": "past",
                "DATE_ORDER": "DMY",
            },
        )
        if found is None:
            return None
        return found if found.tzinfo else found.replace(tzinfo=self.zone)


def read_time(reader: TimeReader, text: str | None, name: str) -> datetime | None:
    """The instant that was typed under a name, or `None` where nothing was.

    Raises:
        BadRequest: it means no time; the name is told.
    """
    if text is None:
        return None
    try:
        return reader.read(text)
    except BadRequest as error:
        raise BadRequest(f"{name}: {error}") from error


def end_of_span(reader: TimeReader, within: str, name: str) -> datetime:
    """The instant at the end of a span that begins now, such as `24h` or `30d`.

    Raises:
        BadRequest: it is no span, or one that goes back.
    """
    typed = within if within.startswith(("+", "-")) else f"+{within}"
    with contextlib.suppress(BadRequest):
        until = read_time(reader, typed, name)
        if until is not None and until >= reader.now:
            return until
    raise BadRequest(f"{name}: expected a span such as 24h or 30d, found {within!r}")
