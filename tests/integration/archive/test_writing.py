"""Segments are written once, the same in every run, and never over anything else."""

import time
from contextlib import closing
from pathlib import Path

import pytest

from ledger.archive import check_segment, layout
from ledger.archive.place import ArchivePlace
from ledger.archive.writing import ArchiveWriter, WrittenSegment
from ledger.errors import BadRequest, StoreUnavailable, VerificationError
from ledger.store.schema import RECORD
from tests.archived_home import SEGMENT, ArchivedHome
from tests.pruned_home import used
from tests.sealed_home import without_passphrase


def write(
    home: ArchivedHome, place: str, *, before: int | None = None, unfinished: bool = False
) -> list[WrittenSegment]:
    """Writes what is missing of an archive."""
    with closing(home.open()) as ledger:
        writer = ArchiveWriter(
            ledger.log,
            home.signing.terms(),
            lambda: home.signing.current(without_passphrase),
            ArchivePlace(place),
        )
        planned = writer.planned(before, unfinished=unfinished)
        return [writer.write(segment) for segment in planned]


def files(place: str) -> dict[str, bytes]:
    """Every file of an archive."""
    return {
        str(path.relative_to(place)): path.read_bytes()
        for path in sorted(Path(place).rglob("*"))
        if path.is_file()
    }


def test_two_archives_of_a_log_are_the_same(home: ArchivedHome, tmp_path: Path) -> None:
    """Nobody could tell an archive that was written anew from one that was changed."""
    one, other = str(tmp_path / "one"), str(tmp_path / "other")
    write(home, one, unfinished=True)
    time.sleep(2.1)  # what holds a time would differ
    write(home, other, unfinished=True)
    assert files(one) == files(other)
    assert len(files(one)) == 5 * 3


def test_each_segment_verifies_by_itself(home: ArchivedHome, tmp_path: Path) -> None:
    """A segment would need the others, or the database, before anybody could trust it."""
    home.place = str(tmp_path / "archive")
    write(home, home.place)
    for segment in home.archive().segments:
        checked = check_segment(home.place, segment, home.signing.terms())
        assert (checked.findings, checked.records_checked) == ((), SEGMENT)


def test_a_root_that_is_wanted_twice_is_told_once(small_home: ArchivedHome, tmp_path: Path) -> None:
    """Two checkpoints of one size would make a whole segment look cut off."""
    small_home.place = str(tmp_path / "archive")
    write(small_home, small_home.place)
    segment = small_home.archive().segments[1]
    checked = check_segment(small_home.place, segment, small_home.signing.terms(), (100, 128, 100))
    assert (checked.findings, checked.records_checked) == ((), SEGMENT)
    assert [size for size, _ in checked.roots] == [100, 128]
    assert checked.roots[1][1] == segment.frontier_after.root()


def test_a_second_run_writes_nothing(small_home: ArchivedHome, tmp_path: Path) -> None:
    """Every run would write the whole archive again."""
    place = str(tmp_path / "archive")
    assert [one.is_new for one in write(small_home, place)] == [True] * 4
    before = files(place)
    assert [one.is_new for one in write(small_home, place)] == [False] * 4
    assert files(place) == before


def test_only_what_a_checkpoint_covers_is_written(small_home: ArchivedHome, tmp_path: Path) -> None:
    """Records would be archived that nobody has signed."""
    with closing(small_home.open()) as ledger:
        ledger.record_many([used() for _ in range(200)])
    found = write(small_home, str(tmp_path / "archive"), unfinished=True)
    assert found[-1].manifest.stop == 300
    with pytest.raises(VerificationError), closing(small_home.open()) as ledger:
        ArchiveWriter(
            *(ledger.log, (), lambda: small_home.signing.current(without_passphrase)),
            ArchivePlace(str(tmp_path / "other")),
        ).write(layout.SegmentRange(0, 64))


def test_before_names_whole_segments(small_home: ArchivedHome, tmp_path: Path) -> None:
    """A record that should stay would go along."""
    found = write(small_home, str(tmp_path / "archive"), before=150)
    assert [one.manifest.stop for one in found] == [64, 128]


