"""How long an act is shown."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.vng.terms import is_shown, shown_until
from ledger.store.requests import microseconds
from projections.processing.asking import Terms

LEAP_DAY = datetime(2024, 2, 29, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("term", "until"),
    [
        ("P1Y", datetime(2025, 2, 28, 12, tzinfo=UTC)),
        ("P4Y", datetime(2028, 2, 29, 12, tzinfo=UTC)),
        ("P1M", datetime(2024, 3, 29, 12, tzinfo=UTC)),
        ("P1M1D", datetime(2024, 3, 30, 12, tzinfo=UTC)),
        ("P2W", datetime(2024, 3, 14, 12, tzinfo=UTC)),
        ("PT13H", datetime(2024, 3, 1, 1, tzinfo=UTC)),
        ("P1DT1H1M1S", datetime(2024, 3, 1, 13, 1, 1, tzinfo=UTC)),
        ("P7975Y", datetime(9999, 2, 28, 12, tzinfo=UTC)),
        ("P7976Y", None),
        ("P999999999D", None),
        ("PT999999999H", None),
    ],
)
def test_a_term_ends_on_the_calendar(term: str, until: datetime | None) -> None:
    """An act would be shown a day too long, or no day of the calendar be met."""
    assert shown_until(LEAP_DAY, term) == until


@pytest.mark.parametrize("term", ["", "10 jaar", "P10", "1Y"])
def test_another_text_is_no_term(term: str) -> None:
    """An act would be shown for ever because of a slip of the pen."""
    with pytest.raises(ValueError, match="expected one such as P10Y"):
        shown_until(LEAP_DAY, term)


@given(st.integers(0, 5000), st.integers(0, 5000))
def test_a_longer_term_never_ends_earlier(fewer: int, more: int) -> None:
    """A term that was made longer would hide an act."""
    first, last = sorted((fewer, more))
    ends = [shown_until(LEAP_DAY, f"P{months}M") for months in (first, last)]
    assert ends[0] is not None
    assert ends[1] is not None
    assert ends[0] <= ends[1]


def test_the_end_itself_is_outside() -> None:
    """An act would be shown at the moment at which its term is over."""
    terms = Terms(entity="a", shown_for="P1Y")
    end = shown_until(LEAP_DAY, "P1Y")
    assert end is not None
    performed = microseconds(LEAP_DAY)
    assert is_shown(terms, performed, end - timedelta(microseconds=1))
    assert not is_shown(terms, performed, end)
    assert is_shown(Terms(entity="a"), performed, end)
    assert not is_shown(Terms(entity="a", withdrawn=1), performed, LEAP_DAY)
