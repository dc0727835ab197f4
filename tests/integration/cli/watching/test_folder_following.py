"""The files of a drop folder are taken in whole, each one once."""

import gzip
import json
import os
import time
from pathlib import Path

import pytest

from cli.compressed import decompressed
from cli.watching import folder_following
from tests.watched import WatchedHome, attempts, wait_until

FOLDER = """
[[source]]
system = "gateway"
format = "openssh"
folder = "drop/*.log*"
"""


@pytest.fixture
def drop(home: WatchedHome, monkeypatch: pytest.MonkeyPatch) -> Path:
    home.write_config(FOLDER)
    monkeypatch.setattr(folder_following, "SETTLED_NS", 100_000_000)
    folder = home.folder / "drop"
    folder.mkdir()
    return folder


def test_each_file_is_taken_in_once(home: WatchedHome, drop: Path) -> None:
    """A file would be recorded at each look, or never."""
    (drop / "a.log").write_bytes(attempts(0, 3))
    with gzip.open(drop / "b.log.gz", "wb") as packed:
        packed.write(attempts(3, 5))
    (drop / "other.txt").write_bytes(attempts(90, 95))
    (drop / ".part.log").write_bytes(attempts(95, 99))
    home.watch_once()
    assert home.numbers() == list(range(5))
    with home.watching():
        (drop / "c.log").write_bytes(attempts(5, 6))
        home.wait_for(6)
    (standing,) = home.watch_once().standings
    assert (standing.lines, home.numbers()) == (0, list(range(6)))


def test_many_files_are_remembered(home: WatchedHome, drop: Path) -> None:
    """Old files would be read again and again once there are many."""
    for number in range(20):
        (drop / f"{number:02}.log").write_bytes(attempts(number, number + 1))
    home.watch_once()
    (standing,) = home.watch_once().standings
    assert (standing.lines, home.numbers()) == (0, list(range(20)))


