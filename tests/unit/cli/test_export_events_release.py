"""An export is let go only after it was recorded, whole or not at all."""

import errno
import gzip
import io
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import click
import pytest

from cli.export_events_release import SUMS, Target, release, target_of
from formats.export import export_format
from formats.export.writing import ExportFormat, Provenance, Records
from ledger.errors import BadRequest, StoreUnavailable
from tests.exported_records import exported_event, provenance

NDJSON = export_format("ndjson")
PARQUET = export_format("parquet")


class RecordingFailedError(Exception):
    """The log could not be written."""


def _released(chosen: ExportFormat, target: Target) -> str:
    """The digest under which an export of one record was recorded."""
    digests: list[str] = []
    records = Records(iter([exported_event("file.received", file_id="F-1")]))
    release(chosen, records, provenance(chosen.name), target, before=digests.append)
    (digest,) = digests
    return digest


def _fail(_digest: str) -> None:
    raise RecordingFailedError


def test_what_is_recorded_is_the_digest_of_the_file(tmp_path: Path) -> None:
    """Nobody could show later that a file is the one that was handed out."""
    digest = _released(NDJSON, Target(tmp_path / "out.ndjson"))
    raw = (tmp_path / "out.ndjson").read_bytes()
    assert sha256(raw).hexdigest() == digest
    assert (tmp_path / "out.ndjson").stat().st_mode & 0o077 == 0


def test_a_packed_file_holds_the_same_and_no_time(tmp_path: Path) -> None:
    """Two exports of the same records would differ, or the digest be that of another file."""
    plain, packed = tmp_path / "out.ndjson", tmp_path / "out.ndjson.gz"
    _released(NDJSON, Target(plain))
    digest = _released(NDJSON, Target(packed))
    raw = packed.read_bytes()
    assert sha256(raw).hexdigest() == digest
    assert gzip.decompress(raw) == plain.read_bytes()
    assert raw[4:8] == bytes(4)


@pytest.mark.parametrize("name", ["lake", "lake.zip"])
def test_a_folder_is_recorded_by_the_list_of_its_files(tmp_path: Path, name: str) -> None:
    """A file of a lake could be exchanged unnoticed."""
    digest = _released(PARQUET, Target(tmp_path / name, is_tree=True))
    if name.endswith(".zip"):
        with zipfile.ZipFile(tmp_path / name) as archive:
            archive.extractall(tmp_path / "lake")
    sums = (tmp_path / "lake" / SUMS).read_bytes()
    assert sha256(sums).hexdigest() == digest
    lines = (line.partition("  ") for line in sums.decode().splitlines())
    listed = {path: digest for digest, _, path in lines}
    found = {
        str(path.relative_to(tmp_path / "lake")): sha256(path.read_bytes()).hexdigest()
        for path in (tmp_path / "lake").rglob("*")
        if path.is_file() and path.name != SUMS
    }
    assert found == listed
    assert len(found) == 2


@pytest.mark.parametrize(("name", "is_tree"), [("out.parquet", False), ("lake", True)])
def test_nothing_is_there_when_it_could_not_be_recorded(
    tmp_path: Path, name: str, *, is_tree: bool
) -> None:
    """Somebody would have an export of which the log knows nothing."""
    records = Records(iter([exported_event("file.received", file_id="F-1")]))
    target = Target(tmp_path / name, is_tree=is_tree)
    with pytest.raises(RecordingFailedError):
        release(PARQUET, records, provenance("parquet"), target, before=_fail)
    assert list(tmp_path.iterdir()) == []


def test_the_output_gets_nothing_before_it_is_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader of a pipe would have an export of which the log knows nothing."""
    memory = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(memory))
    records = Records(iter([exported_event("file.received", file_id="F-1")]))
    with pytest.raises(RecordingFailedError):
        release(NDJSON, records, provenance("ndjson"), Target(None), before=_fail)
    assert memory.getvalue() == b""
    digest = _released(NDJSON, Target(None))
    assert sha256(memory.getvalue()).hexdigest() == digest


def test_a_format_that_fails_leaves_nothing(tmp_path: Path) -> None:
    """Half a file would pass for an export."""

    def failing(records: Records, _provenance: Provenance) -> Iterator[bytes]:
        yield b"half"
        list(records)
        raise OSError(28, "No space left on device")

    chosen = ExportFormat(name="x", title="x", suffix=".x", media_type="text/x", write=failing)
    with pytest.raises(StoreUnavailable, match="No space left"):
        release(
            chosen, Records(iter(())), provenance("ndjson"), Target(tmp_path / "x"), before=_fail
        )
    with pytest.raises(StoreUnavailable, match="No space left"):
        release(chosen, Records(iter(())), provenance("ndjson"), Target(None), before=_fail)
    assert list(tmp_path.iterdir()) == []


def test_the_name_says_whether_it_is_a_folder(tmp_path: Path) -> None:
    """A lake would become one file, or a file a folder."""
    for name in ("out.parquet", "out.parquet.gz"):
        assert target_of(PARQUET, tmp_path / name) == Target(tmp_path / name)
    for name in ("lake", "lake.zip"):
        assert target_of(PARQUET, tmp_path / name) == Target(tmp_path / name, is_tree=True)
    assert target_of(NDJSON, tmp_path / "any") == Target(tmp_path / "any")
    assert target_of(NDJSON, None) == target_of(NDJSON, Path("-")) == Target(None)


def test_what_is_there_stays(tmp_path: Path) -> None:
    """An export would overwrite another one."""
    with pytest.raises(BadRequest, match="found something"):
        target_of(NDJSON, tmp_path)


def test_a_terminal_gets_no_binary_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal would be filled with bytes that act on it."""
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    with pytest.raises(click.UsageError, match="no terminal can show"):
        target_of(PARQUET, None)
    assert target_of(NDJSON, None) == Target(None)


@pytest.mark.parametrize("typed", [None, Path("-"), Path("out.parquet"), Path("out.parquet.gz")])
def test_a_format_of_folders_is_refused_one_file(typed: Path | None) -> None:
    """Records would be read, and perhaps people shown, for an export that cannot be written."""
    with pytest.raises(click.UsageError, match=r"expected a folder .* for ocsf-lake"):
        target_of(export_format("ocsf-lake"), typed)


def test_a_full_disk_is_named_by_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody would know which disk to make room on, as none was asked for."""

    class Full(io.BytesIO):
        """A file on a disk without room, which the end of it meets as well."""

        def write(self, _data: object) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

        def close(self) -> None:
            was_open = not self.closed
            super().close()
            if was_open:
                raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", Full)
    with pytest.raises(StoreUnavailable, match=f"{tempfile.gettempdir()}: .*No space left"):
        _released(NDJSON, Target(None))
