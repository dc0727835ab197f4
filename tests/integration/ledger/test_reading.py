"""Who is shown identities is in the log before, once, and says which records."""

from collections.abc import Iterator
from uuid import UUID

import pytest

from ledger.errors import BadRequest, NotAuthorised
from ledger.events import Event
from ledger.events.access import AccessAttemptDenied
from ledger.events.log_integrity import LogRead
from ledger.evidence import Reading
from ledger.ledger import Ledger
from ledger.opening import OpenedRecord
from ledger.own_records import READINGS
from ledger.personal import WITHHELD, token_text
from ledger.query import EventQuery
from ledger.reading import ReadingNotRecorded, ShowsField, open_texts
from tests.grants import grant
from tests.opened import opened_records
from tests.roles import AUDITOR, give_every_role

_WHY = Reading(AUDITOR, "incident-investigation", "ticket 9")


def _people(*names: str) -> list[Event]:
    return [
        grant(grant_id=f"G-{number}", grantee=f"person:{name}", actor="person:admin")
        for number, name in enumerate(names)
    ]


def _readings(ledger: Ledger) -> list[LogRead]:
    rows = (row for row in ledger.log.scan() if row.kind == "log.read.v1")
    opened = opened_records(ledger, rows)
    return [each.event for each in opened if isinstance(each.event, LogRead)]


def _subject(ledger: Ledger, identity: str) -> UUID:
    (subject_id,) = ledger.subjects_matching(identity)
    return subject_id


def _looked_at(ledger: Ledger, identity: str) -> list[int]:
    return [each.stored.index for each in ledger.read(EventQuery(looked_at=identity))]


def test_a_reading_says_which_records_and_how_many_names(ledger: Ledger) -> None:
    """Nobody could tell whom a reader saw."""
    ledger.record_many(_people("jan", "piet", "jan", "jan"))
    give_every_role(ledger)
    list(ledger.read(EventQuery(subject="person:jan"), reading=_WHY))
    (reading,) = _readings(ledger)
    assert (reading.system, reading.records, reading.identities) == (READINGS, 3, 6)
    assert (reading.shown, reading.shown_exactly) == ("0 2-3", True)
    assert reading.shown_subjects is None


def test_which_records_were_shown_is_not_in_clear(ledger: Ledger) -> None:
    """The sealed bytes would link the records about one person to each other for ever."""
    ledger.record_many(_people("jan", "piet", "jan"))
    give_every_role(ledger)
    list(ledger.read(EventQuery(subject="person:jan"), reading=_WHY))
    (row,) = (row for row in ledger.log.scan() if row.kind == "log.read.v1")
    assert b"0 2" not in row.sealed
    (closed,) = ledger.open_records([row])
    assert isinstance(closed.event, LogRead)
    assert closed.personal["shown"] == "withheld"
    assert closed.event.question == WITHHELD


def test_a_reading_about_nothing_is_recorded(ledger: Ledger) -> None:
    """Somebody could ask for name after name, until one is there."""
    give_every_role(ledger)
    assert list(ledger.read(EventQuery(subject="person:nobody"), reading=_WHY)) == []
    (reading,) = _readings(ledger)
    assert (reading.records, reading.identities, reading.shown) == (0, 0, "")
    assert reading.question == "subject=nobody known"


def test_the_question_holds_no_pattern_and_no_name(ledger: Ledger) -> None:
    """A name that was searched for would survive its own erasure in the question."""
    ledger.record_many(_people("jan"))
    give_every_role(ledger)
    list(ledger.read(EventQuery(grep="person:jan", actor="admin"), reading=_WHY))
    (reading,) = _readings(ledger)
    assert "jan" not in reading.question
    assert "admin" not in reading.question
    assert "a pattern of 10 characters" in reading.question
    assert reading.shown == "0"


def test_limits_and_order_are_those_of_what_is_shown(ledger: Ledger) -> None:
    """The record of a reading would tell of other records than the reader saw."""
    ledger.record_many(_people("jan", "piet", "jan", "jan"))
    give_every_role(ledger)
    query = EventQuery(grep="jan", limit=2, reverse=True, kinds=("access.granted",), system=None)
    shown = [each.stored.index for each in ledger.read(query, reading=_WHY)]
    (reading,) = _readings(ledger)
    assert shown == [3, 2]
    assert reading.shown == "2-3"


