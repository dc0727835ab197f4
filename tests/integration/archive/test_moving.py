"""Sealed bytes leave the database only by a signed decision, and whatever happens meanwhile."""

import shutil
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DatabaseError

from ledger.archive import layout
from ledger.archiving import carry_out, movable, require_archived, require_sound, undone
from ledger.errors import BadRequest, StoreUnavailable, VerificationError
from ledger.levels import Trust, verify_quick
from ledger.prunable import places_in
from ledger.pruning import carry_out as prune
from ledger.pruning import range_below
from ledger.pruning import undone as pruning_undone
from ledger.query import EventQuery
from ledger.store import reading, writing
from ledger.store.archived import ArchivedTable
from ledger.store.schema import ARCHIVED_SEGMENT, ARCHIVING, RECORD
from projections.erasing import erase_disclosures, erase_subject
from tests.archived_home import ArchivedHome
from tests.grants import grant
from tests.pruned_home import decide


@pytest.fixture
def moved(home: ArchivedHome) -> ArchivedHome:
    """The home whose first 256 records are in the archive alone."""
    home.write_archive()
    home.move()
    return home


@pytest.fixture
def small_moved(small_home: ArchivedHome) -> ArchivedHome:
    """The same on SQLite alone, for what does not depend on the database."""
    small_home.write_archive()
    small_home.move()
    return small_home


def emptied(home: ArchivedHome) -> int:
    """How many rows have no sealed bytes."""
    count = select(func.count()).where(func.length(RECORD.c.sealed) == 0)
    with closing(home.open()) as ledger, reading(ledger.log.engine) as connection:
        return connection.scalar(count) or 0


def test_only_sealed_bytes_leave(moved: ArchivedHome) -> None:
    """What finds a record, or can be erased, would be gone with it."""
    assert emptied(moved) == 256
    with closing(moved.open()) as ledger:
        assert len(list(ledger.log.scan_disclosures(0, 256))) > 100
        assert undone(ledger.log) is None
    report = moved.verify()
    assert (report.outcome, report.first_index, report.size) == ("valid", 0, 301)
    assert moved.carry_out() == 0


def test_recording_goes_on(moved: ArchivedHome) -> None:
    """A log with an archive could not be written, signed or verified any more."""
    with closing(moved.open()) as ledger:
        receipt = ledger.record(grant(grant_id="G-0-1"))
        assert ledger.log.record_at(receipt.index)
        # The case of that grant began in the archive.
        assert receipt.version == 2
    moved.seal()
    assert moved.verify().outcome == "valid"


def test_the_same_fact_again_gives_its_first_receipt(moved: ArchivedHome) -> None:
    """What was archived would be recorded a second time."""
    with closing(moved.open()) as ledger:
        row = ledger.log.record_at(70)
        assert row is not None
        again = grant(grant_id="other", event_id=str(row.event_id))
        (outcome,) = ledger.record_many([again])
        assert outcome.index == 70


def test_a_person_is_erased_after_all(moved: ArchivedHome) -> None:
    """Who stands in the archive could never be erased."""
    with closing(moved.open()) as ledger:
        query = EventQuery(subject="person:u7@example.nl")
        assert len(list(ledger.read(query))) == 3
        erase_subject(ledger, "person:u7@example.nl", requested_by="person:dpo")
    report = moved.verify()
    assert (report.outcome, report.counts["ERASED"]) == ("valid", 3)


def test_the_archive_knows_nobody(small_moved: ArchivedHome) -> None:
    """A personal value would lie where nothing can erase it."""
    for path in Path(small_moved.place).rglob("*.parquet"):
        assert b"example.nl" not in path.read_bytes()
    with closing(small_moved.open()) as ledger:
        sealed = b"".join(row.sealed for row in ledger.log.scan(0, 256))
    assert b"@example.nl" not in sealed


def test_nothing_goes_before_the_decision_is_signed(home: ArchivedHome) -> None:
    """Bytes would leave by a decision that nobody can prove."""
    home.write_archive()
    seal, home.seal = home.seal, lambda: None  # type: ignore[method-assign, assignment, return-value]  # nobody signs
    home.decide()
    with pytest.raises(StoreUnavailable, match="expected a checkpoint"):
        home.carry_out()
    assert emptied(home) == 0
    assert home.verify().outcome == "valid"
    home.seal = seal  # type: ignore[method-assign]  # again as it was
    home.seal()
    assert home.carry_out() == 256


