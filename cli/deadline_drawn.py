"""Draws a computed limit for people: when, how long still, from what, how, and how else."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from cli.output import Column
from cli.rendering import (
    cell_text,
    draw_facts,
    draw_gap,
    draw_heading,
    draw_line,
    draw_rows,
)
from projections.deadlines import DeadlineResult, Reading, Refusal
from projections.deadlines.wording import day_text, instant_text

READING_COLUMNS: Final = (
    Column("reading", "reading", "word"),
    Column("standing", "standing", "word"),
    Column("due", "before"),
    Column("label", "how it reads the rule", "prose"),
)


def draw_answer(answer: DeadlineResult | Refusal, now: datetime, zone: ZoneInfo) -> None:
    """Draws a result with its explanation, or why there is none."""
    if isinstance(answer, Refusal):
        rule = f"{answer.rule_id}: " if answer.rule_id else ""
        draw_line(f"{rule}not computed ({answer.reason})", style="warning", mark="⚠")
        draw_line(answer.message, indent=2)
        return
    draw_heading(answer.title)
    draw_facts(_facts(answer, zone), zone)
    draw_line(_state(answer, now), style=_style(answer, now), mark=_mark(answer, now))
    for finding in answer.findings:
        draw_line(finding.words, style="warning", mark="⚠")
    draw_gap()
    draw_heading("Steps")
    for number, step in enumerate(answer.leading.steps, 1):
        draw_line(f"{number}. {step.words}", indent=2)
    if answer.alternatives or answer.refused:
        draw_gap()
        draw_heading("Other readings")
        draw_rows(_others(answer, zone), READING_COLUMNS, zone)
    draw_gap()
    draw_line(answer.words[0].upper() + answer.words[1:] + ".")
    if answer.notes:
        draw_line(answer.notes)


def _facts(answer: DeadlineResult, zone: ZoneInfo) -> Iterator[tuple[str, object]]:
    yield "rule", f"{answer.rule_id} version {answer.rule_version}: {answer.source}"
    yield "duty of", answer.bearer
    for anchor in answer.anchors:
        moment = _moment(anchor.at, anchor.on, zone)
        yield anchor.name, f"{moment}: {anchor.meaning}"
    yield from answer.parameters.items()
    if answer.due_on is not None:
        yield "last day", day_text(answer.due_on)
    yield "due before", instant_text(answer.due_at, zone)
    for calendar in answer.calendars:
        yield "calendar", str(calendar)


def _moment(at: datetime | None, on: date | None, zone: ZoneInfo) -> str:
    if at is not None:
        return instant_text(at, zone)
    return day_text(on) if on is not None else ""


def _state(answer: DeadlineResult, now: datetime) -> str:
    left = answer.remaining(now)
    if left > timedelta():
        return f"{cell_text(left, '', ZoneInfo(answer.zone))} left"
    return f"passed {cell_text(-left, '', ZoneInfo(answer.zone))} ago"


def _style(answer: DeadlineResult, now: datetime) -> str:
    return "good" if answer.remaining(now) > timedelta() else "warning"


def _mark(answer: DeadlineResult, now: datetime) -> str:
    return "✓" if answer.remaining(now) > timedelta() else "⚠"


def _others(answer: DeadlineResult, zone: ZoneInfo) -> Iterator[dict[str, object]]:
    for each in sorted(answer.alternatives, key=lambda reading: reading.due_at):
        yield {
            "reading": each.name,
            "standing": each.standing,
            "due": _due(each, zone),
            "label": each.label,
        }
    for refused in answer.refused:
        yield {
            "reading": refused.name,
            "standing": "refused",
            "due": None,
            "label": f"{refused.label}: {refused.refusal.message}",
        }


def _due(reading: Reading, zone: ZoneInfo) -> str:
    if reading.due_on is not None:
        return f"end of {day_text(reading.due_on)}"
    return instant_text(reading.due_at, zone)
