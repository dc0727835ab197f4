"""Kept lines are read again in their place: the same facts as if they had been read then."""

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest

from cli.importing import Source, Summary, import_source
from cli.quarantine_files import KeptLine, QuarantineFile
from cli.quarantine_readings import Readings
from cli.quarantine_replaying import Replayed, Replaying
from cli.quarantine_stretches import Restated
from cli.reader import account
from cli.sources_state import all_states
from formats import FORMATS, Format
from formats.openssh import read as read_openssh
from formats.reading import Outcome, ReadContext, Translated, Unreadable, identity_of_source
from ledger.events.log_sources import LogQuarantineReplayed
from ledger.ledger import Ledger
from ledger.own_records import SOURCES
from ledger.query import EventQuery
from ledger.store.query import RecordQuery
from tests.noted_sources import HandClock, noted_log

FAILED = "sshd[{}]: Failed password for root from 203.0.113.7 port 38926 ssh2"
LINES = (
    f"Dec 30 06:00:00 web {FAILED.format(1)}",
    f"Dec 31 23:00:00 web {FAILED.format(2)}",
    f"Jan  1 01:00:00 web {FAILED.format(3)}",
    f"Jan  2 06:00:00 web {FAILED.format(4)}",
)
ZONE = ZoneInfo("Europe/Amsterdam")
LOG = "".join(f"{line}\n" for line in LINES).encode()


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Ledger, HandClock]]:
    yield from noted_log(tmp_path_factory.mktemp("replayed"))


@pytest.fixture
def ledger(log: tuple[Ledger, HandClock]) -> Ledger:
    return log[0]


def failing(*numbers: int, name: str = "openssh") -> Format:
    """The reader of OpenSSH as it was with a fault: it cannot read some lines, from 1."""

    def read(stream: io.BytesIO, context: ReadContext) -> Iterator[Outcome]:
        for outcome in read_openssh(stream, context):
            number = int(outcome.place.removeprefix("line "))
            if number in numbers:
                raw = LINES[number - 1].encode()
                begin = outcome.end_offset - len(raw) - 1
                yield Unreadable(outcome.place, "a fault", raw, outcome.end_offset, offset=begin)
            else:
                yield outcome

    reader = FORMATS[name]
    return replace(reader, read=read)  # type: ignore[arg-type]  # any stream of bytes will do


class Home:
    """A home in which one log was imported."""

    def __init__(self, ledger: Ledger, folder: Path) -> None:
        self.ledger, self.folder = ledger, folder
        self.system = f"web-{ledger.head().size}"

    def context(self, year: int | None = 2024) -> ReadContext:
        """What the owner of the log states."""
        return ReadContext(
            derive_id=self.ledger.derive_id,
            system=self.system,
            zone=None,
            year=year,
            source_identity=identity_of_source(LOG),
            now=self.ledger.clock(),
        )

    def imported(self, reader: Format, content: bytes = LOG, year: int = 2024) -> Summary:
        """What became of the log, read as a pipe is: from its beginning each time."""
        context = replace(self.context(year), zone=ZONE)
        source = Source(
            "/var/log/auth.log", io.BytesIO(content), reader, context, self.folder, resumable=False
        )
        return import_source(self.ledger, source, lambda _done: None)

    @property
    def file(self) -> QuarantineFile:
        """The lines of the one source."""
        (path,) = (self.folder / "quarantine").iterdir()
        return QuarantineFile(path)

    def replayed(self, *, dry_run: bool = False, **restated: object) -> Replayed:
        """What became of the kept lines."""
        replaying = Replaying(
            self.ledger,
            self.context(None),
            Restated(**restated),  # type: ignore[arg-type]  # as each test types it
            Readings(all_states(self.folder)),
            dry_run=dry_run,
        )
        return replaying.replay(self.file, account(), lambda _done: None)

    def left(self) -> list[KeptLine]:
        """The lines that are kept."""
        return [
            line
            for path in sorted((self.folder / "quarantine").iterdir())
            for line in QuarantineFile(path).read()
        ]

    def facts(self) -> list[tuple[datetime, object]]:
        """When each fact of the source happened, with its event id."""
        found = self.ledger.log.find(RecordQuery(system=self.system))
        return [
            (record.event.occurred_at, record.event.event_id)
            for record in self.ledger.open_records(found)
            if record.event is not None
        ]


