"""Append: the contract that both databases keep."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import Connection, insert, select, update
from uuid_utils.compat import uuid7

from ledger.draft import Conflict, Draft, Receipt
from ledger.errors import RecordingRefused, StreamConflict
from ledger.record import MAX_RECORD_BYTES, decode_record
from ledger.store import RecordQuery, SealedLog, StaleVault, open_engine
from ledger.store.schema import VAULT, VIEW_POSITION
from tests.integration.store.check_log import check_log
from tests.integration.store.databases import ORIGIN
from tests.integration.store.drafts import NOON, HandClock, make_draft, receipts_of


def test_a_record_says_what_its_draft_said(log: SealedLog) -> None:
    """What an auditor reads would not be what was recorded."""
    draft = make_draft(uuid4())
    (receipt,) = receipts_of(log.append([draft]))
    row = log.record_at(0)
    assert row is not None
    record = decode_record(row.sealed)
    assert (record.stream, record.version, record.kind) == (draft.stream, 1, draft.kind)
    assert (record.body, record.recorded_at) == (draft.body, NOON)
    assert (row.event_id, row.system) == (draft.event_id, draft.system)
    assert row.occurred_at_us == int(NOON.timestamp()) * 1_000_000
    assert (receipt.index, receipt.leaf_hash) == (0, row.leaf_hash)
    assert (receipt.recorded_at, receipt.stream) == (NOON, draft.stream)
    assert (receipt.version, receipt.event_id) == (1, draft.event_id)
    assert not receipt.duplicate


@pytest.mark.parametrize("size", [0, 1, 24, 25, 300])
def test_indexes_follow_each_other_in_small_and_large_batches(log: SealedLog, size: int) -> None:
    """A way of inserting would lose, double or reorder records at the border of its use."""
    receipts = receipts_of(log.append([make_draft(uuid4(), uuid4()) for _ in range(size)]))
    receipts += receipts_of(log.append([make_draft(uuid4())]))
    assert [receipt.index for receipt in receipts] == list(range(size + 1))
    assert len(list(log.scan_disclosures())) == 2 * size + 1
    check_log(log, size + 1)


def test_a_draft_without_id_time_system_and_disclosures_is_stored(log: SealedLog) -> None:
    """A bare fact could not be recorded."""
    log.append([Draft(stream=uuid7(), kind="log.read.v1", body=b"{}") for _ in range(30)])
    rows = list(log.scan())
    assert {(row.event_id, row.occurred_at_us, row.system) for row in rows} == {(None, None, None)}


def test_the_same_fact_again_gives_its_first_receipt(log: SealedLog) -> None:
    """An importer that starts again would double its facts."""
    drafts = [make_draft() for _ in range(40)]
    first = receipts_of(log.append(drafts))
    again = receipts_of(log.append([*drafts[:2], make_draft(), *drafts[2:]]))
    assert again[2].index == 40
    del again[2]
    assert [receipt.duplicate for receipt in again] == [True] * 40
    assert [(r.index, r.leaf_hash, r.stream, r.event_id) for r in again] == [
        (r.index, r.leaf_hash, r.stream, r.event_id) for r in first
    ]
    check_log(log, 41)


def test_an_id_with_other_content_is_a_conflict_that_stores_nothing(log: SealedLog) -> None:
    """A reused id would overwrite or double a fact."""
    first = make_draft()
    log.append([first, make_draft()])
    other = make_draft(event_id=first.event_id)
    _assert_conflict(log.append([other]), other)
    check_log(log, 2)


def test_two_facts_without_a_digest_are_never_the_same(log: SealedLog) -> None:
    """A fact whose digest was erased would be taken for any other one."""
    first = make_draft(sameness=None)
    log.append([first])
    _assert_conflict(log.append([first]), first)


def _assert_conflict(outcomes: Sequence[Receipt | Conflict], draft: Draft) -> None:
    (outcome,) = outcomes
    assert isinstance(outcome, Conflict)
    assert (outcome.event_id, outcome.index) == (draft.event_id, 0)


def test_an_id_twice_in_one_batch_counts_once(log: SealedLog) -> None:
    """One batch could store what two batches could not."""
    first = make_draft()
    outcomes = log.append([first, first, make_draft(event_id=first.event_id), make_draft()])
    assert [type(outcome) for outcome in outcomes] == [Receipt, Receipt, Conflict, Receipt]
    stored, again, conflict, last = outcomes
    assert isinstance(again, Receipt)
    assert isinstance(last, Receipt)
    assert again.duplicate
    assert (stored.index, again.index, conflict.index, last.index) == (0, 0, 0, 1)
    check_log(log, 2)


def test_stream_versions_count_from_one_across_batches(log: SealedLog) -> None:
    """Two records of a case would claim the same place in it."""
    case = uuid7()
    step = {"stream": case, "fresh_stream": False}
    versions = [
        receipt.version
        for size in (1, 3, 40)
        for receipt in receipts_of(log.append([make_draft(**step) for _ in range(size)]))
    ]
    assert versions == list(range(1, 45))
    assert [row.version for row in log.scan_stream(case, after=40)] == [41, 42, 43, 44]


def test_a_writer_that_expected_another_version_is_refused(log: SealedLog) -> None:
    """Two officers would decide the same case without seeing each other."""
    case = uuid7()
    step = {"stream": case, "fresh_stream": False}
    log.append([make_draft(expected_version=0, **step)])
    with pytest.raises(StreamConflict) as caught:
        log.append([make_draft(), make_draft(expected_version=0, **step)])
    assert (caught.value.expected_version, caught.value.found_version) == (0, 1)
    check_log(log, 1)
    log.append([make_draft(expected_version=n, **step) for n in (1, 2, 3)])
    check_log(log, 4)


def test_drafts_of_an_older_vault_are_refused(log: SealedLog) -> None:
    """A fact would be stored under keys that were destroyed."""
    with log.engine.begin() as connection:
        connection.execute(insert(VAULT).values(log=log.log_id, key_check=b"k", generation=7))
    log.append([make_draft()], vault_generation=7)
    with log.engine.begin() as connection:
        connection.execute(update(VAULT).values(generation=8))
    with pytest.raises(StaleVault) as caught:
        log.append([make_draft()], vault_generation=7)
    assert (caught.value.expected_generation, caught.value.found_generation) == (7, 8)
    check_log(log, 1)


def test_what_is_also_written_shares_the_fate_of_the_append(log: SealedLog) -> None:
    """A view could be ahead of the log, or behind it."""

    def also(connection: Connection, outcomes: Sequence[Receipt | Conflict]) -> None:
        connection.execute(
            insert(VIEW_POSITION).values(
                log=log.log_id, view="v", version=1, generation=1, position=len(outcomes)
            )
        )

    def fail(connection: Connection, outcomes: Sequence[Receipt | Conflict]) -> None:
        also(connection, outcomes)
        raise StreamConflict(uuid7(), 1, 2)

    with pytest.raises(StreamConflict):
        log.append([make_draft(), make_draft()], also=fail)
    with log.engine.connect() as connection:
        assert connection.execute(select(VIEW_POSITION)).all() == []
    check_log(log, 0)
    log.append([make_draft(), make_draft()], also=also)
    with log.engine.connect() as connection:
        assert connection.scalar(select(VIEW_POSITION.c.position)) == 2


def test_one_record_too_long_refuses_the_batch(log: SealedLog) -> None:
    """Half a batch would be stored."""
    with pytest.raises(RecordingRefused, match=str(MAX_RECORD_BYTES)):
        log.append([make_draft(), make_draft(body=b"x" * MAX_RECORD_BYTES)])
    check_log(log, 0)


def test_a_batch_of_fifty_thousand_is_one_transaction(log: SealedLog) -> None:
    """A large import would hang or be stored in part."""
    subjects = [uuid4() for _ in range(100)]
    drafts = [make_draft(subjects[n % 100], body=b"x" * 500) for n in range(50_000)]
    receipts = receipts_of(log.append(drafts))
    assert [receipt.index for receipt in receipts] == list(range(50_000))
    again = receipts_of(log.append(drafts[::-1]))
    assert all(receipt.duplicate for receipt in again)
    check_log(log, 50_000)
    # The index by subject is in blocks; these lie in two of them.
    named = RecordQuery(subject_ids=(({subjects[7]}, {"actor"}),))
    assert [row.index for row in log.find(named)] == list(range(7, 50_000, 100))
    newest = replace(named, reverse=True, limit=200)
    assert [row.index for row in log.find(newest)] == list(range(49_907, 30_000, -100))
    middle = replace(named, start=32_000, stop=33_000)
    assert [row.index for row in log.find(middle)] == list(range(32_007, 33_000, 100))


def test_a_clock_that_goes_back_is_held_and_noted_once(log: SealedLog, clock: HandClock) -> None:
    """Order in time would contradict order in the log, or an episode would flood it."""
    offsets = []

    def skew_draft(offset: timedelta) -> Draft:
        offsets.append(offset)
        return Draft(stream=uuid7(), kind="log.clock_skew_recorded.v1", body=b"{}")

    log.skew_draft = skew_draft
    log.append([make_draft()])
    clock.move(timedelta(milliseconds=-900))
    log.append([make_draft()])
    assert offsets == []
    clock.move(timedelta(hours=-1))
    (receipt,) = receipts_of(log.append([make_draft()]))
    assert receipt.index == 3
    other = SealedLog.open(log.engine, clock=clock, skew_draft=skew_draft)
    other.append([make_draft()])
    assert [row.kind for row in log.scan()].count("log.clock_skew_recorded.v1") == 1
    assert {row.recorded_at_us for row in log.scan()} == {int(NOON.timestamp()) * 1_000_000}
    clock.move(timedelta(hours=2))
    log.append([make_draft()])
    clock.move(timedelta(seconds=-2))
    log.append([make_draft()])
    assert [row.kind for row in log.scan()].count("log.clock_skew_recorded.v1") == 2
    assert offsets[-1] == timedelta(seconds=-2)
    check_log(log, 8)


def test_several_logs_share_a_database_and_keep_apart(log: SealedLog, clock: HandClock) -> None:
    """One tenant's records, ids or streams would meet another's."""
    other = SealedLog.create(log.engine, "example.org/other", clock=clock)
    draft = make_draft(uuid4(), fresh_stream=False)
    assert receipts_of(log.append([draft, make_draft()]))[0].index == 0
    (receipt,) = receipts_of(other.append([draft]))
    assert (receipt.index, receipt.version, receipt.duplicate) == (0, 1, False)
    check_log(log, 2)
    check_log(other, 1)
    assert len(list(other.scan_disclosures())) == 1


def test_a_log_that_is_opened_again_goes_on_where_it_was(
    log: SealedLog, database_url: str, clock: HandClock
) -> None:
    """A second process would start a second chain."""
    log.append([make_draft() for _ in range(5)])
    engine = open_engine(database_url)
    again = SealedLog.open(engine, clock=clock)
    assert again.origin == ORIGIN
    assert receipts_of(again.append([make_draft()]))[0].index == 5
    check_log(again, 6)
    engine.dispose()
