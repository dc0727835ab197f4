"""Files of an archive appear whole, are never overwritten, and trouble is told by its place."""

import errno
import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from ledger.archive.place import ArchivePlace, shown_place
from ledger.errors import BadRequest, StoreUnavailable
from tests.postgres_server import free_port


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A file to put there."""
    made = tmp_path / "built"
    made.write_bytes(b"content")
    return made


def test_what_is_written_is_read_again(tmp_path: Path, source: Path) -> None:
    """A file would be another one once it lies in the archive."""
    place = ArchivePlace(str(tmp_path / "archive"))
    place.write("segments/a.parquet", source)
    assert place.read("segments/a.parquet") == b"content"
    assert place.size_of("segments/a.parquet") == 7
    assert place.sha256_of("segments/a.parquet") == sha256(b"content").digest()
    assert place.paths("segments") == ["segments/a.parquet"]
    with place.opened("segments/a.parquet") as (handle, digest):
        assert (handle.read(), digest) == (b"content", sha256(b"content").digest())


def test_another_file_is_never_overwritten(tmp_path: Path, source: Path) -> None:
    """A second run would destroy evidence."""
    place = ArchivePlace(str(tmp_path / "archive"))
    place.write("segments/a.parquet", source)
    place.write("segments/a.parquet", source)
    source.write_bytes(b"another")
    with pytest.raises(BadRequest, match=r"segments/a\.parquet: expected nothing there"):
        place.write("segments/a.parquet", source)
    assert place.read("segments/a.parquet") == b"content"


def test_half_a_file_is_none(tmp_path: Path, source: Path) -> None:
    """A crash while copying would leave a file that counts."""
    place = ArchivePlace(str(tmp_path / "archive"))
    (tmp_path / "archive" / "segments").mkdir(parents=True)
    (tmp_path / "archive" / "segments" / "a.parquet.part").write_bytes(b"con")
    assert place.paths("segments") == []
    assert place.size_of("segments/a.parquet") is None
    place.write("segments/a.parquet", source)
    assert place.paths("segments") == ["segments/a.parquet"]
    assert [each.name for each in (tmp_path / "archive" / "segments").iterdir()] == ["a.parquet"]


def test_a_missing_file_is_told_by_its_place(tmp_path: Path) -> None:
    """Somebody would look for the trouble in the database."""
    place = ArchivePlace(str(tmp_path / "archive"))
    assert place.paths("segments") == []
    with pytest.raises(StoreUnavailable, match=r"archive/segments/a\.parquet: cannot be used"):
        place.read("segments/a.parquet")
    with pytest.raises(StoreUnavailable), place.opened("segments/a.parquet"):
        pass
    place.remove("segments/a.parquet")


@pytest.mark.parametrize("url", ["nothing-known://bucket/x", "simplecache::s3://bucket/x"])
def test_a_place_that_is_none_is_refused(url: str) -> None:
    """A misspelled place would be found out when the first file is written."""
    with pytest.raises(BadRequest, match="archive"):
        ArchivePlace(url)


@pytest.mark.parametrize(
    "address",
    [
        "ftp://user:geheim@127.0.0.1/x",
        "s3://AK:ge@heim@bucket/x",
        "s3://AK:ge/heim@bucket/x",
        "s3://AK:ge%2Fheim@bucket/x",
        "s3://AK:ge?#[heim@bucket/x",
        "s3://AK:12/heim@bucket/x",
        "s3://:geheim@bucket/x",
        "ftp://jan@example.nl:ge/heim@127.0.0.1/x",
        "nothing-known://user:ge/heim@host/x",
    ],
)
def test_a_password_in_the_address_is_refused(address: str) -> None:
    """It would stand in the database, in every message and in what is handed on."""
    with pytest.raises(BadRequest, match="expected no password") as found:
        ArchivePlace(address)
    assert "heim" not in str(found.value)
    assert "as it is and not encoded, such as in AWS_SECRET_ACCESS_KEY" in str(found.value)


@pytest.mark.parametrize(
    "address", ["memory://bucket/a:b@c", "memory://bucket/mail@x", "memory://key@bucket/x"]
)
def test_an_address_without_a_password_is_taken(address: str) -> None:
    """A folder whose name has the signs of a password could hold no archive."""
    assert ArchivePlace(address).url == address
    assert shown_place(address) == address


def test_a_store_that_connects_at_once_is_told_by_its_place() -> None:
    """Somebody would get the trace of a library in place of what could not be reached."""
    url = f"ftp://127.0.0.1:{free_port()}/x"
    with pytest.raises(StoreUnavailable, match=f"archive {url}: cannot be used"):
        ArchivePlace(url)


def test_a_local_place_means_the_same_from_everywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The service, started in another folder, would not find the archive."""
    monkeypatch.chdir(tmp_path)
    assert ArchivePlace("kept").absolute == str(tmp_path / "kept")
    assert ArchivePlace(f"file://{tmp_path}/kept").absolute == str(tmp_path / "kept")
    assert ArchivePlace("memory://kept").absolute == "memory://kept"


