"""What is noted about a source is noted once, whatever interrupts it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from cli.quarantine_files import QuarantineFile
from cli.sources_notes import SourceNotes, parser_of
from cli.sources_numbers import PATIENCE
from cli.sources_state import FOLDER, all_states
from formats import FORMATS
from ledger.errors import StoreUnavailable
from ledger.events import Event
from ledger.events.log_keeping import LogCorrectionRecorded
from ledger.events.log_sources import (
    LogLinesQuarantined,
    LogSourceFellSilent,
    LogSourceGapDetected,
    LogSourceHeardAgain,
    LogSourceWatched,
)
from ledger.ledger import Ledger
from tests.noted_sources import (
    BEGIN,
    HandClock,
    NotedSource,
    fact,
    noted,
    noted_log,
    noted_source,
    skipped,
    unreadable,
)

DAY = timedelta(days=1)
Log = tuple[Ledger, HandClock]


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Log]:
    yield from noted_log(tmp_path_factory.mktemp("noted"))


@pytest.fixture
def source(log: Log, tmp_path: Path) -> NotedSource:
    return noted_source(log, tmp_path)


def gap(event: Event) -> tuple[int, int]:
    assert isinstance(event, LogSourceGapDetected)
    return event.first_missing, event.missing


def of_lines(event: Event) -> tuple[int, int | None, int | None]:
    assert isinstance(event, LogLinesQuarantined)
    return event.lines, event.from_byte, event.until_byte


def kept(notes: SourceNotes) -> list[str]:
    path = notes.quarantine_path
    return [] if path is None else [line.place for line in QuarantineFile(path).read()]


def test_a_gap_says_what_is_missing_and_between_which_facts(source: NotedSource) -> None:
    """Nobody could look for what was lost."""
    notes = source.notes()
    noted(notes, fact(0, numbered=7), fact(1, numbered=10))
    assert source.told() == []
    notes.finish()
    (event,) = source.told()
    assert isinstance(event, LogSourceGapDetected)
    assert gap(event) == (8, 2)
    assert (event.source, event.source_format) == (source.system, "openssh")
    assert (event.collector, event.parser) == ("zegel-watch/1", "zegel-openssh/1")
    assert (event.missing_from, event.missing_until) == (BEGIN, BEGIN + timedelta(hours=1))
    assert event.series == "withheld"


def test_a_series_with_an_endless_name_is_followed(source: NotedSource) -> None:
    """One odd name would end the watch, or fill the memory."""
    notes = source.notes()
    for series in ("x" * 100_000, "x" * 99_999):
        noted(notes, skipped(0, numbered=1, series=series))
    noted(notes, skipped(1, numbered=3, series="x" * 100_000))
    notes.finish()
    assert list(map(gap, source.told())) == [(2, 1)]
    (file,) = (source.home / FOLDER).iterdir()
    assert file.stat().st_size < 10_000


def test_a_gap_is_told_once_over_restarts(source: NotedSource) -> None:
    """Each restart would lose the number before, or tell of the same loss again."""
    noted(source.notes(), skipped(0, numbered=7))
    second = source.notes()
    noted(second, skipped(1, numbered=9))
    second.finish()
    source.notes().finish()
    third = source.notes()
    noted(third, skipped(2, numbered=10))
    third.finish()
    assert list(map(gap, source.told())) == [(8, 1)]


def test_a_batch_that_comes_again_changes_nothing(source: NotedSource) -> None:
    """A crash before the cursor was written would double everything that was noted."""
    batch = (fact(0, numbered=1), unreadable(1), fact(2, numbered=3), unreadable(3))
    first = source.notes()
    noted(first, *batch)
    first.finish()
    before, size = source.told(), source.ledger.head().size
    again = source.notes()
    noted(again, *batch)
    again.finish()
    for state in (source.home / FOLDER).iterdir():  # a crash before it was written, too
        state.unlink()
    forgetful = source.notes()
    noted(forgetful, *batch[:2])
    noted(forgetful, *batch[2:])
    noted(forgetful, unreadable(4))
    forgetful.finish()
    assert source.told()[: len(before)] == before
    (more,) = source.told()[len(before) :]
    assert of_lines(more) == (1, 400, 500)
    assert source.ledger.head().size == size + 1
    assert kept(forgetful) == ["line 2", "line 4", "line 5"]


def test_it_is_noted_in_either_database(database_url: str, tmp_path: Path) -> None:
    """A log on PostgreSQL would know less of its sources, or know it twice."""
    ledger = Ledger.create(
        database=database_url, key_file=tmp_path / "key.json", origin="log.example/noted"
    )
    try:
        source = noted_source((ledger, HandClock()), tmp_path / "home")
        for _ in range(2):
            notes = source.notes()
            notes.watch("file", DAY)
            noted(notes, fact(0, numbered=1), unreadable(1), fact(2, numbered=3))
            notes.finish()
            notes.idle(source.clock.now)
        assert [type(event) for event in source.told()] == [
            *(LogSourceWatched, LogLinesQuarantined, LogSourceGapDetected, LogSourceFellSilent),
        ]
    finally:
        ledger.close()


def test_a_batch_is_noted_once_the_database_is_there_again(
    source: NotedSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An hour without a database would fill the quarantine, or lose what it was about."""
    notes = source.notes()
    noted(notes, fact(0, numbered=1), fact(1, numbered=3))
    notes.finish()
    batch = (unreadable(2), skipped(3, numbered=2), unreadable(4))
    with monkeypatch.context() as away:

        def refuse(_event: Event) -> int:
            raise StoreUnavailable("the database is away")

        away.setattr(source.ledger, "record_own_once", refuse)
        for _ in range(3):
            with pytest.raises(StoreUnavailable):
                noted(notes, *batch)
    noted(notes, *batch)
    assert [type(event) for event in source.told()] == [
        LogSourceGapDetected,
        LogLinesQuarantined,
        LogCorrectionRecorded,
    ]
    path = notes.quarantine_path
    assert path is not None
    assert len(path.read_bytes().splitlines()) == 2


