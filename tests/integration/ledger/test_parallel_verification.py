"""Verification on several cores says what one walk says, on an honest database and on any other."""

import pickle
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final, Self

import pytest
from sqlalchemy import Connection, delete, select, update

from ledger import parallel_verification
from ledger.errors import VerificationError
from ledger.ledger import Ledger
from ledger.levels import Trust, start_after, verify_full, verify_since
from ledger.notes.checkpoint import open_checkpoint
from ledger.parallel_verification import verify_on_cores
from ledger.personal import token_text
from ledger.store.checkpoints import CheckpointTable
from ledger.store.schema import CHECKPOINT, DISCLOSURE, ERASED, HEAD, RECORD, TILE
from ledger.verification.checkpoint_check import CheckpointCheck
from ledger.verification.findings import Report
from ledger.worker_processes import OpenWork
from projections.erasing import erase_subject
from tests.sealed_home import ORIGIN, SealedHome, forged_root

RANGE: Final = 6
SIZE: Final = 40
SEALED_AT: Final = 25


class SameProcess:
    """Does the work of processes here, from what would have been sent to them."""

    def __init__(self, open_work: OpenWork[Any], _: int, _here: object) -> None:
        self._work = pickle.loads(pickle.dumps(open_work))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def answers(self, tasks: int) -> Iterator[Any]:
        """The answers in order."""
        with self._work() as work:
            yield from map(work, range(tasks))


@pytest.fixture
def home(database_url: str, tmp_path: Path) -> SealedHome:
    """A log of several ranges, sealed in the middle of one and at the end."""
    made = SealedHome(database_url, tmp_path / "home")
    made.create()
    made.add(SEALED_AT, system="crm")
    made.seal()
    made.add(SIZE - SEALED_AT, system="crm")
    made.seal()
    return made


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """No processes: starting them for every case would take minutes."""
    monkeypatch.setattr(parallel_verification, "WorkerProcesses", SameProcess)


