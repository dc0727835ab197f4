"""Computations in words: nothing of the rules stays English in a Dutch dossier."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from formats.breach_dossier.rule_words import (
    finding_words,
    label_words,
    rule_words,
    step_sentences,
)
from formats.breach_dossier.words import Words
from projections.cases.clock import Clock, Start
from projections.deadlines import Anchor, DeadlineResult, compute, rule_book
from projections.deadlines.rules import Rule

ZONE: Final = ZoneInfo("Europe/Amsterdam")
RULES: Final = [rule for versions in rule_book().values() for rule in versions]
NEEDED: Final = {"hours": 49, "days": 49, "weeks": 3, "months": 2, "working_days": 9}
MOMENTS: Final = (
    "2026-10-23T17:30:00+02:00",
    "2026-12-24T09:00:30+01:00",
    "2026-04-03T08:00:00+02:00",
)
ENGLISH: Final = (
    *("after", "hours", "days", "weeks", "months", "working", "counted", "moved", "before"),
    *("Saturday", "Sunday", "Regulation", "Directive", "elapsed", "the", "contested"),
)


def _results(rule: Rule) -> Iterator[DeadlineResult]:
    for moment in MOMENTS:
        anchors = {spec.name: Anchor(at=datetime.fromisoformat(moment)) for spec in rule.anchors}
        for switch in (False, True):
            parameters = {
                spec.name: switch if spec.type == "boolean" else NEEDED.get(spec.name, 60)
                for spec in rule.parameters
            }
            found = compute(rule.id, anchors, parameters=parameters, at_version=rule.version)
            if isinstance(found, DeadlineResult):
                yield found


def _clock(rule: Rule, result: DeadlineResult) -> Clock:
    at = datetime.fromisoformat(MOMENTS[0])
    start = Start(name="aware", at=at, index=1)  # type: ignore[arg-type]  # any number will do
    return Clock(
        case=UUID(int=1),
        case_kind="breach",
        duty="tell the authority",
        rule_id=rule.id,
        start=start,
        state="running",
        result=result,
    )


def _all_said(rule: Rule, words: Words) -> Iterator[str]:
    for result in _results(rule):
        yield rule_words(_clock(rule, result), words)
        yield from finding_words(rule, result.findings, words)
        for reading in result.readings:
            yield label_words(rule, reading, words)
            yield words.listed("rank", reading.standing)
            yield from step_sentences(result, reading, words)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.id}-{rule.version}")
def test_no_english_is_left_in_dutch(rule: Rule) -> None:
    """A Dutch dossier would explain its clocks in English."""
    assert rule.title_nl
    assert rule.source_nl
    assert all(reading.label_nl for reading in rule.readings)
    assert all(finding.words_nl for finding in rule.findings)
    said = set(_all_said(rule, Words("nl", ZONE)))
    assert bool(said) == bool(rule.readings)
    english = {reading.label for reading in rule.readings} | {rule.title}
    for sentence in said:
        assert not english & set(sentence.split(": "))
        assert not set(ENGLISH) & set(sentence.replace(",", " ").split()), sentence


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.id}-{rule.version}")
def test_both_languages_tell_every_step(rule: Rule) -> None:
    """A step of the computation would be missing in one language."""
    for result in _results(rule):
        for reading in result.readings:
            for words in (Words("nl", ZONE), Words("en", ZONE)):
                said = list(step_sentences(result, reading, words))
                assert len(said) == len(reading.steps)
                assert all(said)
        last = list(step_sentences(result, result.leading, Words("en", ZONE)))[-1]
        assert Words("en", ZONE).instant(result.due_at, exact=True) in last


def test_72_hours_in_dutch() -> None:
    """The sentence that a regulator reads first would be clumsy."""
    found = compute("gdpr-33-1", {"aware": Anchor(at=datetime.fromisoformat(MOMENTS[0]))})
    assert isinstance(found, DeadlineResult)
    words = Words("nl", ZONE)
    assert list(step_sentences(found, found.leading, words)) == [
        "72 uur na vr 23 okt 2026 17:30 CEST, geteld in UTC: ma 26 okt 2026 16:30 CET"
    ]
    contested = found.reading("two-working-days")
    assert contested is not None
    assert list(step_sentences(found, contested, words)) == [
        "het uur van de gebeurtenis telt niet mee: vanaf vr 23 okt 2026 18:00 CEST",
        "72 uur na vr 23 okt 2026 18:00 CEST, geteld in UTC: ma 26 okt 2026 17:00 CET",
        (
            "ten minste 2 werkdagen, voluit: wo 28 okt 2026 00:00 CET "
            "(gesloten: za 24 okt 2026; zo 25 okt 2026)"
        ),
    ]
