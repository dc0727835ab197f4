r"""Syslog messages cut out of a stream of bytes, whatever pieces it comes in.

| A frame that begins with | ends |
|---|---|
| a count and a blank before `<` | after so many octets (octet counting) |
| anything else | before the next line feed or NUL |

Each frame is looked at anew, as senders of both ways share a port. A frame that is too long is
refused, its rest read off and forgotten: the next one is read as if nothing had been.

Source: RFC 6587 §3.4.1 (octet counting) and §3.4.2 (a trailer; NUL is one in use); RFC 5425 §4.3
    (the same count over TLS).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

KEPT_BYTES: Final = 1024
"""So much of a refused frame is kept, to show who sent what."""

_COUNT: Final = re.compile(rb"([1-9]\d{0,8}) <")
_PART_OF_COUNT: Final = re.compile(rb"[1-9]\d{0,8} ?")
_END: Final = re.compile(rb"[\n\0]")


@dataclass(frozen=True, slots=True)
class Frame:
    """One whole message, without count or ending."""

    content: bytes


@dataclass(frozen=True, slots=True)
class RefusedFrame:
    """The first bytes of a frame that is no message, and why; the reason names nobody."""

    content: bytes
    reason: str


class Framer:
    """Cuts one connection into frames; holds at most one frame, of limited size."""

    def __init__(self, max_bytes: int) -> None:
        """Begins before the first byte; `max_bytes` is the most that one message may have."""
        self._max_bytes = max(max_bytes, KEPT_BYTES)
        self._buffer = bytearray()
        self._searched = 0
        self._octets_to_skip = 0
        self._skips_line = False

    @property
    def is_within_frame(self) -> bool:
        """Whether a frame has begun and not ended, one that is being skipped included."""
        return bool(self._buffer or self._octets_to_skip or self._skips_line)

    def feed(self, piece: bytes) -> Iterator[Frame | RefusedFrame]:
        """The frames that end in these bytes, in order."""
        self._buffer += piece
        while (frame := self._next()) is not None:
            if frame.content or isinstance(frame, RefusedFrame):
                yield frame

    def end(self, *, orderly: bool) -> Frame | RefusedFrame | None:
        """What stands at the end of the connection, if anything does.

        Args:
            orderly: the peer said that it had finished. Many leave out the last line feed then; of
                a connection that broke, the last line may be cut.
        """
        content, self._buffer = bytes(self._buffer), bytearray()
        if not content or self._octets_to_skip or self._skips_line:
            return None
        count = _COUNT.match(content)
        if count is not None:
            found = len(content) - count.end(1) - 1
            reason = f"expected {int(count[1])} octets, found {found} before the connection ended"
            return RefusedFrame(content[:KEPT_BYTES], reason)
        if orderly:
            return Frame(content)
        reason = "expected a line feed, found a connection that broke"
        return RefusedFrame(content[:KEPT_BYTES], reason)

    def _next(self) -> Frame | RefusedFrame | None:
        """The next frame of the buffer; an empty one where something was skipped."""
        if self._octets_to_skip:
            return self._skip_octets()
        if self._skips_line:
            return self._skip_line()
        count = _COUNT.match(self._buffer)
        if count is not None:
            return self._counted(int(count[1]), count.end(1) + 1)
        if _PART_OF_COUNT.fullmatch(self._buffer):
            return None
        return self._line()

    def _counted(self, octets: int, begin: int) -> Frame | RefusedFrame | None:
        if octets <= self._max_bytes:
            if len(self._buffer) < begin + octets:
                return None
            return Frame(self._take(begin + octets)[begin:])
        if len(self._buffer) < begin + KEPT_BYTES:
            return None
        kept = self._take(begin + KEPT_BYTES)[begin:]
        self._octets_to_skip = octets - KEPT_BYTES
        return RefusedFrame(kept, f"expected at most {self._max_bytes} octets, found {octets}")

    def _line(self) -> Frame | RefusedFrame | None:
        end = _END.search(self._buffer, self._searched)
        length = end.start() if end is not None else len(self._buffer)
        if length > self._max_bytes:
            kept = bytes(self._buffer[:KEPT_BYTES])
            self._take(length)
            self._skips_line = True
            return RefusedFrame(kept, f"expected a line of at most {self._max_bytes} octets")
        if end is None:
            self._searched = length
            return None
        return Frame(self._take(length + 1)[:-1])

    def _skip_octets(self) -> Frame | None:
        dropped = len(self._take(min(self._octets_to_skip, len(self._buffer))))
        self._octets_to_skip -= dropped
        return None if self._octets_to_skip else Frame(b"")

    def _skip_line(self) -> Frame | None:
        end = _END.search(self._buffer)
        self._take(len(self._buffer) if end is None else end.end())
        self._skips_line = end is None
        return None if self._skips_line else Frame(b"")

    def _take(self, length: int) -> bytes:
        """Removes the first bytes of the buffer."""
        taken = bytes(self._buffer[:length])
        del self._buffer[:length]
        self._searched = 0
        return taken
