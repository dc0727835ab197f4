"""What the query of a page asks, and the links that ask it again."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.typed_times import TimeReader
from ledger.errors import BadRequest
from ledger.units import Size
from service.page.views.asked import Asked, question_of, read_asked
from service.page.views.control import months_back

ZONE = ZoneInfo("Europe/Amsterdam")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TIMES = TimeReader(NOW, ZONE)
FILTERS = ("person", "system")

FIRST = datetime(1990, 1, 1, tzinfo=UTC)
INSTANTS = st.timedeltas(timedelta(), timedelta(days=40_000)).map(lambda since: FIRST + since)
MOMENTS = st.none() | INSTANTS
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=9)


def asked(query: str) -> Asked:
    """What a query asks."""
    items = parse_qsl(query, keep_blank_values=True)
    return read_asked(items, TIMES, filters=FILTERS, path="/access")


@given(
    found=st.builds(
        Asked,
        path=st.just("/access"),
        as_of=MOMENTS,
        as_known=MOMENTS,
        known_size=st.none() | st.integers(0, 10**12).map(Size),
        compared_with=MOMENTS,
        compared_known=MOMENTS,
        only=st.none() | WORDS,
        changes_only=st.booleans(),
        filters=st.lists(WORDS, max_size=3).map(
            lambda values: tuple(("person", value) for value in values)
        ),
    )
)
def test_a_link_asks_what_it_was_made_of(found: Asked) -> None:
    """Somebody who follows a link would see another moment, or another question."""
    assert asked(urlsplit(found.url()).query) == found


def test_fields_of_forms_are_local_and_may_be_empty() -> None:
    """A form that was sent as it is would be refused, or be off by an hour."""
    found = asked("as_of=2026-07-01T09:30&as_known=&person=&system=web")
    assert found.as_of == datetime(2026, 7, 1, 7, 30, tzinfo=UTC)
    assert found.as_known is None
    assert found.filters == (("system", "web"),)
    assert not found.is_compared


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("colour=red", "colour"),
        ("as_of=2026-01-01&as_of=2026-02-01", "as_of"),
        ("as_of=2026-13-01", "as_of"),
        ("known_size=-1", "known_size"),
        ("from_row=ten", "from_row"),
        (f"person={'x' * 1001}", "person"),
        ("&".join(["system=a"] * 61), "query"),
    ],
)
def test_a_wrong_query_is_refused_where_it_is_wrong(query: str, place: str) -> None:
    """Somebody would take an answer to another question for one to theirs."""
    with pytest.raises(BadRequest, match=f"^{place}: "):
        asked(query)


def test_a_link_changes_what_it_is_told_to() -> None:
    """A tab would forget the moment, or a cleared filter stay."""
    found = asked("as_of=2026-01-01T00:00:00Z&person=a&only=held&from_row=100")
    changed = asked(urlsplit(found.url(only="unused", person=None)).query)
    assert (changed.only, changed.filters, changed.as_of) == ("unused", (), found.as_of)
    assert changed.from_row == 0


def test_a_kept_question_tells_when_and_no_more() -> None:
    """The log would hold who was asked about, or nobody could tell what was asked."""
    found = asked("as_of=2026-01-01T00:00:00Z&only=held&person=person:j.jansen")
    told = question_of("/access", found, ["person=person#1"])
    assert told == "page /access; only=held; as_of=2026-01-01T00:00:00+00:00; person=person#1"


@given(at=INSTANTS.map(lambda at: at.astimezone(ZONE)), months=st.integers(0, 40))
def test_months_back_lands_in_the_month(at: datetime, months: int) -> None:
    """A month before 31 March would be in March."""
    found = months_back(at, months)
    assert (at.year - found.year) * 12 + at.month - found.month == months
    assert found.day == at.day or (found + timedelta(days=1)).day == 1
