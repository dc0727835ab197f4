"""What a filter says of indexes is read from what must hold in any case, and from nothing else."""

import pyarrow.dataset as ds
import pytest

from projections.sql.early_filter import index_range

_INDEX = ds.field("index")
_KIND = ds.field("kind")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (None, (0, None)),
        (_INDEX == 7, (7, 8)),
        (_INDEX > 3, (4, None)),
        ((_INDEX >= 3) & (_INDEX < 9), (3, 9)),
        ((_INDEX <= 9) & ((_INDEX > 3) & (_KIND == "a")), (4, 10)),
        ((_INDEX > 3) | (_KIND == "a"), (0, None)),
        (~(_INDEX > 3), (0, None)),
        (((_INDEX > 3) | (_INDEX == 1)) & (_INDEX < 5), (0, 5)),
        (_KIND == 'x") and (index == 5', (0, None)),
        ((_KIND == 'x") and (index == 5') & (_INDEX > 1), (2, None)),
        (_KIND.isin(["a) and (index == 5", 'b" and (index == 5)']), (0, None)),
        (_KIND.is_valid() & (_INDEX == 2), (2, 3)),
    ],
)
def test_the_range_is_what_must_hold(expression: object, expected: tuple[int, int | None]) -> None:
    """Records would be left out that the filter wants, or all be read to find one."""
    assert index_range(expression) == expected
