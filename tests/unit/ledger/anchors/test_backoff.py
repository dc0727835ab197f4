"""How long parties are left alone."""

from hypothesis import given
from hypothesis import strategies as st

from ledger.anchors.backoff import Backoff


def test_pauses_double_up_to_the_longest() -> None:
    """A party in trouble would be asked at full speed."""
    backoff = Backoff(attempts=6, first_seconds=1, longest_seconds=5)
    assert list(backoff.pauses(lambda: 0.0)) == [1, 2, 4, 5, 5]
    assert list(backoff.pauses(lambda: 1.0)) == [0.5, 1, 2, 2.5, 2.5]


def test_one_attempt_waits_for_nothing() -> None:
    """A caller that wants a quick answer would wait."""
    assert list(Backoff(attempts=1).pauses(lambda: 0.0)) == []


@given(st.integers(1, 3000), st.floats(0.001, 100), st.floats(0.001, 1000), st.floats(0, 1))
def test_a_pause_is_never_longer_than_said(
    attempts: int, first: float, longest: float, fraction: float
) -> None:
    """A long absence of a party would end in a pause of years, or in an overflow."""
    pauses = list(Backoff(attempts, first, longest).pauses(lambda: fraction))
    assert len(pauses) == attempts - 1
    assert all(0 < pause <= longest for pause in pauses)
