"""Processes that are measured begin together, and one that fails is no measurement."""

import pytest

from benchmarks.hashing import on_two_cores
from benchmarks.told_processes import ready, work_together


def test_each_side_has_processes_of_its_own() -> None:
    """Two cores would be said to be worth what one is."""
    found = on_two_cores("SQLite", 1, hashes=1_000)
    assert [rate.name.split()[0] for rate in found.rates] == ["two", "one"]
    assert all(rate.median > 0 for rate in found.rates)


def test_a_process_that_ends_early_is_no_measurement() -> None:
    """A program that failed would be the quickest of all."""
    with (
        ready([("benchmarks.hashing", "no number")]) as running,
        pytest.raises(RuntimeError, match="expected done, found ''"),
    ):
        work_together(running)
