"""Worked examples agree with what is computed, and a wrong one is told with its place."""

from typing import Any

import msgspec
import pytest

from ledger.errors import FormatError
from projections.deadlines.worked_examples import Outcome, check_examples
from tests.shared_data import SHARED, shared

PUBLISHED = SHARED / "reference" / "deadlines.json" if SHARED is not None else None
ABSENT = "the published examples are absent"
OUTCOMES = list(check_examples(PUBLISHED.read_bytes())) if PUBLISHED and PUBLISHED.exists() else []

REQUEST: dict[str, Any] = {
    "id": "ours",
    "rule": "R4",
    "description": "a request on the last day of January",
    "inputs": {"received_on": "2026-01-31"},
    "expected": {"due_date": "2026-03-02", "extended": {"leading": "2026-04-28"}},
}


def check(*examples: object) -> list[Outcome]:
    return list(check_examples(msgspec.json.encode(examples)))


@pytest.mark.parametrize(
    "outcome",
    OUTCOMES or [pytest.param(None, marks=pytest.mark.skip(reason=ABSENT))],
    ids=lambda outcome: outcome.id if outcome else "absent",
)
def test_a_published_example_agrees(outcome: Outcome) -> None:
    """A deadline would be computed otherwise than the rules say."""
    assert outcome.malformed is None
    assert outcome.differences == ()


def test_no_published_example_is_passed_over() -> None:
    """An example that is skipped in silence would look like one that agrees."""
    items = msgspec.json.decode(shared("reference/deadlines.json").read_bytes())
    assert [outcome.id for outcome in OUTCOMES] == [item["id"] for item in items]


def test_each_value_of_a_published_example_is_compared() -> None:
    """A comparison that compares nothing would agree with everything."""
    items = msgspec.json.decode(shared("reference/deadlines.json").read_bytes())
    for item in items:
        for key in item["expected"]:
            wrong = {**item, "expected": {**item["expected"], key: "1999-01-01"}}
            (outcome,) = check(wrong)
            assert [each.place for each in outcome.differences] == [key], item["id"]


def test_a_difference_names_place_expectation_and_finding() -> None:
    """A lawyer would know that something differs, but not what."""
    wrong = {**REQUEST, "expected": {"due_date": "2026-02-28", "extended": {"c": "2026-05-01"}}}
    (outcome,) = check(wrong)
    assert [(each.place, each.expected, each.found) for each in outcome.differences] == [
        ("due_date", "2026-02-28", "2026-03-02"),
        ("extended/c", "2026-05-01", "2026-05-04"),
    ]


def test_instants_are_compared_as_instants() -> None:
    """The same moment written in UTC would count as a difference."""
    example = {
        "id": "utc",
        "rule": "R1-R3",
        "inputs": {"aware_at": "2026-04-03T15:30:00Z"},
        "expected": {"R1": "2026-04-06T15:30:00+00:00", "R2": "2026-04-06T18:00:00+02:00"},
    }
    assert check(example)[0].verdict == "agrees"


@pytest.mark.parametrize("near", ["2026-04-06T15:30:01Z", "2026-04-06T17:30:00Z"])
def test_an_instant_beside_the_computed_one_differs(near: str) -> None:
    """A limit an hour off, or read without its offset, would count as the same."""
    example = {
        "id": "near",
        "rule": "R1-R3",
        "inputs": {"aware_at": "2026-04-03T15:30:00Z"},
        "expected": {"R1": near},
    }
    assert [each.found for each in check(example)[0].differences] == ["2026-04-06T15:30:00+00:00"]


def test_an_expected_value_that_is_not_computed_is_a_difference() -> None:
    """A misspelt expectation would be taken for one that holds."""
    (outcome,) = check({**REQUEST, "expected": {"due_dat": "2026-03-02"}})
    assert [each.found for each in outcome.differences] == ["not computed"]


