"""An erasure destroys what is stored of one person, and nothing of anybody else."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import UUID

import pytest
from sqlalchemy import func, make_url, select

from ledger.draft import Receipt
from ledger.erasure.naming import find_subject
from ledger.erasure.steps import RequestedBy
from ledger.erasure.terms import ErasedPlace, ErasureOutcome
from ledger.errors import BadRequest, LegalHoldStands, StoreUnavailable, SubjectErased
from ledger.events.log_keeping import LogErasureConfirmed, LogErasureRequested
from ledger.holds import require_no_hold
from ledger.ledger import Ledger
from ledger.store.engine import open_engine
from ledger.store.schema import CASE, IDENTITY, SNAPSHOT, SUBJECT
from ledger.store.scrubbing import scrub
from ledger.verification.findings import Finding
from projections.erasing import erase_disclosures, erase_subject, erase_subjects, resume_erasures
from tests.erasable_log import (
    ACTOR,
    BY,
    OTHER,
    ROUNDS,
    VICTIM,
    ErasableLog,
    event,
    events,
)
from tests.opened import opened_records

HORIZON: Final = datetime(2026, 12, 31, tzinfo=UTC)
RECORDS: Final = 3 * ROUNDS


def erase(log: ErasableLog, identity: str = VICTIM) -> ErasureOutcome:
    """The victim is erased."""
    return erase_subject(
        log.ledger, identity, requested_by=BY, reason="asked", request_id="R-1", horizon=HORIZON
    )


def test_the_erased_person_is_gone_and_everybody_else_stays(log: ErasableLog) -> None:
    """Erasing one of two people in a record would take the other along, or leave the one."""
    erase(log)
    shown = list(opened_records(log.ledger, log.ledger.log.scan(0, RECORDS)))
    for number, opened in enumerate(shown):
        assert opened.event is not None
        assert opened.event.actor == ACTOR
        has_victim = number % 3 != 1
        assert VICTIM not in str(opened.event)
        assert bool(opened.erased) is has_victim
        if number % 3 == 0:
            assert opened.event.subjects == ("withheld", OTHER)
            assert opened.event.note == "withheld"
        if number % 3 == 1:
            assert opened.event.subjects == (OTHER,)
            assert opened.event.note == "fine"
    assert log.outcome() == "valid"


def test_records_say_which_event_erased_them(log: ErasableLog) -> None:
    """A reader could not tell what was erased from what was lost."""
    done = erase(log)
    (opened,) = log.ledger.open_records(log.ledger.log.scan(0, 1))
    assert opened.erased == dict.fromkeys(("subjects/0", "note", "ticket"), done.confirmed_index)
    assert {opened.personal[path] for path in opened.erased} == {"erased"}
    assert opened.personal["subjects/1"] == "token"


def test_the_log_says_what_was_erased_and_by_whom(log: ErasableLog) -> None:
    """Nobody could show that a request was answered, or when backups forget."""
    done = erase(log)
    request, confirmation = opened_records(
        log.ledger, log.ledger.log.records_at([done.requested_index, done.confirmed_index])
    )
    assert isinstance(request.event, LogErasureRequested)
    assert (request.event.actor, request.event.reason) == (BY, "asked")
    assert (request.event.request_id, request.event.subject_kind) == ("R-1", "data-subject")
    assert isinstance(confirmation.event, LogErasureConfirmed)
    said = confirmation.event
    assert (said.keys_destroyed, said.disclosures_destroyed) == (1, 2 * ROUNDS)
    assert said.records_affected == 2 * ROUNDS
    assert said.erasure_horizon is not None
    assert said.erasure_horizon > HORIZON  # a backup could have been made until the very end
    assert said.erasure_horizon == done.horizon
    assert said.key_ids == done.key_ids
    assert request.stored.stream == confirmation.stored.stream


def test_verification_names_every_erased_disclosure(log: ErasableLog) -> None:
    """An auditor would see a fault, or nothing at all."""
    done = erase(log)
    report = log.ledger.verify()
    assert report.counts == {"ERASED": 2 * ROUNDS}
    first = report.findings[0]
    assert isinstance(first, Finding)
    assert (first.index, first.found) == (0, f"erased by event {done.confirmed_index}")


def test_a_returning_person_gets_a_new_key(log: ErasableLog) -> None:
    """What is recorded of them from now on would be linked to what was erased."""
    (old,) = log.ledger.subjects_matching(VICTIM)
    erase(log)
    assert log.ledger.subjects_matching(VICTIM) == []
    log.ledger.record(event("access.used.v1", resource="mail", subjects=[VICTIM]))
    (new,) = log.ledger.subjects_matching(VICTIM)
    assert new != old
    with log.ledger.log.engine.connect() as connection:
        row = connection.execute(select(SUBJECT).where(SUBJECT.c.subject_id == old)).one()
    assert row.wrapped_key is None
    assert log.outcome() == "valid"


def test_a_repeated_event_of_an_erased_person_stores_nothing(log: ErasableLog) -> None:
    """Importing an old file again would bring the erased person back."""
    erase(log)
    size = log.ledger.head().size
    before = _subjects(log)
    repeated = log.ledger.record_many([each for each in events() if each.event_id])
    assert [each.index for each in repeated] == list(range(0, RECORDS, 3))
    assert all(isinstance(each, Receipt) and each.duplicate for each in repeated)
    assert log.ledger.head().size == size
    assert _subjects(log) == before


def test_a_repeated_event_beside_new_ones_is_answered_in_its_place(log: ErasableLog) -> None:
    """Receipts would be given for the wrong events."""
    erase(log)
    size = log.ledger.head().size
    fresh = event("access.used.v1", resource="mail", actor=ACTOR)
    old = next(each for each in events() if each.event_id)
    answered = log.ledger.record_many([fresh, old, fresh])
    assert [each.index for each in answered] == [size, 0, size + 1]


def _subjects(log: ErasableLog) -> tuple[int, ...]:
    with log.ledger.log.engine.connect() as connection:
        return tuple(
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (SUBJECT, IDENTITY, CASE)
        )


def test_a_hold_forbids_it(log: ErasableLog) -> None:
    """Evidence that a court asked for would be destroyed."""
    log.ledger.record(
        event(
            "legal_hold.placed.v1",
            hold_id="H-1",
            subjects=[VICTIM],
            basis="litigation",
            valid_until="2099-01-01T00:00:00Z",
        )
    )
    size = log.ledger.head().size
    with pytest.raises(LegalHoldStands, match=r"litigation.*2099-01-01"):
        erase(log)
    assert log.ledger.head().size == size
    assert log.ledger.log.erasures.pending() == []


def test_a_hold_that_is_placed_meanwhile_forbids_it(
    log: ErasableLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hold recorded between the question and the request would be overlooked."""
    hold = event("legal_hold.placed.v1", hold_id="H-1", subjects=[VICTIM], basis="litigation")
    asked: list[int] = []

    def ask_then_place(ledger: Ledger, subject_id: UUID) -> None:
        require_no_hold(ledger, subject_id)
        asked.append(1)
        if len(asked) == 1:
            log.ledger.record(hold)

    monkeypatch.setattr("ledger.erasure.steps.require_no_hold", ask_then_place)
    with pytest.raises(LegalHoldStands):
        erase(log)
    assert log.ledger.log.erasures.pending() == []
    assert log.outcome() == "valid"


