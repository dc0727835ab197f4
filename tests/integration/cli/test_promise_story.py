"""The story of a promise tells its judged events in the order in which people need them."""

from collections.abc import Iterator
from datetime import UTC, timedelta
from pathlib import Path

import pytest

from cli.promise_story import StoryReader, strips_since
from ledger.ledger import Ledger
from projections.cases.reading import Moment, moment_of
from projections.promises import PromiseVerdict, promise_verdicts
from tests.histories import FIRST_DAY, event
from tests.promises.judging import statement_log, tell

ASKED = FIRST_DAY + timedelta(days=60)
BROKEN_DAYS = (20, 25)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Thirty exchanges, a day apart, two of them with more than may be exchanged."""
    ledger = statement_log(tmp_path, "ragiox-gold")
    tell(
        ledger,
        [
            event(
                "exchange.performed",
                day,
                exchange_id=f"E-{day}",
                exchange_kind="sync",
                direction="out",
                recipient={"role": "customer"},
                system="ragiox-gold",
                content_classes=["addresses" if day in BROKEN_DAYS else "status"],
            )
            for day in range(1, 31)
        ],
    )
    yield ledger
    ledger.close()


def _reader(ledger: Ledger) -> StoryReader:
    return StoryReader(ledger, _moment(ledger), UTC)


def _moment(ledger: Ledger) -> Moment:
    return moment_of(ledger, ASKED)


def _of(ledger: Ledger, promise_id: str) -> PromiseVerdict:
    (found,) = promise_verdicts(ledger, _moment(ledger), promise_ids=[promise_id])
    return found


def test_the_broken_come_first_where_not_all_are_told(ledger: Ledger) -> None:
    """The two breaks would lie behind the page on which the story stops."""
    verdict = _of(ledger, "RAG-07")
    (story,) = _reader(ledger).told([verdict], limit=10)
    assert [item.verdict for item in story.items] == ["broken"] * 2 + ["kept"] * 8
    assert story.total == 30
    assert [item.index for item in story.items[2:4]] < [item.index for item in story.items[4:6]]


def test_the_oldest_come_first_where_all_are_told(ledger: Ledger) -> None:
    """A story would jump to and fro in time."""
    verdict = _of(ledger, "RAG-07")
    (story,) = _reader(ledger).told([verdict], limit=None)
    moments = [item.occurred_at for item in story.items]
    assert len(moments) == 30
    assert moments == sorted(moments)


def test_only_what_is_asked_for_is_told(ledger: Ledger) -> None:
    """Somebody who asks for breaks would have to look for them."""
    (story,) = _reader(ledger).told([_of(ledger, "RAG-07")], limit=20, only="broken")
    assert [item.verdict for item in story.items] == ["broken", "broken"]
    assert story.total == 2


def test_every_record_that_is_named_is_told(ledger: Ledger) -> None:
    """A story would name a record without saying what it is."""
    verdict = _of(ledger, "RAG-07")
    (story,) = _reader(ledger).told([verdict], limit=5)
    named = {index for item in story.items for index in (item.index, *item.rests_on)}
    assert named | set(verdict.rests_on) <= set(story.events)
    assert all(each.sentences["en"] and each.sentences["nl"] for each in story.events.values())


def test_a_list_reads_no_judged_events(ledger: Ledger) -> None:
    """A table of all promises would read the whole history."""
    (story,) = _reader(ledger).listed([_of(ledger, "RAG-07")])
    assert (story.items, story.events, story.total) == ((), {}, 30)
    assert story.text.source == "statement-file"


def test_what_is_opened_is_what_is_shown(ledger: Ledger) -> None:
    """The record of a reading would tell of more than the reader saw, or of less."""
    verdict = _of(ledger, "RAG-07")
    reader = _reader(ledger)
    assert reader.indexes([verdict], limit=0) == [verdict.declared_index]
    (story,) = reader.told([verdict], limit=10)
    assert reader.indexes([verdict], limit=10) == sorted(story.events)


def test_a_strip_shows_when_it_broke(ledger: Ledger) -> None:
    """The strip would show a break in another month."""
    verdict = _of(ledger, "RAG-07")
    since = strips_since([verdict], ASKED)
    assert since == FIRST_DAY
    (story,) = _reader(ledger).told([verdict], limit=1, strips_since=since)
    width = (ASKED - FIRST_DAY) / len(story.strip)
    broken = {timedelta(days=day) // width for day in BROKEN_DAYS}
    assert {place for place, word in enumerate(story.strip) if word == "broken"} == broken


def test_there_is_no_strip_of_nothing(ledger: Ledger) -> None:
    """A page about no promise would end in a fault."""
    assert strips_since([], ASKED) is None
    (story,) = _reader(ledger).told([_of(ledger, "RAG-12")], limit=1, strips_since=FIRST_DAY)
    assert story.strip == ()


def test_an_open_reading_tells_its_events_under_each(tmp_path: Path) -> None:
    """What the readings disagree on would be left out of the story."""
    ledger = statement_log(tmp_path, "ingressus-xref")
    lending = {"purpose": "book-lending", "system": "ingressus-xref", "resource": "xref-portal"}
    tell(ledger, [event("access.used", 1, **lending), event("access.used", 2, **lending)])
    verdict = _of(ledger, "ING-04")
    (every,) = _reader(ledger).told([verdict], limit=None)
    assert {item.reading for item in every.items} == {"access-only", "lending-too"}
    assert every.total == len(every.items) == 4
    (some,) = _reader(ledger).told([verdict], limit=1)
    assert [item.verdict for item in some.items] == ["broken"]
    ledger.close()
