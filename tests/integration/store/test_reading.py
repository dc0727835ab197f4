"""Reading: every question gives the records that a plain loop over all of them would."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from ledger.store import RecordQuery, SealedLog
from ledger.store.requests import microseconds
from ledger.store.row_reader import RowReader
from ledger.stored import StoredRecord
from tests.integration.store.drafts import NOON, HandClock, make_draft, receipts_of

SUBJECTS = [UUID(int=n) for n in range(1, 6)]
KINDS = ["access.used.v1", "access.granted.v1", "exchange.performed.v1"]
SYSTEMS = ["infactor-web", "xential", None]


@pytest.fixture
def filled(log: SealedLog, clock: HandClock) -> SealedLog:
    """Five thousand records: more than two pages, not in order of occurrence."""
    for batch in range(10):
        clock.move(timedelta(minutes=1))
        log.append(
            [
                make_draft(
                    SUBJECTS[n % 5],
                    kind=KINDS[n % 3],
                    system=SYSTEMS[n % 7 % 3],
                    occurred_at=None if n % 50 == 0 else NOON + timedelta(seconds=n * 7919 % 5000),
                )
                for n in range(batch * 500, batch * 500 + 500)
            ]
        )
    return log


def _matches(query: RecordQuery, row: StoredRecord) -> bool:
    at = row.occurred_at_us
    return (
        (query.kinds is None or row.kind in query.kinds)
        and row.kind not in query.without
        and (query.system is None or row.system == query.system)
        and (query.since is None or (at is not None and at >= microseconds(query.since)))
        and (query.until is None or (at is not None and at < microseconds(query.until)))
        and all(SUBJECTS[row.index % 5] in ids for ids, _ in query.subject_ids)
        and query.start <= row.index < (10**9 if query.stop is None else query.stop)
    )


WINDOW = RecordQuery(since=NOON + timedelta(seconds=1000), until=NOON + timedelta(seconds=4000))
NARROW = RecordQuery(since=NOON + timedelta(seconds=1000), until=NOON + timedelta(seconds=1003))
BOTH = (({SUBJECTS[0], SUBJECTS[1]}, {"actor"}), ({SUBJECTS[1], SUBJECTS[2]}, None))
QUERIES = [
    RecordQuery(),
    RecordQuery(reverse=True),
    RecordQuery(start=1990, stop=4010),
    RecordQuery(start=1990, stop=4010, reverse=True, limit=2015),
    RecordQuery(kinds={KINDS[1]}),
    RecordQuery(kinds=KINDS[:2], reverse=True),
    RecordQuery(kinds=set()),
    RecordQuery(without=KINDS[:2], reverse=True, limit=9),
    replace(NARROW, without=KINDS[1:]),
    RecordQuery(kinds=KINDS[:2], without=KINDS[1:], system="xential"),
    RecordQuery(system="xential"),
    RecordQuery(system="nowhere"),
    WINDOW,
    replace(WINDOW, limit=10),
    NARROW,
    replace(NARROW, reverse=True),
    RecordQuery(since=WINDOW.until, reverse=True),
    RecordQuery(subject_ids=(({SUBJECTS[3]}, None),)),
    RecordQuery(subject_ids=(({SUBJECTS[3]}, {"actor", "origin"}),), reverse=True, limit=7),
    RecordQuery(subject_ids=BOTH),
    RecordQuery(subject_ids=((set(), None),)),
    replace(WINDOW, kinds=KINDS[:2], system="xential", subject_ids=BOTH, start=17),
    replace(NARROW, kinds=KINDS[:1], system="infactor-web", limit=3, reverse=True),
]


def test_every_question_gives_what_a_plain_loop_would(filled: SealedLog) -> None:
    """An investigator would be shown too few records, or others'."""
    rows = list(filled.scan())
    assert [row.index for row in rows] == list(range(5000))
    for query in QUERIES:
        expected = [row for row in rows if _matches(query, row)]
        if query.reverse:
            expected.reverse()
        assert list(filled.find(query)) == expected[: query.limit], query


