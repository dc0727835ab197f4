"""Where a verification begins: at the first record, or behind a part that is known already."""

from dataclasses import dataclass
from typing import Final

from ledger.errors import VerificationError
from ledger.merkle import Frontier
from ledger.record import NO_PREVIOUS
from ledger.stored import StoredMinimum
from ledger.units import HASH_BYTES, Hash32

BEFORE_ALL_TIME: Final = -(2**63)


@dataclass(frozen=True, slots=True)
class Start:
    """The tree of the records before, and what the first record to verify must follow."""

    frontier: Frontier
    """Its size is the index of the first record to verify."""
    last_leaf: Hash32
    """The leaf hash of the record before; 32 zero bytes at the beginning."""
    recorded_at_us: int
    """When the record before was recorded; no later one is older."""


BEGINNING: Final = Start(Frontier.empty(), NO_PREVIOUS, BEFORE_ALL_TIME)
"""Nothing is known yet."""


def start_at(minimum: StoredMinimum) -> Start:
    """The start of a log whose first records were removed.

    Whether they were removed as a signed record says, `pruned_check` has to find.

    Raises:
        VerificationError: the row is none that a pruning wrote (MODIFIED).
    """
    if len(minimum.last_leaf_hash) != HASH_BYTES:
        raise VerificationError("MODIFIED", None, "zegel_minimum: expected a last leaf hash")
    frontier = Frontier.from_bytes(minimum.minimum, minimum.frontier)
    return Start(frontier, Hash32(minimum.last_leaf_hash), minimum.last_recorded_at_us)
