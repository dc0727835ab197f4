"""What a computation says, in the language of the dossier: its rule, steps, readings, findings.

Titles, labels and sources come from the rule data; the sentences of the steps from what each step
did, so that both languages say the same.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from formats.breach_dossier.words import Words
from projections.cases.clock import Clock
from projections.deadlines import DeadlineResult, rule_book
from projections.deadlines.legal_calendar import WEEKEND
from projections.deadlines.result import ClosedDay, DoneStep, Finding, Reading
from projections.deadlines.rule_book import version_numbered
from projections.deadlines.rules import Rule
from projections.deadlines.wording import anchor_of

_SAID_BY_THE_DAY: Final = frozenset(WEEKEND.values())


def rule_of(clock: Clock) -> Rule | None:
    """The version of the rule that a clock was computed by; `None` where somebody set the term."""
    versions = rule_book().get(clock.rule_id)
    if versions is None:
        return None
    number = None if clock.result is None else clock.result.rule_version
    return next((rule for rule in versions if rule.version == number), versions[-1])


def rule_words(clock: Clock, words: Words) -> str:
    """The rule with its source."""
    rule = rule_of(clock)
    if rule is None:
        return words.say("term_by_authority")
    source = rule.source_nl if words.language == "nl" else rule.source
    title = rule.title_nl if words.language == "nl" else rule.title
    return words.say("rule_told", title=title, source=source, id=rule.id, version=rule.version)


def label_words(rule: Rule, reading: Reading, words: Words) -> str:
    """What a reading is called."""
    spec = next((each for each in rule.readings if each.name == reading.name), None)
    if spec is None or words.language == "en":
        return reading.label
    return spec.label_nl


def finding_words(rule: Rule, findings: Iterable[Finding], words: Words) -> Iterator[str]:
    """What else a reader must know of a computation."""
    told = {spec.code: spec.words_nl for spec in rule.findings}
    for finding in findings:
        if words.language == "en":
            yield finding.words
        elif finding.code in told:
            yield told[finding.code]
        else:
            yield words.say(f"finding.{finding.code}")


def step_sentences(result: DeadlineResult, reading: Reading, words: Words) -> Iterator[str]:
    """Every step of a reading as a sentence, in its order."""
    before = _beginning(result, reading, words)
    for step in reading.steps:
        yield _sentence(step, before, result, words)
        before = _reached(step, words) or before


def _beginning(result: DeadlineResult, reading: Reading, words: Words) -> str:
    """The moment that a reading starts from."""
    rule = version_numbered(result.rule_id, result.rule_version)
    spec = next((each for each in rule.readings if each.name == reading.name), None)
    name = rule.first_anchor.name if spec is None else anchor_of(rule, spec)
    anchor = next(each for each in result.anchors if each.name == name)
    if anchor.at is not None:
        return words.instant(anchor.at, exact=True)
    return words.day(anchor.on) if anchor.on is not None else ""


def _reached(step: DoneStep, words: Words) -> str:
    if step.at is not None:
        return words.instant(step.at, exact=True)
    return "" if step.on is None else words.day(step.on)


def _sentence(step: DoneStep, before: str, result: DeadlineResult, words: Words) -> str:
    name = f"step.{step.operation}"
    if step.operation in {"roll", "noon-relief"} and not step.passed_over:
        name += ".open"
    amount = ""
    if step.amount is not None and step.unit is not None:
        amount = words.amount(step.amount, step.unit)
    said = words.say(
        name, before=before, reached=_reached(step, words), amount=amount, zone=result.zone
    )
    if not step.passed_over:
        return said
    return words.say("step.closed", step=said, days=_closed(step.passed_over, words))


def _closed(days: Iterable[ClosedDay], words: Words) -> str:
    told = []
    for each in days:
        reasons = [why for why in each.why.split(", ") if why not in _SAID_BY_THE_DAY]
        told.append(" ".join([words.day(each.on), ", ".join(reasons)]).rstrip())
    return "; ".join(told)
