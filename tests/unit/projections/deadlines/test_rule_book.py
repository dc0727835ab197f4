"""The rule data is whole: every name in it means something, and every rule has one that leads."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import msgspec
import pytest

from ledger.errors import BadRequest
from projections.deadlines import Anchor, DeadlineResult, Refusal, compute, rule_book
from projections.deadlines.rule_book import (
    newest_of,
    read_rules,
    term_of,
    version_in_force,
    version_numbered,
)
from projections.deadlines.rules import FindingSpec, Pause, ReadingSpec, Rule, Switched
from projections.deadlines.wording import period_text

RULES = [rule for versions in rule_book().values() for rule in versions]
BEGUN = datetime(2026, 11, 24, 9, 12, tzinfo=UTC)


def named(rule: Rule) -> str:
    return f"{rule.id}-v{rule.version}"


def numbers(rule: Rule) -> dict[str, int | bool]:
    """A value for each parameter that has no default."""
    return {spec.name: 2 for spec in rule.parameters if spec.default is None}


@pytest.mark.parametrize("rule", RULES, ids=named)
def test_every_name_in_a_rule_is_one_of_its_own(rule: Rule) -> None:
    """A misspelt anchor would make a reading vanish without a word."""
    anchors = {spec.name for spec in rule.anchors}
    parameters = {spec.name: spec.type for spec in rule.parameters}
    readings = {spec.name for spec in rule.readings}
    assert len(anchors) == len(rule.anchors)
    assert len(readings) == len(rule.readings)
    conditioned: list[ReadingSpec | FindingSpec] = [*rule.readings, *rule.findings]
    for spec in conditioned:
        for condition in spec.when:
            if isinstance(condition, Switched):
                assert parameters[condition.parameter] == "boolean"
            else:
                assert condition.anchor in anchors
                assert getattr(condition, "reading", None) in {*readings, None}
    for reading in rule.readings:
        assert reading.anchor in {*anchors, None}
        for step in reading.steps:
            amount = getattr(step, "amount", 1)
            assert isinstance(amount, int) or parameters[amount] == "integer"
            if isinstance(step, Pause):
                assert {step.since, step.until} <= anchors


@pytest.mark.parametrize("rule", RULES, ids=named)
def test_a_rule_is_asked_for_by_the_first_anchor(rule: Rule) -> None:
    """`--from` would give a moment that the rule may not need."""
    assert rule.first_anchor.required


@pytest.mark.parametrize("rule", RULES, ids=named)
def test_a_rule_names_its_source_and_bearer(rule: Rule) -> None:
    """Nobody could check a limit against the law."""
    for text in (rule.source, rule.bearer, rule.duty, rule.title, rule.regime):
        assert text.strip()
    assert rule.readings or "no" in rule.notes


@pytest.mark.parametrize("rule", RULES, ids=named)
def test_every_reading_can_be_computed(rule: Rule) -> None:
    """A reading with steps in a wrong order would be refused whatever is asked."""
    given = {
        spec.name: Anchor(at=BEGUN + timedelta(hours=number))
        for number, spec in enumerate(rule.anchors)
    }
    answer = compute(rule.id, given, parameters=numbers(rule), at_version=rule.version)
    if not rule.readings:
        assert isinstance(answer, Refusal)
        assert answer.reason == "no_period_in_law"
        return
    assert isinstance(answer, DeadlineResult)
    assert answer.refused == ()
    assert answer.leading.standing == "leading"
    assert [each.standing for each in answer.alternatives if each.standing == "leading"] == []


@pytest.mark.parametrize("rule", RULES, ids=named)
def test_a_rule_leads_with_what_is_required_alone(rule: Rule) -> None:
    """A clock could not start before facts are known that come later."""
    given = {spec.name: Anchor(at=BEGUN) for spec in rule.anchors if spec.required}
    answer = compute(rule.id, given, parameters=numbers(rule), at_version=rule.version)
    assert isinstance(answer, DeadlineResult) is bool(rule.readings)


@pytest.mark.parametrize("versions", rule_book().values(), ids=lambda each: each[0].id)
def test_versions_follow_one_another_without_overlap(versions: tuple[Rule, ...]) -> None:
    """Two versions would apply to one day, or a version would be numbered twice."""
    assert [rule.version for rule in versions] == list(range(1, len(versions) + 1))
    for earlier, later in pairwise(versions):
        assert earlier.effective_until == later.effective_from


def test_the_version_in_force_follows_the_day_of_the_event() -> None:
    """A report of May would be judged by an act of August."""
    assert version_in_force("nis2-notification", date(2026, 8, 14)).version == 1
    assert version_in_force("nis2-notification", date(2026, 8, 15)).version == 2
    assert term_of(version_numbered("nis2-notification", 1)) == "from 2024-10-18 until 2026-08-15"


def test_a_version_ends_before_the_day_it_no_longer_applies() -> None:
    """A rule that was withdrawn would apply for one more day."""
    first = version_numbered("nis2-notification", 1)
    assert first.is_in_force(date(2026, 8, 14))
    assert not first.is_in_force(date(2026, 8, 15))


def test_an_unknown_rule_or_version_is_refused() -> None:
    """Another rule would be computed in its place."""
    with pytest.raises(BadRequest, match="expected one of gdpr-33-1"):
        newest_of("gdpr-33")
    with pytest.raises(BadRequest, match="expected a version of 1, 2, found 3"):
        version_numbered("nis2-notification", 3)


def test_the_rule_of_the_proposed_ninety_six_hours_is_not_shipped() -> None:
    """A proposal would be applied as law."""
    assert all("96 hours" not in period_text(rule) for rule in RULES)


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("gdpr-33-1", "72 hours"),
        ("gdpr-34", "no period in law"),
        ("gdpr-12-3", "1 month, moved to the next working day"),
        ("dora-initial", "4 hours; 24 hours after aware"),
        ("nis2-notification", "72 hours"),
        ("contract-working-days", "N working days (working_days)"),
        ("ifb-05", "60 seconds (seconds)"),
        ("inf-09", "1 week"),
    ],
)
def test_the_period_in_short_is_what_leads(rule: str, text: str) -> None:
    """The list of rules would show another period than the one that is computed."""
    assert period_text(newest_of(rule)) == text


@pytest.mark.parametrize(
    "change",
    [
        {"id": "list"},
        {"id": "GDPR-1"},
        {"version": 0},
        {"standing": 1},
        {"anchors": []},
        {"periodd": "1 month"},
    ],
)
def test_malformed_rule_data_is_refused(change: dict[str, object]) -> None:
    """A typing error in a rule would be passed over, or a rule be named like a command."""
    rule = {**msgspec.to_builtins(newest_of("inf-09")), **change}
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(rule, Rule)


def test_an_unknown_step_is_refused() -> None:
    """A step that nobody runs would leave the limit where it was."""
    with pytest.raises(msgspec.ValidationError):
        read_rules('[[rules]]\nid = "a-1"\nversion = 1\n')
    rule = msgspec.to_builtins(newest_of("inf-09"))
    rule["readings"][0]["steps"] = [{"op": "skip"}]
    with pytest.raises(msgspec.ValidationError, match="skip"):
        msgspec.convert(rule, Rule)
