"""Bundles made to hurt: nothing outside is read, and damage is broken evidence."""

import zipfile
from pathlib import Path

import pytest

from cli.bundle_reading import open_bundle
from ledger.errors import BadRequest, VerificationError


def _archive(path: Path, *members: tuple[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in members:
            archive.writestr(name, raw)
    return path


def test_folders_and_zip_files_are_read_alike(tmp_path: Path) -> None:
    """The form of a bundle would decide whether it verifies."""
    folder = tmp_path / "bundle"
    (folder / "tile" / "0").mkdir(parents=True)
    (folder / "tile" / "0" / "000").write_bytes(b"hashes")
    archive = _archive(tmp_path / "bundle.zip", ("tile/0/000", b"hashes"))
    for place in (folder, archive):
        with open_bundle(place) as files:
            assert files.paths == {"tile/0/000"}
            assert files.read("tile/0/000") == b"hashes"
            with pytest.raises(KeyError):
                files.read("checkpoint")


@pytest.mark.parametrize("name", ["../secret", "/etc/hostname", "link", "up/secret"])
def test_nothing_outside_a_folder_is_read(tmp_path: Path, name: str) -> None:
    """A bundle could make its reader open a file of the machine."""
    folder = tmp_path / "bundle"
    folder.mkdir()
    (tmp_path / "secret").write_text("secret")
    (folder / "link").symlink_to(tmp_path / "secret")
    (folder / "up").symlink_to(tmp_path)
    with open_bundle(folder) as files, pytest.raises((KeyError, VerificationError)):
        files.read(name)


def test_a_damaged_member_is_broken_evidence(tmp_path: Path) -> None:
    """Damage would end in a traceback."""
    path = _archive(tmp_path / "bundle.zip", ("checkpoint", b"text " * 100))
    raw = bytearray(path.read_bytes())
    raw[45] ^= 0xFF
    path.write_bytes(raw)
    with open_bundle(path) as files, pytest.raises(VerificationError):
        files.read("checkpoint")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_stands_twice_is_broken_evidence(tmp_path: Path) -> None:
    """Two programs would read two bundles from one file."""
    path = _archive(tmp_path / "bundle.zip", ("checkpoint", b"one"), ("checkpoint", b"two"))
    with open_bundle(path) as files, pytest.raises(VerificationError):
        files.read("checkpoint")


@pytest.mark.parametrize("raw", [b"", b"PK", b"text"])
def test_another_file_is_said_to_be_none(tmp_path: Path, raw: bytes) -> None:
    """A wrong file name would end in a traceback."""
    path = tmp_path / "bundle.zip"
    path.write_bytes(raw)
    with pytest.raises(BadRequest), open_bundle(path):
        pass
    with pytest.raises(BadRequest), open_bundle(tmp_path / "none.zip"):
        pass
