"""Pages of one question: none overlaps another, and all tell of one state."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from ledger.query import EventQuery
from ledger.units import Hash32, Size
from service.queries.cursor import Cursor
from service.queries.paging import cursor_after, known_size_of, pinned, remaining
from service.queries.truth import Truth


@given(st.integers(0, 60), st.integers(1, 9), st.booleans())
def test_pages_hold_each_record_once(size: int, limit: int, reverse: bool) -> None:  # noqa: FBT001 - drawn
    """A record would stand on two pages, or on none."""
    query, found = EventQuery(reverse=reverse), []
    while True:
        indexes = [n for n in range(size) if n >= query.start and n < (query.stop or size)]
        if query.stop == 0:
            indexes = []
        page = (indexes[::-1] if reverse else indexes)[:limit]
        if not page:
            break
        found += page
        query = remaining(query, page[-1])
    assert found == list(range(size))[:: -1 if reverse else 1]


@given(st.integers(0, 99), st.none() | st.integers(0, 99), st.integers(0, 99))
def test_the_next_page_tells_of_the_same_state(size: int, known: int | None, reached: int) -> None:
    """The second page would know of what was recorded after the first one was read."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    truth = Truth(
        size=Size(size),
        root=Hash32(b"r" * 32),
        known_size=None if known is None else Size(known),
        as_known=at,
    )
    cursor = cursor_after(truth, reached)
    assert cursor == Cursor(size, b"r" * 32, known_size_of(truth), reached)
    assert pinned(cursor, at, is_narrowed=known is not None) == truth
