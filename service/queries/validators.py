"""Entity tags of answers: whoever asks again learns cheaply that nothing changed.

A tag is weak: it says that the rows are the same, not that the log did not grow. It carries the
size that the answer was true of, and what was asked with the generation of the vault, because an
erasure changes what records show.

Source: RFC 9110 §8.8.3 (entity tags), §13.1.2 (`If-None-Match`).
"""

import hashlib
import re
from typing import Final, NamedTuple

from starlette.responses import Response

_TAG: Final = re.compile(r'(?:W/)?"([0-9]{1,18})-([0-9a-f]{32})"')


class Validator(NamedTuple):
    """What an answer depends on."""

    size: int
    """Of the log, or how much of it was known."""
    asked: str
    """A digest of the question."""

    @property
    def tag(self) -> str:
        """The entity tag."""
        return f'W/"{self.size}-{self.asked}"'


def validator_of(size: int, asked: bytes, generation: int) -> Validator:
    """What the answer to a question at a size depends on.

    Args:
        size: Of the log, or how much of it was known.
        asked: The question, with everything that decides the answer.
        generation: Of the vault.
    """
    return Validator(size, hashlib.sha256(b"%d\x00" % generation + asked).hexdigest()[:32])


def known_size(header: str | None, wanted: Validator) -> int | None:
    """The size of the answer that a client has to the same question; `None`: it has none.

    Args:
        header: `If-None-Match`.
        wanted: What an answer would depend on now.
    """
    sizes = [int(size) for size, asked in _TAG.findall(header or "") if asked == wanted.asked]
    return max(sizes, default=None)


def unchanged(validator: Validator) -> Response:
    """The answer that nothing changed; it shows nothing, so it is not recorded."""
    return Response(status_code=304, headers={"ETag": validator.tag, "Cache-Control": "no-store"})
