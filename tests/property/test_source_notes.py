"""Laws of what is noted about a source, wherever a run is interrupted and its batches end."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cli import sources_notes
from cli.quarantine_files import KeptLine, QuarantineFile
from cli.quarantine_stretches import stretches
from cli.sources_notes import SourceNotes
from formats.reading import Outcome, Unreadable
from ledger.events.log_sources import LogLinesQuarantined, LogSourceGapDetected
from ledger.ledger import Ledger
from tests.noted_sources import HandClock, NotedSource, fact, noted_log, noted_source, unreadable

LINES = 8
RAW = st.binary(max_size=12).filter(lambda raw: b"\n" not in raw)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Ledger, HandClock]]:
    yield from noted_log(tmp_path_factory.mktemp("noted"))


def outcomes(wrong: set[int]) -> list[Outcome]:
    """A source whose lines are numbered; those that cannot be read do not tell their number."""
    return [
        unreadable(number) if number in wrong else fact(number, numbered=100 + number)
        for number in range(LINES)
    ]


class Interrupted(Exception):
    """The run ends here."""


def run(
    source: NotedSource, lines: list[Outcome], cuts: set[int], done: int, steps: int
) -> int | None:
    """Reads from line `done` on and is interrupted at a step; gives how far the cursor came then.

    `None`: it came to the end. A cursor is written after each batch, as an import does it.
    """
    left = iter(range(steps))

    def step(*_arguments: object) -> None:
        if next(left, None) is None:
            raise Interrupted

    notes = source.notes()
    edges = sorted({done, *(cut for cut in cuts if cut > done), LINES})
    with (
        _before(QuarantineFile, "append", step),
        _before(sources_notes, "write_state", step),
        _before(source.ledger, "record_own_once", step),
    ):
        try:
            for begin, end in pairwise(edges):
                _note(notes, lines[begin:end])
                step()
                done = end
            notes.finish()
        except Interrupted:
            return done
    return None


def _note(notes: SourceNotes, batch: list[Outcome]) -> None:
    notes.note(batch, [each for each in batch if isinstance(each, Unreadable)])


def _before(place: object, name: str, step: object) -> "mock._patch[object]":
    """Has a step taken before each call of a function."""
    real = getattr(place, name)

    def called(*arguments: object, **named: object) -> object:
        step(*arguments)  # type: ignore[operator]  # a function
        return real(*arguments, **named)

    return mock.patch.object(place, name, called)


@settings(max_examples=25)
@given(
    wrong=st.sets(st.integers(0, LINES - 1)),
    runs=st.lists(st.tuples(st.sets(st.integers(1, LINES - 1)), st.integers(0, 9)), max_size=4),
)
def test_each_line_and_each_gap_is_told_once(
    log: tuple[Ledger, HandClock], wrong: set[int], runs: list[tuple[set[int], int]]
) -> None:
    """A collector that is killed again and again would count what it lost twice, or not at all."""
    with TemporaryDirectory() as home:
        source = noted_source(log, Path(home))
        lines, done = outcomes(wrong), 0
        for cuts, steps in [*runs, (set(), 1000)]:
            reached = run(source, lines, cuts, done, steps)
            done = LINES if reached is None else reached
            if reached is None:
                break
        told = source.told()
        path = source.notes().quarantine_path
        kept = [] if path is None else [line.end_offset for line in QuarantineFile(path).read()]
    assert sum(each.lines for each in told if isinstance(each, LogLinesQuarantined)) == len(wrong)
    assert sorted(kept) == [(number + 1) * 100 for number in sorted(wrong)]
    right = sorted(set(range(LINES)) - wrong)
    missing = {number for number in wrong if right and right[0] < number < right[-1]}
    gaps = [each for each in told if isinstance(each, LogSourceGapDetected)]
    found = [
        number - 100
        for gap in gaps
        for number in range(gap.first_missing, gap.first_missing + gap.missing)
    ]
    assert sorted(found) == sorted(missing)


@given(
    st.lists(
        st.builds(
            KeptLine,
            place=st.text(max_size=9),
            reason=st.text(max_size=9),
            raw_base64=st.binary(max_size=30),
            is_event=st.booleans(),
            source_identity=st.none() | st.just("ab"),
            format=st.none() | st.just("openssh"),
            programs=st.dictionaries(st.text(max_size=3), st.just("ndjson"), max_size=2),
            near_at=st.none() | st.just(datetime(2026, 11, 22, tzinfo=UTC)),
            offset=st.integers(0, 2**40),
            end_offset=st.integers(0, 2**40),
        ),
        max_size=5,
        unique_by=lambda line: line.key,
    )
)
def test_what_is_kept_is_given_back(lines: list[KeptLine]) -> None:
    """A line with odd bytes would be lost on the way through the file."""
    with TemporaryDirectory() as folder:
        file = QuarantineFile(Path(folder) / "a.ndjson")
        assert file.append(lines) == len(lines)
        assert list(file.read()) == lines


@given(st.lists(st.tuples(RAW, st.integers(0, 50)), min_size=1, max_size=6))
def test_every_byte_of_a_stretch_has_its_place_in_the_source(
    parts: list[tuple[bytes, int]],
) -> None:
    """A fact would get the id of another place, and be recorded twice."""
    offset, lines, offsets = 0, [], []
    for raw, before in parts:
        offset += before
        end = offset + len(raw) + 1
        line = KeptLine(place="p", reason="r", raw_base64=raw, offset=offset, end_offset=end)
        lines.append(line)
        offsets.append(offset)
        offset = end
    (stretch,) = stretches(lines)
    begin = 0
    for number, line in enumerate(lines):
        for byte in range(len(line.raw_base64) + 1):
            assert stretch.place_of(begin + byte) == offsets[number] + byte
            assert stretch.line_at(begin + byte + 1) == number
        begin += len(line.raw_base64) + 1
