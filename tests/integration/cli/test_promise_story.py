"""The story of a promise tells its judged events in the order in which people need them."""

from collections.abc import Iterator
from datetime import UTC, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event as event_of_sql

from formats.promise_report.judged import Judged, Wanted, read_judged, strips_since
from formats.promise_report.story import Story
from formats.promise_report.story_reader import StoryReader
from ledger.ledger import Ledger
from projections.cases.reading import Moment, moment_of
from projections.promises import Verdict, judged_promises
from projections.promises.tables import SETTING, TALLY, VERDICT
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


def _judged(ledger: Ledger, promise_id: str, wanted: Wanted) -> Judged:
    moment = _moment(ledger)
    with judged_promises(ledger, moment, promise_ids=[promise_id]) as found:
        return read_judged(found, wanted, moment.as_of)


def _story(ledger: Ledger, promise_id: str, wanted: Wanted) -> Story:
    (story,) = _reader(ledger).told(_judged(ledger, promise_id, wanted))
    return story


def test_the_broken_come_first_where_not_all_are_told(ledger: Ledger) -> None:
    """The two breaks would lie behind the page on which the story stops."""
    story = _story(ledger, "RAG-07", Wanted(limit=10))
    assert [item.verdict for item in story.items] == ["broken"] * 2 + ["kept"] * 8
    assert story.total == 30
    assert [item.index for item in story.items[2:4]] < [item.index for item in story.items[4:6]]


def test_the_oldest_come_first_where_all_are_told(ledger: Ledger) -> None:
    """A story would jump to and fro in time."""
    story = _story(ledger, "RAG-07", Wanted(limit=None))
    moments = [item.occurred_at for item in story.items]
    assert len(moments) == 30
    assert moments == sorted(moments)


def test_only_what_is_asked_for_is_told(ledger: Ledger) -> None:
    """Somebody who asks for breaks would have to look for them."""
    story = _story(ledger, "RAG-07", Wanted(limit=20, only="broken"))
    assert [item.verdict for item in story.items] == ["broken", "broken"]
    assert story.total == 2


def test_every_record_that_is_named_is_told(ledger: Ledger) -> None:
    """A story would name a record without saying what it is."""
    story = _story(ledger, "RAG-07", Wanted(limit=5))
    named = {index for item in story.items for index in (item.index, *item.rests_on)}
    assert named | set(story.verdict.rests_on) <= set(story.events)
    assert all(each.sentences["en"] and each.sentences["nl"] for each in story.events.values())


def test_a_list_reads_no_judged_events(ledger: Ledger) -> None:
    """A table of all promises would read the whole history."""
    (story,) = _reader(ledger).listed(_judged(ledger, "RAG-07", Wanted()).verdicts)
    assert (story.items, story.events, story.total) == ((), {}, 30)
    assert story.text.source == "statement-file"


@pytest.mark.parametrize("only", [None, "broken"])
def test_what_is_opened_is_what_is_shown(ledger: Ledger, only: Verdict | None) -> None:
    """The record of a reading would tell of more than the reader saw, or of less."""
    reader = _reader(ledger)
    listed = _judged(ledger, "RAG-07", Wanted())
    assert reader.indexes(listed) == [listed.verdicts[0].declared_index]
    judged = _judged(ledger, "RAG-07", Wanted(limit=10, only=only))
    (story,) = reader.told(judged)
    assert reader.indexes(judged) == sorted(story.events)


def test_a_strip_shows_when_it_broke(ledger: Ledger) -> None:
    """The strip would show a break in another month."""
    judged = _judged(ledger, "RAG-07", Wanted(limit=1, with_strips=True))
    assert judged.strips_since == FIRST_DAY
    (story,) = _reader(ledger).told(judged)
    width = (ASKED - FIRST_DAY) / len(story.strip)
    broken = {timedelta(days=day) // width for day in BROKEN_DAYS}
    assert {place for place, word in enumerate(story.strip) if word == "broken"} == broken


@pytest.mark.parametrize("limit", [None, 1, 10, 30, 40])
def test_a_page_with_strips_tells_the_same_events(ledger: Ledger, limit: int | None) -> None:
    """A page would tell other events of a promise than a page without strips."""
    drawn = _judged(ledger, "RAG-07", Wanted(limit=limit, with_strips=True))
    assert drawn.items == _judged(ledger, "RAG-07", Wanted(limit=limit)).items
    assert len(drawn.items["RAG-07"]) == min(30 if limit is None else limit, 30)


def test_there_is_no_strip_of_nothing(ledger: Ledger) -> None:
    """A page about no promise would end in a fault."""
    assert strips_since([], ASKED) is None
    assert _story(ledger, "RAG-12", Wanted(limit=1, with_strips=True)).strip == ()


def test_who_tells_reads_no_verdict_again(ledger: Ledger) -> None:
    """A page would read the rules and events of the whole log anew for each of its promises."""
    judged = _judged(ledger, "RAG-07", Wanted(limit=5))
    asked: list[str] = []

    def note(*each: object) -> None:
        asked.append(str(each[2]))

    event_of_sql.listen(ledger.log.engine, "before_cursor_execute", note)
    try:
        _reader(ledger).indexes(judged)
        (story,) = _reader(ledger).told(judged)
    finally:
        event_of_sql.remove(ledger.log.engine, "before_cursor_execute", note)
    assert len(story.items) == 5
    assert asked
    tables = (VERDICT.name, TALLY.name, SETTING.name)
    assert not [each for each in asked if any(name in each for name in tables)]


def test_an_open_reading_tells_its_events_under_each(tmp_path: Path) -> None:
    """What the readings disagree on would be left out of the story."""
    ledger = statement_log(tmp_path, "ingressus-xref")
    lending = {"purpose": "book-lending", "system": "ingressus-xref", "resource": "xref-portal"}
    tell(ledger, [event("access.used", 1, **lending), event("access.used", 2, **lending)])
    every = _story(ledger, "ING-04", Wanted(limit=None))
    assert {item.reading for item in every.items} == {"access-only", "lending-too"}
    assert every.total == len(every.items) == 4
    some = _story(ledger, "ING-04", Wanted(limit=1))
    assert [item.verdict for item in some.items] == ["broken"]
    ledger.close()
