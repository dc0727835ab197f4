"""The timeline of a breach as a picture: moments on a line, and the 72 hours as a bar.

The picture is SVG of plain shapes and texts, so that HTML and PDF draw the same. Every text is
escaped. What it shows is told in the table below it as well.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from xml.sax.saxutils import escape

from formats.breach_dossier.words import Words
from projections.cases.clock import Clock
from projections.investigation.timeline import Entry

WIDTH: Final = 1000
_LEFT: Final = 20
_RIGHT: Final = 980
_ROW: Final = 26
_CHARACTER: Final = 7.2
"""About how wide a character is at the size of the labels."""
_MOST_LABELS: Final = 14
_LONGEST: Final = 46
_INK: Final = "#1d2421"
_QUIET: Final = "#5c6662"
_LINE: Final = "#b9c1bd"
_COLOURS: Final = {"step": "#2b5c8a", "signal": "#8a5a00", "around": "#9aa39f"}
_BARS: Final = {
    "running": "#dbe8f4",
    "overdue": "#f6d9d4",
    "met": "#d8ebdf",
    "late": "#f6d9d4",
    "not-needed": "#e8ebe9",
}


class _Label(NamedTuple):
    x: float
    row: int
    text: str
    colour: str
    anchor: str


def timeline_svg(entries: Sequence[Entry], clock: Clock | None, words: Words) -> str | None:
    """The picture, or `None` where there is nothing to draw.

    Args:
        entries: Of the timeline, in the order of the world.
        clock: That of the notice to the authority which leads, if one runs.
        words: In which language and zone.
    """
    moments = [entry.occurred_at for entry in entries]
    if clock is not None:
        moments += [clock.start.at, *([clock.due_at] if clock.due_at else [])]
    if not moments:
        return None
    scale = _Scale(min(moments), max(moments))
    labels = _labels([entry for entry in entries if entry.part != "around"], scale, words)
    rows = 1 + max((label.row for label in labels), default=0)
    line = 20 + rows * _ROW
    height = line + 96
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
            f'width="{WIDTH}" height="{height}" font-family="DejaVu Sans, sans-serif" role="img">'
        ),
        *_bar(clock, scale, line, words),
        (
            f'<line x1="{_LEFT}" y1="{line}" x2="{_RIGHT}" y2="{line}" stroke="{_INK}" '
            'stroke-width="1.5"/>'
        ),
        *_ticks(scale, line, words),
        *_dots(entries, scale, line),
        *(_drawn(label, line) for label in labels),
        "</svg>",
    ]
    return "\n".join(parts)


class _Scale:
    """Where a moment stands on the line."""

    def __init__(self, first: datetime, last: datetime) -> None:
        span = max(last - first, timedelta(hours=1))
        self.first = first - span / 40
        self.span = span + span / 20

    def x(self, moment: datetime) -> float:
        return round(_LEFT + (_RIGHT - _LEFT) * ((moment - self.first) / self.span), 1)


def _labels(entries: Sequence[Entry], scale: _Scale, words: Words) -> list[_Label]:
    """A label for each step, in the lowest row in which it touches no other.

    The latest comes first, so that no stem crosses the words of an earlier step.
    """
    placed: list[_Label] = []
    ends: list[list[tuple[float, float]]] = []
    for entry in reversed(entries[-_MOST_LABELS:]):
        text = words.kind(entry.kind)
        text = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
        x, width = scale.x(entry.occurred_at), len(text) * _CHARACTER
        anchor = "end" if x + width > _RIGHT else "start"
        start, end = (x - width, x) if anchor == "end" else (x, x + width)
        row = next(
            (
                number
                for number, taken in enumerate(ends)
                if all(end + 8 < left or start - 8 > right for left, right in taken)
            ),
            len(ends),
        )
        if row == len(ends):
            ends.append([])
        ends[row].append((start, end))
        placed.append(_Label(x, row, text, _COLOURS[entry.part], anchor))
    return placed


def _drawn(label: _Label, line: int) -> str:
    y = line - 14 - label.row * _ROW
    shift = -5 if label.anchor == "end" else 5
    return (
        f'<line x1="{label.x}" y1="{line}" x2="{label.x}" y2="{y - 12}" '
        f'stroke="{label.colour}" stroke-width="1"/>'
        f'<text x="{label.x + shift}" y="{y - 3}" font-size="12" fill="{_INK}" '
        f'text-anchor="{label.anchor}">{escape(label.text)}</text>'
    )


def _dots(entries: Sequence[Entry], scale: _Scale, line: int) -> list[str]:
    drawn = []
    for entry in sorted(entries, key=lambda entry: entry.part != "around"):
        radius = 3 if entry.part == "around" else 5
        fill = "#ffffff" if entry.corrected_by is not None else _COLOURS[entry.part]
        drawn.append(
            f'<circle cx="{scale.x(entry.occurred_at)}" cy="{line}" r="{radius}" fill="{fill}" '
            f'stroke="{_COLOURS[entry.part]}" stroke-width="1.5"/>'
        )
    return drawn


def _bar(clock: Clock | None, scale: _Scale, line: int, words: Words) -> list[str]:
    if clock is None or clock.due_at is None:
        return []
    start, end = scale.x(clock.start.at), scale.x(clock.due_at)
    text = f"{words.say('end_72')}: {words.instant(clock.due_at)}"
    at_end = start + len(text) * _CHARACTER > _RIGHT
    x, anchor = (_RIGHT, "end") if at_end else (start + 6, "start")
    return [
        (
            f'<rect x="{start}" y="{line + 8}" width="{round(end - start, 1)}" height="22" rx="4" '
            f'fill="{_BARS.get(clock.state, "#e8ebe9")}"/>'
        ),
        (
            f'<line x1="{end}" y1="{line + 4}" x2="{end}" y2="{line + 34}" stroke="{_INK}" '
            'stroke-width="2"/>'
        ),
        (
            f'<text x="{x}" y="{line + 48}" font-size="12" fill="{_INK}" '
            f'text-anchor="{anchor}">{escape(text)}</text>'
        ),
    ]


def _ticks(scale: _Scale, line: int, words: Words) -> list[str]:
    """Local midnights, at most eight of them, with their dates."""
    last = scale.first + scale.span
    day = scale.first.astimezone(words.zone).date() + timedelta(days=1)
    days = max((last - scale.first).days, 1)
    step = -(-days // 8)
    drawn = []
    while (midnight := datetime(day.year, day.month, day.day, tzinfo=words.zone)) < last:
        x = scale.x(midnight)
        drawn.append(
            f'<line x1="{x}" y1="{line}" x2="{x}" y2="{line + 62}" stroke="{_LINE}" '
            'stroke-width="1" stroke-dasharray="2 3"/>'
            f'<text x="{x}" y="{line + 78}" font-size="11" fill="{_QUIET}" '
            f'text-anchor="middle">{day.isoformat()}</text>'
        )
        day += timedelta(days=step)
    return drawn