def test_a_segment_that_was_not_full_is_replaced(small_home: ArchivedHome, tmp_path: Path) -> None:
    """Two files would hold the same records, and readers take the shorter one."""
    place = str(tmp_path / "archive")
    write(small_home, place, unfinished=True)
    assert "segments/000000000256.p/44.parquet" in files(place)
    with closing(small_home.open()) as ledger:
        ledger.record_many([used() for _ in range(5)])
    small_home.seal()
    write(small_home, place, unfinished=True)
    assert [name for name in files(place) if ".p/" in name] == [
        f"segments/000000000256.p/49{ending}" for ending in (".checkpoint", ".manifest", ".parquet")
    ]
    with closing(small_home.open()) as ledger:
        ledger.record_many([used() for _ in range(100)])
    small_home.seal()
    stray = "segments/000000000256.p/.directory"  # of whoever looked at the folder
    (tmp_path / "archive" / stray).touch()
    found = write(small_home, place)
    assert found[-1].manifest.stop == 384
    assert [name for name in files(place) if ".p/" in name] == [stray]
    small_home.place = place
    assert small_home.archive().stop == 384


@pytest.mark.parametrize("left", [1, 2])
def test_an_interrupted_run_is_finished(
    small_home: ArchivedHome, tmp_path: Path, left: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash would leave a segment that nobody can finish, or that counts unsigned."""
    whole, place = str(tmp_path / "whole"), str(tmp_path / "archive")
    write(small_home, whole)
    put = ArchivePlace.write
    done = 0

    def cut_short(self: ArchivePlace, path: str, source: Path) -> None:
        nonlocal done
        if done == 3 + left:
            raise StoreUnavailable("the disk is gone")
        done += 1
        put(self, path, source)

    monkeypatch.setattr(ArchivePlace, "write", cut_short)
    with pytest.raises(StoreUnavailable):
        write(small_home, place)
    monkeypatch.setattr(ArchivePlace, "write", put)
    small_home.place = place
    assert small_home.archive().stop == SEGMENT
    assert [one.is_new for one in write(small_home, place)] == [False, True, True, True]
    assert files(place) == files(whole)


def test_what_an_interrupted_run_opened_is_told_when_it_is_in_the_way(
    small_home: ArchivedHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After an erasure nobody could finish the archive, or know that the erased lies there."""
    place = str(tmp_path / "archive")
    put = ArchivePlace.write

    def cut_short(self: ArchivePlace, path: str, source: Path) -> None:
        if path.endswith(layout.MANIFEST):
            raise StoreUnavailable("the disk is gone")
        put(self, path, source)

    def run(opened: bytes) -> None:
        with closing(small_home.open()) as ledger:
            ArchiveWriter(
                ledger.log,
                small_home.signing.terms(),
                lambda: small_home.signing.current(without_passphrase),
                ArchivePlace(place),
                lambda _segment, _checkpoint: opened,
            ).write(layout.SegmentRange(0, SEGMENT))

    with monkeypatch.context() as patch:
        patch.setattr(ArchivePlace, "write", cut_short)
        with pytest.raises(StoreUnavailable):
            run(b"of somebody")
    before = files(place)
    message = r"disclosures\.json: .*nothing was overwritten.* no manifest names it.* remove it"
    with pytest.raises(BadRequest, match=message):
        run(b"of nobody any more")
    assert files(place) == before
    left = Path(place) / "segments" / "000000000000.disclosures.json"
    left.unlink()
    run(b"of nobody any more")
    assert left.read_bytes() == b"of nobody any more"


@pytest.mark.parametrize("ending", [".parquet", ".checkpoint", ".manifest"])
def test_another_file_is_never_overwritten(
    small_home: ArchivedHome, tmp_path: Path, ending: str
) -> None:
    """The evidence of another log would be destroyed by a run into the wrong folder."""
    place = tmp_path / "archive"
    (place / "segments").mkdir(parents=True)
    there = place / "segments" / f"000000000064{ending}"
    there.write_bytes(b"something else")
    with pytest.raises(BadRequest, match=f"000000000064{ending}.*nothing was overwritten"):
        write(small_home, str(place))
    assert there.read_bytes() == b"something else"


def test_an_archive_of_another_history_is_refused(
    small_home: ArchivedHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two logs would share an archive, each with half of the segments."""
    place = str(tmp_path / "archive")
    write(small_home, place)
    other = ArchivedHome(f"sqlite:///{tmp_path}/other.db", tmp_path / "other", monkeypatch)
    other.create()
    other.add(200)
    other.seal()
    with pytest.raises(BadRequest, match="nothing was overwritten"):
        write(other, place)


def test_a_changed_record_is_never_archived(small_home: ArchivedHome, tmp_path: Path) -> None:
    """An archive would vouch for what somebody wrote into the database."""
    row = small_home.record_row(70)
    small_home.write(RECORD, 70, sealed=row["sealed"][:-1] + b" ")
    with pytest.raises(VerificationError) as found:
        write(small_home, str(tmp_path / "archive"))
    assert found.value.index == 70
    assert [one for one in files(str(tmp_path / "archive")) if "000064" in one] == []
