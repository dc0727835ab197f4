"""A batch is taken in once, whole lines at a time, and says who collected it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cli.recording_rights import RecordingRights
from cli.taking_in import BATCH_EVENTS, Collecting, batches, take_in
from formats.reading import Outcome, Skipped, Translated, Unreadable
from ledger.events import event_from_mapping
from ledger.home import Home
from ledger.ledger import Ledger

AT = datetime(2026, 11, 20, 8, tzinfo=UTC)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Home(tmp_path / "home").init("log.example/test")
    yield opened
    opened.close()


def fact(ledger: Ledger, number: int, **fields: object) -> Translated:
    values = {
        "kind": "ip.recorded",
        "event_id": ledger.derive_id(AT, b"%d" % number),
        "occurred_at": AT,
        "ip": "ip:203.0.113.7",
    }
    return Translated(f"line {number}", event_from_mapping(values | fields), 10 * number)


def collected(ledger: Ledger, batch: list[Outcome], collecting: Collecting) -> tuple[int, int, int]:
    taken = take_in(ledger, RecordingRights(ledger), batch, collecting)
    return taken.recorded, taken.already_there, taken.conflicts


def test_facts_of_one_line_are_never_parted() -> None:
    """A run that goes on after a batch would leave out the second fact of its last line."""
    lines = [end for end in range(1, BATCH_EVENTS) for _ in range(3)]
    outcomes = iter([Skipped("line", "of no matter", 1, end) for end in lines])
    found = list(batches(outcomes, 0))
    assert len(found) > 1
    ends = [{outcome.end_offset for outcome in batch} for batch in found]
    assert sum(map(len, ends)) == BATCH_EVENTS - 1
    assert len(found[0]) >= BATCH_EVENTS


def test_what_was_read_before_is_left_out() -> None:
    """Each run would take in the whole source again."""
    outcomes: list[Outcome] = [Skipped("line", "of no matter", 1, end) for end in (5, 9, 9, 12)]
    assert [[each.end_offset for each in batch] for batch in batches(iter(outcomes), 5)] == [
        [9, 9, 12]
    ]


def test_another_collector_tells_nothing_new(ledger: Ledger) -> None:
    """A log that is imported and then watched would be recorded as a conflict, line by line."""
    first = Collecting("zegel-import/1")
    assert collected(ledger, [fact(ledger, 1), fact(ledger, 2)], first) == (2, 0, 0)
    later = Collecting("zegel-watch/1", lambda _end: AT)
    again: list[Outcome] = [fact(ledger, number) for number in (1, 2, 3)]
    assert collected(ledger, again, later) == (1, 2, 0)
    assert collected(ledger, again, first) == (0, 3, 0)


def test_other_content_is_still_a_conflict(ledger: Ledger) -> None:
    """A source that changes its story would pass for one that is collected another way."""
    collecting = Collecting("zegel-watch/1")
    assert collected(ledger, [fact(ledger, 1)], collecting) == (1, 0, 0)
    assert collected(ledger, [fact(ledger, 1, target="web")], collecting) == (0, 0, 1)
    assert collected(ledger, [fact(ledger, 1, collector="other/1")], collecting) == (0, 0, 1)


def test_what_is_refused_is_given_back_as_its_event(ledger: Ledger) -> None:
    """What cannot be recorded would be lost, and with it the batch that it came in."""
    categories = [f"category-{number}" for number in range(6000)]
    too_long = fact(ledger, 2, data_categories=categories)
    batch: list[Outcome] = [
        fact(ledger, 1),
        too_long,
        Unreadable("line 3", "expected a line", b"x", 30),
    ]
    taken = take_in(ledger, RecordingRights(ledger), batch, Collecting("zegel-watch/1"))
    assert (taken.recorded, taken.end_offset) == (1, 30)
    assert [each.place for each in taken.unreadable] == ["line 2", "line 3"]
    assert b"category-5999" in taken.unreadable[0].raw
