"""What is typed for an open parameter fits the promise that leaves it open, or is refused."""

from datetime import UTC, datetime
from typing import Any

import pytest

from cli.parameter_values import settings_of
from formats.statement_file import publication_events
from ledger.errors import BadRequest
from ledger.events.promise import PromiseDeclared
from tests.statement_files import statement_file

LIMITS = [f"promises/1/readings/{reading}/rules/0/within" for reading in (0, 1)]
NAME = "promises/1/parameters/0/name"


def promise(changes: dict[str, Any] | None = None) -> PromiseDeclared:
    """The second promise of the small file with these changes."""
    events = publication_events(
        statement_file(changes), None, occurred_at=datetime(2026, 1, 1, tzinfo=UTC)
    )
    declared = [each for each in events if isinstance(each, PromiseDeclared)]
    return declared[1]


@pytest.mark.parametrize(
    ("typed", "setting"),
    [
        ("within=3", {"name": "within", "value": 3, "unit": "days"}),
        ("within=0", {"name": "within", "value": 0, "unit": "days"}),
        ("within=48 hours", {"name": "within", "value": 48, "unit": "hours"}),
        ("within= 2  weeks ", {"name": "within", "value": 2, "unit": "weeks"}),
    ],
)
def test_a_number_has_the_unit_that_was_typed_or_promised(
    typed: str, setting: dict[str, Any]
) -> None:
    """Three weeks would be taken for three days."""
    assert settings_of(promise(), [typed]) == [setting]


def test_a_number_for_a_rule_of_the_book_keeps_its_unit() -> None:
    """The rule counts in hours, whatever unit would stand beside the number."""
    name = "broken-after-hours"
    changes = {**{path: {"rule": "nxt-10"} for path in LIMITS}, NAME: name}
    declared = promise({**changes, "promises/1/parameters/0/unit": "hours"})
    assert settings_of(declared, [f"{name}=12"]) == [{"name": name, "value": 12, "unit": "hours"}]
    for wrong in ("12 days", "soon"):
        with pytest.raises(BadRequest, match="broken-after-hours"):
            settings_of(declared, [f"{name}={wrong}"])


def test_words_stand_with_commas_between_them() -> None:
    """A list of allowed purposes would be one word that nothing matches."""
    condition = {"field": "right", "test": "in", "parameter": "rights"}
    changes: dict[str, Any] = {path.replace("within", "unless"): [condition] for path in LIMITS} | {
        path: {"amount": 1, "unit": "days"} for path in LIMITS
    }
    changes |= {NAME: "rights", "promises/1/parameters/0/default": "A15"}
    declared = promise({**changes, "promises/1/parameters/0/unit": ...})
    assert settings_of(declared, ["rights=A15,A17"]) == [
        {"name": "rights", "values": ["A15", "A17"]}
    ]
    assert settings_of(declared, ["rights=true"]) == [{"name": "rights", "value": True}]
    with pytest.raises(BadRequest, match="a number without unit"):
        settings_of(declared, ["rights=A15 days"])


@pytest.mark.parametrize("typed", ["within", "within=", "=3", "other=3", "within=3 bytes"])
def test_what_is_not_left_open_is_refused(typed: str) -> None:
    """A misspelt name would be recorded and change nothing."""
    with pytest.raises(BadRequest, match="VBD-02: expected"):
        settings_of(promise(), [typed])
