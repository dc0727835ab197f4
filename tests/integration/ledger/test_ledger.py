"""Recording and reading on both databases."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from uuid_utils.compat import uuid7

from ledger.draft import Conflict, Receipt
from ledger.errors import BadRequest, EventIdReused, MalformedEvent, StreamConflict
from ledger.events.access import AccessGranted
from ledger.events.log_integrity import LogClockSkewRecorded, LogConflictRecorded, LogRead
from ledger.evidence import Reading
from ledger.ledger import Ledger
from ledger.personal import WITHHELD
from ledger.query import EventQuery
from tests.grants import OCCURRED_AT, grant
from tests.opened import opened_records
from tests.roles import give_every_role

_AUDITOR = Reading("person:auditor@example.nl", "incident-investigation", "ticket 9")


def test_a_record_is_there_after_its_receipt(ledger: Ledger, key_file: Path) -> None:
    """A receipt would be given for something that another process cannot see."""
    receipt = ledger.record(grant())
    database = ledger.log.engine.url.render_as_string(hide_password=False)
    other = Ledger.open(database=database, key_file=key_file)
    (seen,) = other.read(EventQuery())
    other.close()
    assert (seen.stored.index, seen.stored.leaf_hash) == (receipt.index, receipt.leaf_hash)
    assert seen.recorded_at == receipt.recorded_at


def test_people_are_tokens_until_identities_are_asked_for(ledger: Ledger) -> None:
    """Whoever reads the log would see names without being recorded."""
    ledger.record(grant(justification="night shift"))
    (shown,) = ledger.read(EventQuery())
    assert isinstance(shown.event, AccessGranted)
    assert re.fullmatch("person#[0-9a-f]{32}", shown.event.grantee)
    assert shown.event.justification == WITHHELD
    assert shown.event.grant_id == str(shown.stored.stream)
    assert shown.personal == {"grantee": "token", "grant_id": "token", "justification": "withheld"}
    give_every_role(ledger)
    opened, _ = ledger.read(EventQuery(), reading=_AUDITOR)
    assert isinstance(opened.event, AccessGranted)
    assert opened.event.grantee == "person:jan@example.nl"
    assert opened.event.justification == "night shift"
    assert opened.event.grant_id == "G-17"


def test_reading_identities_is_recorded_once_and_without_identities(ledger: Ledger) -> None:
    """Nobody could tell who looked at whom, or the record of looking would outlive an erasure."""
    ledger.record_many([grant(grant_id=f"G-{number}") for number in range(3)])
    ledger.record(grant(grant_id="G-9", grantee="person:piet@example.nl"))
    give_every_role(ledger)
    found = ledger.read(EventQuery(subject="person:Jan@Example.NL"), reading=_AUDITOR)
    assert len(list(found)) == 3
    readings = list(opened_records(ledger, ledger.log.scan(5)))
    (reading,) = [each.event for each in readings]
    (subject_id,) = ledger.subjects_matching("person:jan@example.nl")
    assert isinstance(reading, LogRead)
    assert (reading.actor, reading.purpose, reading.note) == (
        "person:auditor@example.nl", "incident-investigation", "ticket 9",
    )  # fmt: skip
    assert reading.records == 3
    assert reading.question == f"subject=person#{subject_id.hex}"


def test_a_reading_is_recorded_before_the_first_record_is_given(ledger: Ledger) -> None:
    """A reader who stops after one record would leave no trace."""
    give_every_role(ledger)
    ledger.record(grant())
    ledger.read(EventQuery(), reading=_AUDITOR)
    assert ledger.head().size == 3


def test_resolving_tokens_is_recorded(ledger: Ledger) -> None:
    """The people in a view could be named without a trace."""
    give_every_role(ledger)
    ledger.record(grant())
    subject_ids = ledger.subjects_matching("person:jan@example.nl")
    found = ledger.resolve(subject_ids, "view access", _AUDITOR)
    assert found == {subject_ids[0]: "person:jan@example.nl"}
    (reading,) = ledger.read(EventQuery(kinds=("log.read",)))
    assert isinstance(reading.event, LogRead)
    assert reading.event.records == 1


@pytest.mark.parametrize(
    ("recorded", "asked"),
    [
        ("ip:2001:DB8:0:0:0:0:0:1", "ip:2001:db8::1"),
        ("ip:2001:db8::1", "ip:2001:0db8:0000::0001"),
        ("ip:203.0.113.7", "ip:::ffff:203.0.113.7"),
        ("ip:::ffff:203.0.113.7", "203.0.113.7"),
    ],
)
def test_an_address_is_found_in_another_spelling(ledger: Ledger, recorded: str, asked: str) -> None:
    """An investigator would miss what an address did because a source writes it differently."""
    ledger.record(grant(origin=recorded))
    assert len(list(ledger.read(EventQuery(ip=asked)))) == 1


def test_a_person_is_found_in_another_spelling(ledger: Ledger) -> None:
    """Two spellings of one e-mail address would be two people."""
    ledger.record(grant(actor="person:Jan.Jansen@Example.NL"))
    ledger.record(grant(grant_id="G-18", actor="person:piet"))
    (found,) = ledger.read(EventQuery(actor="person:jan.jansen@example.nl"))
    assert found.stored.index == 0
    assert list(ledger.read(EventQuery(actor="JAN.JANSEN@EXAMPLE.NL"))) == [found]
    token = getattr(found.event, "actor", "")
    assert [each.stored.index for each in ledger.read(EventQuery(actor=token))] == [0]


def test_an_actor_is_looked_for_as_actor_only(ledger: Ledger) -> None:
    """What was done to a person would be shown as done by that person."""
    ledger.record(grant(grantee="person:jan"))
    ledger.record(grant(grant_id="G-18", actor="person:jan", grantee="person:piet"))
    assert [each.stored.index for each in ledger.read(EventQuery(actor="jan"))] == [1]
    assert [each.stored.index for each in ledger.read(EventQuery(subject="person:jan"))] == [0, 1]


def test_nobody_is_found_for_an_unknown_identity(ledger: Ledger) -> None:
    """A filter for an unknown person would be dropped, and everybody shown."""
    ledger.record(grant())
    assert list(ledger.read(EventQuery(subject="person:nobody"))) == []
    give_every_role(ledger)
    assert list(ledger.read(EventQuery(actor="person:nobody"), reading=_AUDITOR)) == []
    assert ledger.subjects_matching("person:nobody") == []


@pytest.mark.parametrize(
    "query",
    [
        EventQuery(subject="jan"),
        EventQuery(ip="not an address"),
        EventQuery(grep="("),
        EventQuery(kinds=("access.grated",)),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(ledger: Ledger, query: EventQuery) -> None:
    """A mistyped question would look like an answer: nothing found."""
    with pytest.raises(BadRequest, match="expected"):
        list(ledger.read(query))


def test_filters_narrow_and_limits_count_what_is_shown(ledger: Ledger) -> None:
    """A reader would see records that were not asked for, or miss some that were."""
    for number in range(6):
        ledger.record(
            grant(
                grant_id=f"G-{number}",
                occurred_at=(OCCURRED_AT + timedelta(days=number)).isoformat(),
                resource="customer-file" if number % 2 else "staff-file",
                system="infactor" if number < 4 else "ragiox",
            )
        )

    def found(query: EventQuery) -> list[int]:
        return [each.stored.index for each in ledger.read(query)]

    day = timedelta(days=1)
    assert found(EventQuery(since=OCCURRED_AT + day, until=OCCURRED_AT + 3 * day)) == [1, 2]
    assert found(EventQuery(system="ragiox")) == [4, 5]
    assert found(EventQuery(kinds=("access.granted",), limit=2)) == [0, 1]
    assert found(EventQuery(kinds=("access.revoked.v1",))) == []
    assert found(EventQuery(grep="staff-f.le")) == [0, 2, 4]
    assert found(EventQuery(grep="staff-f.le", limit=2)) == [0, 2]
    assert found(EventQuery(grep="staff-f.le", limit=2, reverse=True)) == [4, 2]
    assert found(EventQuery(known_size=3, start=1, reverse=True)) == [2, 1]
    assert found(EventQuery(known_size=3, stop=2)) == [0, 1]


def test_a_pattern_sees_identities_only_when_they_are_shown(ledger: Ledger) -> None:
    """A pattern would be a way to learn identities without being recorded."""
    give_every_role(ledger)
    ledger.record(grant())
    assert list(ledger.read(EventQuery(grep="jan@example"))) == []
    assert len(list(ledger.read(EventQuery(grep="jan@example"), reading=_AUDITOR))) == 1


def test_a_repeated_event_gives_its_first_receipt(ledger: Ledger) -> None:
    """A source that repeats itself after a lost answer would be recorded twice."""
    event = grant(event_id=str(uuid7()))
    first = ledger.record(event)
    ledger.record(grant(grant_id="G-18"))
    again, between = ledger.record_many([event, grant(grant_id="G-19")])
    assert isinstance(again, Receipt)
    assert isinstance(between, Receipt)
    assert (again.index, again.leaf_hash, again.duplicate) == (first.index, first.leaf_hash, True)
    assert ledger.head().size == 3


def test_a_conflict_is_refused_and_recorded_once_per_content(ledger: Ledger) -> None:
    """Evidence of a contradiction would be missing, or grow with every retry."""
    event_id = str(uuid7())
    ledger.record(grant(event_id=event_id))
    with pytest.raises(EventIdReused) as caught:
        ledger.record(grant(event_id=event_id, resource="staff-file"))
    assert (caught.value.index, caught.value.conflict_index) == (0, 1)
    with pytest.raises(EventIdReused) as repeated:
        ledger.record(grant(event_id=event_id, resource="staff-file"))
    assert repeated.value.conflict_index == 1
    outcomes = ledger.record_many(
        [
            grant(event_id=event_id, resource="staff-file"),
            grant(event_id=event_id, resource="pay-file"),
            grant(event_id=event_id, resource="pay-file"),
            grant(grant_id="G-18"),
        ]
    )
    assert [type(outcome) for outcome in outcomes] == [Conflict, Conflict, Conflict, Receipt]
    evidence = [each.event for each in ledger.read(EventQuery(kinds=("log.conflict_recorded",)))]
    assert len(evidence) == 2
    for each in evidence:
        assert isinstance(each, LogConflictRecorded)
        assert (str(each.reused_event_id), each.first_index) == (event_id, 0)
        assert each.refused_kind == "access.granted.v1"


def test_one_wrong_event_stores_none_of_its_batch(ledger: Ledger) -> None:
    """Half a batch would be stored while its sender was told that it failed."""
    wrong = AccessGranted(
        occurred_at=OCCURRED_AT, grant_id="G-1", grantee="person#" + "0" * 32, resource="file"
    )
    with pytest.raises(MalformedEvent, match="grantee"):
        ledger.record_many([grant(), wrong])
    assert ledger.head().size == 0


def test_events_of_a_case_share_its_stream(ledger: Ledger) -> None:
    """A grant and its revocation would be two cases, or two grants one."""
    first, second, other = ledger.record_many([grant(), grant(), grant(grant_id="G-18")])
    assert isinstance(first, Receipt)
    assert isinstance(second, Receipt)
    assert isinstance(other, Receipt)
    assert ledger.case_stream("grant", "G-17") == first.stream == second.stream
    assert ledger.case_stream("grant", "G-18") == other.stream != first.stream
    assert ledger.case_stream("grant", "G-19") is None
    assert (first.version, second.version, other.version) == (1, 2, 1)


def test_a_writer_who_missed_an_event_of_the_case_is_told(ledger: Ledger) -> None:
    """Two people who decide about one case at once would not learn of each other."""
    ledger.record(grant(), expected_version=0)
    with pytest.raises(StreamConflict):
        ledger.record(grant(), expected_version=0)
    assert ledger.record(grant(), expected_version=1).version == 2


def test_the_log_verifies_with_every_disclosure_opened(ledger: Ledger) -> None:
    """The vault would write disclosures that verification cannot match with their records."""
    ledger.record_many([grant(justification="x", origin="ip:203.0.113.7") for _ in range(5)])
    told: list[int] = []
    report = ledger.verify(told.append)
    assert report.findings == ()
    assert (report.records_checked, report.disclosures_checked) == (5, 10)
    assert told[-1] == 5


def test_a_clock_that_goes_back_is_held_and_recorded(database_url: str, key_file: Path) -> None:
    """Records would seem older than those before them, and nobody would know why."""
    times = [datetime(2026, 1, 1, 12, tzinfo=UTC)]
    ledger = Ledger.create(
        database=database_url, key_file=key_file, origin="log.example/clock", clock=lambda: times[0]
    )
    ledger.record(grant())
    times[0] -= timedelta(minutes=5)
    held = ledger.record(grant())
    assert held.recorded_at == datetime(2026, 1, 1, 12, tzinfo=UTC)
    (skew,) = ledger.read(EventQuery(kinds=("log.clock_skew_recorded",)))
    assert isinstance(skew.event, LogClockSkewRecorded)
    assert skew.event.offset == timedelta(minutes=5)
    ledger.close()


def test_derived_ids_are_stable_ordered_and_opaque(ledger: Ledger) -> None:
    """A file imported twice would be recorded twice, or its lines be guessed from their ids."""
    identity = b"auth.log:12"
    first = ledger.derive_id(OCCURRED_AT, identity)
    assert first == ledger.derive_id(OCCURRED_AT, identity)
    assert (first.version, first.variant) == (7, "specified in RFC 4122")
    assert first.int >> 80 == int(OCCURRED_AT.timestamp() * 1000)
    others = {ledger.derive_id(OCCURRED_AT, str(number).encode()) for number in range(1000)}
    assert len(others) == 1000
    assert first < ledger.derive_id(OCCURRED_AT + timedelta(milliseconds=1), b"0")


def test_an_id_of_the_source_own_does_not_depend_on_the_time(ledger: Ledger) -> None:
    """A span sent again with another time would be a second fact instead of a conflict."""
    own = ledger.derive_id(None, b"trace and span")
    assert own == ledger.derive_id(None, b"trace and span")
    assert (own.version, own.variant) == (8, "specified in RFC 4122")
    assert len({ledger.derive_id(None, str(number).encode()) for number in range(1000)}) == 1000
