"""What goes into a bundle: the caller has read it from a log, nothing of it is verified yet."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ledger.notes.policy import Policy
from ledger.notes.tile_proofs import FetchTile

ReadRecords = Callable[[int, int], Sequence[bytes]]
"""The sealed bytes of the records from the first index up to the second, exclusive."""


@dataclass(frozen=True, slots=True)
class ChosenRecord:
    """One record of the answer, with what its reader may open of it."""

    index: int
    sealed: bytes
    disclosures: tuple[bytes, ...] = ()
    """RFC 9901 texts; the fields without one stay closed."""


@dataclass(frozen=True, slots=True)
class TimeStamp:
    """A token over the checkpoint, as its authority gave it."""

    authority: str
    """A name for people, which also becomes that of the file."""
    raw: bytes
    """DER."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that one bundle is made of."""

    checkpoint: bytes
    """The signed note; with the cosignatures that the policy asks for."""
    policy: Policy
    """The keys under which the sender says that it verifies."""
    records: Sequence[ChosenRecord]
    """Ascending by index."""
    fetch: FetchTile
    """Gives the hash tiles of the tree that the checkpoint signs."""
    read_records: ReadRecords | None = None
    """Reads any records of the log; `None`: the bundle holds the chosen records alone, no mirror.

    A person who asks for their own data is given no records of others.
    """
    minimum_index: int = 0
    """The records below were pruned, and the leaf hashes below with them."""
    question: Mapping[str, str] = field(default_factory=dict)
    """What was asked for, in words that name nobody: `since`, `until`, `subject`, …"""
    time_stamps: Sequence[TimeStamp] = ()
