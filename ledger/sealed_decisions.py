"""What a log itself says of decisions on its sealed records: their records, the roots then."""

from collections.abc import Mapping
from contextlib import suppress

from ledger.errors import VerificationError
from ledger.notes.tile_proofs import root_from_tiles
from ledger.store.sealed_log import SealedLog
from ledger.store.tiles import TileTable
from ledger.units import Hash32


def sealed_decisions(
    log: SealedLog, decided: Mapping[int, int]
) -> tuple[dict[int, bytes], dict[int, Hash32]]:
    """The sealed record of each decision by its index, and the root of each size decided on.

    Args:
        log: The log.
        decided: For the index at which a decision is recorded, the size that it names. A record
            that is not there, and a root that the tiles do not give, are left out.
    """
    fetch = TileTable(log).fetch
    records: dict[int, bytes] = {}
    roots: dict[int, Hash32] = {}
    for recorded_index, size in decided.items():
        row = log.record_at(recorded_index)
        if row is not None:
            records[recorded_index] = row.sealed
        with suppress(VerificationError):  # a root that tiles do not give differs from any
            roots[size] = root_from_tiles(size, fetch)
    return records, roots
