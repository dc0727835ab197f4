"""A rule in words says what the rule checks, in both languages, for every shape there is."""

from collections.abc import Iterator

import pytest

from ledger.events.promise import (
    Limit,
    PromiseRule,
    Reading,
    Selector,
)
from projections.promises.answers import ParameterInForce
from projections.promises.rule_nouns import LANGUAGES, Language, field_noun, kind_noun
from projections.promises.rule_words import coverage_words, promise_words, rule_words
from tests.promises.judging import STATEMENTS, statement_file
from tests.rules_in_words import DEADLINE, EXCHANGE, SHAPES, answer


@pytest.mark.parametrize(("rule", "english", "dutch"), SHAPES)
def test_each_shape_of_rule_has_its_sentence(rule: PromiseRule, english: str, dutch: str) -> None:
    """A DPO would read another promise than the machine checks."""
    assert rule_words(rule, "en") == english
    assert rule_words(rule, "nl") == dutch


def hours_rule() -> PromiseRule:
    """A deadline whose hours are a parameter."""
    return PromiseRule(
        rule_kind="deadline",
        for_each=(Selector(kinds=("breach.suspected",)),),
        needs=(answer("breach.authority_notified"),),
        within=Limit(parameter="hours", unit="hours"),
    )


@pytest.mark.parametrize(
    ("settings", "english"),
    [
        (None, "within N hours (setting hours)."),
        ({}, "within N hours (setting hours, not set)."),
        ({"hours": ParameterInForce(name="hours")}, "within N hours (setting hours, not set)."),
        ({"hours": ParameterInForce(name="hours", value=1)}, "within 1 hour (setting hours)."),
        (
            {"hours": ParameterInForce(name="hours", value=2, unit="days")},
            "within 2 days (setting hours).",
        ),
        (
            {"hours": ParameterInForce(name="hours", value=("soon", "at-once"))},
            "within “soon” or “at-once” (setting hours).",
        ),
    ],
)
def test_a_parameter_is_told_with_its_value(
    settings: dict[str, ParameterInForce] | None, english: str
) -> None:
    """A reader would not see which number was set, or that none was."""
    assert rule_words(hours_rule(), "en", settings).endswith(english)


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("gdpr-12-3", "1 month (rule gdpr-12-3)"),
        ("nxt-10", "24 hours (rule nxt-10)"),
        ("gdpr-34", "the term of rule gdpr-34"),
        ("no-such", "the term of rule no-such"),
    ],
)
def test_a_rule_of_the_book_is_told_with_its_period(rule: str, told: str) -> None:
    """A reader would have to look up a name to learn how long a term is."""
    found = PromiseRule(
        rule_kind="deadline",
        for_each=EXCHANGE,
        needs=(answer("data.deleted"),),
        within=Limit(rule=rule),
    )
    assert rule_words(found, "en") == (
        f"After every exchange of data: a deletion of data, within {told}."
    )


def test_what_has_no_words_is_told_by_its_name() -> None:
    """A new kind or field would stop every explanation."""
    assert kind_noun("moon.landed.v2", "en").form("every") == "every event moon.landed"
    assert kind_noun("moon.landed", "nl").form("a") == "een gebeurtenis moon.landed"
    assert field_noun("lunar_dust.grain", "en").words == "grain of the lunar dust"


def test_coverage_is_told_only_where_it_is_needed() -> None:
    """A promise would seem kept without its source, or seem to need one that it does not."""
    assert coverage_words((), "en") == ""
    assert coverage_words(("gold", "web"), "en") == (
        "Counts as kept only while gold and web is declared connected."
    )


def test_every_part_is_told_in_its_order() -> None:
    """A promise of several parts would lose one of them."""
    told = promise_words((DEADLINE, hours_rule()), "nl")
    assert [each.split(" (")[0].split(":")[0] for each in told] == [
        "Na elk einde van een overeenkomst",
        "Na elk vermoeden van een datalek",
    ]


def shipped_rules() -> Iterator[tuple[str, PromiseRule | Reading]]:
    """Every rule of the shipped statement files, with the promise that it is a part of."""
    for path in sorted(STATEMENTS.glob("*.yaml")):
        for entry in statement_file(path.stem).promises:
            yield from ((entry.id, rule) for rule in entry.rules)
            yield from ((entry.id, rule) for each in entry.readings for rule in each.rules)


def used(rule: PromiseRule) -> Iterator[str]:
    """Every kind and field that a rule names."""
    selectors = [*rule.for_each]
    for need in rule.needs:
        selectors += [*need.opens, *need.closes]
        yield from (name for pair in need.pairs for name in (pair.field, pair.of) if name)
    for selector in selectors:
        yield from selector.kinds
        yield from (condition.field for condition in selector.where)
    yield from (condition.field for condition in (*rule.where, *rule.unless))
    yield from rule.told_by


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_shipped_rule_reads_as_a_sentence(language: Language) -> None:
    """A shipped promise would be told in field names, or not at all."""
    rules = list(shipped_rules())
    assert len({name for name, _ in rules}) >= 60
    for name, rule in rules:
        assert isinstance(rule, PromiseRule)
        told = rule_words(rule, language)
        assert told.endswith("."), name
        assert told[0].isupper(), name
        assert "_" not in told.replace("data_", ""), (name, told)
        assert "  " not in told, (name, told)
        for word in used(rule):
            if "_" in word or "." in word:
                assert f" {word} " not in told, (name, word)
