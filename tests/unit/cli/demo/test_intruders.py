"""Only who tries repeatedly is an intruder (INF-08)."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.demo.intruders import Attempt, measures, repeat_intruders
from ledger.events import event_from_mapping

START = datetime(2025, 12, 10, 7, tzinfo=UTC)


def attempts(*minutes: int, ip: str = "ip:203.0.113.7", count: int = 1) -> list[Attempt]:
    return [
        Attempt(ip, START + timedelta(minutes=minute), UUID(int=minute + 1), count)
        for minute in minutes
    ]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (attempts(0), 0),
        (attempts(0, 1), 1),
        (attempts(0, 24 * 60), 1),
        (attempts(0, 24 * 60 + 1), 0),
        (attempts(0, 24 * 60 + 1, 24 * 60 + 2), 1),
        (attempts(0, count=5), 1),
        (attempts(0) + attempts(1, ip="ip:203.0.113.8"), 0),
    ],
)
def test_two_attempts_within_a_day_make_an_intruder(found: list[Attempt], expected: int) -> None:
    """Somebody who mistyped once would be kept, or an intruder who waits an hour would not."""
    assert len(repeat_intruders(found)) == expected


@given(st.permutations(attempts(0, 5, 2000) + attempts(3, 4000, ip="ip:203.0.113.8")))
def test_the_order_of_the_attempts_changes_nothing(found: list[Attempt]) -> None:
    """Two servers that report at different speeds would block different people."""
    (intruder,) = repeat_intruders(found)
    assert intruder.ip == "ip:203.0.113.7"
    assert [attempt.event_id.int for attempt in intruder.attempts] == [1, 6, 2001]


def test_a_block_names_its_attempts() -> None:
    """Nobody could tell later why an address was kept."""
    facts = list(measures(repeat_intruders(attempts(0, 1)), "infactor-web", START))
    assert [fact["kind"] for fact in facts] == ["ip.recorded", "ip.blocked"]
    for fact in facts:
        assert fact["attempt_ids"] == [str(UUID(int=1)), str(UUID(int=2))]
        event_from_mapping(fact)
