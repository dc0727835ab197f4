"""Every shipped rule gives the limit that its text asks for, computed here by hand."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from projections.deadlines import Anchor, DeadlineResult, compute, rule_book
from projections.deadlines.worked_examples import check_examples
from tests.shared_data import shared

# Aware, received, submitted … on Friday 23 October 2026 at 17:30; the clock goes back on Sunday.
FRIDAY = Anchor(at=datetime.fromisoformat("2026-10-23T17:30:00+02:00"))
LIMITS = {
    "gdpr-33-1": "2026-10-26T16:30:00+01:00",
    "gdpr-12-3": "2026-11-24T00:00:00+01:00",  # Monday 23 November
    "nis2-early-warning": "2026-10-24T17:30:00+02:00",
    "nis2-notification": "2026-10-26T16:30:00+01:00",
    "nis2-final-report": "2026-11-24T00:00:00+01:00",
    "nis2-progress-report": "2026-11-24T00:00:00+01:00",
    "dora-initial": "2026-10-23T21:30:00+02:00",
    "dora-intermediate": "2026-10-26T16:30:00+01:00",
    "dora-final": "2026-11-24T00:00:00+01:00",
    "cra-vulnerability-early-warning": "2026-10-24T17:30:00+02:00",
    "cra-vulnerability-notification": "2026-10-26T16:30:00+01:00",
    "cra-incident-early-warning": "2026-10-24T17:30:00+02:00",
    "cra-incident-notification": "2026-10-26T16:30:00+01:00",
    "cra-vulnerability-final-report": "2026-11-07T00:00:00+01:00",  # Friday 6 November
    "cra-incident-final-report": "2026-11-24T00:00:00+01:00",
    "contract-hours": "2026-10-25T17:30:00+01:00",  # 49 hours
    "contract-days": "2026-12-12T00:00:00+01:00",
    "contract-weeks": "2027-10-02T00:00:00+02:00",
    "contract-months": "2030-11-24T00:00:00+01:00",
    "contract-working-days": "2027-01-05T00:00:00+01:00",
    "ing-11": "2027-01-24T00:00:00+01:00",
    "rag-03": "2026-11-13T00:00:00+01:00",  # Thursday 12 November
    "inf-09": "2026-10-31T00:00:00+01:00",
    "nxt-10": "2026-10-24T17:30:00+02:00",
    "ifb-05": "2026-10-23T17:31:00+02:00",
    "ifb-06": "2026-10-23T17:31:00+02:00",
}
NEEDED = {"hours": 49, "days": 49, "weeks": 49, "months": 49, "working_days": 49}
WITHOUT_PERIOD = {"gdpr-33-2", "gdpr-33-4", "gdpr-34"}


def test_every_rule_has_its_limit_here() -> None:
    """A new rule would be shipped that nobody computed by hand."""
    assert set(rule_book()) == set(LIMITS) | WITHOUT_PERIOD


@pytest.mark.parametrize(("rule_id", "limit"), LIMITS.items())
def test_the_leading_limit_is_the_one_of_the_text(rule_id: str, limit: str) -> None:
    """A wrong number in the rule data would be computed with great care."""
    rule = rule_book()[rule_id][-1]
    answer = compute(
        rule_id,
        {spec.name: FRIDAY for spec in rule.anchors if spec.required},
        parameters={
            spec.name: NEEDED[spec.name] for spec in rule.parameters if spec.default is None
        },
    )
    assert isinstance(answer, DeadlineResult)
    assert answer.due_at == datetime.fromisoformat(limit).astimezone(UTC)


@pytest.mark.parametrize(
    ("rule_id", "family", "anchor"),
    [
        ("ing-11", "R5", "notice"),
        ("rag-03", "R6", "contract_ended"),
        ("inf-09", "R7", "received"),
    ],
)
def test_a_promise_is_computed_as_its_published_example(
    rule_id: str, family: str, anchor: str
) -> None:
    """The rule of a promise would differ from the family that the examples check."""
    published = [
        item
        for item in _published()
        if item["rule"] == family and str(item["id"]).startswith(rule_id)
    ]
    assert published
    for item in published:
        given = dict(item["inputs"])
        begun = given.pop("anchor_on", None) or given.pop("received_on")
        given = {name: given[name] for name in given if name == "include_equated_days"}
        expected = {name: item["expected"][name] for name in ("due_date", "due_at")}
        ours = {**item, "rule": rule_id, "inputs": {anchor: begun, **given}, "expected": expected}
        (outcome,) = check_examples(msgspec.json.encode([ours]))
        assert outcome.verdict == "agrees", outcome


def _published() -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = msgspec.json.decode(
        shared("reference/deadlines.json").read_bytes()
    )
    return items
