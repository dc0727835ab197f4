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
from formats.breach_dossier.rule_words import (
    finding_words,
    label_words,
    rule_of,
    rule_words,
    step_sentences,
)
from formats.breach_dossier.subject import BreachSubject
from formats.breach_dossier.words import Words
from ledger.events.breach_notices import (
    Addressee,
    BreachAuthorityResponded,
    BreachNotificationDecided,
)
from projections.cases.breach_clocks import (
    ANSWER_AUTHORITY,
    COMPLETE_NOTICE,
    TELL_AUTHORITY,
    TELL_CONTROLLER,
    TELL_PEOPLE,
)
from projections.cases.clock import Clock
from projections.deadlines import DeadlineResult, Refusal

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
"""A state is never told by colour alone."""

_WHOM: Final[dict[str, Addressee]] = {
    TELL_AUTHORITY: "authority",
    COMPLETE_NOTICE: "authority",
    TELL_PEOPLE: "subjects",
    TELL_CONTROLLER: "controller",
}


def authority_clock(subject: BreachSubject) -> Clock | None:
    """The clock of the notice to the authority that leads; before a decision the earliest one."""
    found = [clock for clock in subject.clocks if clock.rule_id == "gdpr-33-1"]
    leading = next((clock for clock in found if clock.start.leads), None)
    return leading or next((clock for clock in found if clock.start.undecided), None)


def state_cell(clock: Clock, words: Words) -> Cell:
    """The state of a clock, as a sign and a word."""
    return Cell(f"{SIGNS[clock.state]} {words.say(f'state.{clock.state}')}", TONES[clock.state])


def clock_blocks(subject: BreachSubject, words: Words) -> Iterator[Block]:
    """Every clock that leads or may come to, with its steps and other readings."""
    yield Section(words.say("clocks"), words.say("clocks.intro"))
    leading = [clock for clock in subject.clocks if clock.start.leads or clock.start.undecided]
    if not leading:
        yield Note(words.say("clocks.empty"), "quiet")
    for clock in leading:
        yield from blocks_of_clock(clock, subject, words)


def blocks_of_clock(clock: Clock, subject: BreachSubject, words: Words) -> Iterator[Block]:
    """One clock: its duty and state, what is due from when, then how that was computed."""
    yield Subsection(duty_words(clock, words), state_cell(clock, words))
    yield Facts(tuple(_facts(clock, subject, words)))
    if clock.start.undecided:
        yield Note(words.say("undecided"), "warning")
    yield from explanation_blocks(clock, words)


def explanation_blocks(clock: Clock, words: Words) -> Iterator[Block]:
    """How the end of a clock was computed, what to know of it, and how else it may be read."""
    rule = rule_of(clock)
    if not isinstance(clock.result, DeadlineResult) or rule is None:
        return
    result = clock.result
    yield Steps(tuple(step_sentences(result, result.leading, words)))
    for said in finding_words(rule, result.findings, words):
        yield Note(said, "warning")
    others = tuple(
        (
            Cell(words.instant(reading.due_at, exact=True)),
            Cell(label_words(rule, reading, words)),
            Cell(words.listed("rank", reading.standing)),
        )
        for reading in result.alternatives
    )
    if others:
        headings = tuple(words.say(name) for name in ("due", "other_readings", "rank"))
        yield Table(headings, (28, 56, 16), others)


def duty_words(clock: Clock, words: Words) -> str:
    """What a clock asks to be done."""
    duty, colon, rest = clock.duty.partition(": ")
    told = words.listed("duty", duty)
    if not rest:
        return told
    group = "item" if duty == COMPLETE_NOTICE else "response"
    return f"{told}{colon}{words.listed_all(group, rest.split(', '))}"


def _facts(clock: Clock, subject: BreachSubject, words: Words) -> Iterator[tuple[str, Cell]]:
    yield from clock_facts(clock, words)
    if clock.state == "not-needed":
        yield words.say("why"), Cell(_why_not_needed(clock, subject, words))


def clock_facts(clock: Clock, words: Words) -> Iterator[tuple[str, Cell]]:
    """What a clock says of itself, whatever its case: due, from when, by which rule, done, left."""
    if clock.due_at is not None:
        yield words.say("due"), Cell(words.instant(clock.due_at, exact=True))
    elif isinstance(clock.result, Refusal):
        yield words.say("due"), Cell(words.listed("refused", clock.result.reason))
    anchor = words.listed("anchor", clock.start.name)
    at = words.instant(clock.start.at, exact=True)
    yield words.say("runs_from"), Cell(f"{anchor}, {at} ({_record(clock.start.index, words)})")
    yield words.say("rule"), Cell(rule_words(clock, words))
    if clock.done is not None:
        done = f"{words.instant(clock.done.at)} ({_record(clock.done.index, words)})"
        yield words.say("done_at"), Cell(done)
    margin = words.margin(clock.state, clock.margin, has_term=clock.due_at is not None)
    if margin:
        yield words.say("margin"), Cell(margin, TONES[clock.state])


def _why_not_needed(clock: Clock, subject: BreachSubject, words: Words) -> str:
    if clock.case_kind == "incident":
        is_ruled_out = (clock.why or "").startswith("ruled out")
        return words.say("why.no_incident" if is_ruled_out else "why.below")
    if subject.case.ruled_out is not None:
        return words.say("why.ruled_out")
    duty = clock.duty.partition(": ")[0]
    if duty == ANSWER_AUTHORITY:
        closing = [
            step.index
            for step in subject.case.responses
            if isinstance(step.event, BreachAuthorityResponded) and step.event.response == "closing"
        ]
        return words.say("why.file_closed", record=_record(max(closing, default=0), words))
    decided = subject.case.decisions.get(_WHOM.get(duty, "authority"))
    event = None if decided is None else decided.event
    ground = event.ground if isinstance(event, BreachNotificationDecided) else None
    told = words.say("why.no_ground") if ground is None else words.listed("ground", ground)
    index = clock.start.index if decided is None else decided.index
    return words.say("why.decided", ground=told, record=_record(index, words))


def _record(index: int, words: Words) -> str:
    return f"{words.say('record')} {index}"
