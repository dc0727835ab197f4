"""Whoever reads a stream that grows gets whole lines, and waits for them."""

import gzip
import io
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.watching.source_state import Part
from cli.watching.spool import Spool
from cli.watching.spool_segment import segment_file
from cli.watching.streams import Damaged, GrowingFile, SpoolLines, WholeFile
from formats.reading import read_lines
from ledger.errors import StoreUnavailable

AT = datetime(2026, 11, 20, 8, tzinfo=UTC)


def part() -> Part:
    return Part(identity="00")


@pytest.fixture
def descriptor(tmp_path: Path) -> Iterator[int]:
    opened = os.open(tmp_path / "log", os.O_RDWR | os.O_CREAT)
    yield opened
    os.close(opened)


@given(st.lists(st.binary(max_size=12), max_size=12), st.integers(1, 9))
def test_pieces_are_put_together_to_the_same_lines(pieces: list[bytes], size: int) -> None:
    """A line that was written in two goes would be read as two, or its middle twice."""
    whole = b"".join(pieces)
    descriptor = os.memfd_create("log")
    written = 0
    waiting = list(pieces)

    def more() -> bool:
        nonlocal written
        if not waiting:
            return False
        written += os.pwrite(descriptor, waiting.pop(0), written)
        stream.show(written)
        return True

    stream = GrowingFile(descriptor, part(), more)
    try:
        found = list(iter(lambda: stream.readline(size), b""))
    finally:
        os.close(descriptor)
    plain = io.BytesIO(whole)
    assert found == list(iter(lambda: plain.readline(size), b""))


def test_a_line_is_given_when_it_is_whole(descriptor: int) -> None:
    """A reader would be given the half that happened to be written."""
    asked = []

    def more() -> bool:
        asked.append(stream.position)
        if len(asked) > 2:
            return False
        os.write(descriptor, b"alf\nthe rest"[:4] if len(asked) == 1 else b"more")
        return stream.show(os.fstat(descriptor).st_size)

    os.write(descriptor, b"h")
    stream = GrowingFile(descriptor, part(), more)
    stream.show(1)
    assert stream.readline() == b"half\n"
    assert asked == [1]
    assert stream.readline() == b"more"
    assert stream.readline() == b""


def test_nothing_is_read_before_it_was_seen(descriptor: int) -> None:
    """A fact would be recorded whose time of observation was never noted."""
    os.write(descriptor, b"one\ntwo\n")
    stream = GrowingFile(descriptor, part(), lambda: False)
    stream.show(4)
    assert [line.text for line in read_lines(stream)] == ["one"]  # type: ignore[arg-type]  # a stream of bytes


def test_bytes_were_seen_when_they_were_first_shown() -> None:
    """A fact would seem to have been seen later, each time that its line is read again."""
    seen = part()
    seen.see(10, AT)
    seen.see(10, AT.replace(hour=9))
    seen.see(20, AT.replace(hour=10))
    stream = WholeFile(io.BytesIO(), seen)
    assert [stream.observed_at(offset) for offset in (1, 10, 11, 20, 21)] == [
        AT,
        AT,
        AT.replace(hour=10),
        AT.replace(hour=10),
        None,
    ]
    seen.settle(10)
    assert seen.seen_at(20) == AT.replace(hour=10)
    assert len(seen.sightings) == 1


def test_an_entry_is_one_line_whatever_is_in_it(tmp_path: Path) -> None:
    """A message of several lines would become several facts, or none."""
    with Spool(tmp_path) as spool:
        for text in (b"one\ntwo\r\nthree", b"", b"x" * 70_000):
            spool.append(text, AT)
        spool.settle()
        stream = SpoolLines(segment_file(tmp_path, 1), lambda: False)
        stream.show(spool.durable[1])
        lines = list(read_lines(stream))  # type: ignore[arg-type]  # a stream of bytes
    assert [line.text for line in lines] == ["one\ntwo\r\nthree", "", "x" * 70_000]
    assert [line.offset for line in lines] == [0, 15, 16]
    assert stream.observed_at(16) == AT
    stream.forget(70_017)
    assert stream.observed_at(16) == AT
    stream.close()


def test_a_damaged_entry_is_no_end(tmp_path: Path) -> None:
    """All that stands behind it would be taken for recorded, and removed."""
    with Spool(tmp_path) as spool:
        spool.append(b"one", AT)
        spool.append(b"two", AT)
        limit = spool.durable
        spool.settle()
        end = spool.durable[1]
    assert limit[1] < end
    path = segment_file(tmp_path, 1)
    content = bytearray(path.read_bytes())
    content[limit[1] + 20] ^= 1
    path.write_bytes(bytes(content))
    stream = SpoolLines(path, lambda: False)
    stream.show(end)
    with pytest.raises(StoreUnavailable, match=f"byte {limit[1]}: expected an entry"):
        stream.readline()
    stream.close()


@pytest.mark.parametrize(
    "packed",
    [gzip.compress(b"first\nsecond\n" * 9)[:-12], gzip.compress(b"x\n")[:10] + b"\xff" * 20],
    ids=["cut off", "damaged"],
)
def test_damage_is_told_apart_from_a_disk_that_is_full(packed: bytes) -> None:
    """A file would count as read to its end because the home could not be written."""
    stream = WholeFile(cast("BinaryIO", gzip.GzipFile(fileobj=io.BytesIO(packed))), part())
    with pytest.raises(Damaged):
        list(iter(stream.readline, b""))
    with pytest.raises(Damaged):
        stream.read()