def test_a_field_is_met_by_its_whole_name_only(log: SealedLog) -> None:
    """A question about the actor would find who is only named in `actor_note`."""
    fields = ["actor_note", "subjects/0,note", "note,actor", "actors", "actor"]
    subject = uuid4()
    drafts = [make_draft(subject) for _ in fields]
    drafts = [
        make_draft(
            disclosures=tuple(type(d)(d.subject_id, name, d.ciphertext) for d in draft.disclosures)
        )
        for draft, name in zip(drafts, fields, strict=True)
    ]
    log.append(drafts)

    def found(*names: str) -> list[int]:
        query = RecordQuery(subject_ids=(({subject}, names),))
        return [row.index for row in log.find(query)]

    assert found("actor") == [2, 4]
    assert found("subjects") == [1]
    assert found("note", "actors") == [1, 2, 3]
    assert found() == []


def test_an_event_is_found_by_its_id(filled: SealedLog) -> None:
    """A receipt's id would lead nowhere, or to another record."""
    row = filled.record_at(1234)
    assert row is not None
    assert row.event_id is not None
    assert filled.find_event(row.event_id) == row
    assert filled.find_event(uuid4()) is None
    assert filled.record_at(5000) is None


def test_size_at_an_instant_counts_what_was_recorded_by_then(
    filled: SealedLog, clock: HandClock
) -> None:
    """A question "as known on" would know too much, or too little."""
    assert filled.size_at(NOON) == 0
    assert filled.size_at(NOON + timedelta(minutes=1)) == 500
    assert filled.size_at(NOON + timedelta(minutes=3, seconds=30)) == 1500
    assert filled.size_at(clock.now) == 5000


def test_disclosures_are_found_by_index_and_in_order(filled: SealedLog) -> None:
    """Verification would compare a record with the disclosures of another."""
    disclosures = list(filled.scan_disclosures())
    assert [d.index for d in disclosures] == list(range(5000))
    assert [d.subject_id for d in disclosures[:6]] == [*SUBJECTS, SUBJECTS[0]]
    assert list(filled.scan_disclosures(10, 12)) == disclosures[10:12]
    wanted = [4999, 3, 2500, 6000]
    assert filled.disclosures_of(wanted) == {n: [disclosures[n]] for n in wanted[:3]}
    many = list(range(0, 5000, 2))
    assert len(filled.disclosures_of(many)) == 2500


def test_disclosures_are_the_same_page_by_page(
    filled: SealedLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disclosure where two pages meet would be left out, or be read twice."""
    whole = list(filled.scan_disclosures(0, 15))
    monkeypatch.setattr("ledger.store.row_reader.PAGE_ROWS", 3)
    assert list(filled.scan_disclosures(0, 15)) == whole
    assert list(filled.scan_disclosures(4, 15)) == whole[4:]


def test_leaf_hashes_are_those_of_the_records(filled: SealedLog) -> None:
    """A proof would be built over other leaves."""
    expected = [row.leaf_hash for row in filled.scan(1990, 4100)]
    assert filled.leaf_hashes(1990, 4100) == expected


def test_a_page_stays_the_same_while_others_append(filled: SealedLog) -> None:
    """Somebody who pages through the log would miss or repeat records."""
    rows = filled.scan()
    seen = [next(rows).index for _ in range(10)]
    assert receipts_of(filled.append([make_draft()]))[0].index == 5000
    seen += [row.index for row in rows]
    assert seen == list(range(5001))


def test_look_ups_of_several_kinds_see_the_same_log(
    log: SealedLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A follower that got the later of two new records would never see the earlier one."""
    kinds = ("access.used.v1", "access.granted.v1")
    fetch = RowReader.fetch

    def fetch_and_append(
        reader: RowReader, statement: str, parameters: Sequence[object]
    ) -> list[tuple[Any, ...]]:
        found = fetch(reader, statement, parameters)
        if statement.startswith("SELECT idx FROM zegel_record") and not log.head().size:
            # The kind that was just looked up comes first, so its look-up came too early.
            first = next(kind for kind in kinds if kind in parameters)
            (other,) = set(kinds) - {first}
            log.append([make_draft(kind=first), make_draft(kind=other)])
        return found

    monkeypatch.setattr(RowReader, "fetch", fetch_and_append)
    query = RecordQuery(kinds=frozenset(kinds))
    assert [row.index for row in log.find(query)] == []
    assert [row.index for row in log.find(query)] == [0, 1]