def test_a_broken_segment_is_not_moved(small_home: ArchivedHome) -> None:
    """The only good copy of the bytes would go."""
    small_home.write_archive()
    small_home.decide()
    path = Path(small_home.place) / "segments" / "000000000128.parquet"
    raw = path.read_bytes()
    path.write_bytes(raw[:500] + bytes([raw[500] ^ 1]) + raw[501:])
    with pytest.raises(VerificationError, match="nothing was moved"):
        small_home.carry_out()
    assert emptied(small_home) == 128
    assert small_home.verify().outcome == "valid"
    path.write_bytes(raw)
    assert small_home.carry_out() == 128
    assert small_home.verify().outcome == "valid"


def test_other_segments_than_those_decided_on_are_refused(small_home: ArchivedHome) -> None:
    """Somebody could exchange the archive between decision and removal."""
    small_home.write_archive()
    small_home.decide()
    with closing(small_home.open()) as ledger:
        archive, decision = small_home.archive(), undone(ledger.log)
        assert decision is not None
        other = decision._replace(manifest_sha256=bytes(32))
        with pytest.raises((BadRequest, VerificationError)):
            carry_out(ledger, archive, other, small_home.signing.terms())
    assert emptied(small_home) == 0


def test_an_archive_elsewhere_must_be_the_same(small_moved: ArchivedHome, tmp_path: Path) -> None:
    """The log would be told of an archive that lacks its records."""
    there = tmp_path / "there"
    shutil.copytree(small_moved.place, there)
    small_moved.place = str(there)
    with closing(small_moved.open()) as ledger:
        require_archived(ledger.log, small_moved.archive())
        for path in (there / "segments").glob("000000000192.*"):
            path.unlink()
        with pytest.raises(BadRequest, match="192 to 255"):
            require_archived(ledger.log, small_moved.archive())


def test_an_archive_out_of_reach_is_said(small_moved: ArchivedHome) -> None:
    """An answer would be shorter, and nobody would know."""
    Path(small_moved.place).rename(f"{small_moved.place}.away")
    with closing(small_moved.open()) as ledger:
        with pytest.raises(StoreUnavailable, match=small_moved.place):
            list(ledger.log.scan())
        with pytest.raises(StoreUnavailable, match=small_moved.place):
            list(ledger.read(EventQuery(limit=1)))
        assert len(list(ledger.log.scan(256, 300))) == 44
    with pytest.raises(StoreUnavailable, match=small_moved.place):
        small_moved.verify()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE zegel_record SET sealed = :empty WHERE idx = 260",
        "UPDATE zegel_record SET kind = 'x.y.v1' WHERE idx = 3",
        "UPDATE zegel_record SET sealed = :empty, version = 9 WHERE idx = 3",
        "UPDATE zegel_record SET system = NULL WHERE idx = 290",
        "UPDATE zegel_archived_segment SET stop = 999",
        "DELETE FROM zegel_archived_segment",
        "DELETE FROM zegel_archiving",
    ],
)
def test_the_database_lets_nothing_else_change(moved: ArchivedHome, statement: str) -> None:
    """A careless tool could empty records that no archive holds."""
    with (
        closing(moved.open()) as ledger,
        pytest.raises((DatabaseError, StoreUnavailable), match="refused"),
        writing(ledger.log.engine) as connection,
    ):
        connection.execute(text(statement), {"empty": b""} if ":empty" in statement else {})


def test_a_removal_that_nobody_decided_is_found(small_moved: ArchivedHome) -> None:
    """Who owns the database could empty it and say that it was archived."""
    with small_moved.rogue() as connection:
        connection.execute(delete(ARCHIVING))
    assert ("MISSING", 0) in small_moved.faults()


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (update(ARCHIVING).values(manifest_sha256=bytes(32)), ("MODIFIED", 300)),
        (update(ARCHIVING).values(recorded_index=299), ("MODIFIED", 299)),
        (update(ARCHIVING).values(stop=300), ("MODIFIED", 300)),
        (delete(ARCHIVED_SEGMENT).where(ARCHIVED_SEGMENT.c.first == 64), ("MODIFIED", 64)),
        (
            update(ARCHIVED_SEGMENT)
            .where(ARCHIVED_SEGMENT.c.first == 64)
            .values(manifest=b"nothing"),
            ("MODIFIED", 64),
        ),
        (update(RECORD).where(RECORD.c.idx == 280).values(sealed=b""), ("MODIFIED", 280)),
        (update(RECORD).where(RECORD.c.idx == 80).values(kind="x.y.v1"), ("MODIFIED", 80)),
        (update(RECORD).where(RECORD.c.idx == 80).values(sealed=b"x"), ("MODIFIED", 80)),
    ],
)
def test_a_change_of_what_is_said_about_the_archive_is_found(
    small_moved: ArchivedHome, change: object, fault: tuple[str, int]
) -> None:
    """The tables about the archive would be believed."""
    with small_moved.rogue() as connection:
        connection.execute(change)  # type: ignore[call-overload]  # a statement
    assert fault in small_moved.faults()


