"""The URL of a question to the history says the whole question, and nothing else."""

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from formats.typed_times import TimeReader
from service.page.history.histogram import time_text
from service.page.history.parameters import MOST_ON_PAGE, PATH, HistoryParameters

# Hypothesis wants bounds without a zone, and puts one on what it draws.
FIRST, LAST = datetime(1950, 1, 1), datetime(2100, 1, 1)  # noqa: DTZ001 - see above
NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)

typed = st.text(min_size=1, max_size=40)
optional = st.none() | typed
kinds = st.lists(typed, max_size=4, unique=True)
questions = st.builds(
    HistoryParameters,
    since=optional, until=optional, around=optional, within=optional, kind=kinds, without=kinds,
    system=optional, actor=optional, ip=optional, subject=optional, looked_at=optional,
    grep=optional, as_known=optional, reverse=st.booleans(), cursor=optional,
    limit=st.integers(1, MOST_ON_PAGE),
)  # fmt: skip


def read(address: str) -> HistoryParameters:
    """The question that a URL asks, as the service reads it."""
    found = parse_qs(urlsplit(address).query, keep_blank_values=True, strict_parsing=True)
    several = {"kind", "without"}
    return HistoryParameters.model_validate(
        {name: values if name in several else values[0] for name, values in found.items()}
    )


@given(questions)
def test_a_question_comes_back_from_its_url(asked: HistoryParameters) -> None:
    """Whoever is sent a link would be shown the answer to another question."""
    address = asked.address()
    assert (read(address) if "?" in address else HistoryParameters.model_validate({})) == asked


@given(questions, typed)
def test_what_is_added_can_be_taken_away(asked: HistoryParameters, kind: str) -> None:
    """Removing a filter would remove others with it, or leave it there."""
    added = asked.added("kind", kind)
    assert kind in added.kind
    assert added.cursor is None
    removed = added.removed("kind", kind)
    assert removed.kind == [each for each in asked.kind if each != kind]
    assert removed.without == asked.without


@given(
    st.datetimes(FIRST, LAST, timezones=st.just(UTC)),
    st.sampled_from(["Europe/Amsterdam", "America/New_York", "Asia/Kolkata", "UTC"]),
)
def test_a_window_is_typed_as_it_is_meant(instant: datetime, name: str) -> None:
    """A bar would lead to another hour: the one that summer time ends with is there twice."""
    zone = ZoneInfo(name)
    for each in (instant, instant.replace(minute=0, second=0, microsecond=0)):
        assert TimeReader(NOW, zone).read(time_text(each, zone)) == each


def test_no_question_has_no_parameters() -> None:
    """The plain page would have a second URL."""
    assert HistoryParameters.model_validate({}).address() == PATH