def test_a_gap_is_told_when_it_stays_open(source: NotedSource) -> None:
    """A line that another one overtook would be told of as lost, or a lost one never."""
    notes = source.notes()
    noted(notes, skipped(0, numbered=1), skipped(1, numbered=3), skipped(2, numbered=6))
    noted(notes, skipped(3, numbered=2))
    source.clock.on(seconds=1)
    notes.idle(source.clock.now)
    assert source.told() == []
    source.clock.now += PATIENCE
    notes.idle(source.clock.now)
    assert list(map(gap, source.told())) == [(4, 2)]


def test_lines_are_counted_with_their_reasons(source: NotedSource) -> None:
    """A parser that fails on a third of the lines would look like one that reads all."""
    notes = source.notes()
    noted(notes, fact(0), unreadable(1), unreadable(2, "another"), fact(3))
    noted(notes, fact(4), unreadable(5))
    assert list(map(of_lines, source.told())) == [(2, 100, 400), (1, 500, 600)]
    first = source.told()[0]
    assert isinstance(first, LogLinesQuarantined)
    assert (first.lines_kept, first.line_bytes) == (2, 12)
    path = notes.quarantine_path
    assert path is not None
    line = next(QuarantineFile(path).read())
    assert (line.format, line.system, line.offset, line.end_offset) == (
        *("openssh", source.system, 100, 200),
    )
    assert (line.near_at, line.zone, line.year) == (BEGIN, "Europe/Amsterdam", 2026)


@pytest.mark.parametrize("system", ["Not A System", "zegel.sources"])
def test_lines_of_an_impossible_system_are_counted_too(source: NotedSource, system: str) -> None:
    """Whoever mistypes a system would see the program fail instead of what is wrong."""
    source.system = system
    notes = source.notes()
    noted(notes, unreadable(0))
    (event,) = source.told()
    assert isinstance(event, LogLinesQuarantined)
    assert event.source is None
    assert kept(notes) == ["line 1"]


def test_a_refused_fact_is_kept_as_an_event(source: NotedSource) -> None:
    """A replay would read the event as a line of the source, and fail for ever."""
    notes = source.notes()
    refused = unreadable(0)
    notes.note([fact(0)], [refused])
    path = notes.quarantine_path
    assert path is not None
    (line,) = QuarantineFile(path).read()
    assert line.is_event


def test_what_is_read_from_the_beginning_again_is_kept_once(source: NotedSource) -> None:
    """Importing again would fill the quarantine with the same lines."""
    for _ in range(3):
        noted(source.notes(), unreadable(0), unreadable(1))
    notes = source.notes()
    path = notes.quarantine_path
    assert path is not None
    assert len(path.read_bytes().splitlines()) == 2
    path.unlink()
    noted(source.notes(), unreadable(0), unreadable(1))
    assert kept(notes) == ["line 1", "line 2"]
    assert len(source.told()) == 1


