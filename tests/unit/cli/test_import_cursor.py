"""How far a source was read is kept for its owner alone, or not at all."""

from pathlib import Path

import msgspec
import pytest

from cli.import_cursor import ImportCursor, cursor_file, read_cursor, write_cursor
from cli.source_heads import head_of
from ledger.errors import StoreUnavailable

CURSOR = ImportCursor(
    source="/var/log/auth.log",
    source_identity="ab",
    head=head_of(b"first line\n"),
    format="openssh",
    system="web",
    origin="log.example/test",
    log_size=7,
    offset=11,
)


def _file(home: Path) -> Path:
    return cursor_file(home, source=CURSOR.source, format_name=CURSOR.format, system=CURSOR.system)


def test_a_cursor_is_read_as_it_was_written_by_its_owner_alone(tmp_path: Path) -> None:
    """Every import would begin anew, or names of files lie open."""
    path = _file(tmp_path)
    write_cursor(path, CURSOR)
    path.chmod(0o644)
    write_cursor(path, CURSOR)
    assert read_cursor(path) == CURSOR
    assert path.stat().st_mode & 0o077 == 0


def test_a_cursor_of_an_earlier_version_is_read(tmp_path: Path) -> None:
    """After an upgrade every source would be read again from its beginning."""
    path = _file(tmp_path)
    path.parent.mkdir()
    kept = msgspec.to_builtins(CURSOR)
    del kept["head"]
    path.write_bytes(msgspec.json.encode(kept))
    assert read_cursor(path) == msgspec.structs.replace(CURSOR, head=None)


def test_a_disk_that_refuses_is_named_with_its_place(tmp_path: Path) -> None:
    """The operator would read of an error of the system, and not of which file."""
    path = _file(tmp_path)
    path.parent.touch()
    with pytest.raises(StoreUnavailable, match=r"imports/[0-9a-f]+\.json cannot be written: "):
        write_cursor(path, CURSOR)