def test_a_file_that_is_still_written_waits(
    home: WatchedHome, drop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of a file would be taken for all of it."""
    monkeypatch.setattr(folder_following, "SETTLED_NS", 3600 * 10**9)
    path = drop / "a.log"
    path.write_bytes(attempts(0, 3))
    with home.watching() as watch:
        wait_until(lambda: watch.standings[0].condition == "following")
        assert home.numbers() == []
        os.utime(path, (1, 1))
        home.wait_for(3)


def test_a_damaged_file_is_told_once_and_read_when_it_is_mended(
    home: WatchedHome, drop: Path
) -> None:
    """One broken delivery would stop all that follow, or be forgotten."""
    whole = gzip.compress(attempts(0, 50))
    path = drop / "a.log.gz"
    path.write_bytes(whole[:-20])
    (drop / "b.log").write_bytes(attempts(50, 52))
    with home.watching():
        wait_until(lambda: {50, 51} <= set(home.numbers()))
        wait_until(lambda: any("a whole gzip file" in told for told in home.told))
        path.write_bytes(whole)
        home.wait_for(52)
    assert sorted(home.numbers()) == list(range(52))
    assert sum("a whole gzip file" in told for told in home.told) == 1


def test_a_folder_that_is_not_there_is_told_once(home: WatchedHome, drop: Path) -> None:
    """A mistyped folder would look like one into which nothing comes."""
    drop.rmdir()
    with home.watching() as watch:
        wait_until(lambda: watch.standings[0].condition == "away")
        drop.mkdir()
        (drop / "a.log").write_bytes(attempts(0, 1))
        home.wait_for(1)
    assert sum("expected a folder, found none yet" in told for told in home.told) == 1


def test_a_name_of_any_bytes_stops_nothing(home: WatchedHome, drop: Path) -> None:
    """Whoever may write into the folder could end the watch of it by a name."""
    for number, name in enumerate((b"\xff.log", b"a\n\x1b[2J.log", b"z.log")):
        Path(os.fsdecode(bytes(drop) + b"/" + name)).write_bytes(attempts(number, number + 1))
    (standing,) = home.watch_once().standings
    assert (standing.failure, sorted(home.numbers())) == (None, [0, 1, 2])
    (standing,) = home.watch_once().standings
    assert (standing.failure, standing.lines) == (None, 0)


def test_a_link_is_told_and_not_followed(home: WatchedHome, drop: Path) -> None:
    """Whoever may write into the folder could have any file read that the watch may read."""
    secret = home.folder / "secret"
    secret.write_bytes(attempts(9, 10))
    (drop / "a.log").symlink_to(secret)
    (drop / "b.log").write_bytes(attempts(0, 1))
    home.watch_once()
    assert home.numbers() == [0]
    assert any("a.log: not taken in" in told and "found a link" in told for told in home.told)


def test_a_time_that_lies_ahead_holds_nothing_up(home: WatchedHome, drop: Path) -> None:
    """After a clock went back no file would be taken in for as long, and a run would never end."""
    path = drop / "a.log"
    path.write_bytes(attempts(0, 3))
    in_a_while = time.time() + 3600
    os.utime(path, (in_a_while, in_a_while))
    (standing,) = home.watch_once().standings
    assert (home.numbers(), standing.condition) == ([0, 1, 2], "ended")


@pytest.mark.parametrize("heading", [b"[\n", b""], ids=["a line that says nothing", "longer"])
def test_a_file_that_was_written_anew_is_read_whole(
    home: WatchedHome, drop: Path, heading: bytes
) -> None:
    """What stands before the end of the file before would be left out, and nobody told."""
    path = drop / "a.log"
    path.write_bytes(heading + attempts(0, 3))
    home.watch_once()
    path.write_bytes(heading + attempts(0, 1) + attempts(10, 14) + attempts(1, 3))
    home.watch_once()
    found = set(home.numbers())
    assert found >= {0, 1, 2, 10, 11, 12, 13}


def test_a_document_that_was_written_anew_is_read_whole_and_once(
    home: WatchedHome, drop: Path
) -> None:
    """Facts that were there before would count as a conflict with themselves."""
    home.write_config(FOLDER.replace("openssh", "cloudtrail"))
    path = drop / "a.log"
    path.write_bytes(_events(5, 1, 2))
    home.watch_once()
    path.write_bytes(_events(9, 5, 8, 1, 2, 7))
    (standing,) = home.watch_once().standings
    assert (standing.recorded, standing.already_there, standing.conflicts) == (3, 3, 0)


def _events(*numbers: int) -> bytes:
    """A document of CloudTrail whose first line says nothing."""
    records = [
        {
            "eventID": f"00000000-0000-4000-8000-{number:012}",
            "eventTime": f"2026-06-04T03:{number:02}:00Z",
            "eventSource": "s3.amazonaws.com",
            "eventName": "GetObject",
            "eventVersion": "1.08",
            "awsRegion": "eu-west-1",
            "sourceIPAddress": "203.0.113.45",
            "userAgent": "x",
            "eventType": "AwsApiCall",
            "requestParameters": {"bucketName": "b", "key": "k"},
            "userIdentity": {"type": "IAMUser", "userName": "jan", "accountId": "123456789012"},
        }
        for number in numbers
    ]
    return json.dumps({"Records": records}, indent=1).encode()


def test_a_folder_that_may_not_be_read_is_told(
    home: WatchedHome, drop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder of another account would look like one into which nothing comes."""

    def scandir(_path: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("cli.watching.folder_following.os.scandir", scandir)
    (drop / "a.log").write_bytes(attempts(0, 1))
    (standing,) = home.watch_once().standings
    assert standing.condition == "away"
    assert any(f"{drop}: expected a folder, found none: Permission denied" in t for t in home.told)


def test_a_file_that_may_be_read_now_is_read(
    home: WatchedHome, drop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever grants the right that was missing would wait for ever, as the file did not change."""
    path = drop / "a.log"
    path.write_bytes(attempts(0, 2))
    os.utime(path, (1, 1))

    def refused(*_arguments: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("cli.watching.folder_following.decompressed", refused)
    with home.watching():
        wait_until(lambda: any("not taken in" in told for told in home.told))
        monkeypatch.setattr("cli.watching.folder_following.decompressed", decompressed)
        path.chmod(0o600)
        home.wait_for(2)
