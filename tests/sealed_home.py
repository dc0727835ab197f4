"""A log with its signing keys, and what somebody with the whole database in hand does to it."""

from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Table, delete, insert, inspect, select, text, update

from ledger.ledger import Ledger
from ledger.levels import Trust, verify_full
from ledger.merkle import Frontier
from ledger.record import NO_PREVIOUS, decode_record, encode_record, leaf_hash
from ledger.signing.signer import Sealed, Signer
from ledger.signing.signing_folder import SigningFolder
from ledger.store.engine import open_engine
from ledger.store.schema import CHECKPOINT, DISCLOSURE, HEAD, METADATA, RECORD, SAMENESS, TILE
from ledger.tile_growth import GrowingTree
from ledger.units import Hash32
from ledger.verification.checkpoint_check import HeldCheckpoint
from ledger.verification.findings import Report
from tests.grants import grant

ORIGIN: Final = "seal.example/log"
Row = dict[str, Any]
Copy = dict[Table, list[Row]]


def without_passphrase() -> None:
    """No passphrase."""


class SealedHome:
    """A log with its signing keys; each step opens it anew, as each command does."""

    def __init__(self, database_url: str, folder: Path) -> None:
        self.url = database_url
        self.key_file = folder / "keys" / "vault.key.json"
        self.signing = SigningFolder(folder)

    def create(self) -> None:
        """An empty log with a signing key."""
        Ledger.create(database=self.url, key_file=self.key_file, origin=ORIGIN).close()
        self.signing.create(ORIGIN, without_passphrase)

    def open(self) -> Ledger:
        """The log."""
        return Ledger.open(database=self.url, key_file=self.key_file)

    def add(self, count: int, **fields: object) -> None:
        """More records."""
        with closing(self.open()) as ledger:
            ledger.record_many([grant(**fields) for _ in range(count)])

    def signer(self, ledger: Ledger) -> Signer:
        """The signer of this home."""
        return Signer(
            ledger.log,
            lambda: self.signing.current(without_passphrase),
            self.signing.state,
            ledger.clock,
        )

    def seal(self) -> Sealed:
        """A checkpoint over everything."""
        with closing(self.open()) as ledger:
            sealed = self.signer(ledger).seal()
        assert sealed is not None
        return sealed

    def verify(self, *held: bytes) -> Report:
        """What a full verification says, given checkpoints that were kept elsewhere."""
        kept = tuple(HeldCheckpoint("file kept", note) for note in held)
        with closing(self.open()) as ledger:
            return verify_full(ledger, Trust(self.signing.terms(), kept))

    def faults(self, *held: bytes) -> set[tuple[str, int | None]]:
        """Verdict and index of every fault."""
        return {(one.verdict, one.index) for one in self.verify(*held).findings if one.is_fault}

    def copy(self) -> Copy:
        """Every row of the database, as a backup has them."""
        with self._database() as connection:
            return {
                table: [dict(row) for row in connection.execute(select(table)).mappings()]
                for table in METADATA.sorted_tables
                if inspect(connection).has_table(table.name)
            }

    @contextmanager
    def rogue(self) -> Iterator[Connection]:
        """A connection to which the triggers say nothing any more."""
        with self._database() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SET session_replication_role = replica"))
            else:
                named = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
                for name in connection.execute(text(named)).scalars().all():
                    connection.execute(text(f"DROP TRIGGER {name}"))
            yield connection

    def restore(self, rows: Copy) -> None:
        """Puts an older copy of the database in the place of this one."""
        with self.rogue() as connection:
            for table, old in rows.items():
                connection.execute(delete(table))
                if old:
                    connection.execute(insert(table), old)

    def write(self, table: Table, index: int, **values: object) -> None:
        """Changes columns of the row of one record."""
        with self.rogue() as connection:
            changed = update(table).where(table.c.idx == index).values(values)
            assert connection.execute(changed).rowcount == 1

    def record_row(self, index: int) -> Row:
        """The row of one record."""
        with self._database() as connection:
            chosen = select(RECORD).where(RECORD.c.idx == index)
            return dict(connection.execute(chosen).mappings().one())

    def truncate(self, size: int, *, with_checkpoints: bool) -> None:
        """Cuts the log off at a size, with a head that fits what is left."""
        with self.rogue() as connection:
            for table in (RECORD, DISCLOSURE, SAMENESS):
                connection.execute(delete(table).where(table.c.idx >= size))
            connection.execute(delete(TILE).where(TILE.c.idx * 256 >= size))
            if with_checkpoints:
                connection.execute(delete(CHECKPOINT).where(CHECKPOINT.c.size > size))
            self._fit_head(connection)

    def rewrite(self, change: Callable[[bytes], bytes]) -> None:
        """Changes the event bytes of the first record, and then every hash so that all fits."""
        with self.rogue() as connection:
            previous = NO_PREVIOUS
            rows = connection.execute(select(RECORD).order_by(RECORD.c.idx)).mappings().all()
            for row in rows:
                record = decode_record(row["sealed"])
                body = change(record.body) if record.index == 0 else record.body
                sealed = encode_record(replace(record, previous=previous, body=body))
                previous = leaf_hash(sealed)
                changed = update(RECORD).where(RECORD.c.idx == record.index)
                connection.execute(changed.values(sealed=sealed, leaf_hash=previous))
            self._fit_head(connection)

    def _fit_head(self, connection: Connection) -> None:
        """Makes head and tiles those of the records that are there."""
        chosen = select(RECORD.c.leaf_hash, RECORD.c.recorded_at_us).order_by(RECORD.c.idx)
        rows = connection.execute(chosen).all()
        leaves = [row.leaf_hash for row in rows]
        connection.execute(
            update(HEAD).values(
                size=len(rows),
                last_leaf_hash=leaves[-1],
                last_recorded_at_us=rows[-1].recorded_at_us,
                frontier=Frontier.empty().extended(leaves).to_bytes(),
            )
        )
        for one in GrowingTree(Frontier.empty()).add(leaves):
            place = (TILE.c.level == one.level) & (TILE.c.idx == one.index)
            connection.execute(update(TILE).where(place).values(hash=one.hash))

    @contextmanager
    def _database(self) -> Iterator[Connection]:
        engine = open_engine(self.url)
        try:
            with engine.begin() as connection:
                yield connection
        finally:
            engine.dispose()


def forged_root(note: bytes) -> bytes:
    """The note with another root and the old signatures."""
    origin, size, _, *rest = note.split(b"\n")
    return b"\n".join((origin, size, b64encode(Hash32(bytes(32))), *rest))