def test_an_erased_subject_named_again_is_told_by_its_token(log: ErasableLog) -> None:
    """Nobody could find out when and by which record a token lost its person."""
    (subject_id,) = log.ledger.subjects_matching(VICTIM)
    done = erase(log)
    with pytest.raises(SubjectErased) as raised:
        erase(log, f"data-subject#{subject_id.hex}")
    said = str(raised.value)
    assert f"record {done.requested_index} " in said
    assert f"record {done.confirmed_index} " in said
    assert "2026-12-31" in said
    with pytest.raises(BadRequest) as unknown:
        erase(log)
    assert "4711" not in str(unknown.value)


def test_a_reason_that_names_the_person_is_refused(log: ErasableLog) -> None:
    """The name would survive in the words that ask for its erasure."""
    size = log.ledger.head().size
    with pytest.raises(BadRequest, match="do not name"):
        erase_subject(log.ledger, VICTIM, requested_by=BY, reason="QZXVictim4711 asked")
    assert log.ledger.head().size == size


def test_several_are_erased_in_one_run(log: ErasableLog) -> None:
    """Each would cost a rewrite of the whole database."""
    told: list[str] = []
    subjects = [find_subject(log.ledger, each) for each in (VICTIM, OTHER, VICTIM)]
    done = erase_subjects(log.ledger, subjects, RequestedBy(BY), progress=told.append)
    assert [each.keys_destroyed for each in done] == [1, 1]
    assert told.count("scrubbing the files of the database") == 1
    assert log.outcome() == "valid"
    report = log.ledger.verify()
    assert report.counts == {"ERASED": 2 * ROUNDS + 2 * ROUNDS}


def test_single_disclosures_can_be_erased(log: ErasableLog) -> None:
    """A retention rule would have to erase people where it may erase old values only."""
    (subject_id,) = log.ledger.subjects_matching(VICTIM)
    places = [ErasedPlace(0, subject_id), ErasedPlace(0, subject_id), ErasedPlace(1, subject_id)]
    done = erase_disclosures(log.ledger, iter(places[:1] + places[2:]), rule_id="logs")
    assert (done.disclosures_destroyed, done.keys_destroyed, done.records) == (1, 0, 1)
    assert log.ledger.subjects_matching(VICTIM) == [subject_id]
    assert log.outcome() == "valid"
    shown = list(opened_records(log.ledger, log.ledger.log.scan(0, 4)))
    assert shown[0].event is not None
    assert shown[0].event.subjects == ("withheld", OTHER)
    assert shown[3].event is not None
    assert shown[3].event.subjects == (VICTIM, OTHER)


