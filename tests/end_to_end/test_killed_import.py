"""An import that is killed loses nothing that was counted, and goes on where it stopped."""

import json
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path

from tests.command_line import SECONDS, ZEGEL, clean_environment, zegel_here

EVENTS = 6000


def test_a_killed_import_is_whole_and_is_continued(home: Path, tmp_path: Path) -> None:
    """A power cut would leave half a batch, a broken chain, or facts told twice."""
    file = tmp_path / "events.ndjson"
    with file.open("w") as lines:
        for number in range(EVENTS):
            at = f"2026-01-01T00:{number // 60 % 60:02d}:{number % 60:02d}.{number:06d}Z"
            event = {
                "kind": "ip.recorded",
                "occurred_at": at,
                "ip": f"ip:10.0.{number // 250}.{number % 250}",
            }
            lines.write(json.dumps(event) + "\n")
    with subprocess.Popen(
        [ZEGEL, "--home", home, "import", file],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=clean_environment(),
    ) as running:
        gives_up_at = time.monotonic() + SECONDS
        while _size(home) == 0 and running.poll() is None and time.monotonic() < gives_up_at:
            time.sleep(0.01)
        running.kill()
    kept = _size(home)
    assert 0 < kept <= EVENTS
    report = json.loads(zegel_here("--home", home, "verify").stdout)
    assert (report["outcome"], report["records_checked"]) == ("valid", kept)
    rest = json.loads(zegel_here("--home", home, "import", file).stdout)
    assert rest["recorded"] == EVENTS - kept
    assert _size(home) == EVENTS
    assert zegel_here("--home", home, "verify").returncode == 0


def _size(home: Path) -> int:
    with closing(sqlite3.connect(home / "zegel.db")) as database:
        (size,) = database.execute("SELECT size FROM zegel_head").fetchone()
    return int(size)
