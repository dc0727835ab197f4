"""An import is durable, complete and repeatable, whatever interrupts it."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.import_cursor import cursor_file, read_cursor
from cli.importing import Source, Summary, import_source, preview_source
from cli.taking_in import BATCH_EVENTS
from formats import FORMATS
from formats.reading import ReadContext, identity_of_source
from ledger.home import Home
from ledger.ledger import Ledger
from ledger.query import EventQuery
from ledger.units import utc_now

DAY = "2026-01-01T00:00:{:02d}.{:06d}Z"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Home(tmp_path / "home").init("log.example/test")
    yield opened
    opened.close()


def lines(*numbers: int) -> bytes:
    """Native events, one a line; odd ones out are for the test to add."""
    events = (
        {
            "kind": "ip.recorded",
            "occurred_at": DAY.format(number % 60, number),
            "ip": "ip:203.0.113.7",
        }
        for number in numbers
    )
    return b"".join(json.dumps(event).encode() + b"\n" for event in events)


def source(
    ledger: Ledger, file: Path, *, resumable: bool = True, language: str = "ndjson"
) -> Source:
    content = file.read_bytes()
    context = ReadContext(
        derive_id=ledger.derive_id,
        system=None,
        zone=None,
        year=None,
        source_identity=identity_of_source(content),
        now=utc_now(),
    )
    return Source(
        str(file), io.BytesIO(content), FORMATS[language], context, file.parent, resumable
    )


def imported(ledger: Ledger, file: Path, *, again: bool = False) -> Summary:
    return import_source(ledger, source(ledger, file), lambda _done: None, again=again)


def test_batches_are_durable_before_they_are_counted(ledger: Ledger, tmp_path: Path) -> None:
    """A crash would leave a cursor beyond what the log holds."""
    file = tmp_path / "events.ndjson"
    file.write_bytes(lines(*range(BATCH_EVENTS + 10)))
    sizes: list[int] = []
    path = cursor_file(tmp_path, source=str(file), format_name="ndjson", system=None)

    def advance(done: int) -> None:
        cursor = read_cursor(path)
        assert cursor is not None
        assert cursor.offset == done
        assert cursor.log_size == ledger.head().size
        sizes.append(cursor.log_size)

    import_source(ledger, source(ledger, file), advance)
    assert sizes[0] >= BATCH_EVENTS or len(sizes) > 2
    assert sizes[-1] == BATCH_EVENTS + 10


def test_a_run_that_was_interrupted_is_continued(ledger: Ledger, tmp_path: Path) -> None:
    """Facts would be lost between two runs, or told twice."""
    file = tmp_path / "events.ndjson"
    file.write_bytes(lines(*range(BATCH_EVENTS + 50)))

    def interrupt(_done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_source(ledger, source(ledger, file), interrupt)
    kept = ledger.head().size
    assert kept >= 1
    summary = imported(ledger, file)
    assert summary.already_there == 0
    assert summary.recorded == BATCH_EVENTS + 50 - kept
    assert ledger.head().size == BATCH_EVENTS + 50


def test_without_its_cursor_a_run_still_adds_nothing_twice(ledger: Ledger, tmp_path: Path) -> None:
    """A lost file in the home would double the history."""
    file = tmp_path / "events.ndjson"
    file.write_bytes(lines(1, 2, 3))
    imported(ledger, file)
    cursor_file(tmp_path, source=str(file), format_name="ndjson", system=None).unlink()
    summary = imported(ledger, file)
    assert (summary.recorded, summary.already_there, ledger.head().size) == (0, 3, 3)


def test_another_file_under_the_same_name_is_read_whole(ledger: Ledger, tmp_path: Path) -> None:
    """After a log was rotated its first lines would be skipped."""
    file = tmp_path / "events.ndjson"
    file.write_bytes(lines(1, 2))
    imported(ledger, file)
    file.write_bytes(lines(7, 8, 9))
    summary = imported(ledger, file)
    assert (summary.recorded, summary.resumed_at) == (3, 0)


def test_a_cursor_of_another_log_is_ignored(ledger: Ledger, tmp_path: Path) -> None:
    """A new log would stay empty because an old one had read the file."""
    file = tmp_path / "events.ndjson"
    file.write_bytes(lines(1, 2))
    imported(ledger, file)
    other = Home(tmp_path / "other").init("log.example/test")
    try:
        assert imported(other, file).recorded == 2
    finally:
        other.close()


def test_what_cannot_be_read_is_kept_once(ledger: Ledger, tmp_path: Path) -> None:
    """The operator would lose the line, or find it again after every run."""
    file = tmp_path / "events.ndjson"
    file.write_bytes(lines(1) + b"no event\n" + lines(2))
    summary = imported(ledger, file)
    assert (summary.recorded, summary.unreadable) == (2, 1)
    assert summary.first_unreadable[0][0] == "line 2"
    assert summary.quarantine is not None
    kept = Path(summary.quarantine)
    assert len(kept.read_text().splitlines()) == 1
    imported(ledger, file, again=True)
    assert len(kept.read_text().splitlines()) == 1
    with file.open("ab") as more:
        more.write(b"nor this\n")
    grown = imported(ledger, file)
    assert grown.unreadable == 1
    assert [json.loads(line)["place"] for line in kept.read_text().splitlines()] == [
        "line 2",
        "line 4",
    ]


def test_one_refused_event_does_not_hold_up_the_others(ledger: Ledger, tmp_path: Path) -> None:
    """A single line that is too long to be sealed would block every run of the job."""
    file = tmp_path / "events.ndjson"
    categories = [f"category-{number}" for number in range(6000)]
    too_long = {
        "kind": "data.stored",
        "occurred_at": "2026-01-01T00:00:00Z",
        "data_categories": categories,
    }
    file.write_bytes(lines(1) + json.dumps(too_long).encode() + b"\n" + lines(2))
    summary = imported(ledger, file)
    told_of_it = 1
    assert (summary.recorded, summary.unreadable) == (2, 1)
    assert ledger.head().size == 2 + told_of_it
    assert summary.first_unreadable[0][0] == "line 2"


def test_an_id_with_other_content_is_counted_as_a_conflict(ledger: Ledger, tmp_path: Path) -> None:
    """A source that changes its story would pass unseen."""
    file = tmp_path / "events.ndjson"
    event = {
        "kind": "ip.recorded",
        "event_id": "01a200fc-97b3-71f4-8afc-f42d5e6d7059",
        "occurred_at": "2026-01-01T00:00:00Z",
        "ip": "ip:203.0.113.7",
    }
    other = event | {"target": "web"}
    file.write_bytes(json.dumps(event).encode() + b"\n" + json.dumps(other).encode() + b"\n")
    summary = imported(ledger, file)
    assert (summary.recorded, summary.conflicts) == (1, 1)
    assert not summary.nothing_readable


def test_a_preview_changes_nothing(ledger: Ledger, tmp_path: Path) -> None:
    """Somebody who only wanted to look would have changed the log."""
    file = tmp_path / "events.ndjson"
    file.write_bytes(lines(1, 2) + b"no event\n")
    summary = preview_source(source(ledger, file), lambda _done: None)
    assert (summary.recorded, summary.unreadable, ledger.head().size) == (2, 1, 0)
    assert not (tmp_path / "imports").exists()
    assert not (tmp_path / "quarantine").exists()


def test_a_file_of_which_nothing_is_read_says_so(ledger: Ledger, tmp_path: Path) -> None:
    """A job would succeed every night and record nothing."""
    file = tmp_path / "events.ndjson"
    file.write_bytes(b"no event\n")
    assert imported(ledger, file).nothing_readable
    file.write_bytes(b"")
    assert not imported(ledger, file).nothing_readable


SFTP = tuple(
    f"2026-03-01T12:00:0{second}+01:00 web internal-sftp[11]: {message}\n".encode()
    for second, message in enumerate(
        (
            "session opened for local user anna from [203.0.113.7]",
            'close "/in/x.part" bytes read 0 written 50',
            'rename old "/in/x.part" new "/in/x"',
            'remove name "/in/old"',
            "session closed for local user anna from [203.0.113.7]",
        )
    )
)


def sftp_imported(ledger: Ledger, file: Path) -> tuple[int, int, int]:
    """How many facts were recorded, were there already, and wait."""
    read = source(ledger, file, language="openssh")
    summary = import_source(ledger, read, lambda _done: None)
    assert summary.conflicts == 0
    return summary.recorded, summary.already_there, summary.waiting


@pytest.mark.parametrize("cut", range(1, len(SFTP)))
def test_a_session_between_two_imports_of_a_log_that_grows_is_whole(
    ledger: Ledger, tmp_path: Path, cut: int
) -> None:
    """A file that came while the nightly import ran would not be in the log."""
    file = tmp_path / "sftp.log"
    file.write_bytes(b"".join(SFTP[:cut]))
    first = sftp_imported(ledger, file)
    assert sftp_imported(ledger, file) == (0, 0, first[2])
    file.write_bytes(b"".join(SFTP))
    second = sftp_imported(ledger, file)
    assert (first[0] + second[0], second[2]) == (3, 0)


def test_what_waits_for_another_file_is_told_and_made_good(ledger: Ledger, tmp_path: Path) -> None:
    """A file that came while the log was rotated would be lost, and nobody told."""
    old, both = tmp_path / "sftp.log.1", tmp_path / "both.log"
    old.write_bytes(b"".join(SFTP[:2]))
    assert sftp_imported(ledger, old) == (1, 0, 1)
    both.write_bytes(b"".join(SFTP))
    assert sftp_imported(ledger, both) == (2, 1, 0)
    kinds = [record.stored.kind for record in ledger.read(EventQuery())]
    assert kinds[-3:] == ["exchange.performed.v1", "file.received.v1", "data.deleted.v1"]
