"""A bundle is written whole or not at all, and the same files give the same bytes."""

import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.bundle_writing import write_bundle
from ledger.errors import BadRequest, StoreUnavailable

FILES = [("checkpoint", b"note"), ("tile/0/000.p/1", bytes(32)), ("manifest.json", b"{}")]


def _nothing() -> None:
    pass


def test_a_folder_has_every_file(tmp_path: Path) -> None:
    """An auditor would miss part of the evidence."""
    write_bundle(FILES, tmp_path / "bundle", before=_nothing)
    found = {
        path.relative_to(tmp_path / "bundle").as_posix(): path.read_bytes()
        for path in (tmp_path / "bundle").rglob("*")
        if path.is_file()
    }
    assert found == dict(FILES)
    assert [path.name for path in tmp_path.iterdir()] == ["bundle"]


def test_the_same_files_give_the_same_zip_file(tmp_path: Path) -> None:
    """Two people could not tell whether they hold the same evidence."""
    for name in ("a.zip", "b.zip"):
        write_bundle(FILES, tmp_path / name, before=_nothing)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert archive.namelist() == [name for name, _ in FILES]
        assert {stat.S_IMODE(one.external_attr >> 16) for one in archive.infolist()} == {0o644}


@pytest.mark.parametrize("name", ["bundle", "bundle.zip"])
def test_what_exists_is_never_overwritten(tmp_path: Path, name: str) -> None:
    """An older bundle, perhaps the only one, would be lost."""
    (tmp_path / name).write_text("older")
    with pytest.raises(BadRequest):
        write_bundle(FILES, tmp_path / name, before=_nothing)
    assert (tmp_path / name).read_text() == "older"


@pytest.mark.parametrize("name", ["bundle", "bundle.zip"])
def test_what_came_to_stand_there_meanwhile_is_not_overwritten(tmp_path: Path, name: str) -> None:
    """What somebody else wrote while we did would be gone without a word."""

    def appear() -> None:
        if name.endswith(".zip"):
            (tmp_path / name).write_text("theirs")
        else:
            (tmp_path / name).mkdir()

    with pytest.raises(BadRequest, match="expected nothing there"):
        write_bundle(FILES, tmp_path / name, before=appear)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert name == "bundle" or (tmp_path / name).read_text() == "theirs"
    assert name == "bundle.zip" or list((tmp_path / name).iterdir()) == []


@pytest.mark.parametrize("name", ["bundle", "bundle.zip"])
def test_nothing_is_kept_when_it_cannot_be_recorded(tmp_path: Path, name: str) -> None:
    """Evidence would leave the log without a trace."""

    def fail() -> None:
        raise StoreUnavailable("the database is gone")

    with pytest.raises(StoreUnavailable):
        write_bundle(FILES, tmp_path / name, before=fail)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_above_is_said(tmp_path: Path) -> None:
    """A typing error would make a folder somewhere else."""
    with pytest.raises(BadRequest):
        write_bundle(FILES, tmp_path / "none" / "bundle", before=_nothing)


def test_a_folder_that_is_not_whole_has_no_file_of_its_own_names(tmp_path: Path) -> None:
    """A reader of a lake, which takes all files of a name, would count what is half there."""
    seen: list[str] = []

    def see() -> None:
        seen.extend(path.name for path in tmp_path.rglob("*") if path.is_file())

    def growing() -> Iterator[tuple[str, bytes]]:
        for each in FILES:
            yield each
            see()

    write_bundle(growing(), tmp_path / "bundle", before=see)
    assert len(seen) == 9
    assert {Path(name).suffix for name in seen} == {".part"}
    assert sum(path.is_file() for path in (tmp_path / "bundle").rglob("*")) == len(FILES)
    assert not list(tmp_path.rglob("*.part"))
