"""Verification by workers says what one walk says, on an honest database and on any other."""

import pickle
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import Connection, delete, select, update

from ledger.cluster.segment_tasks import SegmentAnswer, SegmentTask
from ledger.cluster.verifying import Work, Workers, verify_on_cluster
from ledger.errors import BadRequest, VerificationError
from ledger.levels import Trust, verify_full
from ledger.personal import token_text
from ledger.store.schema import CHECKPOINT, DISCLOSURE, RECORD, TILE
from ledger.verification.findings import Report
from projections.erasing import erase_subject
from tests.archived_home import SEGMENT, ArchivedHome
from tests.sealed_home import forged_root

SIZE: Final = 300
SEALED_AT: Final = 150
ARCHIVED: Final = SIZE // SEGMENT * SEGMENT


def elsewhere(work: Work, tasks: Iterable[SegmentTask]) -> Iterator[SegmentAnswer]:
    """Does tasks here, with what would have been sent to another machine and back."""
    for task in tasks:
        there = pickle.loads(pickle.dumps(work))
        yield pickle.loads(pickle.dumps(there(pickle.loads(pickle.dumps(task)))))


@pytest.fixture
def home(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ArchivedHome:
    """A log of several segments, sealed inside one and at the end."""
    made = ArchivedHome(database_url, tmp_path / "home", monkeypatch)
    made.create()
    made.add(SEALED_AT, system="crm")
    made.seal()
    made.add(SIZE - SEALED_AT, system="crm")
    made.seal()
    assert made.write_archive() == ARCHIVED
    return made


def by_workers(home: ArchivedHome, *, reach_database: bool = True) -> Report:
    """What workers find."""
    with closing(home.open()) as ledger:
        return verify_on_cluster(
            ledger,
            Trust(home.signing.terms()),
            home.archive(),
            Workers(elsewhere, reach_database=reach_database),
            lambda _: None,
        )


def by_one_walk(home: ArchivedHome) -> Report:
    """What one walk over the whole log finds."""
    with closing(home.open()) as ledger:
        return verify_full(ledger, Trust(home.signing.terms()))


def faults(report: Report) -> set[tuple[str, int | None]]:
    """Verdict and index of every fault."""
    return {(one.verdict, one.index) for one in report.findings if one.is_fault}


@pytest.mark.parametrize("moved", [False, True])
def test_workers_say_what_one_walk_says(home: ArchivedHome, *, moved: bool) -> None:
    """A cluster would find a sound log broken, or count otherwise."""
    if moved:
        home.move()
    found = by_workers(home)
    assert found == by_one_walk(home)
    assert (found.outcome, found.records_checked) == ("valid", home.size())
    assert found.disclosures_checked >= SIZE
    assert found.disclosures_unopened == 0


Tamper = Callable[[Connection], object]


def _swap(rogue: Connection) -> None:
    chosen = select(RECORD).where(RECORD.c.idx.in_((SEGMENT - 1, SEGMENT)))
    rows = rogue.execute(chosen.order_by(RECORD.c.idx)).mappings().all()
    for row, place in zip(rows, (SEGMENT, SEGMENT - 1), strict=True):
        contents = {"sealed": row["sealed"], "leaf_hash": row["leaf_hash"]}
        rogue.execute(update(RECORD).where(RECORD.c.idx == place).values(contents))


def _forge(rogue: Connection) -> None:
    row = rogue.execute(select(CHECKPOINT).where(CHECKPOINT.c.size == SEALED_AT)).one()
    forged = update(CHECKPOINT).where(CHECKPOINT.c.size == SEALED_AT)
    rogue.execute(forged.values(note=forged_root(row.note)))


TAMPERED: Final[dict[str, Tamper]] = {
    "bytes inside a segment": lambda rogue: rogue.execute(
        update(RECORD).where(RECORD.c.idx == SEGMENT + 9).values(sealed=b"no record")
    ),
    "bytes behind the segments": lambda rogue: rogue.execute(
        update(RECORD).where(RECORD.c.idx == ARCHIVED + 9).values(sealed=b"no record")
    ),
    "leaf hash before a seam": lambda rogue: rogue.execute(
        update(RECORD).where(RECORD.c.idx == SEGMENT - 1).values(leaf_hash=bytes(32))
    ),
    "kind behind a seam": lambda rogue: rogue.execute(
        update(RECORD).where(RECORD.c.idx == SEGMENT).values(kind="access.used.v1")
    ),
    "a column": lambda rogue: rogue.execute(
        update(RECORD).where(RECORD.c.idx == 17).values(system="elsewhere")
    ),
    "swapped over a seam": _swap,
    "deleted": lambda rogue: rogue.execute(delete(RECORD).where(RECORD.c.idx == 9)),
    "a disclosure": lambda rogue: rogue.execute(
        update(DISCLOSURE).where(DISCLOSURE.c.idx == SEGMENT).values(ciphertext=bytes(40))
    ),
    "a disclosure deleted": lambda rogue: rogue.execute(
        delete(DISCLOSURE).where(DISCLOSURE.c.idx == SEGMENT - 1)
    ),
    "a checkpoint": _forge,
    "a checkpoint column": lambda rogue: rogue.execute(
        update(CHECKPOINT).where(CHECKPOINT.c.size == SEALED_AT).values(root=bytes(32))
    ),
    "a tile": lambda rogue: rogue.execute(update(TILE).values(hash=bytes(32))),
}


@pytest.mark.parametrize("tamper", TAMPERED.values(), ids=list(TAMPERED))
def test_the_blame_on_a_tampered_log_is_that_of_one_walk(
    home: ArchivedHome, tamper: Tamper
) -> None:
    """Blame would depend on who checks."""
    with home.rogue() as rogue:
        tamper(rogue)
    found = by_workers(home)
    assert faults(found) == faults(by_one_walk(home))
    assert found.outcome == "broken"


def test_erasures_are_judged_by_whoever_asked(home: ArchivedHome) -> None:
    """Who was erased would look like lost evidence, or every worker would tell of it again."""
    with closing(home.open()) as ledger:
        (row,) = ledger.log.disclosures_of([SEGMENT + 1])[SEGMENT + 1]
        done = erase_subject(ledger, token_text("person", row.subject_id), requested_by="person:x")
    found = by_workers(home)
    assert found == by_one_walk(home)
    assert found.counts["ERASED"] == done.disclosures_destroyed


def test_without_database_the_sealed_records_are_checked(home: ArchivedHome) -> None:
    """Workers without keys could not be used, or would be said to have opened disclosures."""
    home.move()
    found = by_workers(home, reach_database=False)
    assert (found.outcome, found.records_checked) == ("valid", home.size())
    assert found.disclosures_checked == home.size() - ARCHIVED
    assert found.disclosures_unopened == ARCHIVED


def test_without_database_bytes_that_it_holds_are_not_passed_over(home: ArchivedHome) -> None:
    """The archive would be checked in the place of the log."""
    with pytest.raises(BadRequest, match="moved there"):
        by_workers(home, reach_database=False)


def test_a_log_that_is_shorter_than_its_archive_was_cut_off(home: ArchivedHome) -> None:
    """A backup that is older than the archive would be found in order."""
    home.truncate(SEGMENT + 3, with_checkpoints=True)
    with pytest.raises(VerificationError, match=f"TRUNCATED: record {SEGMENT + 3}"):
        by_workers(home)
