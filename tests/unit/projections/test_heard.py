"""Sums of what systems reported."""

from hypothesis import given
from hypothesis import strategies as st

from projections.heard import Heard, joined

_PARTS = st.lists(
    st.builds(Heard, st.integers(1, 9), st.integers(-9, 9), st.integers(0, 99)), min_size=1
)


@given(_PARTS, st.integers(0, 5))
def test_parts_join_in_any_grouping(parts: list[Heard], cut: int) -> None:
    """Last heard would depend on where the log was cut into buckets."""
    left, right = parts[:cut], parts[cut:]
    grouped = [joined(side) for side in (left, right) if side]
    assert joined(grouped) == joined(parts)
    assert joined(parts).count == sum(part.count for part in parts)
    assert joined(parts).last == max(part.last for part in parts)
