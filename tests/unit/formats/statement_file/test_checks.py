"""The parts of a statement file fit each other and the vocabulary, or the file is refused."""

from typing import Any

import pytest

from formats.statement_file import StatementRefused
from tests.statement_files import plain_file, statement_file

NEVER = "promises/0/rules/0"
READ = "promises/1/readings/0/rules/0"
NEED = f"{READ}/needs/0"
LATER = "promises/1/readings/1/rules/0"

STATE = {
    "rule_kind": "interval-state",
    "needs": [
        {
            "role": "state",
            "opens": [{"kinds": ["measure.declared"]}],
            "closes": [{"kinds": ["measure.failed"]}],
        }
    ],
}
METRIC = {
    "rule_kind": "metric",
    "for_each": [{"kinds": ["exchange.performed"]}],
    "measure": {"of": "field", "field": "size_bytes", "limit": {"amount": 4000}},
    "needs_coverage": ["voorbeeld-web"],
}


def test_rules_of_every_kind_are_taken() -> None:
    """A right file would be refused."""
    only_if = {
        "rule_kind": "only-if",
        "for_each": [{"kinds": ["exchange.performed"]}],
        "needs": [
            {
                "role": "required",
                "opens": [{"kinds": ["consent.given"]}],
                "pairs": [{"field": "recipient.organisation", "of": "scope.recipients"}],
                "at_least": 1,
                "within": {"amount": 1, "unit": "days"},
            }
        ],
        "needs_coverage": ["voorbeeld-web"],
    }
    subset = {
        "rule_kind": "subset",
        "for_each": [{"kinds": ["access.used"]}],
        "told_by": ["purpose"],
        "needs_coverage": ["voorbeeld-web"],
    }
    rules = [plain_file()["promises"][0]["rules"][0], only_if, subset, STATE, METRIC]
    anchors = ["exchange.performed.v1", "access.used", "measure.declared"]
    file = statement_file({"promises/0/rules": rules, "promises/0/anchors": anchors})
    assert len(file.promises[0].rules) == 5


CASES: list[tuple[dict[str, Any], str, str]] = [
    ({"promises/1/id": "VBD-01"}, "id", "each promise once, found 'VBD-01' again"),
    ({"statement/systems/1": "voorbeeld-web"}, "statement.systems[1]", "each system once"),
    ({"statement/zone": "Europe/Utrecht"}, "statement.zone", "a zone of the IANA database"),
    ({"statement/revision_date": "2020-02-30"}, "statement.revision_date", "a date of the cal"),
    ({"statement/effective_from": "2020-02-30"}, "statement.effective_from", "of the calendar"),
    ({"promises/0/rules": []}, "rules", "a rule or readings"),
    ({"promises/0/anchors/0": "access.used"}, "anchors[0]", "a kind that a rule judges"),
    ({"promises/1/readings/1/name": "answer"}, "readings[1].name", "each reading once"),
    ({"promises/1/readings/1": ...}, "readings", "none or at least two readings"),
    ({"promises/1/readings/1/leads": True}, "readings[1].leads", "one reading that leads"),
    ({"promises/1/readings/1/rules": []}, "readings[1].rules", "at least one rule"),
    # parameters
    ({f"{READ}/within/parameter": "wihtin"}, "within.parameter", "a parameter of this promise"),
    ({"promises/1/parameters": []}, "within.parameter", "there is none"),
    (
        {f"{each}/within": {"amount": 1, "unit": "days"} for each in (READ, LATER)},
        "parameters[0].name",
        "a parameter that a rule asks for",
    ),
    ({"promises/1/parameters/0/default": "soon"}, "within.parameter", "with a number"),
    ({"promises/1/parameters/0/unit": ...}, "within.parameter", "a unit, here or of"),
    ({"promises/1/parameters/0/default": ...}, "parameters[0].default", "found neither"),
    ({"promises/1/parameters/0/defaults": [1, 2]}, "parameters[0].default", "found both"),
    (
        {"promises/1/parameters/1": plain_file()["promises"][1]["parameters"][0]},
        "parameters[1].name",
        "each parameter once",
    ),
    # kinds, fields and values
    ({f"{NEVER}/for_each/0/kinds/0": "exchange.perform"}, "kinds[0]", "did you mean exchange"),
    ({f"{NEVER}/for_each/0/kinds": []}, "kinds", "at least one kind"),
    ({f"{NEVER}/where/0/field": "purposes"}, "where[0].field", "did you mean purpose?"),
    ({f"{NEVER}/told_by": ["colour"]}, "told_by[0]", "a field of exchange.performed.v1"),
    ({f"{READ}/for_each/0/at": "received"}, "for_each[0].at", "did you mean received_at"),
    ({f"{READ}/for_each/0/at": "right"}, "for_each[0].at", "a field that holds an instant"),
    ({f"{NEED}/pairs/0/field": "exchange_id"}, "pairs[0].field", "a field of dsr.received.v1"),
    ({f"{NEED}/pairs/0/of": "exchange_id"}, "pairs[0].of", "a field of dsr.fulfilled.v1"),
    ({f"{NEED}/weight": "outcome"}, "needs[0].weight", "a field that holds a number"),
    (
        {f"{NEVER}/where/0": {"field": "recipient.role", "test": "any-in", "values": ["hots"]}},
        "where[0].values[0]",
        "one of authority",
    ),
    (
        {f"{NEVER}/where/0": {"field": "actor", "test": "equals", "values": ["jan"]}},
        "where[0].test",
        "the test present or absent",
    ),
    (
        {f"{NEVER}/where/0": {"field": "recipient", "test": "equals", "values": ["jan"]}},
        "where[0].test",
        "the test present or absent",
    ),
    (
        {f"{NEVER}/where/0": {"field": "purpose", "test": "at-most", "values": [1]}},
        "where[0].field",
        "a field that holds a number",
    ),
    (
        {f"{NEVER}/where/0": {"field": "size_bytes", "test": "at-most", "values": [1, 2]}},
        "where[0].values",
        "one number, found 2 values",
    ),
    (
        {f"{NEVER}/where/0": {"field": "size_bytes", "test": "at-most", "values": ["x"]}},
        "where[0].values",
        "one number, found 'x'",
    ),
    ({f"{NEVER}/where/0/values": [True]}, "where[0].values[0]", "a word, found true"),
    ({f"{NEVER}/where/0/values": []}, "where[0].values", "values or a parameter"),
    ({f"{NEVER}/where/0/test": "present"}, "where[0].values", "no values with the test present"),
    # the shape of rules
    ({f"{NEVER}/for_each": []}, "rules[0].for_each", "the events that a never rule judges"),
    ({f"{NEVER}/where": []}, "rules[0].where", "conditions, which a never rule tests"),
    ({f"{NEVER}/within": {"amount": 1, "unit": "days"}}, "rules[0].within", "no limit in a never"),
    ({f"{NEVER}/measure": {"of": "events"}}, "rules[0].measure", "no measure in a never rule"),
    ({f"{NEVER}/needs": [STATE["needs"][0]]}, "needs[0].role", "no needs in a never rule"),
    ({f"{READ}/needs": []}, "rules[0].needs", "a need with the role answer"),
    ({f"{NEED}/role": "required"}, "needs[0].role", "one of answer"),
    ({f"{NEED}/opens": []}, "needs[0].opens", "the events that meet this need"),
    ({f"{NEED}/at_least": 0}, "needs[0].at_least", "1 or more"),
    ({f"{NEED}/within": {"amount": 1, "unit": "days"}}, "needs[0].within", "no term but with"),
    (
        {f"{NEED}/at_least": 2, f"{NEED}/at_least_parameter": "within"},
        "needs[0].at_least",
        "a number or a parameter",
    ),
    ({f"{READ}/where": [{"field": "right", "test": "present"}]}, "where", "no conditions in a"),
    ({f"{READ}/within": {"rule": "rag-3"}}, "within.rule", "a deadline rule: "),
    ({f"{READ}/within": {"rule": "rag-03", "unit": "days"}}, "within.unit", "no unit beside"),
    ({f"{READ}/within": {}}, "within", "found none of them"),
    ({f"{READ}/within/amount": 3}, "within", "found amount and parameter"),
    ({f"{READ}/within": {"amount": 3}}, "within.unit", "found nothing"),
    ({f"{READ}/within": {"amount": 3, "unit": "bytes"}}, "within.unit", "found 'bytes'"),
    ({f"{READ}/needs_coverage": []}, "needs_coverage", "the systems that must be connected"),
    ({f"{READ}/needs_coverage/0": "web"}, "needs_coverage[0]", "a system of the statement"),
    ({"promises/0/rules/1": {**METRIC, "measure": ...}}, "measure", "what a metric rule measures"),
    (
        {"promises/0/rules/1": {**METRIC, "measure": {"of": "elapsed"}}},
        "rules[1].needs",
        "an answer where elapsed time is measured",
    ),
    (
        {"promises/0/rules/1": {**METRIC, "measure": {"of": "distinct"}}},
        "rules[1].measure.field",
        "a field of what is measured",
    ),
    (
        {"promises/0/rules/1": {**METRIC, "measure": {"of": "field", "field": "purpose"}}},
        "rules[1].measure.field",
        "a field that holds a number",
    ),
    ({"promises/0/rules/1": {**METRIC, "needs_coverage": []}}, "needs_coverage", "connected"),
]


