"""Times and spans of programs mean one thing, or are refused."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import BadRequest
from service.queries.instants import LONGEST_SPAN, instant, span

_ZONES = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(
    st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29), timezones=_ZONES)  # noqa: DTZ001 - bounds
)
def test_a_time_with_an_offset_is_that_instant(moment: datetime) -> None:
    """An answer would be about another hour than was asked for."""
    assert instant("since", moment.isoformat("T", "microseconds")) == moment.astimezone(UTC)


@pytest.mark.parametrize(
    "text",
    [
        "yesterday", "2026-11-20", "2026-11-20T14:00:00", "2026-11-20 14:00:00Z", "1732100000",
        "2026-11-20T14:00:00 01:00", "2026-13-20T14:00:00Z", "2026-11-20T14:00:00+25:00",
        "0001-01-01T00:00:00+01:00", "", "\uff12026-11-20T14:00:00Z",
    ],
)  # fmt: skip
def test_any_other_time_is_refused(text: str) -> None:
    """A time without an offset would mean another instant to another reader."""
    with pytest.raises(BadRequest, match="since: expected a time"):
        instant("since", text)


def test_a_plus_that_became_a_blank_is_explained() -> None:
    """Whoever forgets to escape it would search long."""
    with pytest.raises(BadRequest, match="%2B"):
        instant("since", "2026-11-20T14:00:00 01:00")


def test_spans_are_iso_8601() -> None:
    """Three days could be read as three hours."""
    assert span("within", "PT24H") == timedelta(days=1)
    assert span("within", "P3DT1H30M") == timedelta(days=3, hours=1, minutes=30)
    assert span("within", "P36525D") == LONGEST_SPAN
    for text in ("3d", "24", "-PT1H", "P36526D", "PT", ""):
        with pytest.raises(BadRequest, match="within: expected a span"):
            span("within", text)
