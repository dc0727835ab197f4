"""A log file is followed through whatever happens to it, each line once."""

import gzip
import shutil
from pathlib import Path

import pytest

from cli.importing import Source, import_source
from cli.watching.file_following import why_away
from formats import FORMATS
from formats.reading import ReadContext, identity_of_source
from ledger.units import utc_now
from tests.watched import (
    FACT,
    WatchedHome,
    append,
    attempt,
    attempts,
    wait_until,
)

EXCHANGE = "exchange.performed.v1"
FILE = """
[[source]]
system = "gateway"
format = "openssh"
file = "auth.log"
"""


@pytest.fixture
def log(home: WatchedHome) -> Path:
    home.write_config(FILE)
    return home.folder / "auth.log"


def test_what_grows_is_recorded_once(home: WatchedHome, log: Path) -> None:
    """Lines that come while the watch runs, or between two runs, would be missing or doubled."""
    log.write_bytes(attempts(0, 5))
    with home.watching():
        home.wait_for(5)
        append(log, attempts(5, 9))
        home.wait_for(9)
    append(log, attempts(9, 12))
    with home.watching():
        home.wait_for(12)
    assert home.numbers() == list(range(12))


def test_a_line_waits_for_its_end(home: WatchedHome, log: Path) -> None:
    """Half a line would be quarantined, and the fact that it tells lost."""
    log.write_bytes(attempts(0, 1) + attempt(1)[:40])
    home.watch_once()
    assert home.numbers() == [0]
    append(log, attempt(1)[40:])
    home.watch_once()
    assert home.numbers() == [0, 1]


def test_a_renamed_log_is_finished_first(home: WatchedHome, log: Path) -> None:
    """What a program still writes into the file that was renamed would be lost."""
    log.write_bytes(attempts(0, 5))
    aside = log.with_name("auth.log.1")
    with home.watching():
        home.wait_for(5)
        log.rename(aside)
        append(aside, attempts(5, 8))
        log.write_bytes(attempts(8, 12))
        home.wait_for(12)
        append(aside, attempts(12, 14))
        home.wait_for(14)
        append(log, attempts(14, 15))
        home.wait_for(15)
    assert home.numbers()[:12] == list(range(12))
    assert sorted(home.numbers()) == list(range(15))


def test_a_log_that_is_copied_and_cut_off_loses_nothing(home: WatchedHome, log: Path) -> None:
    """`copytruncate` of logrotate would lose what came between the last look and the copy."""
    log.write_bytes(attempts(0, 5))
    home.watch_once()
    append(log, attempts(5, 8))
    shutil.copy(log, log.with_name("auth.log.1"))
    log.write_bytes(attempts(8, 10))
    with home.watching():
        home.wait_for(10)
        append(log, attempts(10, 20))
        home.wait_for(20)
        shutil.copy(log, log.with_name("auth.log.1"))
        log.write_bytes(attempts(20, 22))
        home.wait_for(22)
    assert home.numbers() == list(range(22))


def test_what_was_rotated_while_nobody_looked_is_found(home: WatchedHome, log: Path) -> None:
    """A watch that was down over two nights would miss what was written before the rotations."""
    log.write_bytes(attempts(0, 5))
    home.watch_once()
    append(log, attempts(5, 8))
    log.rename(log.with_name("auth.log.2"))
    with gzip.open(log.with_name("auth.log.2.gz"), "wb") as packed:
        packed.write(log.with_name("auth.log.2").read_bytes())
    log.with_name("auth.log.2").unlink()
    log.with_name("auth.log.1").write_bytes(attempts(8, 11))
    log.write_bytes(attempts(11, 13))
    home.watch_once()
    assert home.numbers() == list(range(13))
    home.watch_once()
    assert home.numbers() == list(range(13))


