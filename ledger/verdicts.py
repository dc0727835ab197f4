"""The words in which a verification says what is wrong, the same in a report and in an event."""

from typing import Final, Literal

Verdict = Literal[
    "MODIFIED",
    "MISSING",
    "INSERTED",
    "REORDERED",
    "TILE_MISMATCH",
    "TRUNCATED",
    "ROLLED_BACK",
    "FORK",
    "UNSIGNED_TAIL",
    "STALE_HEARTBEAT",
    "BAD_SIGNATURE",
    "UNKNOWN_KEY",
    "TIMESTAMP_INVALID",
    "DISCLOSURE_MISMATCH",
    "ERASED",
    "MISSING_PAYLOAD",
]
"""The closed list.

| verdict | meaning |
|---|---|
| `MODIFIED` | stored bytes do not hash to the leaf committed there, or a copy differs from them |
| `MISSING` | an index below the size of the head has no record |
| `INSERTED` | a record without a place: beyond the head, or at an index that is taken |
| `REORDERED` | the record that was committed at another index |
| `TILE_MISMATCH` | a tile differs from the hashes derived from the records |
| `TRUNCATED` | fewer records than the head, or a valid checkpoint held elsewhere, says |
| `ROLLED_BACK` | the newest checkpoint offered is older than one already known |
| `FORK` | two validly signed heads of which neither continues the other |
| `UNSIGNED_TAIL` | records after the newest checkpoint, linked and not yet signed: no fault |
| `STALE_HEARTBEAT` | the newest checkpoint is older than the promised cadence |
| `BAD_SIGNATURE` | the signature of a known key does not hold |
| `UNKNOWN_KEY` | no known key signed, or not as many as the policy asks for |
| `TIMESTAMP_INVALID` | a time-stamp token is not one of a trusted authority over these bytes |
| `DISCLOSURE_MISMATCH` | a disclosure does not open, or does not hash to a sealed digest |
| `MISSING_PAYLOAD` | nothing is stored that could open a sealed digest |
| `ERASED` | the key of the disclosure was destroyed on purpose: no fault |
"""

NO_FAULT: Final[frozenset[Verdict]] = frozenset(("ERASED", "UNSIGNED_TAIL"))
"""What a log that is in order may show."""
