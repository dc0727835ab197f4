"""Tiles of a log, read from the store in a number of rows that does not grow with the log.

Level 0 is the `leaf_hash` column of the records. Hashes of the levels above are stored one by one
when a checkpoint is signed over them, never while a record is appended.
"""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite

from ledger.errors import VerificationError
from ledger.merkle import Frontier
from ledger.notes.tile_proofs import frontier_from_tiles
from ledger.notes.tiles import TILE_WIDTH, TileId
from ledger.store.engine import is_postgresql, reading, writing
from ledger.store.row_reader import RowReader
from ledger.store.schema import TILE
from ledger.store.sealed_log import SealedLog
from ledger.tile_growth import GrowingTree, TileHash

PAGE_ROWS: Final = 4096
_LOWEST: Final = 1


class TileTable:
    """The tiles of one log, nothing verified."""

    def __init__(self, log: SealedLog) -> None:
        """Reads and writes in the database of a log."""
        self._log = log
        # A proof is a handful of small reads: through the driver they take half as long.
        self._reader = RowReader(log.engine, log.log_id)

    def fetch(self, tile: TileId) -> bytes:
        """The content of a tile; shorter than the tile where rows are missing.

        Raises:
            RecordsPruned: its leaves were pruned; only sizes that are multiples of 256 can still
                be proven there.
        """
        start = tile.index * TILE_WIDTH
        stop = start + tile.width
        if tile.level < _LOWEST:
            leaves = self._log.leaf_hashes(start, stop)
            if len(leaves) < tile.width:
                self._log.pruned.require_kept(start)
            return b"".join(leaves)
        rows = self._reader.fetch(
            "SELECT hash FROM zegel_tile WHERE log = ? AND level = ? AND idx >= ? AND idx < ? "
            "ORDER BY idx",
            (self._log.log_id, tile.level, start, stop),
        )
        return b"".join(row[0] for row in rows)

    def scan(self, level: int, first: int) -> Iterator[tuple[int, bytes]]:
        """Index and hash of the stored hashes of a level from an index on; read by pages."""
        while True:
            chosen = (
                select(TILE.c.idx, TILE.c.hash)
                .where(TILE.c.log == self._log.log_id, TILE.c.level == level, TILE.c.idx >= first)
                .order_by(TILE.c.idx)
                .limit(PAGE_ROWS)
            )
            with reading(self._log.engine) as connection:
                page = [(row.idx, row.hash) for row in connection.execute(chosen)]
            yield from page
            if len(page) < PAGE_ROWS:
                return
            first = page[-1][0] + 1

    def fill(self, frontier: Frontier) -> None:
        """Stores what is missing of the tiles of a tree; durable on return.

        Args:
            frontier: That of the tree, verified: nothing is stored unless the stored leaf hashes
                and tiles lead to its root.

        Raises:
            VerificationError: they do not (TILE_MISMATCH).
            StoreUnavailable: the database cannot be written.
        """
        start = self._next_index(_LOWEST) * TILE_WIDTH
        tree = GrowingTree(frontier_from_tiles(start, self.fetch))
        completed: list[TileHash] = []
        for first in range(start, frontier.size, PAGE_ROWS):
            stop = min(first + PAGE_ROWS, frontier.size)
            completed += tree.add(self._log.leaf_hashes(first, stop))
        found, expected = tree.frontier().root(), frontier.root()
        if found != expected:
            raise VerificationError(
                "TILE_MISMATCH",
                None,
                f"tiles and leaf hashes in the database: expected root {expected.hex()} at size "
                f"{frontier.size}, found {found.hex()}; `zegel verify` finds the place",
            )
        if completed:
            self._store(completed)

    def _store(self, hashes: list[TileHash]) -> None:
        build = postgresql.insert if is_postgresql(self._log.engine) else sqlite.insert
        # A signer that ran at the same time may have stored the same hashes.
        statement = build(TILE).on_conflict_do_nothing()
        rows = [
            {"log": self._log.log_id, "level": one.level, "idx": one.index, "hash": one.hash}
            for one in hashes
        ]
        with writing(self._log.engine) as connection:
            connection.execute(statement, rows)

    def _next_index(self, level: int) -> int:
        chosen = select(func.max(TILE.c.idx)).where(
            TILE.c.log == self._log.log_id, TILE.c.level == level
        )
        with reading(self._log.engine) as connection:
            newest = connection.scalar(chosen)
        return 0 if newest is None else newest + 1
