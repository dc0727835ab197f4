"""Seconds that are typed can be waited for."""

import pytest
from click import BadParameter

from cli.seconds import LONGEST_S, Seconds


@pytest.mark.parametrize("typed", ["1", "1.5", "2e3", str(LONGEST_S)])
def test_seconds_are_read(typed: str) -> None:
    """A loop would run at another pace than was typed."""
    assert Seconds(1).convert(typed, None, None) == float(typed)


@pytest.mark.parametrize(
    "typed", ["", "x", "1m", "0", "0.5", "-1", "nan", "inf", "-inf", "1e300", str(LONGEST_S + 1)]
)
def test_what_cannot_be_waited_for_is_refused(typed: str) -> None:
    """The command would end with a trace, at once or in the middle of its work."""
    with pytest.raises(BadParameter, match=r"not in the range|not a valid"):
        Seconds(1).convert(typed, None, None)
