"""The activity view: how much happened when, by kind and system."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from ledger.errors import BadRequest
from ledger.events import Event
from ledger.ledger import Ledger
from ledger.units import Size
from projections import state
from projections.activity import days
from projections.activity.histogram import ActivityQuestion, activity
from tests.histories import day, event, shown, told

_AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def _contact(on: float, system: str | None = "crm") -> Event:
    return event("contact.requested", on, channel="phone", system=system)


def _address(on: float) -> Event:
    return event("ip.recorded", on, ip="ip:203.0.113.7", system="web")


def test_each_kind_and_system_has_its_count(ledger: Ledger) -> None:
    """Nobody could tell which system reports most, or where its records begin."""
    told(ledger, _contact(2), _contact(1), _address(3), _contact(4, None))
    rows = state(ledger, "activity", as_of=day(9)).rows
    assert shown(rows, "record_kind", "system", "count", "first", "last") == [
        ("contact.requested.v1", "crm", 2, day(1), day(2)),
        ("contact.requested.v1", None, 1, day(4), day(4)),
        ("ip.recorded.v1", "web", 1, day(3), day(3)),
    ]
    assert shown(rows, "first_index", "last_index")[0] == (0, 1)


def test_what_was_taken_back_stands_in_the_history_and_counts(ledger: Ledger) -> None:
    """A histogram would not add up to the records that are listed below it."""
    wrong = "01900000-0000-7000-8000-000000000001"
    told(
        ledger,
        event("contact.requested", 1, channel="phone", event_id=wrong),
        event("contact.requested", 2, channel="phone", supersedes=wrong),
    )
    (row,) = state(ledger, "activity", as_of=day(9)).rows
    assert row["count"] == 2


@pytest.mark.parametrize(
    ("kinds", "systems", "count"),
    [
        (["contact"], ["crm", "-"], 2),
        (["ip.recorded"], ["web"], 1),
        (["no.such.v1"], ["web"], 0),
        (["contact", "ip"], ["web"], 1),
        (["contact", "ip"], ["-"], 1),
    ],
)
def test_an_answer_is_narrowed_by_kind_and_system(
    ledger: Ledger, kinds: list[str], systems: list[str], count: int
) -> None:
    """A question about one source would be answered with what all of them reported."""
    told(ledger, _contact(1), _contact(2, None), _address(3))
    rows = state(ledger, "activity", as_of=day(9), kind=kinds, system=systems).rows
    assert sum(row["count"] for row in rows) == count


def test_days_are_those_of_the_zone(ledger: Ledger) -> None:
    """What happened after midnight in Amsterdam would be counted for the day before."""
    told(ledger, _contact(1 + 22.5 / 24), _contact(1 + 23.5 / 24), _contact(2.5))
    rows = state(ledger, "activity", only="days", as_of=day(9)).rows
    midnight = datetime(2026, 1, 2, tzinfo=_AMSTERDAM)
    assert shown(rows, "since", "until", "count") == [
        (midnight, midnight + timedelta(days=1), 1),
        (midnight + timedelta(days=1), midnight + timedelta(days=2), 2),
    ]
    assert shown(state(ledger, "activity", only="days", as_of=day(9), last="8").rows, "count") == [
        (2,)
    ]


def test_hours_end_with_the_moment_that_is_asked_about(ledger: Ledger) -> None:
    """An hour of yesterday would stand in the answer about today, or the last one be missing."""
    told(ledger, _contact(1), _contact(3), _contact(3.01), _contact(3.02))
    rows = state(ledger, "activity", only="hours", as_of=day(3.015)).rows
    assert shown(rows, "since", "count") == [(day(3), 2)]


def test_counts_of_an_earlier_size_leave_later_records_out(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was known then would change with every record that comes now."""
    monkeypatch.setattr(days, "_BLOCK_BITS", 1)
    told(ledger, *(_contact(each) for each in range(5)))
    for size in range(6):
        question = ActivityQuestion(since=day(0.5), until=day(3.5))
        found = activity(ledger, question, known_size=Size(size), zone=_AMSTERDAM)
        assert found.total == min(max(size - 1, 0), 3)
        assert sum(each.count for each in found.bins) == found.total


def test_a_window_without_records_is_drawn_empty(ledger: Ledger) -> None:
    """Silence would look like a question that was not answered."""
    told(ledger, _contact(1))
    question = ActivityQuestion(since=day(3), until=day(4))
    found = activity(ledger, question, known_size=ledger.head().size, zone=_AMSTERDAM)
    assert (found.total, found.kinds, found.systems) == (0, {}, {})
    assert [each.count for each in found.bins] == [0] * 24


@pytest.mark.parametrize(
    ("since", "until"),
    [
        (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)),
        (datetime.min.replace(tzinfo=UTC), day(3)),
        (None, datetime.max.replace(tzinfo=UTC)),
    ],
)
def test_a_very_long_window_is_drawn_where_records_are(
    ledger: Ledger, since: datetime | None, until: datetime
) -> None:
    """A year that was mistyped would draw a thousand bars, or none."""
    told(ledger, _contact(1), _contact(2))
    question = ActivityQuestion(since=since, until=until)
    found = activity(ledger, question, known_size=ledger.head().size, zone=_AMSTERDAM)
    assert found.total == 2
    assert found.bins[0].since == day(1)
    assert len(found.bins) < 60


@pytest.mark.parametrize(
    "moment", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)]
)
@pytest.mark.parametrize("only", ["days", "hours", "kinds"])
def test_a_moment_at_the_end_of_all_time_has_an_answer(
    ledger: Ledger, moment: datetime, only: str
) -> None:
    """A year that was mistyped would end in a failure that nobody can explain."""
    told(ledger, _contact(1))
    rows = state(ledger, "activity", only=only, as_of=moment).rows
    assert len(rows) == (only == "kinds" and moment.year > 2026)


def test_more_days_than_anybody_looks_at_are_refused(ledger: Ledger) -> None:
    """One question could keep a service busy for as long as its asker likes."""
    with pytest.raises(BadRequest, match="last: expected at most 10000"):
        state(ledger, "activity", only="days", last="99999999999")