@pytest.fixture
def home(ledger: Ledger, tmp_path: Path) -> Home:
    return Home(ledger, tmp_path)


def as_read_then(home: Home) -> list[tuple[datetime, object]]:
    """The facts that a reader without fault would have given."""
    context = replace(home.context(), zone=ZONE)
    return [
        (outcome.event.occurred_at, outcome.event.event_id)
        for outcome in read_openssh(io.BytesIO(LOG), context)
        if isinstance(outcome, Translated)
    ]


@pytest.mark.parametrize("faults", [(2,), (3,), (1, 4), (3, 4), (1, 2, 3, 4)], ids=str)
def test_a_line_is_read_in_its_place(home: Home, faults: tuple[int, ...]) -> None:
    """The fact would get another id or year, and the next import would record it once more."""
    summary = home.imported(failing(*faults))
    assert (summary.recorded, summary.unreadable) == (4 - len(faults), len(faults))
    done = home.replayed()
    assert (done.lines, done.recorded, done.left) == (len(faults), len(faults), 0)
    assert sorted(home.facts()) == sorted(as_read_then(home))
    assert home.left() == []
    again = home.imported(FORMATS["openssh"])
    assert (again.recorded, again.already_there, again.conflicts) == (0, 4, 0)


def test_a_replay_is_a_fact(home: Home) -> None:
    """Facts would appear in a history of long ago and nobody could tell why."""
    home.imported(failing(1, 2))
    home.replayed()
    *_, told = home.ledger.read(EventQuery(system=SOURCES))
    event = told.event
    assert isinstance(event, LogQuarantineReplayed)
    assert (event.source, event.source_format, event.parser) == (
        *(home.system, "openssh", "zegel-openssh/1"),
    )
    assert (event.lines, event.recorded, event.already_recorded, event.lines_left) == (2, 2, 0, 0)


def test_what_still_cannot_be_read_stays_with_the_reason_of_today(home: Home) -> None:
    """A line would be lost because somebody tried too early."""
    home.imported(failing(2), LOG + b"rubbish\n")
    done = home.replayed()
    assert (done.lines, done.recorded, done.left) == (2, 1, 1)
    (line,) = home.left()
    assert line.raw_base64 == b"rubbish"
    assert line.reason.startswith("expected a syslog line")
    assert home.replayed().left == 1


def test_a_dry_run_changes_nothing(home: Home) -> None:
    """Somebody who only wanted to look would have changed log and quarantine."""
    home.imported(failing(2, 3))
    size, kept = home.ledger.head().size, home.file.path.read_bytes()
    done = home.replayed(dry_run=True)
    assert (done.recorded, done.left) == (2, 0)
    assert home.ledger.head().size == size
    assert home.file.path.read_bytes() == kept


