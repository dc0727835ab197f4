"""How clocks are shown: what is due, to the minute, and how much is left or was missed."""

from collections.abc import Iterable, Iterator
from datetime import timedelta, tzinfo
from typing import TYPE_CHECKING, Any, Final

from cli.output import Column
from formats.shown_times import show_instant

if TYPE_CHECKING:
    from projections.cases.clock import Clock

CLOCK_COLUMNS: Final = (
    Column("state", "state", "word"),
    Column("due", "due", "word"),
    Column("margin", "left or late", "word"),
    Column("duty", "what", "word"),
    Column("case", "case", "token"),
    Column("from", "runs from", "word"),
    Column("rule", "rule", "word"),
    Column("done", "done", "instant"),
    Column("indexes", "rests on", "indexes"),
)
SIGNS: Final = {
    "running": "… running",
    "overdue": "✗ overdue",
    "met": "✓ met",
    "late": "✗ late",
    "not-needed": "– not needed",  # noqa: RUF001 - a dash that cannot be taken for a minus
    "open": "… open",
    "refused": "? refused",
}
"""A state is never told by colour alone."""


def clock_rows(
    clocks: Iterable["Clock"], names: dict[str, str], zone: tzinfo
) -> Iterator[dict[str, Any]]:
    """One row for each clock, as people read it.

    Args:
        clocks: In the order in which they are shown.
        names: What each case is called, by its stream as text, where that is known.
        zone: In which instants are told.
    """
    for clock in clocks:
        corrected = clock.start.corrected_by
        mark = "" if clock.start.leads else " (for comparison)"
        mark = " (not decided)" if clock.start.undecided else mark
        mark = mark if corrected is None else f" (corrected by record {corrected})"
        yield {
            "state": SIGNS[clock.state],
            "due": due_text(clock, zone),
            "margin": margin_text(clock),
            "duty": clock.duty,
            "case": names.get(str(clock.case), str(clock.case)),
            "from": f"{clock.start.name} {show_instant(clock.start.at, zone)}{mark}",
            "rule": clock.rule_id,
            "done": None if clock.done is None else clock.done.at,
            "indexes": rests_on(clock),
        }


def due_text(clock: "Clock", zone: tzinfo) -> str | None:
    """When a clock ends: a date until its last moment, or an instant; with the day of the week."""
    if clock.due_on is not None:
        return f"{clock.due_on:%a} {clock.due_on.isoformat()} 24:00"
    if clock.due_at is None:
        return None
    return f"{clock.due_at.astimezone(zone):%a} {show_instant(clock.due_at, zone)}"


def margin_text(clock: "Clock") -> str | None:
    """What is left or was missed, in words."""
    if clock.margin is None:
        return clock.why
    told = span_text(abs(clock.margin))
    match clock.state:
        case "running":
            return f"{told} left"
        case "overdue" | "late":
            return f"{told} late"
        case "met" if clock.due_at is None:
            return f"after {told}"
        case "met":
            return f"{told} early"
        case _:
            return f"open for {told}"


def span_text(span: timedelta) -> str:
    """A span in its two largest units, rounded down: `2 d 3 h`."""
    minutes = int(span.total_seconds()) // 60
    days, hours = minutes // 1440, minutes % 1440 // 60
    if days:
        return f"{days} d {hours} h" if hours else f"{days} d"
    if hours:
        return f"{hours} h {minutes % 60} min" if minutes % 60 else f"{hours} h"
    return f"{minutes} min"


def rests_on(clock: "Clock") -> list[int]:
    """The records that a clock rests on."""
    done = [] if clock.done is None else [clock.done.index]
    return [clock.start.index, *done]