def test_silence_is_told_once_and_ended_by_a_sign_of_life(source: NotedSource) -> None:
    """A source that died would never be missed, or be told of every second."""
    notes = source.notes()
    notes.watch("file", DAY)
    noted(notes, skipped(0), seen=source.clock.now)
    heard_at = source.clock.now
    notes.idle(source.clock.on(hours=24))
    assert [type(event) for event in source.told()] == [LogSourceWatched]
    notes.idle(source.clock.on(seconds=1))
    notes.idle(source.clock.on(days=3))
    restarted = source.notes()
    restarted.watch("file", DAY)
    restarted.idle(source.clock.now)
    (_, silent) = source.told()
    assert isinstance(silent, LogSourceFellSilent)
    assert (silent.last_heard_at, silent.silent_after) == (heard_at, DAY)
    assert silent.occurred_at == heard_at + DAY
    back_at = source.clock.on(minutes=1)
    noted(restarted, skipped(1), seen=back_at)
    noted(restarted, skipped(2), seen=source.clock.on(minutes=1))
    (_, _, again) = source.told()
    assert isinstance(again, LogSourceHeardAgain)
    assert (again.silent_from, again.occurred_at) == (heard_at, back_at)
    restarted.idle(source.clock.on(days=2))
    assert isinstance(source.told()[-1], LogSourceFellSilent)
    assert len(source.told()) == 4


def test_a_source_that_was_never_heard_is_missed(source: NotedSource) -> None:
    """A misspelt path would be the quietest source of all."""
    notes = source.notes()
    notes.watch("file", DAY)
    began_at = source.clock.now
    notes.idle(source.clock.on(days=2))
    silent = source.told()[-1]
    assert isinstance(silent, LogSourceFellSilent)
    assert silent.last_heard_at == began_at


def test_old_facts_do_not_end_a_silence(source: NotedSource) -> None:
    """What was read late would say that the source is alive."""
    notes = source.notes()
    notes.watch("file", DAY)
    noted(notes, fact(5))
    notes.idle(source.clock.now)
    noted(notes, fact(4))
    assert [type(event) for event in source.told()][1:] == [LogSourceFellSilent]


def test_an_old_line_is_no_sign_of_life_however_late_it_is_seen(source: NotedSource) -> None:
    """A log of last year, read today, would come from a source that is alive."""
    notes = source.notes()
    notes.watch("file", DAY)
    noted(notes, skipped(0), fact(1), seen=source.clock.now)
    notes.idle(source.clock.now)
    silent = source.told()[-1]
    assert isinstance(silent, LogSourceFellSilent)
    assert silent.last_heard_at == BEGIN + timedelta(hours=1)


def test_the_end_of_an_old_file_is_no_sign_of_life_today(source: NotedSource) -> None:
    """A log that nobody wrote to for a day would be heard when its last lines are first seen."""
    notes = source.notes()
    written_at = BEGIN + timedelta(hours=3)
    noted(notes, fact(1), skipped(2), seen=source.clock.now, written_by=written_at)
    assert notes.heard_at == written_at
    assert source.notes().heard_at == written_at


def test_silence_does_not_count_while_nobody_could_hear(source: NotedSource) -> None:
    """A collector that was stopped would blame the source."""
    notes = source.notes()
    notes.watch("udp", DAY)
    noted(notes, skipped(0), seen=source.clock.now)
    source.clock.on(days=9)
    restarted = source.notes()
    restarted.watch("udp", DAY, counts_from=source.clock.now)
    restarted.idle(source.clock.on(hours=23))
    assert len(source.told()) == 1
    restarted.idle(source.clock.on(hours=2))
    assert isinstance(source.told()[-1], LogSourceFellSilent)


def test_the_terms_are_told_when_they_change(source: NotedSource) -> None:
    """The log would not say since when a source may be silent, or say it at each start."""
    source.notes().watch("file", DAY)
    source.notes().watch("file", DAY)
    source.notes().watch("file", 2 * DAY)
    source.notes().watch("file", DAY)
    terms = [event.silent_after for event in source.told() if isinstance(event, LogSourceWatched)]
    assert terms == [DAY, 2 * DAY, DAY]


def test_what_is_remembered_is_closed_and_belongs_to_one_log(source: NotedSource) -> None:
    """A name of a machine would lie open, or a new log would miss gaps that an old one told."""
    noted(source.notes(), skipped(0, numbered=1))
    (file,) = (source.home / FOLDER).iterdir()
    assert file.stat().st_mode & 0o077 == 0
    (state,) = all_states(source.home)
    assert (state.parser, state.collector) == ("zegel-openssh/1", "zegel-watch/1")
    kept_there = file.read_bytes()
    file.write_bytes(kept_there.replace(b"log.example/test", b"log.example/old"))
    notes = source.notes()
    noted(notes, skipped(0, numbered=3))
    notes.finish()
    assert source.told() == []
    file.write_bytes(kept_there)
    notes = source.notes()
    noted(notes, skipped(0, numbered=3))
    notes.finish()
    assert list(map(gap, source.told())) == [(2, 1)]


def test_every_parser_says_its_name_and_version() -> None:
    """It could not be told which version of a parser failed."""
    found = {name: parser_of(reader) for name, reader in FORMATS.items()}
    assert found["openssh"] == "zegel-openssh/1"
    assert all(value is None or value.startswith("zegel-") for value in found.values())