def test_who_looked_at_whom_is_answered(ledger: Ledger) -> None:
    """Somebody who asks who saw their data would get no answer."""
    ledger.record_many(_people("jan", "piet", "jan"))
    give_every_role(ledger)
    list(ledger.read(EventQuery(subject="person:jan"), reading=_WHY))
    list(ledger.read(EventQuery(subject="person:piet"), reading=_WHY))
    list(ledger.read(EventQuery(stop=2), reading=_WHY))
    first, second, third = (each.index for each in ledger.log.scan() if each.kind == "log.read.v1")
    assert _looked_at(ledger, "person:jan") == [first, third]
    assert _looked_at(ledger, "person:piet") == [second, third]
    assert _looked_at(ledger, token_text("person", _subject(ledger, "person:piet"))) == [
        second,
        third,
    ]
    assert _looked_at(ledger, "person:admin") == [first, second, third]
    assert _looked_at(ledger, "person:nobody") == []
    reversed_ = ledger.read(EventQuery(looked_at="person:jan", reverse=True, limit=1))
    assert [each.stored.index for each in reversed_] == [third]


def test_asking_who_looked_is_itself_recorded(ledger: Ledger) -> None:
    """Who watches the watchers would be the one who leaves no trace."""
    ledger.record_many(_people("jan"))
    give_every_role(ledger)
    list(ledger.read(EventQuery(), reading=_WHY))
    (seen,) = ledger.read(EventQuery(looked_at="person:jan"), reading=_WHY)
    assert isinstance(seen.event, LogRead)
    assert seen.event.actor == AUDITOR
    assert seen.event.shown == "0-1"
    *_, newest = _readings(ledger)
    token = token_text("person", _subject(ledger, "person:jan"))
    assert newest.question == f"looked_at={token}"
    assert newest.shown == "2"


def test_another_kind_is_no_question_of_who_looked(ledger: Ledger) -> None:
    """An answer would be given to a question that nobody asked."""
    ledger.record_many(_people("jan"))
    with pytest.raises(BadRequest, match=r"log\.read"):
        list(ledger.read(EventQuery(looked_at="person:jan", kinds=("access.granted",))))


def test_a_source_cannot_say_that_somebody_looked(ledger: Ledger) -> None:
    """What a file says would stand among who really looked."""
    ledger.record_many(_people("jan"))
    ledger.record(
        LogRead(occurred_at=ledger.clock(), question="q", records=1, shown="0", shown_exactly=True)
    )
    assert _looked_at(ledger, "person:jan") == []


def test_naming_tokens_is_a_reading_of_those_people_only(ledger: Ledger) -> None:
    """Who stands beside somebody in a record would seem to have been looked at."""
    ledger.record_many(_people("jan", "piet"))
    give_every_role(ledger)
    jan, piet = (_subject(ledger, f"person:{name}") for name in ("jan", "piet"))
    assert ledger.resolve([jan, piet, jan], "view access", _WHY) == {
        jan: "person:jan",
        piet: "person:piet",
    }
    (reading,) = _readings(ledger)
    assert (reading.records, reading.identities, reading.shown) == (2, 2, "0-1")
    assert _looked_at(ledger, "person:jan") == _looked_at(ledger, "person:piet") != []
    assert _looked_at(ledger, "person:admin") == []


def test_only_what_a_reading_tells_of_is_opened(ledger: Ledger) -> None:
    """A caller could record one record and open another."""
    ledger.record_many(_people("jan", "piet"))
    give_every_role(ledger)
    first, second, *_ = ledger.log.scan()
    opening = ledger.record_reading(_WHY, "record 0", [first])
    assert _grantees(ledger.open_records([first], identities=opening)) == ["person:jan"]
    with pytest.raises(ReadingNotRecorded):
        list(ledger.open_records([first, second], identities=opening))
    (disclosure, *_) = ledger.log.disclosures_of([1])[1]
    with pytest.raises(ReadingNotRecorded):
        open_texts(ledger, second, disclosure, opening)


