"""What passes between the vault, which writes bodies, and the store, which seals them.

A draft is complete but for its place: the store gives it index, previous leaf hash, recorded_at and
stream version. All are structs of msgspec: made for every event, they cost a tenth of a dataclass.
"""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from ledger.units import Hash32, Index


class SealedDisclosure(Struct, frozen=True, gc=False):
    """The personal fields of one event that belong to one subject, encrypted under its key."""

    subject_id: UUID
    fields: str
    """The names inside, in order, parted by commas: enough to know which token stands where."""
    ciphertext: bytes
    """A 12-byte random nonce, then AES-256-GCM of the disclosures joined by `~`."""


class Draft(Struct, frozen=True, gc=False):
    """One event that is ready to be sealed."""

    stream: UUID
    kind: str
    body: bytes
    event_id: UUID | None = None
    occurred_at: datetime | None = None
    system: str | None = None
    disclosures: tuple[SealedDisclosure, ...] = ()
    sameness: bytes | None = None
    """Keyed digest of the whole event before salting, 32 bytes.

    It decides whether a repeated event id is the same fact; without one, two never are.
    """
    fresh_stream: bool = False
    """The stream id was made for this draft, so its version is 1 without asking."""
    fresh_event_id: bool = False
    """The event id was made for this draft, so it cannot be in the log yet."""
    expected_version: int | None = None
    """The stream version that the writer built on; `None` appends after whatever is there."""
    only_repeats: bool = False
    """Part of the event was erased since it was recorded: it can be answered, never sealed."""


class Receipt(Struct, frozen=True, gc=False):
    """Proof of storage, given only after the commit is durable.

    Of a fact whose record was pruned since, only event id and index are known, the rest is `None`.
    """

    index: Index
    leaf_hash: Hash32 | None
    recorded_at: datetime | None
    stream: UUID | None
    version: int | None
    event_id: UUID | None
    duplicate: bool = False
    """The same fact was in the log already; this is its first receipt again."""


class Conflict(Struct, frozen=True, gc=False):
    """The event id was in the log already, with other content: nothing was stored."""

    event_id: UUID
    index: Index
    """Where the id was used first."""
