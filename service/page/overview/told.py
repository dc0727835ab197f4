"""Clocks as the page tells them: in the language of the visitor, with what they rest on."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from formats.breach_dossier.clock_blocks import SIGNS, duty_words
from formats.breach_dossier.rule_words import rule_words
from formats.breach_dossier.words import Words
from projections.cases.clock import Clock
from projections.deadlines import DeadlineResult, Refusal

Tone = Literal["bad", "warn", "quiet"]

_SOON: Final = timedelta(hours=24)
_PATHS: Final = {"breach": "/breaches/", "request": "/requests/"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldClock:
    """One running clock."""

    duty: str
    state: str
    sign: str
    tone: Tone
    path: str
    """Of the page of its case."""
    case: str
    """Its stream."""
    case_kind: str
    """`breach`, `incident` or `request`."""
    due_at: datetime | None
    """Exclusive; `None`: the law names no period, or it cannot be computed."""
    due: str
    """When it is due, with the day of the week; or why nobody can tell."""
    left: str
    """What is left, or by how much it is late; for a duty without a period, its age."""
    anchor: str
    anchor_at: datetime
    index: int
    """The record of the anchor."""
    undecided: bool
    rule: str
    others: int
    """How many other readings of the rule there are."""


def told_clock(clock: Clock, words: Words, now: datetime) -> ToldClock:
    """A clock in words.

    Args:
        clock: As it was judged, a moment ago at most.
        words: Of the language.
        now: The present: a clock that ended since is overdue.
    """
    is_over = clock.due_at is not None and clock.due_at <= now
    state = "overdue" if is_over and clock.state == "running" else clock.state
    margin = clock.margin if clock.due_at is None else clock.due_at - now
    duty = duty_words(clock, words)
    return ToldClock(
        duty=duty[:1].upper() + duty[1:],
        state=words.say(f"state.{state}"),
        sign=SIGNS[state],
        tone=_tone(state, margin, has_term=clock.due_at is not None),
        path=_path(clock),
        case=str(clock.case),
        case_kind=clock.case_kind,
        due_at=clock.due_at,
        due=_due(clock, words),
        left=words.margin(state, margin, has_term=clock.due_at is not None),
        anchor=words.listed("anchor", clock.start.name),
        anchor_at=clock.start.at,
        index=clock.start.index,
        undecided=clock.start.undecided,
        rule=rule_words(clock, words),
        others=len(clock.result.alternatives) if isinstance(clock.result, DeadlineResult) else 0,
    )


def _path(clock: Clock) -> str:
    """The page of its case; an incident has none of its own, but the record that began it has."""
    before = _PATHS.get(clock.case_kind)
    return f"/history/{clock.start.index}" if before is None else f"{before}{clock.case}"


def _tone(state: str, margin: timedelta | None, *, has_term: bool) -> Tone:
    if state in {"overdue", "refused"}:
        return "bad"
    return "warn" if has_term and margin is not None and margin < _SOON else "quiet"


def _due(clock: Clock, words: Words) -> str:
    if clock.due_on is not None:
        return f"{words.day(clock.due_on)} 24:00"
    if clock.due_at is not None:
        return words.instant(clock.due_at, exact=True)
    return words.listed("refused", clock.result.reason) if isinstance(clock.result, Refusal) else ""