def test_new_folders_are_on_the_disk_too(
    tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a power failure a file would be there in a folder that is not."""
    synced: set[int] = set()
    fsync = os.fsync

    def watched(descriptor: int) -> None:
        fsync(descriptor)
        synced.add(os.fstat(descriptor).st_ino)

    monkeypatch.setattr(os, "fsync", watched)
    ArchivePlace(str(tmp_path / "new" / "archive")).write("segments/0.p/1.parquet", source)
    made = tmp_path / "new" / "archive" / "segments" / "0.p"
    named_in = (made, *(each for each in made.parents if each.is_relative_to(tmp_path)))
    assert {each.name for each in named_in if each.stat().st_ino not in synced} == set()


def test_two_runs_at_once_both_leave_the_whole_file(
    tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A timer and a person who archive at once would fail, or leave half a file that counts."""
    place = ArchivePlace(str(tmp_path / "archive"))
    _meanwhile(monkeypatch, lambda: place.write("segments/a.parquet", source))
    place.write("segments/a.parquet", source)
    assert place.read("segments/a.parquet") == b"content"
    assert [each.name for each in (tmp_path / "archive" / "segments").iterdir()] == ["a.parquet"]


def test_of_two_runs_at_once_the_later_overwrites_nothing(
    tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a manifest of the other run names by its digest would be gone."""
    place = ArchivePlace(str(tmp_path / "archive"))
    other = tmp_path / "other"
    other.write_bytes(b"another")
    _meanwhile(monkeypatch, lambda: place.write("segments/a.parquet", other))
    with pytest.raises(BadRequest, match=r"segments/a\.parquet: expected nothing there"):
        place.write("segments/a.parquet", source)
    assert place.read("segments/a.parquet") == b"another"


@pytest.mark.parametrize("code", [errno.EPERM, errno.ENOTSUP])
def test_a_file_system_without_links_keeps_an_archive(
    tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    """A disk that a NAS or a camera card shares could hold no archive."""

    def refused(_target: Path, _part: Path) -> None:
        raise OSError(code, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refused)
    place = ArchivePlace(str(tmp_path / "archive"))
    place.write("segments/a.parquet", source)
    assert place.read("segments/a.parquet") == b"content"
    assert [each.name for each in (tmp_path / "archive" / "segments").iterdir()] == ["a.parquet"]


def _meanwhile(monkeypatch: pytest.MonkeyPatch, act: Callable[[], None]) -> None:
    """Has something done once, when the next file was copied and has no name yet."""
    fsync = os.fsync

    def acting(descriptor: int) -> None:
        monkeypatch.setattr(os, "fsync", fsync)
        fsync(descriptor)
        act()

    monkeypatch.setattr(os, "fsync", acting)
