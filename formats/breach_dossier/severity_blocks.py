"""The assessments of a breach as blocks: what a person decided, and what the method gives.

Source: ENISA, Recommendations for a methodology of the assessment of severity of personal data
breaches, version 1.0 (December 2013), sections 3 and 4.
"""

from collections.abc import Iterator

from formats.breach_dossier.blocks import (
    Block,
    Cell,
    Facts,
    Note,
    Section,
    Subsection,
    Table,
    record_cell,
)
from formats.breach_dossier.subject import BreachSubject
from formats.breach_dossier.words import Words
from formats.subject_copy.words import NOTHING
from ledger.errors import BadRequest
from ledger.events.breach import BreachAssessed
from projections.cases.reading import Step
from projections.cases.severity import Severity, severity_of


def assessment_blocks(subject: BreachSubject, words: Words) -> Iterator[Block]:
    """Every assessment in its order, the one in force last, each with its formula and scores."""
    yield Section(words.say("assessments"), words.say("assessments.intro"))
    if not subject.case.assessments:
        yield Note(words.say("assessments.empty"), "warning")
    for step in subject.case.assessments:
        yield from _assessed(step, subject, words)


def _assessed(step: Step, subject: BreachSubject, words: Words) -> Iterator[Block]:
    event = step.event
    if not isinstance(event, BreachAssessed):
        return
    in_force = step.index == subject.case.assessments[-1].index
    standing = Cell(
        words.say("standing.in_force" if in_force else "standing.replaced"),
        "good" if in_force else "quiet",
    )
    yield Subsection(words.instant(event.occurred_at), standing)
    rows = [
        (words.say("risk_decided"), Cell(words.say(f"risk.{event.risk}"))),
        (words.say("decided_by"), Cell(words.value(event.decided_by))),
        (words.say("basis"), Cell(words.value(event.basis))),
    ]
    if event.method is not None:
        rows.append((words.say("method"), Cell(words.listed("method", event.method))))
    severity = _severity(event, subject)
    if severity is not None:
        # The letters stand as the method has them, so that they can be compared with it.
        formula = f"SE = DPC × EI + CB = {severity.formula}".replace(" x ", " × ")  # noqa: RUF001 - a times sign is meant
        rows.append((words.say("severity"), Cell(words.listed("band", severity.band))))
        rows.append((words.say("formula"), Cell(words.number(formula))))
        if severity.flags:
            rows.append((words.say("flags"), Cell(words.listed_all("flag", severity.flags))))
    rows.append((words.say("record"), record_cell(step.index)))
    yield Facts(tuple(rows))
    if event.scores:
        headings = tuple(words.say(name) for name in ("factor", "score", "means", "reason"))
        yield Table(headings, (34, 9, 22, 35), tuple(_scores(event, words)))


def _scores(event: BreachAssessed, words: Words) -> Iterator[tuple[Cell, ...]]:
    for place, score in enumerate(event.scores):
        reason = NOTHING
        if place < len(event.score_reasons):
            reason = words.value(event.score_reasons[place])
        meant = f"{score.name} {score.hundredths}"
        known = words.listed("score", meant)
        yield (
            Cell(words.listed("factor", score.name)),
            Cell(words.number(f"{score.hundredths / 100:g}")),
            Cell(NOTHING if known == meant.replace("-", " ") else known),
            Cell(reason),
        )


def _severity(event: BreachAssessed, subject: BreachSubject) -> Severity | None:
    """What the method gives for the scores of an assessment, if they are those of the method."""
    facts = subject.case.facts
    counts = [facts.get(name, (None, 0))[0] for name in ("subjects_maximum", "subjects_minimum")]
    people = next((count for count in counts if isinstance(count, int)), None)
    try:
        return severity_of(
            {score.name: score.hundredths for score in event.scores},
            individuals=people,
            unintelligible=facts.get("unintelligible", (False, 0))[0] is True,
        )
    except BadRequest:  # another method, or one that was not filled in
        return None
