"""How a block of an address changes, and when it stands."""

from typing import Any

from projections.bitemporal import FOREVER, Change, Line, Rule, Segment
from projections.blocks import Block, segments, step

RULE: Rule[Block] = Rule(step, segments)
_TERMS: dict[str, Any] = {
    "ip": "ip#1",
    "scope": "sshd",
    "system": None,
    "decided_by": "automatic",
    "decider": None,
    "attempt_ids": [],
    "until": None,
}
_SINCE, _UNTIL, _AFTER = 4, 5, 6


def _change(what: str, moment: int, index: int, **terms: Any) -> Change:  # noqa: ANN401 - any term
    return Change(moment, moment, index, f"ip.{what}.v1", {**_TERMS, **terms})


def _rows(*changes: Change) -> list[Segment]:
    return Line(RULE, changes).rows()


def test_a_block_stands_until_its_end_or_until_lifted() -> None:
    """An address would be shown as kept out when it was let in again."""
    (by_time,) = _rows(_change("blocked", 10, 0, until=20))
    (by_hand,) = _rows(_change("blocked", 10, 0, until=20), _change("unblocked", 15, 1))
    assert (by_time.valid_from, by_time.valid_to) == (10, 20)
    assert (by_hand.valid_from, by_hand.valid_to) == (10, 15)


def test_a_block_that_is_prolonged_goes_on_from_its_beginning() -> None:
    """The attempts that led to a block would be looked for after it began."""
    first, second = _rows(_change("blocked", 10, 0, until=20), _change("blocked", 15, 1, until=30))
    assert (first.valid_to, second.valid_to) == (15, 30)
    assert second.values[_SINCE] == 10
    assert second.values[-1] == "[0,1]"


def test_a_block_after_the_end_of_another_is_new() -> None:
    """Attempts that led to an earlier block would be counted for the later one too."""
    _, second = _rows(_change("blocked", 10, 0, until=20), _change("blocked", 25, 1))
    assert (second.valid_from, second.valid_to) == (25, FOREVER)
    assert (second.values[_SINCE], second.values[_AFTER]) == (25, 10)
    assert second.values[_UNTIL] is None


def test_letting_in_without_a_block_is_a_finding() -> None:
    """A block that no source reported would stay unnoticed."""
    (row,) = _rows(_change("unblocked", 10, 0))
    assert row.values[0] == "let in, block not seen"
    (blocked,) = _rows(_change("unblocked", 10, 0), _change("blocked", 5, 1))
    assert (blocked.valid_from, blocked.valid_to, blocked.values[0]) == (5, 10, "blocked")
