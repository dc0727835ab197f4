"""Entity tags of answers: whoever asks again learns cheaply that nothing changed.

A tag is weak: it says that the rows are the same, not that the log did not grow. It carries the
size that the answer was true of, and what was asked with the generation of the vault, because an
erasure changes what records show.

Source: RFC 9110 §8.8.3 (entity tags), §13.1.2 (`If-None-Match`).
"""

import hmac
import re
from typing import Final, NamedTuple

from starlette.responses import Response

from ledger.ledger import Ledger
from service.access.caller import Caller

MOST_TAGS: Final = 16
"""So many of one header are looked at."""
_TAG: Final = re.compile(r'(?:W/)?"([0-9]{1,18})-([0-9a-f]{32})"')


class Validator(NamedTuple):
    """What an answer depends on."""

    size: int
    """Of the log, or how much of it was known."""
    told: bytes
    """The question, who asks it, and the generation of the vault."""
    key: bytes
    """Of the digest in the tag."""

    @property
    def tag(self) -> str:
        """The entity tag."""
        return f'W/"{self.size}-{self.digest(self.size)}"'

    def digest(self, size: int) -> str:
        """What stands in the tag of an answer to the same question at a size."""
        return hmac.digest(self.key, b"%d\x00" % size + self.told, "sha256").hex()[:32]


def validator_of(ledger: Ledger, caller: Caller, size: int, asked: bytes) -> Validator:
    """What the answer to a question at a size depends on.

    Its tag is keyed and belongs to its caller: nobody makes up the tag of an answer that they never
    had, at whatever size, and so learns what is in the log without a reading that tells of it.

    Args:
        ledger: The log.
        caller: Who asks.
        size: Of the log, or how much of it was known.
        asked: The question, with everything that decides the answer.
    """
    ledger.vault.refresh()
    parts = (b"%d" % ledger.vault.generation, caller.identity.encode(), asked)
    told = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    return Validator(size, told, ledger.vault.derived_bytes(b"validator\x00"))


def known_size(header: str | None, wanted: Validator) -> int | None:
    """The size of the answer that a client has to the same question; `None`: it has none.

    Args:
        header: `If-None-Match`.
        wanted: What an answer would depend on now.
    """
    found = [(int(size), digest) for size, digest in _TAG.findall(header or "")[:MOST_TAGS]]
    return max((size for size, digest in found if digest == wanted.digest(size)), default=None)


def unchanged(validator: Validator) -> Response:
    """The answer that nothing changed; it shows nothing, so it is not recorded."""
    return Response(status_code=304, headers={"ETag": validator.tag, "Cache-Control": "no-store"})
