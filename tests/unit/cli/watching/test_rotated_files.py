"""The files that a log was rotated into are found beside it, and no others."""

import bz2
import gzip
import lzma
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cli.watching.rotated_files import files_aside, found_file
from formats.reading import identity_of_source

if TYPE_CHECKING:
    from collections.abc import Callable

LINE = b"the first line\n"


def test_what_rotation_makes_is_found_oldest_first(tmp_path: Path) -> None:
    """A file of last night would be read before that of the night before, or not at all."""
    names = [
        "auth.log.3.xz",
        "auth.log.2.gz",
        "auth.log-20261122.bz2",
        "auth.log.1",
        "auth.log.old",
    ]
    packers: dict[str, Callable[[bytes], bytes]] = {
        ".xz": lzma.compress,
        ".gz": gzip.compress,
        ".bz2": bz2.compress,
    }
    for number, name in enumerate(names):
        path = tmp_path / name
        content = LINE + b"%d" % number
        pack = packers.get(path.suffix)
        path.write_bytes(content if pack is None else pack(content))
        os.utime(path, ns=(number, number))
    for name in ("auth.log", "auth.log.conf", "auth.log~", "auth.logger", "xauth.log.1"):
        (tmp_path / name).write_bytes(LINE)
    found = files_aside(tmp_path / "auth.log")
    assert [each.path.name for each in found] == names
    assert {each.identity for each in found} == {identity_of_source(LINE).hex()}
    assert [each.is_packed for each in found] == [True, True, True, False, False]
    with found[1].unpacked() as stream:
        assert stream.read() == LINE + b"1"


def test_a_log_is_known_when_its_first_line_is_whole(tmp_path: Path) -> None:
    """The same log would have two identities, and each of its facts two ids."""
    path = tmp_path / "log"
    assert found_file(path, whole_line=True) is None
    path.write_bytes(b"")
    assert found_file(path, whole_line=True) is None
    path.write_bytes(b"half")
    assert found_file(path, whole_line=True) is None
    path.write_bytes(b"half and half\nmore")
    found = found_file(path, whole_line=True)
    assert found is not None
    assert found.identity == identity_of_source(b"half and half").hex()
    path.write_bytes(b"x" * 5000)
    assert found_file(path, whole_line=True) is not None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no gzip",
        gzip.compress(b"x" * 999, mtime=0)[:14],
        gzip.compress(LINE, mtime=0)[:10] + b"\xff" * 20,
    ],
    ids=["empty", "another sort", "cut off", "damaged"],
)
def test_what_cannot_be_unpacked_is_passed_over(tmp_path: Path, content: bytes) -> None:
    """A file that is being compressed at this moment would end the watch."""
    (tmp_path / "log.1.gz").write_bytes(content)
    assert files_aside(tmp_path / "log") == []
    assert files_aside(tmp_path / "nowhere" / "log") == []


def test_a_pipe_is_never_waited_for(tmp_path: Path) -> None:
    """A pipe beside a log would hang its watch, which no signal could end."""
    os.mkfifo(tmp_path / "auth.log.1")
    writer = os.open(tmp_path / "auth.log.1", os.O_RDWR)  # without it, a failure would hang
    try:
        os.write(writer, LINE)
        with pytest.raises(OSError, match="expected a regular file"):
            found_file(tmp_path / "auth.log.1", whole_line=True)
        assert files_aside(tmp_path / "auth.log") == []
    finally:
        os.close(writer)