@pytest.fixture
def one_walk(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One entry for each walk over the whole log."""
    walks: list[int] = []
    walk = Ledger.verify

    def counted(ledger: Ledger, *arguments: Any, **options: Any) -> Report:  # noqa: ANN401 - passed on
        walks.append(1)
        return walk(ledger, *arguments, **options)

    monkeypatch.setattr(Ledger, "verify", counted)
    return walks


def both(home: SealedHome) -> tuple[Report | str, Report | str]:
    """What one walk says, and what several cores say; the message where that is an error."""

    def said(jobs: int) -> Report | str:
        with closing(home.open()) as ledger:
            table = CheckpointTable(ledger.log.engine, ledger.log.log_id)

            def evidence() -> CheckpointCheck:
                return CheckpointCheck(ORIGIN, home.signing.terms(), table.scan())

            try:
                return verify_on_cores(ledger, jobs, evidence=evidence, range_records=RANGE)
            except VerificationError as error:
                return str(error)

    return said(1), said(2)


def test_processes_say_what_one_walk_says(home: SealedHome, one_walk: list[int]) -> None:
    """Two cores would find a sound log broken, count otherwise, or leave the work to one."""
    walked, joined = both(home)
    assert joined == walked
    assert one_walk == [1]
    assert isinstance(joined, Report)
    assert (joined.outcome, joined.records_checked, joined.signed_size) == ("valid", SIZE, SIZE)
    assert joined.disclosures_checked == SIZE


def test_processes_leave_a_broken_log_to_one_walk(home: SealedHome) -> None:
    """What is wrong would be named otherwise on a machine with more cores, or not at all."""
    home.write(RECORD, 20, sealed=home.record_row(20)["sealed"] + b" ")
    walked, joined = both(home)
    assert joined == walked
    assert isinstance(joined, Report)
    assert {(one.verdict, one.index) for one in joined.findings} == {("MODIFIED", 20)}


Tamper = Callable[[Connection], object]


def _swap(connection: Connection) -> None:
    rows = connection.execute(select(RECORD).where(RECORD.c.idx.in_((13, 14)))).mappings().all()
    for row, place in zip(rows, (14, 13), strict=True):
        contents = {"sealed": row["sealed"], "leaf_hash": row["leaf_hash"]}
        connection.execute(update(RECORD).where(RECORD.c.idx == place).values(contents))


def _copy_beyond(connection: Connection) -> None:
    row = connection.execute(select(RECORD).where(RECORD.c.idx == SIZE - 1)).mappings().one()
    connection.execute(RECORD.insert(), {**row, "idx": SIZE, "version": 900})


def _disclosure_beyond(connection: Connection) -> None:
    moved = update(DISCLOSURE).where(DISCLOSURE.c.idx == 14).values(idx=SIZE + 3)
    connection.execute(moved)


def _forge(connection: Connection) -> None:
    row = connection.execute(select(CHECKPOINT).where(CHECKPOINT.c.size == SEALED_AT)).one()
    forged = update(CHECKPOINT).where(CHECKPOINT.c.size == SEALED_AT)
    connection.execute(forged.values(note=forged_root(row.note)))


TAMPERED: Final[dict[str, Tamper]] = {
    "last of a range": lambda rogue: rogue.execute(
        update(RECORD).where(RECORD.c.idx == RANGE - 1).values(leaf_hash=bytes(32))
    ),
    "first of a range": lambda rogue: rogue.execute(
        update(RECORD).where(RECORD.c.idx == RANGE).values(kind="access.used.v1")
    ),
    "time before a seam": lambda rogue: rogue.execute(
        update(RECORD).where(RECORD.c.idx == 2 * RANGE - 1).values(recorded_at_us=2**60)
    ),
    "bytes before a seam": lambda rogue: rogue.execute(
        update(RECORD).where(RECORD.c.idx == 2 * RANGE - 1).values(sealed=b"no record")
    ),
    "a column": lambda rogue: rogue.execute(
        update(RECORD).where(RECORD.c.idx == 17).values(system="elsewhere")
    ),
    "swapped over a seam": _swap,
    "deleted": lambda rogue: rogue.execute(delete(RECORD).where(RECORD.c.idx == 9)),
    "a whole range deleted": lambda rogue: rogue.execute(
        delete(RECORD).where(RECORD.c.idx >= RANGE, RECORD.c.idx < 2 * RANGE)
    ),
    "the end deleted": lambda rogue: rogue.execute(delete(RECORD).where(RECORD.c.idx >= 30)),
    "before the beginning": lambda rogue: rogue.execute(
        update(RECORD).where(RECORD.c.idx == 3).values(idx=-3)
    ),
    "beyond the head": _copy_beyond,
    "a disclosure": lambda rogue: rogue.execute(
        update(DISCLOSURE).where(DISCLOSURE.c.idx == RANGE).values(ciphertext=bytes(40))
    ),
    "a disclosure deleted": lambda rogue: rogue.execute(
        delete(DISCLOSURE).where(DISCLOSURE.c.idx == RANGE - 1)
    ),
    "a disclosure beyond the head": _disclosure_beyond,
    "a disclosure before the beginning": lambda rogue: rogue.execute(
        update(DISCLOSURE).where(DISCLOSURE.c.idx == 3).values(idx=-1)
    ),
    "head hash": lambda rogue: rogue.execute(update(HEAD).values(last_leaf_hash=bytes(32))),
    "head size": lambda rogue: rogue.execute(update(HEAD).values(size=SIZE - 2)),
    "head time": lambda rogue: rogue.execute(update(HEAD).values(last_recorded_at_us=5)),
    "head frontier": lambda rogue: rogue.execute(update(HEAD).values(frontier=bytes(64))),
    "a checkpoint": _forge,
    "a checkpoint column": lambda rogue: rogue.execute(update(CHECKPOINT).values(root=bytes(32))),
}


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("tamper", TAMPERED.values(), ids=list(TAMPERED))
def test_the_report_on_a_tampered_log_is_that_of_one_walk(home: SealedHome, tamper: Tamper) -> None:
    """Blame would depend on the number of cores."""
    with home.rogue() as rogue:
        tamper(rogue)
    walked, joined = both(home)
    assert joined == walked
    assert isinstance(joined, str) or joined.outcome == "broken"


@pytest.mark.usefixtures("here")
def test_a_changed_tile_is_found(database_url: str, tmp_path: Path) -> None:
    """Tiles would be compared by one core only."""
    home = SealedHome(database_url, tmp_path / "home")
    home.create()
    home.add(260)
    home.seal()
    with home.rogue() as rogue:
        rogue.execute(update(TILE).values(hash=bytes(32)))
    with closing(home.open()) as ledger:
        reports = [verify_full(ledger, Trust(home.signing.terms()), jobs=jobs) for jobs in (1, 2)]
    assert reports[0] == reports[1]
    assert reports[0].counts == {"TILE_MISMATCH": 1}


@pytest.mark.usefixtures("here")
def test_erasures_are_no_reason_to_walk_again(home: SealedHome, one_walk: list[int]) -> None:
    """A log in which anybody was erased would never be verified on all cores again."""
    (destroyed, size) = erased_from(home)
    walked, joined = both(home)
    assert joined == walked
    assert one_walk == [1]
    assert isinstance(joined, Report)
    assert (joined.outcome, joined.records_checked) == ("valid", size)
    assert joined.counts["ERASED"] == destroyed


def erased_from(home: SealedHome) -> tuple[int, int]:
    """How many disclosures an erasure took, and how long the log is with its records."""
    with closing(home.open()) as ledger:
        (row,) = ledger.log.disclosures_of([0])[0]
        token = token_text("person", row.subject_id)
        done = erase_subject(ledger, token, requested_by="person:dpo")
        return done.disclosures_destroyed, ledger.head().size


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("column", ["idx", "part", "fields", "digests", "requested_index", "log"])
def test_a_changed_tombstone_is_found_on_any_number_of_cores(home: SealedHome, column: str) -> None:
    """Tombstones would be compared by one core only."""
    erased_from(home)
    changes = {"fields": "resource", "digests": bytes(32)}
    with home.rogue() as rogue:
        row = rogue.execute(select(ERASED).limit(1)).mappings().one()
        key = (ERASED.c.idx == row["idx"]) & (ERASED.c.part == row["part"])
        values = {column: changes.get(column, 700)}
        rogue.execute(update(ERASED).where(key).values(values))
    walked, joined = both(home)
    assert joined == walked
    assert isinstance(joined, Report)
    assert joined.outcome == "broken"


@pytest.mark.usefixtures("here")
def test_who_is_erased_during_a_verification_breaks_nothing(home: SealedHome) -> None:
    """An erasure that runs meanwhile would be called a loss of evidence."""
    erased: list[int] = []

    def erase_once(_: int) -> None:
        if not erased:
            erased.append(erased_from(home)[0])

    with closing(home.open()) as ledger:
        report = verify_on_cores(ledger, 1, erase_once)
    assert erased
    assert report.outcome == "valid"


@pytest.mark.usefixtures("here")
def test_records_that_are_appended_meanwhile_stay_out(home: SealedHome) -> None:
    """Each event recorded during a verification would be taken for an attacker's."""
    told: list[int] = []

    def record_more(done: int) -> None:
        told.append(done)
        home.add(3)

    with closing(home.open()) as ledger:
        report = verify_on_cores(ledger, 2, record_more, range_records=RANGE)
        assert ledger.head().size > SIZE
    assert (report.outcome, report.size, report.findings) == ("valid", SIZE, ())
    assert told == [*range(RANGE, SIZE, RANGE), SIZE]


@pytest.mark.usefixtures("here")
def test_what_follows_a_checkpoint_is_cut_into_ranges(
    home: SealedHome, one_walk: list[int]
) -> None:
    """A verification since a checkpoint would read from the beginning, or on one core."""
    with closing(home.open()) as ledger:
        (row,) = CheckpointTable(ledger.log.engine, ledger.log.log_id).newest_first(2)[1:]
        keys = [term.key for term in home.signing.terms()]
        start = start_after(ledger.log, open_checkpoint(row.note, keys))
        joined = verify_on_cores(ledger, 2, start=start, range_records=2)
        assert one_walk == []
        assert joined == ledger.verify(start=start)
        assert (joined.first_index, joined.records_checked) == (SEALED_AT, SIZE - SEALED_AT)
        trust = Trust(home.signing.terms())
        several = verify_since(ledger, trust, row.note, jobs=2)
        assert several == verify_since(ledger, trust, row.note)


@pytest.mark.usefixtures("here")
def test_a_short_log_starts_no_processes(home: SealedHome, one_walk: list[int]) -> None:
    """Everybody with a small log would wait for processes to start."""
    with closing(home.open()) as ledger:
        verify_on_cores(ledger, 8, range_records=SIZE // 6)
        assert one_walk == []
        verify_on_cores(ledger, 8, range_records=SIZE // 6 + 1)
        assert one_walk == [1]
        verify_on_cores(ledger, 1, range_records=1)
        assert one_walk == [1, 1]
