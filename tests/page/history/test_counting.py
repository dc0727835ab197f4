"""Counts beside the history: those of a plain loop, whichever way they were found."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from ledger.events.blocking import IpBlocked
from ledger.opening import instant_of
from ledger.query import EventQuery, record_query
from ledger.stored import StoredRecord
from ledger.units import Size
from service.context import Context
from service.page.history import counting
from service.page.history.counting import SHORT, Counted, counted, takes

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NIGHT = datetime(2025, 11, 20, 1, 0, tzinfo=UTC)
QUERIES = {
    "everything": EventQuery(),
    "some kinds": EventQuery(kinds=("ip.blocked", "intrusion.attempt_detected")),
    "without a kind": EventQuery(without=("intrusion.attempt_detected", "log.read")),
    "kinds that are left out again": EventQuery(kinds=("ip.blocked",), without=("ip.blocked",)),
    "a system": EventQuery(system="xential"),
    "a window": EventQuery(since=NIGHT - timedelta(days=200), until=NIGHT),
    "a short window": EventQuery(since=NIGHT, until=NIGHT + timedelta(hours=2)),
    "somebody": EventQuery(ip="somebody", without=("ip.blocked",)),
    "nobody": EventQuery(actor=f"person#{'0f' * 16}"),
}


def somebody(context: Context) -> str:
    """The token of an address that was blocked."""
    (blocked,) = context.ledger.read(EventQuery(kinds=("ip.blocked",), limit=1))
    assert isinstance(blocked.event, IpBlocked)
    return str(blocked.event.ip)


def found(context: Context, query: EventQuery) -> list[StoredRecord]:
    """The records of a question, by a plain search."""
    asked = record_query(query, context.ledger.vault.subjects.find)
    return [] if asked is None else list(context.ledger.log.find(asked))


def occurred(record: StoredRecord) -> datetime:
    """When it occurred; when it was recorded, where its source did not say."""
    at_us = record.occurred_at_us
    return instant_of(record.recorded_at_us if at_us is None else at_us)


def require_equal(context: Context, query: EventQuery, told: Counted) -> None:
    """Compares counts with a plain loop."""
    records = found(context, query)
    assert told.total == len(records) == sum(each.count for each in told.bins)
    for each in told.bins:
        since = max(each.since, query.since or each.since)
        until = min(each.until, query.until or each.until)
        assert each.count == sum(since <= occurred(record) < until for record in records)
    of_system = found(context, replace(query, kinds=(), without=()))
    assert told.kinds == Counter(each.kind for each in of_system)
    of_kind = found(context, replace(query, system=None))
    assert told.systems == Counter(each.system for each in of_kind)


@pytest.mark.parametrize("name", QUERIES)
@pytest.mark.parametrize("is_known", [True, False])
def test_counts_are_those_of_a_plain_loop(
    page_context: Context, name: str, *, is_known: bool
) -> None:
    """Somebody would believe that something happened more often than it did, or never."""
    query = QUERIES[name]
    if query.ip is not None:
        query = replace(query, ip=somebody(page_context))
    size = page_context.ledger.head().size
    known = size if is_known else Size(int(size) // 2)
    query = replace(query, known_size=int(known))
    told = counted(page_context.ledger, query, known_size=known, zone=AMSTERDAM)
    assert told is not None
    assert told.is_whole
    require_equal(page_context, query, told)


def test_what_is_counted_one_by_one_has_a_bound(
    page_context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One page about a busy address would read its whole history."""
    monkeypatch.setattr(counting, "MOST_COUNTED", 3)
    query = EventQuery(ip=somebody(page_context), reverse=True)
    size = page_context.ledger.head().size
    told = counted(page_context.ledger, query, known_size=size, zone=AMSTERDAM)
    assert told is not None
    assert not told.is_whole
    assert told.total == 3
    short = EventQuery(since=NIGHT, until=NIGHT + SHORT)
    by_view = counted(page_context.ledger, short, known_size=size, zone=AMSTERDAM)
    assert by_view is not None
    require_equal(page_context, short, by_view)


def test_a_kind_is_asked_for_unless_it_is_left_out() -> None:
    """A facet would say that a kind is shown which is not."""
    query = EventQuery(kinds=("ip.blocked", "file.received"), without=("file.received",))
    assert takes(query, "ip.blocked.v1")
    assert not takes(query, "file.received.v1")
    assert not takes(query, "access.granted.v1")
    assert takes(EventQuery(), "access.granted.v1")