def test_what_stands_before_the_damage_of_a_packed_file_is_recorded(
    home: WatchedHome, log: Path
) -> None:
    """All that was read of a file that a full disk cut off would be lost with its end."""
    log.write_bytes(attempts(0, 2))
    home.watch_once()
    append(log, attempts(2, 90))
    packed = gzip.compress(log.read_bytes(), mtime=0)
    log.unlink()
    log.with_name("auth.log.1.gz").write_bytes(packed[:-40])
    log.with_name("auth.log.2.gz").write_bytes(packed[:10] + b"\xff" * 20)
    log.write_bytes(attempts(90, 92))
    home.watch_once()
    read = home.numbers()
    assert read[:20] == list(range(20))
    assert read[-2:] == [90, 91]
    assert len(set(read)) == len(read)


def test_logs_that_begin_with_one_heading_are_told_apart(home: WatchedHome, log: Path) -> None:
    """The new file would be taken for the old one, and its first lines left out."""
    heading = attempt(0).replace(b"Failed", b"Server")
    log.write_bytes(heading + attempts(1, 6))
    home.watch_once()
    append(log, attempts(6, 8))
    log.rename(log.with_name("auth.log.1"))
    log.write_bytes(heading + attempts(8, 10))
    home.watch_once()
    shutil.copy(log, log.with_name("auth.log.0"))
    append(log.with_name("auth.log.0"), attempts(10, 12))
    log.write_bytes(heading + attempts(12, 13))
    home.watch_once()
    assert home.numbers() == list(range(1, 13))


def test_older_files_are_not_read_at_the_first_start(home: WatchedHome, log: Path) -> None:
    """Somebody who begins to watch would record years that nobody asked for."""
    log.with_name("auth.log.1").write_bytes(attempts(0, 3))
    log.write_bytes(attempts(3, 5))
    home.watch_once()
    assert home.numbers() == [3, 4]


def test_a_log_that_is_not_there_yet_is_waited_for(home: WatchedHome, log: Path) -> None:
    """A watch that starts before its source would end, or never look again."""
    with home.watching():
        wait_until(lambda: any("found none yet" in told for told in home.told))
        log.write_bytes(attempts(0, 2))
        home.wait_for(2)
    assert sum("found none yet" in told for told in home.told) == 1