@pytest.mark.parametrize(("changes", "place", "said"), CASES)
def test_what_does_not_fit_is_found(changes: dict[str, Any], place: str, said: str) -> None:
    """A rule that can never hold, or that nobody can judge, would be published."""
    plain = {
        path: (
            {key: held for key, held in value.items() if held is not ...}
            if isinstance(value, dict)
            else value
        )
        for path, value in changes.items()
    }
    with pytest.raises(StatementRefused) as caught:
        statement_file(plain)
    found = [str(each) for each in caught.value.findings]
    assert any(f"{place}: expected " in each and said in each for each in found), found


def test_everything_that_does_not_fit_is_told_at_once() -> None:
    """Somebody would correct a file twenty times to find twenty faults."""
    with pytest.raises(StatementRefused) as caught:
        statement_file({f"{NEVER}/where/0/field": "purposes", f"{NEED}/role": "required"})
    lines = [each.place for each in caught.value.findings]
    assert len(lines) == 3
    assert "VBD-01" in lines[0]


@pytest.mark.parametrize("promise_class", ["evidence", "hard"])
def test_only_what_is_attested_needs_no_coverage(promise_class: str) -> None:
    """An attestation would wait for a source that has nothing to say about it."""
    changes = {"promises/0/class": promise_class, f"{NEVER}/needs_coverage": []}
    if promise_class == "evidence":
        assert statement_file(changes).promises[0].promise_class == "evidence"
    else:
        with pytest.raises(StatementRefused):
            statement_file(changes)
    measured = {"promises/0/rules/1": {**METRIC, "measure": {"of": "events"}, "needs_coverage": []}}
    assert len(statement_file(measured).promises[0].rules) == 2


def test_a_rule_of_the_book_may_ask_for_a_parameter() -> None:
    """The hours after which a report is no longer direct could not be set."""
    changes = {f"{each}/within": {"rule": "nxt-10"} for each in (READ, LATER)} | {
        "promises/1/parameters/0/name": "broken-after-hours"
    }
    assert statement_file(changes).promises[1].parameters[0].name == "broken-after-hours"