@pytest.mark.parametrize(
    ("rule", "inputs", "reason"),
    [
        ("R1-R3", {"aware_at": "2026-04-03T17:30:00"}, "missing_offset"),
        ("R11", {"local_time": "2026-04-03T17:30:00"}, "missing_offset"),
        ("R4", {"received_on": "2013-06-01"}, "rule_not_in_force"),
        (
            "R11",
            {"received_on": "2028-12-01", "include_equated_days": True},
            "calendar_not_covered",
        ),
        ("R11", {"anchor_on": "2100-12-30", "working_days": 4}, "calendar_not_covered"),
        ("gdpr-34", {"high_risk_decided": "2026-04-03"}, "no_period_in_law"),
        ("gdpr-33-1", {"aware": "2026-04-03"}, "time_of_day_missing"),
    ],
)
def test_a_refusal_is_compared_by_its_reason(
    rule: str, inputs: dict[str, Any], reason: str
) -> None:
    """An example that expects a refusal could not be told from one that expects a date."""
    example = {"id": "x", "rule": rule, "inputs": inputs, "expected": {"refused": reason}}
    assert check(example)[0].verdict == "agrees"


def test_an_expected_refusal_that_does_not_come_is_a_difference() -> None:
    """A guess in place of a refusal would pass."""
    (outcome,) = check({**REQUEST, "expected": {"refused": "calendar_not_covered"}})
    assert [each.found for each in outcome.differences] == ["not refused"]


def test_an_accepted_local_time_is_that_instant() -> None:
    """Everything could be refused and every refusal example would still agree."""
    example = {
        "id": "x",
        "rule": "R11",
        "inputs": {"local_time": "2026-10-25T03:30:00", "zone": "Europe/Amsterdam"},
        "expected": {"accepted": "2026-10-25T03:30:00+01:00"},
    }
    assert check(example)[0].verdict == "agrees"


def test_a_rule_of_ours_is_asked_by_name() -> None:
    """A lawyer could check only the families that somebody foresaw."""
    example = {
        "id": "x",
        "rule": "inf-09",
        "inputs": {"received": "2026-03-27"},
        "expected": {"due_date": "2026-04-03", "readings": {"rolled": "2026-04-07"}},
    }
    assert check(example)[0].verdict == "agrees"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"rule": "R99"}, "example 1 (ours), rule"),
        ({"inputs": {"received": "2026-01-31"}}, "inputs/received"),
        ({"inputs": {"received_on": "31-01-2026"}}, "inputs/received_on"),
        ({"inputs": {"received_at": 5}}, "inputs/received_at"),
        ({"inputs": {}}, "either received_on or received_at"),
        ({"rule": "R6", "inputs": {"anchor_on": "2026-01-31", "working_days": 0}}, "working_days"),
        (
            {"inputs": {"received_on": "2026-01-31", "include_equated_days": "no"}},
            "inputs/include_equated_days",
        ),
        ({"inputs": {"received_on": "2026-01-31", "zone": "Mars/Base"}}, "inputs/zone"),
        ({"expected": {}}, "expected: expected at least one value"),
        ({"expected": 3}, "example 1 (ours)"),
        ({"expectd": {}}, "example 1 (ours)"),
        ({"id": 7}, "example 1"),
    ],
)
def test_a_malformed_example_is_named_by_its_place(change: dict[str, Any], said: str) -> None:
    """Somebody would search a long file for a typing error, or never hear of it."""
    good, bad = check({**REQUEST, "id": "good"}, {**REQUEST, **change})
    assert good.verdict == "agrees"
    assert bad.verdict == "malformed"
    assert said.replace("example 1", "example 2") in str(bad.malformed)


def test_an_id_that_came_before_is_malformed() -> None:
    """Two examples of one name could not be told apart in the list of differences."""
    assert [each.verdict for each in check(REQUEST, REQUEST)] == ["agrees", "malformed"]


@pytest.mark.parametrize("document", [b"{}", b"[]", b"[", b"\xff", b"[" * 100_000])
def test_a_file_that_is_no_list_of_examples_is_refused(document: bytes) -> None:
    """An empty or broken file would agree on everything."""
    with pytest.raises(FormatError, match="worked examples"):
        list(check_examples(document))
