"""Follows the running numbers of a source, and finds which of them never came.

A number that comes late fills its gap: so a gap is told only when it has stayed open for a while,
or when the source was read to its end. Where its numbers come after that, it is taken back.

A series that begins again is no gap: at 0 or 1, or at a number far below the last one. What a
source gave before it was followed is no gap either. Nothing here reads a clock or writes.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from formats.reading import Numbered

PATIENCE: Final = timedelta(seconds=60)
"""So long a gap stays open before it is told."""

MOST_SERIES: Final = 1024
"""The series that was heard least recently leaves first; its next number is a beginning."""

MOST_OPEN: Final = 64
"""Gaps remembered of one series; one that leaves is told before."""

LATE: Final = 1000
"""A number so far below the last one, or less, is late or comes again; below that it began anew."""

LARGEST: Final = 2**53 - 1
"""Numbers beyond it are not followed: not every reader of the log keeps them exact."""

_FIRST: Final = 1


class Gap(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Numbers of one series that have not come."""

    first: int
    count: int
    place: str
    """Where the number after them stood: source identity and byte offset."""
    noticed_at: datetime
    missing_from: datetime | None = None
    missing_until: datetime | None = None
    told: UUID | None = None
    """The event that tells of it, if it was told."""

    @property
    def end(self) -> int:
        """The first number after it."""
        return self.first + self.count


class Series(Struct, kw_only=True):
    """How far one series was followed."""

    last: int
    gaps: list[Gap]
    """Open ones, the oldest first."""


class Found(Struct, frozen=True, kw_only=True):
    """A gap with the series that it is in."""

    series: str
    gap: Gap


class Numbers(Struct, kw_only=True):
    """All series of one source; what is kept between two runs."""

    series: dict[str, Series] = {}
    """The one that was heard least recently first."""
    leaving: list[Found] = []
    """Gaps that are no longer followed and were not told yet."""
    filled: list[UUID] = []
    """Events of gaps that were told, and whose numbers all came since."""

    def follow(
        self,
        numbered: Numbered,
        *,
        place: str,
        now: datetime,
        before_at: datetime | None,
        after_at: datetime | None,
    ) -> None:
        """Takes the next number.

        Args:
            numbered: Series and number.
            place: Where it stands: the same each time the source is read.
            now: When it was read.
            before_at: When the fact before it happened.
            after_at: When its own fact happened, if it is one.
        """
        number = numbered.number
        if not 0 <= number <= LARGEST:
            return
        known = self.series.pop(numbered.series, None)
        if known is None or _begins_again(known, number):
            self._leave(numbered.series, known)
            self._keep(numbered.series, Series(last=number, gaps=[]))
            return
        self._keep(numbered.series, known)
        if number <= known.last:
            self._fill(known, number)
            return
        if number > known.last + 1:
            known.gaps.append(
                Gap(
                    first=known.last + 1,
                    count=number - known.last - 1,
                    place=place,
                    noticed_at=now,
                    missing_from=before_at,
                    missing_until=after_at,
                )
            )
            while len(known.gaps) > MOST_OPEN:
                self._let_go(numbered.series, known.gaps.pop(0))
        known.last = number

    def to_tell(self, *, before: datetime | None) -> Iterator[Found]:
        """The gaps that are to be told now.

        Args:
            before: Those noticed before this instant; all, if not given.
        """
        yield from self.leaving
        for name, series in self.series.items():
            for gap in series.gaps:
                if gap.told is None and (before is None or gap.noticed_at <= before):
                    yield Found(series=name, gap=gap)

    def told(self, found: Found, event_id: UUID) -> None:
        """Remembers that a gap of `to_tell` was told."""
        if found in self.leaving:
            self.leaving.remove(found)
            return
        gaps = self.series[found.series].gaps
        gaps[gaps.index(found.gap)] = replace(found.gap, told=event_id)

    def _keep(self, name: str, series: Series) -> None:
        self.series[name] = series
        if len(self.series) > MOST_SERIES:
            oldest = next(iter(self.series))
            self._leave(oldest, self.series.pop(oldest))

    def _leave(self, name: str, series: Series | None) -> None:
        for gap in series.gaps if series is not None else ():
            self._let_go(name, gap)

    def _fill(self, series: Series, number: int) -> None:
        """Takes a late number out of its gap."""
        for at, gap in enumerate(series.gaps):
            if not gap.first <= number < gap.end:
                continue
            before = replace(gap, count=number - gap.first)
            after = replace(gap, first=number + 1, count=gap.end - number - 1)
            series.gaps[at : at + 1] = [part for part in (before, after) if part.count]
            if gap.told is not None and all(each.told != gap.told for each in series.gaps):
                self.filled.append(gap.told)
            return

    def _let_go(self, name: str, gap: Gap) -> None:
        if gap.told is None:
            self.leaving.append(Found(series=name, gap=gap))


def _begins_again(series: Series, number: int) -> bool:
    if number > series.last or any(gap.first <= number < gap.end for gap in series.gaps):
        return False
    return number < series.last and (number <= _FIRST or number < series.last - LATE)