def test_of_somebody_else_nothing_is_opened(ledger: Ledger) -> None:
    """A copy for one person would hold the names of others."""
    ledger.record_many(_people("jan"))
    give_every_role(ledger)
    row, *_ = ledger.log.scan()
    opening = ledger.record_reading(
        _WHY, "copy", [row], subject_ids=[_subject(ledger, "person:jan")], role="export"
    )
    (opened,) = ledger.open_records([row], identities=opening)
    assert getattr(opened.event, "grantee", "") == "person:jan"
    assert "admin" not in str(opened.event)
    (reading,) = _readings(ledger)
    assert reading.identities == 1


def test_without_the_role_nothing_is_shown_and_the_attempt_stays(ledger: Ledger) -> None:
    """Anybody could look, or try to until it works."""
    ledger.record_many(_people("jan"))
    give_every_role(ledger, "person:boss")
    size = ledger.head().size
    with pytest.raises(NotAuthorised, match="zegel role grant"):
        ledger.read(EventQuery(), reading=_WHY)
    assert ledger.head().size == size + 1
    (attempt,) = opened_records(ledger, ledger.log.scan(size))
    assert isinstance(attempt.event, AccessAttemptDenied)
    assert (attempt.event.actor, attempt.event.act, attempt.event.outcome) == (
        AUDITOR,
        "resolve",
        "denied",
    )
    assert _readings(ledger) == []


def test_a_purpose_outside_the_list_shows_nothing(ledger: Ledger) -> None:
    """Readings could not be counted by purpose."""
    give_every_role(ledger)
    size = ledger.head().size
    with pytest.raises(BadRequest, match="purpose"):
        ledger.read(EventQuery(), reading=Reading(AUDITOR, "curiosity"))
    assert ledger.head().size == size


def test_many_records_make_one_record_of_bounded_length(ledger: Ledger) -> None:
    """A long question would not fit into its record, or tell of too little."""
    people = [f"user{number}" if number % 3 else "jan" for number in range(6_000)]
    for start in range(0, len(people), 1000):
        ledger.record_many(_people(*people[start : start + 1000]))
    give_every_role(ledger)
    size = ledger.head().size
    found = list(ledger.read(EventQuery(subject="person:jan"), reading=_WHY))
    assert len(found) == 2_000
    assert ledger.head().size == size + 1
    (reading,) = _readings(ledger)
    assert reading.shown_exactly is False
    assert len(reading.shown or "") <= 8_000
    assert _looked_at(ledger, "person:jan") == [size]


def _grantees(opened: Iterator[OpenedRecord]) -> list[str]:
    return [str(getattr(each.event, "grantee", "")) for each in opened]


def _only(*wanted: str) -> ShowsField:
    return lambda _kind, path: path in wanted


def test_whose_fields_stayed_closed_was_not_looked_at(ledger: Ledger) -> None:
    """A register of who was looked at would accuse a reader of what they never saw."""
    ledger.record_many(_people("jan", "piet"))
    give_every_role(ledger)
    rows = list(ledger.log.scan(0, 2))
    opening = ledger.record_reading(_WHY, "fields", rows, fields=_only("grantee"))
    (reading,) = _readings(ledger)
    assert (reading.records, reading.identities, reading.shown_exactly) == (2, 2, True)
    assert _looked_at(ledger, "person:jan") == [opening.index]
    assert _looked_at(ledger, "person:admin") == []


def test_whose_words_alone_were_shown_was_looked_at(ledger: Ledger) -> None:
    """Somebody's words could be read without a trace that leads to them."""
    ledger.record_many(
        [grant(grant_id="G", grantee="person:jan", actor="person:admin", justification="ill")]
    )
    give_every_role(ledger)
    rows = list(ledger.log.scan(0, 1))
    opening = ledger.record_reading(_WHY, "fields", rows, fields=_only("justification"))
    assert _looked_at(ledger, "person:jan") == [opening.index]
    assert _looked_at(ledger, "person:admin") == []


def test_too_many_to_name_are_possibly_looked_at(ledger: Ledger) -> None:
    """Of a large export, nobody would be told that it showed them."""
    ledger.record_many(_people(*(f"p{number}" for number in range(170))))
    give_every_role(ledger)
    rows = list(ledger.log.scan(0, 170))
    opening = ledger.record_reading(_WHY, "fields", rows, fields=_only("grantee"))
    (reading,) = _readings(ledger)
    assert (reading.shown_subjects, reading.shown_exactly) == (None, False)
    assert _looked_at(ledger, "person:p169") == [opening.index]