def test_a_log_that_cannot_be_read_is_not_called_absent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody would look for a file that is there, while the account lacks a group."""
    log = tmp_path / "auth.log"
    assert why_away(log) == "none yet"
    assert why_away(tmp_path) == "a folder"
    log.touch()
    assert why_away(log) is None
    assert why_away(log / "below") == "Not a directory"
    monkeypatch.setattr("os.access", lambda *_: False)
    assert why_away(log) == "one that this account may not read"


def test_a_folder_in_place_of_a_log_is_told_and_covers_nothing(
    home: WatchedHome, log: Path
) -> None:
    """Silence would count as proof, though nothing was ever read."""
    log.mkdir()
    with home.watching():
        wait_until(lambda: any("found a folder" in told for told in home.told))
    kinds = {record.stored.kind for record in home.records()}
    assert "log.source_coverage_declared.v1" not in kinds


def test_every_fact_says_who_saw_it_when(home: WatchedHome, log: Path) -> None:
    """The way of a fact from its source into the log could not be followed."""
    before = utc_now()
    log.write_bytes(attempts(0, 2))
    home.watch_once()
    (record, _) = [each for each in home.records() if each.stored.kind == FACT]
    assert record.event is not None
    assert record.event.collector == "zegel-watch/1"
    assert record.event.parser == "zegel-openssh/1"
    assert record.event.observed_at is not None
    assert record.event.occurred_at < before <= record.event.observed_at <= record.recorded_at


def test_a_file_that_was_imported_is_not_told_again(home: WatchedHome, log: Path) -> None:
    """Whoever imports a log first and then watches it would record every fact as a conflict."""
    log.write_bytes(attempts(0, 4))
    content = log.read_bytes()
    context = ReadContext(
        derive_id=home.ledger.derive_id,
        system="gateway",
        zone=None,
        year=None,
        source_identity=identity_of_source(content),
        now=utc_now(),
    )
    with log.open("rb") as stream:
        source = Source(str(log), stream, FORMATS["openssh"], context, home.home, resumable=True)
        import_source(home.ledger, source, lambda _done: None)
    append(log, attempts(4, 6))
    (standing,) = home.watch_once().standings
    assert (standing.already_there, standing.recorded, standing.conflicts) == (4, 2, 0)
    with log.open("rb") as stream:
        source = Source(str(log), stream, FORMATS["openssh"], context, home.home, resumable=True)
        summary = import_source(home.ledger, source, lambda _done: None)
    assert (summary.already_there, summary.conflicts, summary.recorded) == (2, 0, 0)


def test_the_year_is_the_latest_that_has_passed(home: WatchedHome, log: Path) -> None:
    """Lines of syslog without a year could not be followed without an answer that grows wrong."""
    now = utc_now()
    line = "Jan  1 00:00:01 web sshd[7]: Accepted password for eva from 203.0.113.1 port 1 ssh2\n"
    log.write_text(line)
    home.watch_once()
    (record,) = [each for each in home.records() if each.stored.kind == "access.used.v1"]
    assert record.event is not None
    assert record.event.occurred_at.year in {now.year, now.year - 1}


def test_a_broken_first_line_holds_up_no_json(home: WatchedHome, log: Path) -> None:
    """A log of JSON would be read ahead for ever, as its first line might span many."""
    home.write_config(FILE.replace('"openssh"', '"cloudevents"'))
    event = (
        '{"specversion": "1.0", "id": "1", "source": "desk", "type": "ip.recorded", '
        '"time": "2026-01-01T00:00:00Z", "data": {"ip": "ip:203.0.113.7"}}\n'
    )
    log.write_text("{ started\n" + event)
    with home.watching() as watch:
        wait_until(lambda: watch.standings[0].recorded == 1)
        assert watch.standings[0].unreadable == 1
        append(log, event.replace('"1"', '"2"').encode())
        wait_until(lambda: watch.standings[0].recorded == 2)


def test_what_is_rotated_before_a_line_was_read_is_found(home: WatchedHome, log: Path) -> None:
    """A watch that was started on an empty log and restarted would miss its first file."""
    log.touch()
    home.watch_once()
    log.write_bytes(attempts(0, 3))
    log.rename(log.with_name("auth.log.1"))
    log.write_bytes(attempts(3, 5))
    home.watch_once()
    assert home.numbers() == list(range(5))


def test_a_file_that_is_gone_is_told(home: WatchedHome, log: Path) -> None:
    """Nobody would know that the end of a log was never read."""
    log.write_bytes(attempts(0, 3))
    home.watch_once()
    log.write_bytes(attempts(3, 5))
    home.watch_once()
    home.watch_once()
    assert home.numbers() == list(range(5))
    size = len(attempts(0, 3))
    assert sum(f"what followed byte {size} of it" in told for told in home.told) == 1
    log.rename(log.with_name("auth.log.1"))
    log.write_bytes(attempts(5, 6))
    home.watch_once()
    assert sum("is not read" in told for told in home.told) == 1


def test_what_a_rotation_keeps_back_is_told(home: WatchedHome, log: Path) -> None:
    """A file that came while the log was rotated would be missing, and nobody could say why."""
    at = "2026-11-20T08:00:0{}+00:00 web internal-sftp[7]: {}\n"
    opened = at.format(1, "session opened for local user anna from [203.0.113.7]")
    log.write_text(opened + at.format(2, 'close "/in/x" bytes read 0 written 50'))
    with home.watching():
        wait_until(lambda: any(each.stored.kind == EXCHANGE for each in home.records()))
        log.rename(log.with_name("auth.log.1"))
        log.write_bytes(attempts(3, 4))
        home.wait_for(1)
    told = "gateway-openssh: auth.log: facts that wait for lines after its end: 1"
    assert [each for each in home.told if "wait for lines" in each] == [told]
