"""How much happened in each hour, as the geometry of a drawing; a table says the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final

from projections.activity.histogram import Bin

WIDTH: Final = 720
HEIGHT: Final = 120
FLOOR: Final = 100
"""Where the bars stand; below are the names of the days."""
_GAP: Final = 2
_LEAST_HEIGHT: Final = 2
"""An hour in which something happened is seen."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One hour."""

    x: float
    y: float
    width: float
    height: float
    hour: Bin


@dataclass(frozen=True, slots=True)
class Chart:
    """All bars, and where each day begins."""

    bars: tuple[Bar, ...]
    days: tuple[tuple[float, datetime], ...]
    most: int
    """The highest count."""
    width: int = WIDTH
    height: int = HEIGHT
    floor: int = FLOOR


def hours_chart(hours: Sequence[Bin], zone: tzinfo) -> Chart:
    """Bars of equal width for the hours, one after the other.

    Args:
        hours: Without gaps.
        zone: Whose midnight begins a day.
    """
    most = max((each.count for each in hours), default=0)
    step = WIDTH / max(1, len(hours))
    bars, days = [], []
    for place, hour in enumerate(hours):
        height = FLOOR * hour.count / most if most else 0.0
        if hour.count:
            height = max(height, _LEAST_HEIGHT)
        x = round(place * step, 1)
        width = round(max(1.0, step - _GAP), 1)
        bars.append(Bar(x, round(FLOOR - height, 1), width, round(height, 1), hour))
        if hour.since.astimezone(zone).hour == 0:
            days.append((x, hour.since))
    return Chart(tuple(bars), tuple(days), most)
