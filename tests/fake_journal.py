"""A program in the place of `journalctl`: gives entries from a file, and follows it."""

import json
import os
import sys
from pathlib import Path

from tests.watched import FIRST_AT, append

_PROGRAM = """#!{python}
import json, sys, time
after, follow = None, "--follow" in sys.argv
for word in sys.argv[1:]:
    if word.startswith("--after-cursor="):
        after = int(word.partition("=")[2].partition(";")[2])
with open({arguments!r}, "a") as told:
    told.write(json.dumps(sys.argv[1:]) + "\\n")
with open({entries!r}, "rb") as entries:
    while True:
        line = entries.readline()
        if line.endswith(b"\\n"):
            if after is None or json.loads(line)["number"] > after:
                sys.stdout.buffer.write(line)
                sys.stdout.buffer.flush()
        elif follow:
            time.sleep(0.02)
        else:
            break
"""


class FakeJournal:
    """The journal and the program that reads it, to be put on PATH."""

    def __init__(self, folder: Path) -> None:
        """Makes both, with no entry yet."""
        self.folder = folder / "bin"
        self.folder.mkdir()
        self._entries, self._arguments = folder / "journal.ndjson", folder / "called.ndjson"
        self._entries.touch()
        self._arguments.touch()
        program = self.folder / "journalctl"
        program.write_text(
            _PROGRAM.format(
                python=sys.executable, entries=str(self._entries), arguments=str(self._arguments)
            )
        )
        program.chmod(0o755)

    @property
    def path(self) -> str:
        """What PATH must be."""
        return f"{self.folder}:{os.environ['PATH']}"

    @property
    def calls(self) -> list[list[str]]:
        """The arguments of each call."""
        return [json.loads(line) for line in self._arguments.read_text().splitlines()]

    def write(self, start: int, stop: int) -> None:
        """Entries of sshd, one attempt for each number."""
        for number in range(start, stop):
            append(self._entries, entry(number) + b"\n")


def entry(number: int, **fields: object) -> bytes:
    """An entry as `journalctl --output=json` writes it: one attempt to log in."""
    microseconds = int((FIRST_AT.timestamp() + number) * 1_000_000)
    told = {
        "number": number,
        "__CURSOR": f"s=abc;{number}",
        "__REALTIME_TIMESTAMP": str(microseconds),
        "_HOSTNAME": "web",
        "SYSLOG_IDENTIFIER": "sshd",
        "_PID": str(1000 + number),
        "MESSAGE": f"Failed password for invalid user u{number} from 203.0.113.{number % 250} "
        f"port {1024 + number} ssh2",
    }
    return json.dumps(told | fields).encode()
