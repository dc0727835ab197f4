"""Whether a source that was read before still begins as it did then.

Its first line names a source, but many files have one that says nothing: `[`, or a heading. What
was read of such a file stands in it no more once it was written anew, and to go on in its middle
would lose what is before.
"""

from hashlib import sha256
from typing import Final

from msgspec import Struct

from formats.reading import IDENTITY_BYTES, UTF8_MARK

_SAYS_NOTHING: Final = b"[]{} \t\r"


class SourceHead(Struct, frozen=True):
    """The first bytes of a source, as they were when it was read."""

    size: int
    """How many, up to `IDENTITY_BYTES`."""
    sha256: str
    """Of them, in hexadecimal."""


def head_of(content: bytes, *, until: int = IDENTITY_BYTES) -> SourceHead:
    """The head of a source, as it is remembered.

    Args:
        content: Its first bytes.
        until: Up to which byte it was read; what stands behind may change yet.
    """
    head = content[: min(until, IDENTITY_BYTES)]
    return SourceHead(len(head), sha256(head).hexdigest())


def begins_as(content: bytes, head: SourceHead | None) -> bool:
    """Whether a source begins as it did: one that only grew does.

    Args:
        content: Its first bytes now.
        head: As it is remembered; `None` where an earlier version remembered the first line alone,
            which counts if it says anything.
    """
    if head is None:
        first, _, _ = content.removeprefix(UTF8_MARK).partition(b"\n")
        return bool(first.strip(_SAYS_NOTHING))
    return head_of(content, until=head.size) == head