def test_a_replay_that_was_interrupted_is_done_again(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A power cut between two steps would lose lines, or tell their facts twice."""
    home.imported(failing(2, 3))
    with monkeypatch.context() as cut:

        def interrupt(_file: QuarantineFile, _fate: object) -> None:
            raise KeyboardInterrupt

        cut.setattr(QuarantineFile, "rewrite", interrupt)
        with pytest.raises(KeyboardInterrupt):
            home.replayed()
    assert len(home.left()) == 2
    done = home.replayed()
    assert (done.recorded, done.already_recorded, done.left) == (0, 2, 0)
    assert len(home.facts()) == 4


def test_another_setting_is_tried(home: Home) -> None:
    """A year or zone that was stated wrongly could never be mended."""
    home.imported(failing(1))
    done = home.replayed(year=2021)
    assert done.recorded == 1
    assert min(home.facts())[0].year == 2021


def test_a_setting_that_is_missing_is_named(home: Home) -> None:
    """Lines without a year would be read as of any year, or be lost."""
    home.imported(failing(1, 2, 3, 4))
    home.file.rewrite(lambda line: msgspec.structs.replace(line, year=None, near_at=None))
    done = home.replayed()
    assert done.needs is not None
    assert "a year for times without one" in done.needs
    assert (done.recorded, done.left) == (0, 4)
    assert home.replayed(year=2024).left == 0
    assert sorted(home.facts()) == sorted(as_read_then(home))


def test_another_language_is_tried(home: Home) -> None:
    """Lines that were imported as the wrong format would be stuck."""
    summary = home.imported(FORMATS["ndjson"])
    assert (summary.recorded, summary.unreadable) == (0, 4)
    assert home.replayed().left == 4
    done = home.replayed(format="openssh")
    assert (done.recorded, done.left, done.parser) == (4, 0, "zegel-openssh/1")
    assert sorted(home.facts()) == sorted(as_read_then(home))


def test_a_wrong_language_takes_no_line_away(home: Home) -> None:
    """A slip of the pen would lose lines, because another language passes over them."""
    home.imported(FORMATS["ndjson"])
    done = home.replayed(format="openldap", year=2024)
    assert (done.recorded, done.left) == (0, 4)
    assert set(done.reason_counts()) == {"tells nothing in the language openldap"}
    assert home.replayed(format="openssh", year=2024).left == 0
    assert sorted(home.facts()) == sorted(as_read_then(home))


def test_a_fact_that_was_refused_is_recorded_later(home: Home) -> None:
    """What could not be recorded for want of a role would never go in."""
    event = b'{"kind":"ip.recorded","occurred_at":"2026-01-01T00:00:00Z","ip":"ip:203.0.113.7"}'
    home.imported(FORMATS["ndjson"], b"no event\n")
    home.file.append(
        [
            KeptLine(
                place="line 7",
                reason="not authorised",
                raw_base64=event[:-1] + f',"system":"{home.system}"}}'.encode(),
                is_event=True,
                format="ndjson",
                end_offset=700,
            )
        ]
    )
    done = home.replayed()
    assert (done.lines, done.recorded, done.left) == (2, 1, 1)
    assert len(home.facts()) == 1


def test_a_line_of_an_earlier_version_stays_and_says_why(home: Home) -> None:
    """A line whose place is not known would become a fact that the next import doubles."""
    folder = home.folder / "quarantine"
    folder.mkdir()
    QuarantineFile(folder / "old.ndjson").append(
        [KeptLine(place="line 2", reason="why", raw_base64=LINES[0].encode())]
    )
    done = home.replayed(format="openssh", year=2024)
    assert (done.recorded, done.left) == (0, 1)
    assert next(iter(done.reason_counts())).startswith("kept by an earlier version")


def test_a_part_that_cannot_be_read_alone_keeps_its_reason(home: Home) -> None:
    """The operator would be told that a span is no line, and not what is wrong with it."""
    span = '{"traceId":"00","spanId":"00","name":"n","attributes":[{"key":"dpl.core.x"}]}'
    request = f'{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{span}]}}]}}]}}\n'
    home.imported(FORMATS["ldv"], request.encode())
    (line,) = home.left()
    done = home.replayed()
    assert (done.recorded, done.left) == (0, 1)
    assert list(done.reason_counts()) == ["it cannot be read alone: import its source again"]
    assert home.left() == [line]


def test_an_element_of_an_array_is_read_in_its_place(home: Home) -> None:
    """Only files of one event a line could be mended."""
    good = '{"specversion":"1.0","id":"a","source":"https://x.example","type":"access.used",'
    good += '"time":"2026-03-01T12:00:00Z","data":{"resource":"customer-file"}}'
    wrong = good.replace("access.used", "access.usedd").replace('"id":"a"', '"id":"b"')
    home.imported(FORMATS["cloudevents"], f"[\n{good},\n{wrong}\n]\n".encode())
    (line,) = home.left()
    assert line.raw_base64.decode() == wrong
    home.file.rewrite(
        lambda kept: msgspec.structs.replace(
            kept, raw_base64=kept.raw_base64.replace(b"usedd", b"used")
        )
    )
    assert home.replayed().recorded == 1
    content = f"[\n{good},\n{wrong}\n]\n".replace("usedd", "used")
    mended = home.imported(FORMATS["cloudevents"], content.encode())
    assert (mended.recorded, mended.already_there) == (0, 2)
