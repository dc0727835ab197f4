"""Laws of syslog: what is written in either form is read back; pieces do not matter."""

import io
import re
from datetime import UTC, datetime
from typing import Final

from hypothesis import assume, given
from hypothesis import strategies as st

from formats.reading import read_lines
from formats.syslog_entry import HEADER
from formats.syslog_framing import Frame, Framer, RefusedFrame
from formats.syslog_header import parse_header
from formats.syslog_receipt import received, refusal_of, refused
from formats.syslog_structured_data import Element
from tests.syslog_messages import counted, modern, older
from tests.unit.formats.sources import context_of

AT: Final = datetime(2026, 11, 22, 12, tzinfo=UTC)
WORDS: Final = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=9)
NAMES: Final = st.from_regex(r"[!#-<>-\\^-~]{1,9}", fullmatch=True)
TEXTS: Final = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n"))
MESSAGES: Final = TEXTS.filter(lambda text: not text.startswith("\ufeff"))
ELEMENTS: Final = st.lists(
    st.tuples(NAMES, st.lists(st.tuples(NAMES, TEXTS), max_size=3)), max_size=3
)
FRAMES: Final = st.binary(max_size=60).map(lambda rest: b"<1>" + rest)


@given(st.tuples(WORDS, WORDS, WORDS, WORDS), ELEMENTS, MESSAGES, st.booleans())
def test_the_newer_form_is_read_as_it_was_written(
    names: tuple[str, str, str, str],
    elements: list[tuple[str, list[tuple[str, str]]]],
    message: str,
    mark: bool,  # noqa: FBT001 - hypothesis gives it by place
) -> None:
    """A part of a message would be lost or stand in another one."""
    assume(not message.endswith("\r"))
    host, program, process, message_id = names
    written = modern(
        message,
        host=host,
        program=program,
        process=process,
        message_id=message_id,
        elements=elements,
        mark=mark,
    )
    (line,) = read_lines(io.BytesIO(written.encode()))
    header = parse_header(line)
    expected = [None if name == "-" else name for name in names[:3]]
    assert [header.host, header.program, header.process] == expected
    assert header.elements == tuple(Element(name, tuple(told)) for name, told in elements)
    assert header.message == message


@given(
    st.none() | st.from_regex(r"[a-z0-9.:-]{0,9}[a-z0-9]", fullmatch=True),
    st.from_regex(r"[A-Za-z0-9_.()/@-]{1,12}", fullmatch=True),
    st.none() | st.from_regex(r"[0-9]{1,10}", fullmatch=True),
    st.none() | st.integers(0, 191),
    TEXTS,
)
def test_the_older_form_is_read_as_it_was_written(
    host: str | None, program: str, pid: str | None, priority: int | None, message: str
) -> None:
    """What one program said would be taken for what another one said."""
    written = older(message, host=host, program=program, pid=pid, priority=priority)
    match = HEADER.fullmatch(written)
    assert match is not None
    assert match.group("host", "program", "pid", "message") == (host, program, pid, message)


@given(st.lists(st.tuples(FRAMES, st.booleans()), max_size=5), st.integers(1, 7), st.data())
def test_frames_do_not_depend_on_the_pieces_they_come_in(
    sent: list[tuple[bytes, bool]], size: int, data: st.DataObject
) -> None:
    """A message would be cut or lost where a packet happens to end."""
    lines = [(re.sub(rb"[\n\0]", b"", each) if ended else each, ended) for each, ended in sent]
    stream = b"".join(frame + b"\n" if ended else counted(frame) for frame, ended in lines)
    whole = cut([stream])
    assert whole == [Frame(frame) for frame, _ in lines]
    assert cut([stream[at : at + size] for at in range(0, len(stream), size)]) == whole
    middle = data.draw(st.integers(0, len(stream)))
    assert cut([stream[:middle], stream[middle:]]) == whole


@given(st.lists(st.binary(max_size=3000), max_size=4))
def test_no_stream_breaks_the_framer(pieces: list[bytes]) -> None:
    """A hostile peer would end the listener, or make it keep more than one frame."""
    framer = Framer(1024)
    for piece in pieces:
        for frame in framer.feed(piece):
            assert len(frame.content) <= 1024
        assert len(framer._buffer) <= 1024 + 10
    by_pieces, at_once = cut(pieces), cut([b"".join(pieces)])
    assert by_pieces == at_once


@given(st.binary(max_size=200), st.none() | st.just("192.0.2.7"))
def test_every_frame_becomes_one_line(frame: bytes, peer: str | None) -> None:
    """A peer could write lines of its own into the spool, or stop the listener."""
    zone = context_of().zone
    assert zone is not None
    line = received(frame, AT, zone, peer)
    assert b"\n" not in line
    assert b"\n" not in refused(frame, "expected less")
    assert refusal_of(refused(frame, "expected less").decode()) == "expected less"
    if b"\0" in line:
        assert refusal_of(line.decode()) is not None


def cut(pieces: list[bytes]) -> list[Frame | RefusedFrame]:
    """The frames of a connection whose peer finished."""
    framer = Framer(1024)
    frames = [frame for piece in pieces for frame in framer.feed(piece)]
    last = framer.end(orderly=True)
    return frames if last is None else [*frames, last]
