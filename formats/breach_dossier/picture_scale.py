"""Where a moment stands on the line of a timeline, and which moments are marked below it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from formats.breach_dossier.words import Words

WIDTH: Final = 720
"""Units of the picture; on A4 a unit is about two thirds of a point."""
LEFT: Final = 10
RIGHT: Final = 710
_MOST_TICKS: Final = 7
_HALF_A_TEXT: Final = 42
_MOVED_AT_MOST: Final = 12
_MINUTE: Final = timedelta(minutes=1)
_DAY: Final = timedelta(days=1)
_EARLIEST: Final = datetime.min.replace(tzinfo=UTC) + _DAY
_LATEST: Final = datetime.max.replace(tzinfo=UTC) - _DAY
"""Between them every moment can be told in every zone."""
_STEPS: Final = (
    *(_MINUTE * count for count in (5, 10, 15, 30, 60, 120, 180, 360, 720)),
    *(_DAY * count for count in (1, 2, 4, 7, 14, 28, 56, 91, 182, 365)),
)


class Scale:
    """Where a moment stands on the line."""

    def __init__(
        self, first: datetime, last: datetime, *, left: int = LEFT, right: int = RIGHT
    ) -> None:
        """From the first to the last moment, with a little room on both sides.

        Args:
            first: The earliest moment that is drawn.
            last: The latest one.
            left: Where the line begins, in units of the picture.
            right: Where it ends.
        """
        self.left, self.right = left, right
        first, last = (min(max(each, _EARLIEST), _LATEST) for each in (first, last))
        span = max(last - first, timedelta(minutes=20)) * 1.06
        middle = first + (last - first) / 2
        self.first = middle - min(span / 2, middle - _EARLIEST)
        self.span = min(span, _LATEST - self.first)

    def x(self, moment: datetime) -> float:
        """Its place, in units of the picture."""
        return round(self.left + (self.right - self.left) * ((moment - self.first) / self.span), 1)


class Tick(NamedTuple):
    """A moment marked below the line."""

    x: float
    text_x: float
    text: str


def ticks(scale: Scale, words: Words) -> Iterator[Tick]:
    """Round local moments, few enough to be read: midnights, or times of the day."""
    step = next((each for each in _STEPS if scale.span / each <= _MOST_TICKS), None)
    if step is None:
        step = _DAY * 365 * -(-scale.span // (_DAY * 365 * _MOST_TICKS))
    last = scale.first + scale.span
    for moment in _rounds(scale.first, step, words):
        if moment > last:
            return
        if moment < scale.first:
            continue
        local = moment.astimezone(words.zone)
        text = words.short_day(local.date())
        if step < _DAY:
            text = f"{text} {local:%H:%M}"
        elif scale.span > _DAY * 300:
            text = f"{text} {local.year}"
        x = scale.x(moment)
        text_x = min(max(x, scale.left + _HALF_A_TEXT), scale.right - _HALF_A_TEXT)
        if abs(text_x - x) <= _MOVED_AT_MOST:  # further, and it would stand under its neighbour
            yield Tick(x, text_x, text)


def _rounds(first: datetime, step: timedelta, words: Words) -> Iterator[datetime]:
    """Moments from the local midnight before the first on, days on the local calendar."""
    local = first.astimezone(words.zone)
    midnight = datetime(local.year, local.month, local.day, tzinfo=words.zone)
    moment = midnight.astimezone(UTC)
    while True:
        yield moment
        if step < _DAY:
            moment += step
        else:
            try:
                day = moment.astimezone(words.zone).date() + step
            except OverflowError:  # after the last day of the calendar there is none
                return
            moment = datetime(day.year, day.month, day.day, tzinfo=words.zone).astimezone(UTC)
