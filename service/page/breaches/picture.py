"""The timeline of a breach as shapes: what happened above, when it was recorded, facts below.

Two lines run beside each other: on the upper one a step stands when it happened, on the lower one
when the log had it, and a stroke joins the two. Below them run the 72 hours from every moment that
could start them, and the facts around the case, counted. What is drawn is told in a table too.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from formats.breach_dossier.picture import YEARS, wanted_labels
from formats.breach_dossier.picture_labels import Label, placed_labels
from formats.breach_dossier.picture_scale import Scale, Tick, ticks
from formats.breach_dossier.words import Words
from projections.cases.clock import Clock
from projections.investigation.timeline import Entry, Window
from service.page.nav import N_

WIDTH: Final = 960
LEFT: Final = 132
RIGHT: Final = 948
ROW: Final = 26
"""A label is a link, which must be big enough to be hit."""
BIN: Final = 6
_TOP: Final = 18
_BETWEEN: Final = 64
_BAR_ROW: Final = 30
_LANE_ROW: Final = 30
_MOST_BARS: Final = 5
_LOWEST: Final = 4
_HIGHEST: Final = 20
_NEAR: Final = 0.25
"""So much of the whole is drawn beside it: facts before the first step, what was recorded after."""
_RULE: Final = "gdpr-33-1"
GROUPS: Final = {
    "access": N_("access"),
    "identity": N_("identities"),
    "exchange": N_("exchanges"),
    "ip": N_("addresses"),
    "intrusion": N_("intrusions"),
    "policy": N_("policies"),
}
"""What the lanes of facts are called, by the first word of their kinds."""


class Mark(NamedTuple):
    """A step or a signal on both lines."""

    part: str
    x: float
    recorded_x: float | None
    """`None`: it was recorded after all that is drawn."""
    is_taken_back: bool
    told: str


class Bar(NamedTuple):
    """The 72 hours from one moment."""

    y: int
    name: str
    start: float
    end: float
    late_until: float | None
    """Where the notice was given, if that was too late."""
    done: float | None
    is_leading: bool
    told: str


class Bin(NamedTuple):
    """Facts that lie close together."""

    x: float
    height: float
    facts: int


class Lane(NamedTuple):
    """The facts of one group."""

    y: int
    name: str
    """The id of its message, in English."""
    facts: int
    bins: tuple[Bin, ...]


class CasePicture(NamedTuple):
    """Everything that is drawn, in units of the picture."""

    height: int
    happened_y: int
    recorded_y: int
    bottom: int
    labels: tuple[Label, ...]
    marks: tuple[Mark, ...]
    ticks: tuple[Tick, ...]
    bars: tuple[Bar, ...]
    lanes: tuple[Lane, ...]
    now: float | None
    """The moment that is asked about, where it lies inside."""
    unlabelled: int
    """Steps that are drawn without a label."""
    outside: int
    """Steps, signals and facts that lie outside what is drawn."""
    first: datetime
    last: datetime


def case_picture(
    entries: Sequence[Entry],
    clocks: Iterable[Clock],
    words: Words,
    as_of: datetime,
    window: Window = (None, None),
) -> CasePicture | None:
    """The picture; `None` where there is nothing to draw.

    Args:
        entries: Of the timeline, in the order of the world.
        clocks: Of the case.
        words: In which language and zone.
        as_of: The moment that is asked about.
        window: From when until when it is drawn, where either is given.
    """
    bars = [clock for clock in clocks if clock.rule_id == _RULE and clock.due_at is not None]
    bars.sort(key=lambda clock: (not clock.start.leads, clock.start.at))
    span = _span(entries, bars, window)
    if span is None:
        return None
    first, last = span
    scale = Scale(first, last, left=LEFT, right=RIGHT)
    inside = [entry for entry in entries if first <= entry.occurred_at <= last]
    drawn = [entry for entry in inside if entry.part != "around"]
    labels = placed_labels(list(wanted_labels(drawn, scale, words)), LEFT, RIGHT)
    rows = 1 + max((label.row for label in labels), default=0)
    happened_y = _TOP + rows * ROW
    recorded_y = happened_y + _BETWEEN
    shown = tuple(_bars(bars, scale, words, recorded_y + 46, (first, last)))
    lanes = tuple(_lanes(inside, scale, recorded_y + 46 + len(shown) * _BAR_ROW))
    bottom = recorded_y + 38 + len(shown) * _BAR_ROW + len(lanes) * _LANE_ROW
    return CasePicture(
        height=bottom + 10,
        happened_y=happened_y,
        recorded_y=recorded_y,
        bottom=bottom,
        labels=tuple(labels),
        marks=tuple(_mark(entry, scale, last, words) for entry in drawn),
        ticks=tuple(ticks(scale, words)),
        bars=shown,
        lanes=lanes,
        now=scale.x(as_of) if first <= as_of <= last else None,
        unlabelled=len(drawn) - sum(label.steps for label in labels),
        outside=len(entries) - len(inside),
        first=first,
        last=last,
    )


def label_y(happened_y: int, label: Label) -> int:
    """The line on which the words of a label stand."""
    return happened_y - 18 - label.row * ROW


def _span(
    entries: Sequence[Entry], clocks: Sequence[Clock], window: Window
) -> tuple[datetime, datetime] | None:
    """From when until when is drawn: the steps, the ends of the 72 hours, and what lies near."""
    steps = [entry for entry in entries if entry.part != "around"]
    moments = [entry.occurred_at for entry in steps]
    for clock in clocks:
        ends = (clock.start.at, clock.due_at, None if clock.done is None else clock.done.at)
        moments += [each for each in ends if each is not None]
    if not moments or not all(each.year in YEARS for each in moments):
        return None
    first, last = window[0] or min(moments), window[1] or max(moments)
    near = max(last - first, timedelta(hours=4)) * _NEAR
    if window[0] is None:
        around = [each.occurred_at for each in entries if each.part == "around"]
        first = min([first, *(each for each in around if each >= first - near)])
    if window[1] is None:
        last = max([last, *(each.recorded_at for each in steps if each.recorded_at <= last + near)])
    return (first, last) if first <= last else None


def _mark(entry: Entry, scale: Scale, last: datetime, words: Words) -> Mark:
    recorded = max(scale.x(entry.recorded_at), float(LEFT)) if entry.recorded_at <= last else None
    told = (
        f"{words.kind(entry.kind)}\n{words.say('occurred')} {words.instant(entry.occurred_at)}\n"
        f"{words.say('recorded')} {words.instant(entry.recorded_at)}"
    )
    return Mark(
        part=entry.part,
        x=scale.x(entry.occurred_at),
        recorded_x=recorded,
        is_taken_back=entry.corrected_by is not None,
        told=told,
    )


def _bars(
    clocks: Sequence[Clock], scale: Scale, words: Words, top: int, span: tuple[datetime, datetime]
) -> Iterator[Bar]:
    first, last = span
    for clock in clocks[:_MOST_BARS]:
        if clock.due_at is None or clock.due_at < first or clock.start.at > last:
            continue
        done = clock.done
        end = _inside(scale, clock.due_at, span)
        is_late = done is not None and done.at > clock.due_at
        done_x = None
        if done is not None and first <= done.at <= last:
            done_x = scale.x(done.at)
        yield Bar(
            y=top,
            name=words.listed("anchor", clock.start.name),
            start=_inside(scale, clock.start.at, span),
            end=end,
            late_until=_inside(scale, done.at, span) if is_late and done is not None else None,
            done=done_x,
            is_leading=clock.start.leads or clock.start.undecided,
            told=words.say("picture.due", at=words.instant(clock.due_at)),
        )
        top += _BAR_ROW


def _inside(scale: Scale, moment: datetime, span: tuple[datetime, datetime]) -> float:
    return scale.x(min(max(moment, span[0]), span[1]))


def _lanes(entries: Iterable[Entry], scale: Scale, top: int) -> Iterator[Lane]:
    counts: dict[str, dict[int, int]] = {}
    for entry in entries:
        group = entry.kind.partition(".")[0]
        if entry.part == "around" and group in GROUPS:
            place = int(scale.x(entry.occurred_at)) // BIN
            bins = counts.setdefault(group, {})
            bins[place] = bins.get(place, 0) + 1
    highest = max((count for bins in counts.values() for count in bins.values()), default=1)
    for group, name in GROUPS.items():
        if group in counts:
            bins = counts[group]
            yield Lane(
                y=top + _HIGHEST,
                name=name,
                facts=sum(bins.values()),
                bins=tuple(
                    Bin(
                        place * BIN,
                        round(_LOWEST + (_HIGHEST - _LOWEST) * count / highest, 1),
                        count,
                    )
                    for place, count in sorted(bins.items())
                ),
            )
            top += _LANE_ROW
