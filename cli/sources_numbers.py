"""Follows the running numbers of a source, and finds which of them never came.

A number that comes late fills its gap: so a gap is told only when it has stayed open for a while,
or when the source was read to its end. Where its numbers come after that, it is taken back.

A series that begins again, at 0 or 1, has no gap there, and what it gave before it was followed is
none. One that goes on far below its last number is read again, or its files in another order: what
came before is remembered and never told as missing. Nothing here reads a clock or writes.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from cli.sources_senders import Counting, Sender
from formats.reading import Numbered

PATIENCE: Final = timedelta(seconds=60)
"""So long a gap stays open before it is told."""

MOST_SERIES: Final = 1024
"""The series that was heard least recently leaves first; its next number is a beginning."""

MOST_OPEN: Final = 64
"""Gaps remembered of one series; one that leaves is told before."""

MOST_RUNS: Final = 16
"""Runs remembered of one series; the oldest leaves first."""

LATE: Final = 1000
"""A number so far below the last one, or less, is late or comes again; below it, a run begins."""

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
    is_doubtful: bool = False
    """Whether it is none if the parts of its sender count each for itself: not told until that is
    known."""

    @property
    def end(self) -> int:
        """The first number after it."""
        return self.first + self.count


class Series(Struct, kw_only=True):
    """How far one series was followed."""

    first: int
    """Of the run of numbers that is followed now."""
    last: int
    gaps: list[Gap] = []
    """Open ones, the oldest first."""
    earlier: list[tuple[int, int]] = []
    """First and last number of runs that were left for another one."""


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
    senders: dict[str, Sender] = {}
    """By series, those whose parts may count each for itself; heard least recently first."""

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
        name, is_doubtful = self._counted_in(numbered)
        known = self.series.pop(name, None)
        if known is None or _begins_again(known, number):
            self._leave(name, known)
            self._keep(name, Series(first=number, last=number))
            return
        self._keep(name, known)
        if _fill(known, number, self.filled):
            return
        _choose_run(known, number)
        for first, end in _unseen(known, number):
            known.gaps.append(
                Gap(
                    first=first,
                    count=end - first,
                    place=place,
                    noticed_at=now,
                    missing_from=before_at,
                    missing_until=after_at,
                    is_doubtful=is_doubtful,
                )
            )
        while len(known.gaps) > MOST_OPEN:
            self._let_go(name, known.gaps.pop(0))
        known.last = max(known.last, number)

    def to_tell(self, *, before: datetime | None) -> Iterator[Found]:
        """The gaps that are to be told now.

        Args:
            before: Those noticed before this instant; all, if not given.
        """
        yield from self.leaving
        for name, series in self.series.items():
            for gap in series.gaps:
                is_due = before is None or gap.noticed_at <= before
                if gap.told is None and is_due and not self._is_in_doubt(name, gap):
                    yield Found(series=name, gap=gap)

    def told(self, found: Found, event_id: UUID) -> None:
        """Remembers that a gap of `to_tell` was told."""
        if found in self.leaving:
            self.leaving.remove(found)
            return
        gaps = self.series[found.series].gaps
        gaps[gaps.index(found.gap)] = replace(found.gap, told=event_id)

    def _counted_in(self, numbered: Numbered) -> tuple[str, bool]:
        """The series in which a number counts; whether a gap before it is in doubt."""
        if numbered.part is None:
            return numbered.series, False
        sender = self.senders.pop(numbered.series, None) or Sender()
        self.senders[numbered.series] = sender
        if len(self.senders) > MOST_SERIES:
            del self.senders[next(iter(self.senders))]
        whole = self.series.get(numbered.series)
        fills = whole is not None and _is_awaited(whole, numbered.number)
        before = sender.counting
        was_heard = sender.hear(numbered.part, numbered.number, fills=fills)
        if sender.counting is Counting.BY_PART:
            self.series.pop(numbered.series, None)  # what seemed to be missing there is not
            return _of_part(numbered.series, numbered.part), False
        if before is Counting.BY_PART:  # nor is it there
            for part in sender.parts:
                self.series.pop(_of_part(numbered.series, part), None)
        return numbered.series, sender.counting is Counting.UNKNOWN and not was_heard

    def _is_in_doubt(self, name: str, gap: Gap) -> bool:
        sender = self.senders.get(name)
        is_known = sender is not None and sender.counting is Counting.TOGETHER
        return gap.is_doubtful and not is_known

    def _keep(self, name: str, series: Series) -> None:
        self.series[name] = series
        if len(self.series) > MOST_SERIES:
            oldest = next(iter(self.series))
            self._leave(oldest, self.series.pop(oldest))

    def _leave(self, name: str, series: Series | None) -> None:
        for gap in series.gaps if series is not None else ():
            self._let_go(name, gap)

    def _let_go(self, name: str, gap: Gap) -> None:
        if gap.told is None and not self._is_in_doubt(name, gap):
            self.leaving.append(Found(series=name, gap=gap))


def _of_part(series: str, part: str) -> str:
    return f"{series} {part}"


def _begins_again(series: Series, number: int) -> bool:
    is_awaited = any(gap.first <= number < gap.end for gap in series.gaps)
    return number <= _FIRST and number < series.last and not is_awaited


def _is_awaited(series: Series, number: int) -> bool:
    """Whether a number is the next one of a series, or fills a gap of it."""
    fills = any(gap.first <= number < gap.end for gap in series.gaps)
    return fills or number == series.last + 1


def _fill(series: Series, number: int, filled: list[UUID]) -> bool:
    """Whether the number belongs into a gap; takes it out, and notes a told gap that it closes."""
    for at, gap in enumerate(series.gaps):
        if not gap.first <= number < gap.end:
            continue
        before = replace(gap, count=number - gap.first)
        after = replace(gap, first=number + 1, count=gap.end - number - 1)
        series.gaps[at : at + 1] = [part for part in (before, after) if part.count]
        if gap.told is not None and all(each.told != gap.told for each in series.gaps):
            filled.append(gap.told)
        return True
    return False


def _choose_run(series: Series, number: int) -> None:
    """Goes over to the run that a number continues, or to a new one far below the last number."""
    if series.last - LATE <= number <= series.last + 1:
        return
    for at, (first, last) in enumerate(series.earlier):
        if last - LATE <= number <= last + LATE:
            series.earlier[at] = (series.first, series.last)
            series.first, series.last = first, last
            return
    if number < series.last:
        series.earlier = [*series.earlier, (series.first, series.last)][-MOST_RUNS:]
        series.first = series.last = number


def _unseen(series: Series, number: int) -> Iterator[tuple[int, int]]:
    """What lies between the last number and this one, without what earlier runs passed.

    Each part as its first number and the first one after it.
    """
    begin = series.last + 1
    for first, last in sorted(series.earlier):
        if begin < min(first, number):
            yield begin, min(first, number)
        begin = max(begin, last + 1)
    if begin < number:
        yield begin, number