def test_the_last_disclosure_takes_the_key_along(log: ErasableLog) -> None:
    """A key and an entry in the index would be kept of somebody of whom nothing else is."""
    (subject_id,) = log.ledger.subjects_matching(VICTIM)
    places = [ErasedPlace(index, subject_id) for index in range(RECORDS)]
    done = erase_disclosures(log.ledger, places, rule_id="logs", horizon=HORIZON)
    assert (done.keys_destroyed, done.key_ids) == (1, (subject_id,))
    assert log.ledger.subjects_matching(VICTIM) == []
    assert log.outcome() == "valid"


def test_who_is_erased_may_erase_others_afterwards(log: ErasableLog) -> None:
    """Somebody who erased themselves would break the log for all who come after."""
    erase_subject(log.ledger, ACTOR, requested_by=ACTOR)
    erase_subject(log.ledger, VICTIM, requested_by=ACTOR)
    assert log.outcome() == "valid"


def test_nothing_is_resumed_where_nothing_was_interrupted(log: ErasableLog) -> None:
    """Every run would rewrite the database for nothing."""
    assert resume_erasures(log.ledger) == []
    erase(log)
    size = log.ledger.head().size
    assert resume_erasures(log.ledger) == []
    assert log.ledger.head().size == size


def test_a_reader_of_an_older_state_is_waited_for(log: ErasableLog) -> None:
    """What was erased would stay in the files, and the erasure be confirmed all the same."""
    engine = open_engine(log.url, lock_seconds=0.2)
    waited: list[float] = []
    with engine.connect() as connection:
        reader = connection
        if connection.dialect.name == "postgresql":
            reader = connection.execution_options(isolation_level="REPEATABLE READ")
        reader.execute(select(func.count()).select_from(CASE)).scalar_one()
        with log.ledger.log.engine.begin() as writer:
            writer.execute(IDENTITY.delete())
        with pytest.raises(StoreUnavailable, match="again"):
            scrub(engine, (), waited.append, lambda: sum(waited))
    assert waited
    scrub(engine, (), waited.append, lambda: sum(waited))
    engine.dispose()


def test_an_old_backup_of_the_keys_is_refused(log: ErasableLog) -> None:
    """Keys from before an erasure, beside a copy of the database, would bring people back."""
    backup = log.key_file.read_bytes()
    erase(log)
    log.close()
    newest = log.key_file.read_bytes()
    log.key_file.write_bytes(backup)
    with pytest.raises(StoreUnavailable, match="old backup of the keys"):
        Ledger.open(database=log.url, key_file=log.key_file)
    log.key_file.write_bytes(newest)
    assert log.outcome() == "valid"


def test_nothing_is_written_to_the_key_file_about_whom_was_erased(log: ErasableLog) -> None:
    """The key store, which is in no backup of the database, would remember people."""
    (subject_id,) = log.ledger.subjects_matching(VICTIM)
    erase(log)
    content = log.key_file.read_bytes()
    assert subject_id.hex.encode() not in content
    assert str(subject_id).encode() not in content


def test_snapshots_of_the_library_go_along(log: ErasableLog) -> None:
    """A snapshot may hold any value in any form, and would outlive its erasure."""
    with log.ledger.log.engine.begin() as connection:
        row = {
            "log": log.ledger.log.log_id,
            "purpose": "test",
            "originator_id": log.ledger.subjects_matching(OTHER)[0],
            "originator_version": 1,
            "topic": "any",
            "state": b"state",
        }
        connection.execute(SNAPSHOT.insert(), row)
    erase(log)
    with log.ledger.log.engine.connect() as connection:
        assert connection.execute(select(SNAPSHOT)).all() == []


def test_a_database_from_before_the_erasure_is_refused(sqlite_url: str, tmp_path: Path) -> None:
    """Restoring last night's backup would bring back whoever was erased today."""
    log = ErasableLog(sqlite_url, tmp_path / "keys.json")
    log.create()
    log.close()
    file = Path(str(make_url(sqlite_url).database))
    backup = file.read_bytes()
    erase(log)
    log.close()
    newest = file.read_bytes()
    for leftover in file.parent.glob(f"{file.name}-*"):
        leftover.unlink()
    file.write_bytes(backup)
    with pytest.raises(StoreUnavailable, match="restored backup; erased people may be in it"):
        Ledger.open(database=log.url, key_file=log.key_file)
    file.write_bytes(newest)
    assert log.outcome() == "valid"
