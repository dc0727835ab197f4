"""What a confirmed erasure commits to: every digest that it took the disclosure from.

Invariant: two different lists of tombstones never have the same bytes, because every part has its
length before it. Without the commitment, whoever can write the database could delete a disclosure
and let a tombstone of an old erasure explain it.

Source: docs/reference/format.md §6.1.
"""

from collections.abc import Iterable
from hashlib import sha256
from struct import Struct
from typing import Final

from ledger.stored import StoredTombstone

_DOMAIN: Final = b"zegel/erased/v1\n"
_PLACE: Final = Struct(">QI")
_LENGTH: Final = Struct(">I")


class ErasureCommitment:
    """SHA-256 over the tombstones of one erasure, taken in the order of index and part."""

    __slots__ = ("_last_index", "_state", "records", "tombstones")

    def __init__(self) -> None:
        """Of no tombstone yet."""
        self._state = sha256(_DOMAIN)
        self._last_index: int | None = None
        self.tombstones = 0
        self.records = 0
        """How many records they belong to."""

    def add(self, tombstone: StoredTombstone) -> None:
        """Takes the next one."""
        self._state.update(encode_tombstone(tombstone))
        self.tombstones += 1
        self.records += tombstone.index != self._last_index
        self._last_index = tombstone.index

    def hex(self) -> str:
        """64 lower-case hexadecimal digits, as `log.erasure_confirmed` says them."""
        return self._state.hexdigest()


def commitment_of(tombstones: Iterable[StoredTombstone]) -> ErasureCommitment:
    """The commitment to all tombstones of one erasure, given in the order of index and part."""
    commitment = ErasureCommitment()
    for each in tombstones:
        commitment.add(each)
    return commitment


def encode_tombstone(tombstone: StoredTombstone) -> bytes:
    """Index in 8 bytes, part in 4, length and names of the fields, length and digests.

    Numbers are unsigned and big-endian, lengths have 4 bytes and count bytes, names are UTF-8.
    """
    fields = tombstone.fields.encode()
    return b"".join(
        (
            _PLACE.pack(tombstone.index, tombstone.part),
            _LENGTH.pack(len(fields)),
            fields,
            _LENGTH.pack(len(tombstone.digests)),
            tombstone.digests,
        )
    )
