"""How much hangs on a finding, and about which promises it is."""

from typing import get_args

import pytest

from projections.promises.finding import (
    ContradictionCount,
    FindingState,
    contradiction_count,
)
from tests.promise_findings import (
    contradiction,
    found_in_statement,
    not_connected,
    taken_back,
    unclear,
)


@pytest.mark.parametrize(
    ("state", "gravity"),
    [
        ("open", "high"),
        ("at-odds", "high"),
        ("assumed", "medium"),
        ("decided", "low"),
        ("waived", "low"),
        ("afterwards", "medium"),
    ],
)
def test_a_state_says_how_much_hangs_on_it(state: FindingState, gravity: str) -> None:
    """What waits for a decision would look as harmless as what was decided."""
    assert contradiction(state).gravity == gravity
    assert state in get_args(FindingState)


def test_contradictions_alone_are_counted() -> None:
    """An unclear sentence would count as a contradiction, or a decided one as open."""
    mixed = found_in_statement(contradiction("at-odds"), unclear(), not_connected())
    assert contradiction_count([found_in_statement(), mixed]) == ContradictionCount(3, 2)
    assert contradiction_count(iter([])) == ContradictionCount(0, 0)


def test_a_promise_is_told_what_is_wrong_with_its_words() -> None:
    """A silent source would be told as a fault of the sentence, or the other side not at all."""
    found = found_in_statement(contradiction("open"), unclear(), not_connected(), taken_back(40))
    assert [each.kind for each in found.of("ABC-02")] == [
        "contradiction",
        "judged-events-taken-back",
    ]
    assert [each.kind for each in found.of("ABC-03")] == ["flaw"]
    assert found.of("ABC-04") == ()
