"""Lines of a body that arrives piece by piece, in batches of bounded size."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import BadRequest
from service.intake.lines import LineSplitter, SentLine, batches_of

CONTENT = st.lists(st.sampled_from([b"", b"a", b"bc", b"\r", b" ", b"\xef\xbb\xbf"]), max_size=12)


def split(*pieces: bytes, most_bytes: int = 1000) -> list[SentLine]:
    splitter = LineSplitter(most_bytes)
    return [*(line for piece in pieces for line in splitter.feed(piece)), *splitter.end()]


@given(st.binary(max_size=60), st.lists(st.integers(0, 60), max_size=6))
def test_lines_do_not_depend_on_the_pieces(body: bytes, cuts: list[int]) -> None:
    """What is recorded would depend on the network."""
    body = body.replace(b"\x00", b"\n")
    places = [0, *sorted(min(cut, len(body)) for cut in cuts), len(body)]
    pieces = [body[start:end] for start, end in pairwise(places)]
    assert split(*pieces) == split(body)


@given(CONTENT)
def test_every_line_that_is_not_blank_is_given_with_its_number(contents: list[bytes]) -> None:
    """A refusal would point to another line, or a fact get lost."""
    found = {line.number: line.raw for line in split(b"\n".join(contents))}
    for number, content in enumerate(contents, start=1):
        marked = content.removeprefix(b"\xef\xbb\xbf") if number == 1 else content
        bare = marked.removesuffix(b"\r")
        assert found.get(number) == (bare if bare.strip() else None)


def test_a_line_that_is_too_long_ends_the_lines() -> None:
    """A line without end would take all memory."""
    assert [line.raw for line in split(b"1234\r\n12345\n", most_bytes=4)] == [b"1234", b"1234"]
    splitter = LineSplitter(4)
    found = [line for _ in range(10) for line in splitter.feed(b"aaa")]
    assert [(line.number, line.raw, line.is_too_long) for line in found] == [(1, b"aaaa", True)]
    assert list(splitter.feed(b"\nb\n")) == list(splitter.end()) == []


def batches(pieces: Sequence[bytes | Exception | float]) -> list[list[bytes] | str]:
    """The batches of a body, and the error that it ends with; a number is a pause in seconds."""

    async def arriving() -> AsyncIterator[bytes]:
        for piece in pieces:
            if isinstance(piece, Exception):
                raise piece
            if isinstance(piece, float):
                await asyncio.sleep(piece)
            else:
                yield piece

    async def collected() -> list[list[bytes] | str]:
        found: list[list[bytes] | str] = []
        try:
            async for batch in batches_of(arriving()):
                found += [[line.raw for line in batch]]
        except BadRequest as error:
            found.append(str(error))
        return found

    return asyncio.run(collected())


def test_a_batch_has_at_most_so_many_lines_and_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fast stream would be held in memory until its end."""
    monkeypatch.setattr("service.intake.lines.BATCH_LINES", 2)
    monkeypatch.setattr("service.intake.lines.BATCH_BYTES", 6)
    assert batches([b"a\nb\nc\n", b"dddddddd\ne\nf"]) == [
        [b"a", b"b"],
        [b"c", b"dddddddd"],
        [b"e", b"f"],
    ]


def test_a_slow_stream_is_given_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The lines of a pipe that somebody follows would not be durable before it ends."""
    monkeypatch.setattr("service.intake.lines.BATCH_S", 0.01)
    assert batches([b"a\nb", 0.3, b"c\n", 0.3, b"d"]) == [[b"a"], [b"bc"], [b"d"]]


def test_what_came_before_an_error_is_given_first() -> None:
    """Whole lines would be lost with the connection that brought them."""
    assert batches([b"a\nb\nc", BadRequest("gone")]) == [[b"a", b"b"], "gone"]
    assert batches([BadRequest("gone")]) == ["gone"]
    assert batches([]) == []


def test_runs_of_blank_lines_are_counted_at_once() -> None:
    """A kilobyte of gzip would keep the service busy for minutes, or lines get wrong numbers."""
    splitter = LineSplitter()
    found = [
        *splitter.feed(b"\n" * 3 + b"a\n \r\n\t\n" + b"b"),
        *splitter.feed(b"\n\n"),
        *splitter.feed(b"c\n"),
    ]
    assert [(line.number, line.raw) for line in found] == [(4, b"a"), (7, b"b"), (9, b"c")]