def test_segments_are_moved_in_order(small_home: ArchivedHome) -> None:
    """A gap in the archive would become a gap in the history."""
    small_home.write_archive()
    archive = small_home.archive()
    with closing(small_home.open()) as ledger:
        segments = movable(ledger.log, archive)
        assert [one.stop for one in segments] == [64, 128, 192, 256]
        require_sound(archive, segments, small_home.signing.terms())
        for path in (Path(small_home.place) / "segments").glob("000000000000.*"):
            path.unlink()
        with pytest.raises(BadRequest, match="from record 0 on"):
            movable(ledger.log, small_home.archive())
        assert ArchivedTable(ledger.log.engine, ledger.log.log_id).stop() == 0


def test_an_archive_goes_on_with_the_log(small_moved: ArchivedHome) -> None:
    """Records could be archived once, or the record of the first decision would be lost."""
    home = small_moved
    home.add(200)
    home.seal()
    with closing(home.open()) as ledger:
        before = list(ledger.log.scan(0, 500))
    assert home.write_archive() == 448
    home.move()
    assert emptied(home) == 448
    report = home.verify()
    assert (report.outcome, report.findings) == ("valid", ())
    with closing(home.open()) as ledger:
        assert list(ledger.log.scan(0, 500)) == before
        table = ArchivedTable(ledger.log.engine, ledger.log.log_id)
        assert [one.stop for one in table.decisions()] == [256, 448]
        assert table.decisions()[0].recorded_index < table.stop()
        assert verify_quick(ledger.log, Trust(home.signing.terms())).outcome == "valid"
    with home.rogue() as connection:
        last = update(ARCHIVING).where(ARCHIVING.c.stop == 448)
        connection.execute(last.values(manifest_sha256=bytes(32)))
    assert home.verify().outcome == "broken"


def pruned_below(home: ArchivedHome, stop: int) -> None:
    """Removes the records below an index, personal values first."""
    with closing(home.open()) as ledger:
        pruned = range_below(ledger.log, stop, 300)
        erase_disclosures(ledger, places_in(ledger, pruned), rule_id="pruning")
        decide(ledger, pruned)
        home.signer(ledger).seal()
        pruning = pruning_undone(ledger.log)
        assert pruning is not None
        assert prune(ledger, pruning, home.signing.terms()) == stop


def test_archived_records_can_be_pruned(moved: ArchivedHome) -> None:
    """What was archived could never end, or its end would look like damage."""
    pruned_below(moved, 256)
    report = moved.verify()
    assert (report.outcome, report.first_index) == ("valid", 256)


@pytest.mark.parametrize(("records", "moved_up_to"), [(64, 576), (512, 512)])
def test_a_decided_move_is_finished_after_a_pruning(
    home: ArchivedHome, records: int, moved_up_to: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No record could ever be moved again: each run would begin with that decision."""
    monkeypatch.setattr(layout, "SEGMENT_RECORDS", records)
    home.add(300)
    home.seal()
    home.write_archive()
    home.decide()
    pruned_below(home, 256)
    left = moved_up_to - 256
    assert home.carry_out() == left
    assert emptied(home) == left
    report = home.verify()
    assert (report.outcome, report.first_index, report.findings) == ("valid", 256, ())
    with closing(home.open()) as ledger:
        assert undone(ledger.log) is None
        assert len(list(ledger.log.scan(256, moved_up_to))) == left


DYING: Final = """
import os, signal, sys
from contextlib import closing
from pathlib import Path
import pytest
from ledger import archiving
from ledger.store.archived import ArchivedTable
from tests.archived_home import ArchivedHome
from tests.pruned_home import decide

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

where, url, folder = sys.argv[1:]
home = ArchivedHome(url, Path(folder), pytest.MonkeyPatch())
with closing(home.open()) as ledger:
    if where == "before the first":
        archiving.require_sound = die
    if where == "inside a step":
        import ledger.store.archived as steps
        steps.update = die
    decision = archiving.undone(ledger.log)
    told = die if where == "between steps" else None
    archiving.carry_out(ledger, home.archive(), decision, home.signing.terms(), told)
"""


@pytest.mark.parametrize(
    ("where", "left"), [("before the first", 0), ("inside a step", 0), ("between steps", 64)]
)
def test_a_killed_move_is_finished(
    home: ArchivedHome, tmp_path: Path, where: str, left: int
) -> None:
    """A crash would leave records half gone, or a log that nobody can verify."""
    home.write_archive()
    home.decide()
    done = subprocess.run(
        [sys.executable, "-c", DYING, where, home.url, str(tmp_path / "home")],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    assert emptied(home) == left
    assert home.verify().outcome == "valid"
    assert home.carry_out() == 256 - left
    report = home.verify()
    assert (report.outcome, report.findings) == ("valid", ())
