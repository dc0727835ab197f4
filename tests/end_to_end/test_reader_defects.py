"""A defect of a reader is told, costs the line that meets it, and is made good by a replay."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from unittest import mock

import pytest

from formats.openssh import SshMessages
from formats.syslog_entry import SyslogEntry
from tests.command_line import Answer, zegel_here
from tests.watched import attempt

_LOG: Final = b"".join(map(attempt, range(3)))
_CONFIG: Final = '[[source]]\nsystem = "web"\nformat = "openssh"\nfile = "auth.log"\n'
_ACCOUNT: Final = "u1 "
"""Stands in the second line, and nobody may be shown it."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "auth.log").write_bytes(_LOG)
    (tmp_path / "watch.toml").write_text(_CONFIG)
    answer = zegel_here("--home", tmp_path / "home", "init", "--origin", "log.example/test")
    assert answer.returncode == 0
    return tmp_path / "home"


@contextmanager
def _defect() -> Iterator[None]:
    """A reader that fails on the second line, and quotes it."""
    outcome_of = SshMessages.outcome_of

    def fails(messages: SshMessages, entry: SyslogEntry) -> Any:  # noqa: ANN401 - passed on
        if _ACCOUNT in entry.message:
            raise KeyError(entry.message)
        return outcome_of(messages, entry)

    with mock.patch.object(SshMessages, "outcome_of", fails):
        yield


def _import(home: Path, *more: str) -> Answer:
    return zegel_here(
        *("--home", home, "import", home.parent / "auth.log"),
        *("--from", "openssh", "--system", "web", *more),
    )


def _watch(home: Path, *more: str) -> Answer:
    return zegel_here("--home", home, "watch", "--once", home.parent / "watch.toml", *more)


def _recorded(home: Path) -> list[str]:
    """When the attempts in the log happened, in the order in which they were recorded."""
    answer = zegel_here("--home", home, "log", "--kind", "intrusion.attempt_detected", "--ndjson")
    return [json.loads(line)["event"]["occurred_at"] for line in answer.stdout.splitlines()]


@pytest.mark.parametrize("read", [_import, _watch], ids=["import", "watch"])
def test_a_defect_is_told_and_made_good(home: Path, read: Any) -> None:  # noqa: ANN401 - a test
    """One line would keep the rest of the log out, or vanish, or come in twice after the mend."""
    with _defect():
        answer = read(home, "--ndjson")
    said = answer.stdout + answer.stderr
    assert answer.returncode == 1, said
    summary = json.loads(answer.stdout)
    assert [summary[name] for name in ("recorded", "unreadable", "defects")] == [2, 1, 1]
    assert "line 2: expected a reader that can tell, found a defect of it: KeyError" in said
    assert _ACCOUNT not in said
    replayed = zegel_here("--home", home, "quarantine", "replay", "--ndjson")
    assert replayed.returncode == 0, replayed.stderr
    assert [time[17:19] for time in _recorded(home)] == ["00", "02", "01"]
    for again in (_import(home, "--again"), _watch(home)):
        assert (again.returncode, json.loads(again.stdout)["recorded"]) == (0, 0)
    assert len(_recorded(home)) == 3


def test_people_see_how_many_lines_met_a_defect(home: Path) -> None:
    """A defect would pass for one more line that is odd, and nobody would ask for a mend."""
    with _defect():
        answer = _import(home, "--dry-run", "--table")
    assert answer.returncode == 1
    assert ["by", "a", "defect", "of", "the", "reader", "1"] in [
        line.split() for line in answer.stdout.splitlines()
    ]
    with _defect():
        watched = _watch(home)
    assert "2 recorded, 1 unreadable, 1 of them by a defect of the reader" in watched.stderr
