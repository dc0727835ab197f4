"""An elapsed time comes out of a cell as it went in, or as the longest that a cell can hold."""

from datetime import timedelta

import pytest

from projections.instants import cell_span, span_microseconds

MICROSECOND = timedelta(microseconds=1)
LARGEST = 2**63 - 1
"""Of a 64-bit cell."""


@pytest.mark.parametrize("span", [None, timedelta(), MICROSECOND, timedelta(days=365_250)])
def test_a_span_comes_out_as_it_went_in(span: timedelta | None) -> None:
    """A view would tell another period than the fact does."""
    assert cell_span(span_microseconds(span)) == span


def test_no_span_is_longer_than_a_cell_can_hold() -> None:
    """One fact that an earlier version let in would stop every view for good."""
    assert span_microseconds(timedelta.max) == LARGEST
    assert cell_span(LARGEST) == LARGEST * MICROSECOND
