"""The clocks of a breach as blocks: what is due, from when, under which rule, and how else read."""

from collections.abc import Iterator
from typing import Final

from formats.breach_dossier.blocks import (
    Block,
    Cell,
    Facts,
    Note,
    Section,
    Steps,
    Subsection,
    Table,
    Tone,
)
from formats.breach_dossier.subject import DossierSubject
from formats.breach_dossier.words import Words
from projections.cases.clock import Clock
from projections.deadlines import DeadlineResult

TONES: Final[dict[str, Tone]] = {
    "running": "warning",
    "overdue": "bad",
    "met": "good",
    "late": "bad",
    "not-needed": "quiet",
    "open": "warning",
    "refused": "bad",
}
SIGNS: Final = {
    "running": "…",
    "overdue": "✗",
    "met": "✓",
    "late": "✗",
    "not-needed": "–",  # noqa: RUF001 - a dash that cannot be taken for a minus
    "open": "…",
    "refused": "?",
}


def authority_clock(subject: DossierSubject) -> Clock | None:
    """The clock of the notice to the authority that leads, if one runs."""
    return next(
        (c for c in subject.clocks if c.rule_id == "gdpr-33-1" and c.start.leads),
        None,
    )


def clock_blocks(subject: DossierSubject, words: Words) -> Iterator[Block]:
    """Every clock that leads, with its steps and other readings."""
    yield Section(words.say("clocks"), words.say("clocks.intro"))
    leading = [clock for clock in subject.clocks if clock.start.leads]
    if not leading:
        yield Note(words.say("clocks.empty"), "quiet")
    for clock in leading:
        yield from _one_clock(clock, words)


def _one_clock(clock: Clock, words: Words) -> Iterator[Block]:
    duty, colon, rest = clock.duty.partition(": ")
    told = words.known(f"duty.{duty}", duty)
    if rest:
        parts = (words.known(f"item.{each}", each) for each in rest.split(", "))
        told = f"{told}{colon}{', '.join(parts)}"
    state = Cell(f"{SIGNS[clock.state]} {words.say(f'state.{clock.state}')}", TONES[clock.state])
    yield Subsection(told, state)
    due = words.say("no_period") if clock.due_at is None else words.instant(clock.due_at)
    anchor = words.known(f"anchor.{clock.start.name}", clock.start.name)
    start = f"{anchor}, {words.instant(clock.start.at)} ({words.say('record')} {clock.start.index})"
    rows = [
        (words.say("due"), Cell(due)),
        (words.say("runs_from"), Cell(start)),
        (words.say("rule"), Cell(_rule(clock))),
    ]
    if clock.done is not None:
        done = f"{words.instant(clock.done.at)} ({words.say('record')} {clock.done.index})"
        rows.append((words.say("done_at"), Cell(done)))
    margin = words.margin(clock.state, clock.margin)
    if margin:
        rows.append((words.say("margin"), Cell(margin, TONES[clock.state])))
    yield Facts(tuple(rows))
    if isinstance(clock.result, DeadlineResult):
        yield Steps(tuple(step.words for step in clock.result.leading.steps))
        others = tuple(
            (Cell(words.instant(reading.due_at)), Cell(f"{reading.label} ({reading.standing})"))
            for reading in clock.result.alternatives
        )
        if others:
            yield Table((words.say("due"), words.say("other_readings")), (32, 68), others)


def _rule(clock: Clock) -> str:
    if isinstance(clock.result, DeadlineResult):
        return f"{clock.rule_id} {clock.result.rule_version}: {clock.result.source}"
    return clock.rule_id
