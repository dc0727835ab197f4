"""How messages are cut out of a stream."""

from formats.syslog_framing import KEPT_BYTES, Frame, Framer, RefusedFrame
from tests.syslog_messages import counted

MOST = 2000


def cut(*pieces: bytes, orderly: bool = True) -> list[Frame | RefusedFrame]:
    """The frames of a connection, those of its end included."""
    framer = Framer(MOST)
    frames = [frame for piece in pieces for frame in framer.feed(piece)]
    last = framer.end(orderly=orderly)
    return frames if last is None else [*frames, last]


def test_both_ways_of_framing_share_a_connection() -> None:
    """Senders of one of the two ways could not be heard."""
    found = cut(counted(b"<1>a\nb", b"<2>c"), b"<3>d\n", counted(b"<4>e"), b"<5>f\0\n<6>g\r\n")
    expected = [b"<1>a\nb", b"<2>c", b"<3>d", b"<4>e", b"<5>f", b"<6>g\r"]
    assert found == [Frame(content) for content in expected]


def test_a_line_that_begins_with_digits_is_no_count() -> None:
    """A message with a date before it would swallow those that follow."""
    assert cut(b"2026-03-12 x\n", b"12 x\n", b"1234567890 <x\n", b"7\n") == [
        Frame(b"2026-03-12 x"),
        Frame(b"12 x"),
        Frame(b"1234567890 <x"),
        Frame(b"7"),
    ]


def test_a_frame_that_is_too_long_is_refused_alone() -> None:
    """One long frame would fill the memory, or take the next one with it."""
    long = b"<1>" + b"x" * MOST
    for stream in (counted(long, b"<2>y"), long + b"\n<2>y\n"):
        refused, after = cut(stream)
        assert isinstance(refused, RefusedFrame)
        assert refused.content == long[:KEPT_BYTES]
        assert refused.reason.startswith("expected ")
        assert after == Frame(b"<2>y")


def test_memory_is_bounded_while_a_frame_is_skipped() -> None:
    """A peer that never ends its frame would fill the memory."""
    framer = Framer(MOST)
    found = [frame for _ in range(100) for frame in framer.feed(b"x" * 1000)]
    assert len(found) == 1
    assert len(framer._buffer) < MOST
    assert framer.is_within_frame
    assert framer.end(orderly=True) is None


def test_a_last_line_counts_only_of_a_peer_that_finished() -> None:
    """A message that was cut would be recorded as if it were whole."""
    assert cut(b"<1>a\n<2>b") == [Frame(b"<1>a"), Frame(b"<2>b")]
    whole, broken = cut(b"<1>a\n<2>b", orderly=False)
    assert whole == Frame(b"<1>a")
    assert broken == RefusedFrame(b"<2>b", "expected a line feed, found a connection that broke")


def test_a_counted_frame_that_was_cut_is_refused() -> None:
    """A message that was cut would be recorded as if it were whole."""
    (found,) = cut(b"12 <1>a")
    reason = "expected 12 octets, found 4 before the connection ended"
    assert found == RefusedFrame(b"12 <1>a", reason)
