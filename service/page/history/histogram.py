"""Counts over time as bars: drawn on the server, told as a table, and given to the script."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, Final

from projections.activity.histogram import Bin
from service.page.history.parameters import HistoryParameters
from service.page.history.question import Question
from service.page.languages import Language
from service.page.wording import moment_text

WIDTH: Final = 10
"""Of a bar with its gap, in units of the drawing."""
HEIGHT: Final = 100
_GAP: Final = 1.5
_LOWEST: Final = 2.0
"""What is there is seen, however little it is."""
_ZOOM: Final = 3
PRESETS: Final = ("-1h", "-24h", "-7d", "-30d")
"""Windows until now that one click asks for, as `since`."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, drawn from the bottom; `x` and `height` in units of the drawing."""

    since: datetime
    until: datetime
    """Exclusive."""
    count: int
    x: float
    height: float
    address: str
    """Of the same question in this window."""


@dataclass(frozen=True, slots=True)
class Histogram:
    """How much occurred when, and the ways to another window."""

    bars: tuple[Bar, ...]
    highest: int
    width: int
    labels: tuple[datetime, ...]
    """Instants under the drawing: its start, its middle, its end."""
    moves: tuple[tuple[str, str], ...]
    """The URLs of the windows `earlier`, `wider` and `later`, by these words."""
    presets: tuple[tuple[str, str, bool], ...]
    """Windows until now: what is asked, its URL, and whether it is asked now."""
    data: dict[str, Any]
    """The same for the script."""


def histogram_of(
    question: Question, bins: Sequence[Bin], language: Language, zone: tzinfo
) -> Histogram:
    """The bars of a question.

    Args:
        question: What was asked.
        bins: How much occurred when.
        language: Of the visitor.
        zone: In which they tell time.
    """
    highest = max((each.count for each in bins), default=0)
    bars = tuple(_bar(question, place, each, highest, zone) for place, each in enumerate(bins))
    ends = [*(each.since for each in bins), *(each.until for each in bins[-1:])]
    edges = [bars[0].since, bars[len(bars) // 2].since, bars[-1].until] if bars else []
    return Histogram(
        bars=bars,
        highest=highest,
        width=WIDTH * len(bars),
        labels=tuple(edges),
        moves=tuple(_moves(question, zone)),
        presets=_presets(question.asked),
        data={
            "edges": [int(each.timestamp()) for each in ends],
            "times": [time_text(each, zone) for each in ends],
            "counts": [each.count for each in bars],
            "labels": [_told(each.since, each.until, language, zone) for each in bars],
            "address": _window(question.asked, None, None).address(),
            "language": language,
            "zone": str(zone),
        },
    )


def _bar(question: Question, place: int, found: Bin, highest: int, zone: tzinfo) -> Bar:
    height = 0.0 if not found.count else max(HEIGHT * found.count / highest, _LOWEST)
    query = question.whole.query
    since = max(found.since, query.since or found.since)
    until = min(found.until, query.until or found.until)
    return Bar(
        since=found.since,
        until=found.until,
        count=found.count,
        x=place * WIDTH + _GAP / 2,
        height=round(height, 2),
        address=_window(question.asked, time_text(since, zone), time_text(until, zone)).address(),
    )


def _window(asked: HistoryParameters, since: str | None, until: str | None) -> HistoryParameters:
    return asked.changed(since=since, until=until, around=None, within=None)


def _moves(question: Question, zone: tzinfo) -> list[tuple[str, str]]:
    """The windows beside one that has two ends, and one three times as long around it."""
    since, until = question.whole.query.since, question.whole.query.until
    if since is None or until is None or until <= since:
        return []
    span = until - since
    wider = span * (_ZOOM - 1) / 2
    moved = {"earlier": (-span, -span), "wider": (-wider, wider), "later": (span, span)}
    found = []
    for name, (first, last) in moved.items():
        with suppress(OverflowError):  # beyond the ends of the calendar is no window
            ends = time_text(since + first, zone), time_text(until + last, zone)
            found.append((name, _window(question.asked, *ends).address()))
    return found


def _presets(asked: HistoryParameters) -> tuple[tuple[str, str, bool], ...]:
    plain = _window(asked, None, None)
    ways = [
        (each, plain.changed(since=each).address(), _is_window(asked, each)) for each in PRESETS
    ]
    return (*ways, ("", plain.address(), _is_window(asked, None)))


def _is_window(asked: HistoryParameters, since: str | None) -> bool:
    return asked.since == since and asked.until is None and asked.around is None


def time_text(instant: datetime, zone: tzinfo) -> str:
    """An instant as people type it, `2025-11-20 14:00`; in full where that is not enough."""
    local = instant.astimezone(zone)
    if local.microsecond or local.fold:
        return instant.isoformat().replace("+00:00", "Z")
    return local.replace(tzinfo=None).isoformat(" ", "seconds").removesuffix(":00")


def _told(since: datetime, until: datetime, language: Language, zone: tzinfo) -> str:
    start, end = (moment_text(each, language, zone) for each in (since, until))
    return f"{start} – {end}"  # noqa: RUF001 - the dash of a range
