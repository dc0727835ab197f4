"""Laws of counted activity: the same as counting the records one by one."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.ledger import Ledger
from ledger.store.requests import instant_of, microseconds
from ledger.stored import StoredRecord
from ledger.units import Size
from projections import catch_up, state
from projections.activity import days
from projections.activity.bins import edges, size_for
from projections.activity.days import HOUR_US
from projections.activity.histogram import Activity, ActivityQuestion, activity
from tests.histories import FIRST_DAY, day, event
from tests.view_histories import random_ledger

_AMSTERDAM = ZoneInfo("Europe/Amsterdam")
_MOMENTS = st.integers(0, 4 * 96).map(lambda quarter: day(quarter / 96))
_SYSTEMS = st.sampled_from([None, "crm", "web"])
_KINDS = st.sampled_from(["contact.requested", "ip.recorded"])
_FACTS = st.lists(st.tuples(_KINDS, _SYSTEMS, _MOMENTS), min_size=1, max_size=30)
_QUESTIONS = st.builds(
    ActivityQuestion,
    since=st.none() | _MOMENTS,
    until=st.none() | _MOMENTS,
    kinds=st.sampled_from([(), ("contact.requested.v1",), ("ip.recorded.v1", "no.such.v1")]),
    systems=st.sets(_SYSTEMS).map(tuple),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where all examples keep their logs: in one database, whose tables they share."""
    return tmp_path_factory.mktemp("activity")


def _recorded(folder: Path, facts: list[tuple[str, str | None, datetime]]) -> Ledger:
    ledger = random_ledger(folder)
    fields: dict[str, dict[str, Any]] = {
        "contact.requested": {"channel": "phone"},
        "ip.recorded": {"ip": "ip:203.0.113.7"},
    }
    ledger.record_many(
        [
            event(kind, (at - FIRST_DAY).total_seconds() / 86_400, **fields[kind], system=system)
            for kind, system, at in facts
        ]
    )
    return ledger


def _is_in_window(record: StoredRecord, question: ActivityQuestion) -> bool:
    assert record.occurred_at_us is not None
    since, until = question.since, question.until
    return (since is None or microseconds(since) <= record.occurred_at_us) and (
        until is None or record.occurred_at_us < microseconds(until)
    )


def _of_kinds(record: StoredRecord, question: ActivityQuestion) -> bool:
    return not question.kinds or record.kind in question.kinds


def _of_systems(record: StoredRecord, question: ActivityQuestion) -> bool:
    return not question.systems or record.system in question.systems


@given(_FACTS, st.lists(_QUESTIONS, min_size=1, max_size=4), st.integers(0, 30), st.integers(0, 4))
@settings(max_examples=40)
def test_kept_counts_are_those_of_the_records(
    folder: Path,
    facts: list[tuple[str, str | None, datetime]],
    questions: list[ActivityQuestion],
    size: int,
    block_bits: int,
) -> None:
    """A histogram or a facet would tell another story than the records that it stands for."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(days, "_BLOCK_BITS", block_bits)
        ledger = _recorded(folder, facts)
        known = Size(min(size, len(facts)))
        records = list(ledger.log.scan(0, known))
        for question in questions:
            found = activity(ledger, question, known_size=known, zone=_AMSTERDAM)
            _require_same(found, question, records)
    ledger.close()


def _require_same(found: Activity, question: ActivityQuestion, records: list[StoredRecord]) -> None:
    window = [each for each in records if _is_in_window(each, question)]
    both = [each for each in window if _of_kinds(each, question) and _of_systems(each, question)]
    assert found.total == len(both)
    kinds = Counter(each.kind for each in window if _of_systems(each, question))
    systems = Counter(each.system for each in window if _of_kinds(each, question))
    assert (found.kinds, found.systems) == (kinds, systems)
    hours = Counter((each.occurred_at_us or 0) // HOUR_US for each in both)
    assert sum(each.count for each in found.bins) == len(both)
    for one, following in zip(found.bins, found.bins[1:], strict=False):
        assert one.until == following.since
    for one in found.bins[1:]:
        first, end = (microseconds(edge) // HOUR_US for edge in (one.since, one.until))
        assert one.count == sum(hours[hour] for hour in range(first, end))


@given(_FACTS, _MOMENTS, st.integers(0, 30), st.integers(0, 4))
@settings(max_examples=25)
def test_totals_name_the_first_and_last_record(
    folder: Path,
    facts: list[tuple[str, str | None, datetime]],
    moment: datetime,
    size: int,
    block_bits: int,
) -> None:
    """A count would point to records that it does not rest on."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(days, "_BLOCK_BITS", block_bits)
        ledger = _recorded(folder, facts)
        catch_up(ledger, ["activity"])
        known = Size(min(size, len(facts)))
        rows = state(ledger, "activity", as_of=moment, as_known=known).rows
        groups: dict[tuple[str, str | None], list[StoredRecord]] = {}
        for record in ledger.log.scan(0, known):
            if (record.occurred_at_us or 0) <= microseconds(moment):
                groups.setdefault((record.kind, record.system), []).append(record)
    ledger.close()
    assert {
        (row["record_kind"], row["system"]): (
            row["count"],
            *(row[name] for name in ("first", "last", "first_index", "last_index")),
        )
        for row in rows
    } == {
        key: (
            len(records),
            instant_of(min(each.occurred_at_us or 0 for each in records)),
            instant_of(max(each.occurred_at_us or 0 for each in records)),
            records[0].index,
            records[-1].index,
        )
        for key, records in groups.items()
    }


_ANY = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - Hypothesis wants naive bounds


@given(_ANY, _ANY, st.integers(2, 200), st.sampled_from(["Europe/Amsterdam", "UTC", "Asia/Tokyo"]))
def test_bins_cover_a_window_without_gaps(
    one: datetime, other: datetime, most: int, zone: str
) -> None:
    """Records at the ends of a window would stand in no bar, or bars would be too many to draw."""
    since, until = sorted((one, other))
    size = size_for(since, until, most)
    found = edges(since, until, size, ZoneInfo(zone))
    assert found == sorted(set(found))
    assert found[0] <= since
    assert found[-1] >= until
    assert len(found) < 2 or (found[1] > since and found[-2] < until)
    if size.unit != "year":
        # A day of 25 hours has a bin more, and so has the one that the window begins in.
        assert len(found) - 1 <= most + most // 20 + 2
