"""Sequences in stretches."""

from hypothesis import given
from hypothesis import strategies as st

from projections.batches import batched


@given(st.lists(st.integers()), st.integers(1, 7))
def test_stretches_join_to_the_whole(items: list[int], length: int) -> None:
    """An item would be left out or asked for twice."""
    stretches = list(batched(items, length))
    assert [item for stretch in stretches for item in stretch] == items
    assert all(1 <= len(stretch) <= length for stretch in stretches)
