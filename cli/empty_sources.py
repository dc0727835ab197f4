"""Sources that hold nothing: a log in which nothing happened yet, a page of events without any."""

import io
from typing import Final

NOTHING: Final = frozenset({b"", b"[]"})
"""Without the blanks around it."""
_LONGEST: Final = max(map(len, NOTHING))
_PIECE_BYTES: Final = 65_536


def is_empty(stream: io.BufferedReader) -> bool:
    """Whether all that is left of a stream is blank, or an empty JSON array.

    Reads no further than it takes to know: a stream that holds something stands somewhere in it
    then.
    """
    seen = b""
    while piece := stream.read(_PIECE_BYTES):
        seen += b"".join(piece.split())
        if len(seen) > _LONGEST:
            return False
    return seen in NOTHING
