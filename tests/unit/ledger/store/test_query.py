"""Conditions in SQL."""

import pytest

from ledger.store.query import any_of


@pytest.mark.parametrize("postgresql", [False, True])
def test_one_value_is_looked_up_in_an_index(*, postgresql: bool) -> None:
    """PostgreSQL would read whoever else a block names, while its statistics are old."""
    assert any_of("subject_id", ["a"], postgresql=postgresql) == ("subject_id = ?", ["a"])


def test_several_values_are_one_condition() -> None:
    """A record would be found once for each of them, or none of them."""
    several = ["a", "b"]
    assert any_of("kind", several, postgresql=True) == ("kind = ANY(?)", [several])
    assert any_of("kind", several, postgresql=False) == ("kind IN (?,?)", several)


@pytest.mark.parametrize("postgresql", [False, True])
def test_no_value_matches_nothing(*, postgresql: bool) -> None:
    """Asking for nobody would give everybody."""
    assert any_of("kind", [], postgresql=postgresql) == ("1 = 0", [])
