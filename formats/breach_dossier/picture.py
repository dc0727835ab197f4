"""The timeline of a breach as a picture: moments on a line, and the 72 hours as a bar below it.

The picture is SVG of plain shapes and texts, so that HTML and PDF draw the same. Every text is
escaped. Shapes tell what is what, never colour alone: it can be read in black and white. What it
shows is told in the table below it as well.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple
from xml.sax.saxutils import escape

from formats.breach_dossier.picture_labels import Label, Wanted, placed_labels, text_width
from formats.breach_dossier.picture_scale import LEFT, RIGHT, WIDTH, Scale, ticks
from formats.breach_dossier.words import Words
from projections.cases.clock import Clock
from projections.investigation.timeline import Entry

ROW: Final = 21
YEARS: Final = range(1900, 2200)
"""A moment outside is a slip, which the table shows; a line up to it would tell nothing."""
_INK: Final = "#1d2421"
_QUIET: Final = "#5c6662"
_LINE: Final = "#b9c1bd"
_COLOURS: Final = {"step": "#2b5c8a", "signal": "#8a5a00", "around": "#5c6662"}
_BAR: Final = "#dbe8f4"
_LATE: Final = "#f6d9d4"
_FIRST: Final = (
    "breach.awareness_determined",
    "breach.authority_notified",
    "breach.subjects_notified",
    "breach.controller_notified",
    "breach.suspected",
    "incident.signalled",
    "breach.ruled_out",
    "breach.closed",
    "breach.notification_decided",
    "breach.authority_responded",
    "breach.assessed",
)
"""Which steps get their label first, where there is no room for all."""


class Drawn(NamedTuple):
    """The picture, and how many steps stand in it without a label."""

    svg: str
    unlabelled: int


def timeline_svg(entries: Sequence[Entry], clock: Clock | None, words: Words) -> Drawn | None:
    """The picture, or `None` where there is nothing to draw.

    Args:
        entries: Of the timeline, in the order of the world.
        clock: That of the notice to the authority which leads, if one runs.
        words: In which language and zone.
    """
    moments = [entry.occurred_at for entry in entries]
    if clock is not None:
        ends = [clock.due_at, None if clock.done is None else clock.done.at]
        moments += [clock.start.at, *(each for each in ends if each is not None)]
    if not moments or not all(each.year in YEARS for each in moments):
        return None
    scale = Scale(min(moments), max(moments))
    steps = [entry for entry in entries if entry.part != "around"]
    labels = placed_labels(list(wanted_labels(steps, scale, words)))
    rows = 1 + max((label.row for label in labels), default=0)
    line = 26 + rows * ROW
    bar = _bar(clock, scale, line, words)
    height = line + (105 if bar else 48)
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
            f'width="{WIDTH}" height="{height}" font-family="DejaVu Sans, Verdana, sans-serif" '
            'role="img">'
        ),
        *_ticks(scale, line, words),
        *bar,
        *(_stem(label, line) for label in labels),
        (
            f'<line x1="{LEFT}" y1="{line}" x2="{RIGHT}" y2="{line}" stroke="{_INK}" '
            'stroke-width="1.5"/>'
        ),
        *(_mark(entry.part, scale.x(entry.occurred_at), line, entry) for entry in _drawn(entries)),
        *(_text(label, line) for label in labels),
        *_legend(entries, height - 8, words),
        "</svg>",
    ]
    shown = sum(label.steps for label in labels)
    return Drawn("\n".join(parts), len(steps) - shown)


def wanted_labels(steps: Sequence[Entry], scale: Scale, words: Words) -> Sequence[Wanted]:
    """A label for each step; equal ones side by side share one. The most important come first."""
    found: list[Wanted] = []
    rank = {name: place for place, name in enumerate(_FIRST)}
    for entry in steps:
        x, text = scale.x(entry.occurred_at), words.short(entry.kind)
        name = entry.kind.rpartition(".v")[0]
        before = found[-1] if found else None
        if before is not None and before.text == text and x - before.last_x < text_width(text) / 2:
            found[-1] = before._replace(steps=before.steps + 1, last_x=x)
        else:
            place = rank.get(name, len(rank))
            found.append(Wanted(place, x, x, text, entry.part, 1, entry.index))
    return sorted(found, key=lambda wanted: wanted.rank)


def _drawn(entries: Sequence[Entry]) -> list[Entry]:
    """What lies under other marks comes first."""
    return sorted(entries, key=lambda entry: entry.part != "around")


def _stem(label: Label, line: int) -> str:
    y = line - 14 - label.row * ROW
    return (
        f'<line x1="{label.x}" y1="{line}" x2="{label.x}" y2="{y - 11}" '
        f'stroke="{_COLOURS[label.part]}" stroke-width="0.8"/>'
    )


def _text(label: Label, line: int) -> str:
    y = line - 14 - label.row * ROW
    shift = -4 if label.anchor == "end" else 4
    return (
        f'<text x="{label.x + shift}" y="{y - 2}" font-size="12" fill="{_INK}" '
        f'text-anchor="{label.anchor}">{escape(label.text)}</text>'
    )


def _mark(part: str, x: float, y: int, entry: Entry | None) -> str:
    """A circle for a step, a diamond for a signal, a stroke for a fact; hollow: taken back."""
    colour = _COLOURS[part]
    is_taken_back = entry is not None and entry.corrected_by is not None
    fill = "#ffffff" if is_taken_back else colour
    if part == "around":
        return (
            f'<line x1="{x}" y1="{y - 3}" x2="{x}" y2="{y + 5}" stroke="{colour}" '
            'stroke-width="1"/>'
        )
    if part == "signal":
        points = f"{x},{y - 6} {x + 6},{y} {x},{y + 6} {x - 6},{y}"
        return f'<polygon points="{points}" fill="{fill}" stroke="{colour}" stroke-width="1.5"/>'
    return f'<circle cx="{x}" cy="{y}" r="4.5" fill="{fill}" stroke="{colour}" stroke-width="1.5"/>'


def _bar(clock: Clock | None, scale: Scale, line: int, words: Words) -> list[str]:
    """The 72 hours, what was too late of it dashed, and when the notice was given."""
    if clock is None or clock.due_at is None:
        return []
    start, end, y = scale.x(clock.start.at), scale.x(clock.due_at), line + 30
    drawn = [
        (
            f'<rect x="{start}" y="{y}" width="{max(round(end - start, 1), 1)}" height="14" '
            f'fill="{_BAR}" stroke="{_COLOURS["step"]}" stroke-width="0.8"/>'
        )
    ]
    texts = [(end, words.say("picture.due", at=words.instant(clock.due_at)))]
    if clock.done is not None:
        done = scale.x(clock.done.at)
        if done > end:
            drawn.append(
                f'<rect x="{end}" y="{y}" width="{round(done - end, 1)}" height="14" '
                f'fill="{_LATE}" stroke="{_INK}" stroke-width="0.8" stroke-dasharray="3 2"/>'
            )
        drawn.append(
            f'<path d="M {done - 5} {y + 20} L {done + 5} {y + 20} L {done} {y + 12} Z" '
            f'fill="{_INK}"/>'
        )
        told = words.margin(clock.state, clock.margin)
        texts.append((done, words.say("picture.told", margin=told)))
    drawn.append(
        f'<line x1="{end}" y1="{y - 4}" x2="{end}" y2="{y + 18}" stroke="{_INK}" '
        'stroke-width="2.5"/>'
    )
    return [*drawn, *_below(texts, y + 32)]


def _below(texts: Sequence[tuple[float, str]], y: int) -> list[str]:
    """One text under another, each ending at its moment unless it would leave the picture."""
    drawn = []
    for number, (x, text) in enumerate(texts):
        width = text_width(text)
        left = min(max(x - width / 2, LEFT), RIGHT - width)
        drawn.append(
            f'<text x="{round(left, 1)}" y="{y + number * 15}" font-size="12" '
            f'fill="{_INK}">{escape(text)}</text>'
        )
    return drawn


def _ticks(scale: Scale, line: int, words: Words) -> list[str]:
    return [
        (
            f'<line x1="{tick.x}" y1="{line}" x2="{tick.x}" y2="{line + 8}" stroke="{_LINE}" '
            'stroke-width="1"/>'
            f'<text x="{tick.text_x}" y="{line + 21}" font-size="11" fill="{_QUIET}" '
            f'text-anchor="middle">{escape(tick.text)}</text>'
        )
        for tick in ticks(scale, words)
    ]


def _legend(entries: Sequence[Entry], y: int, words: Words) -> list[str]:
    """What the marks mean, of those that are in the picture."""
    parts = {entry.part for entry in entries}
    x, drawn = float(LEFT + 6), []
    for part in ("step", "signal", "around"):
        if part in parts:
            text = words.say(f"legend.{part}")
            drawn.append(_mark(part, x, y - 4, None))
            drawn.append(_legend_text(x + 10, y, text))
            x += 28 + text_width(text, 11)
    steps = (entry for entry in entries if entry.part != "around")
    taken_back = next((entry for entry in steps if entry.corrected_by is not None), None)
    if taken_back is not None:
        drawn.append(_mark("step", x, y - 4, taken_back))
        drawn.append(_legend_text(x + 10, y, words.say("legend.corrected")))
    return drawn


def _legend_text(x: float, y: int, text: str) -> str:
    return f'<text x="{round(x, 1)}" y="{y}" font-size="11" fill="{_QUIET}">{escape(text)}</text>'
