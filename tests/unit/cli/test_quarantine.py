"""Lines that could not be read are kept for their owner alone."""

import json
from base64 import b64decode
from pathlib import Path

from cli.quarantine import Quarantine
from formats.reading import Unreadable

LINE = Unreadable("line 2", "expected a time, found none", b"secret \xff", 20)


def test_a_line_is_kept_with_place_and_reason(tmp_path: Path) -> None:
    """The operator could not repair what the program could not read."""
    path = tmp_path / "quarantine" / "a.ndjson"
    with Quarantine(path, keep_bytes=0) as quarantine:
        quarantine.add(LINE)
        quarantine.settle()
        assert quarantine.size == path.stat().st_size
    kept = json.loads(path.read_text())
    assert (kept["place"], kept["reason"]) == (LINE.place, LINE.reason)
    assert b64decode(kept["raw_base64"]) == LINE.raw


def test_nobody_else_may_open_it(tmp_path: Path) -> None:
    """A line that names people would lie open."""
    path = tmp_path / "quarantine" / "a.ndjson"
    with Quarantine(path, keep_bytes=0) as quarantine:
        quarantine.add(LINE)
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0


def test_what_a_crash_left_behind_is_cut_off(tmp_path: Path) -> None:
    """A line would stand there twice after a run that was interrupted."""
    path = tmp_path / "a.ndjson"
    with Quarantine(path, keep_bytes=0) as quarantine:
        quarantine.add(LINE)
        known = quarantine.size
        quarantine.add(LINE)
    with Quarantine(path, keep_bytes=known) as quarantine:
        quarantine.add(Unreadable("line 9", "expected", b"", 90))
    assert [json.loads(line)["place"] for line in path.read_text().splitlines()] == [
        "line 2",
        "line 9",
    ]


def test_no_file_appears_without_a_line(tmp_path: Path) -> None:
    """Every import would leave an empty file."""
    with Quarantine(tmp_path / "a.ndjson", keep_bytes=0) as quarantine:
        quarantine.settle()
    assert list(tmp_path.iterdir()) == []
