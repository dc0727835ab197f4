"""Removes sealed records below a minimum index, in steps of which each is one transaction.

Each step raises the minimum and deletes what is below it, so after a crash the log has a lower
minimum than was decided, and nothing in between; the next run goes on from there. Before a record
goes, what the first kept one must follow is read from it and proven to be in the tree.
"""

from collections.abc import Collection, Iterator
from typing import Final

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from ledger.errors import StoreUnavailable, VerificationError
from ledger.notes.tile_proofs import frontier_from_tiles, inclusion_from_tiles
from ledger.notes.tiles import TILE_WIDTH
from ledger.proofs import verify_inclusion
from ledger.record import decode_record, leaf_hash
from ledger.store.engine import is_postgresql, reading, writing
from ledger.store.schema import DISCLOSURE, MINIMUM, PRUNED_STREAM, PRUNING, RECORD
from ledger.store.sealed_log import SealedLog
from ledger.store.tiles import TileTable
from ledger.stored import StoredMinimum, StoredPruning
from ledger.verification.body_copies import microseconds_of

STEP_RECORDS: Final = 256 * TILE_WIDTH
"""About a second of work, for which an SQLite file has no other writer."""

_LOCK: Final = int.from_bytes(b"zpru")


def note_pruning(connection: Connection, log_id: int, pruning: StoredPruning) -> None:
    """Stores a decision, in the transaction that records it."""
    connection.execute(insert(PRUNING).values(log=log_id, **pruning._asdict()))


def steps_to(found: int, wanted: int) -> Iterator[int]:
    """The minimums on the way from one to another, each a multiple of 256."""
    while found < wanted:
        found = min(found + STEP_RECORDS, wanted)
        yield found


def raise_minimum(log: SealedLog, wanted: int, lone_kinds: Collection[str]) -> None:
    """Removes the records below an index; durable on return, all or nothing, and repeatable.

    Args:
        log: The log; its tiles reach that far.
        wanted: The new minimum, a multiple of 256.
        lone_kinds: Kinds whose every event is a stream of its own: no version follows.

    Raises:
        VerificationError: the last record to go is not in the tree.
        StoreUnavailable: a disclosure stands below that index, or the database cannot be written.
    """
    with writing(log.engine) as connection:
        if is_postgresql(log.engine):  # another run may be at the same step
            connection.execute(select(func.pg_advisory_xact_lock(_LOCK, log.log_id)))
        found = connection.scalar(select(MINIMUM.c.minimum).where(MINIMUM.c.log == log.log_id))
        if found is not None and found >= wanted:
            return
        _refuse_disclosures(connection, log.log_id, wanted)
        _move(connection, log.log_id, _minimum_at(log, wanted))
        _keep_versions(connection, log, wanted, lone_kinds)
        gone = (RECORD.c.log == log.log_id, RECORD.c.idx < wanted)
        connection.execute(delete(RECORD).where(*gone))


def disclosures_below(log: SealedLog, index: int) -> int:
    """How many disclosures of records below an index are stored."""
    mine = (DISCLOSURE.c.log == log.log_id, DISCLOSURE.c.idx < index)
    with reading(log.engine) as connection:
        return connection.scalar(select(func.count()).select_from(DISCLOSURE).where(*mine)) or 0


def first_below(log: SealedLog, index: int) -> int | None:
    """The lowest index below another of which a record or a disclosure is stored."""
    with reading(log.engine) as connection:
        found = [
            connection.scalar(
                select(func.min(table.c.idx)).where(table.c.log == log.log_id, table.c.idx < index)
            )
            for table in (RECORD, DISCLOSURE)
        ]
    return min((one for one in found if one is not None), default=None)


def _minimum_at(log: SealedLog, wanted: int) -> StoredMinimum:
    fetch = TileTable(log).fetch
    frontier = frontier_from_tiles(wanted, fetch)
    last = log.record_at(wanted - 1)
    if last is None:
        raise VerificationError("MISSING", wanted - 1, "expected a record, found none")
    leaf = leaf_hash(last.sealed)
    proof = inclusion_from_tiles(wanted - 1, wanted, fetch)
    verify_inclusion(leaf, wanted - 1, wanted, proof, frontier.root())
    recorded_at = decode_record(last.sealed).recorded_at
    return StoredMinimum(wanted, frontier.to_bytes(), leaf, microseconds_of(recorded_at))


def _refuse_disclosures(connection: Connection, log_id: int, wanted: int) -> None:
    mine = (DISCLOSURE.c.log == log_id, DISCLOSURE.c.idx < wanted)
    if connection.execute(select(DISCLOSURE.c.idx).where(*mine).limit(1)).first() is not None:
        raise StoreUnavailable(
            f"record {wanted}: expected no disclosure below it, found one; nothing was removed"
        )


def _move(connection: Connection, log_id: int, raised: StoredMinimum) -> None:
    moved = connection.execute(
        update(MINIMUM).where(MINIMUM.c.log == log_id).values(**raised._asdict())
    )
    if moved.rowcount == 0:
        connection.execute(insert(MINIMUM).values(log=log_id, **raised._asdict()))


def _keep_versions(
    connection: Connection, log: SealedLog, wanted: int, lone_kinds: Collection[str]
) -> None:
    """Notes the newest version of each stream that may go on: a version is never given twice."""
    build = postgresql.insert if is_postgresql(log.engine) else sqlite.insert
    columns = RECORD.c
    newest = (
        select(columns.log, columns.stream, func.max(columns.version))
        .where(
            columns.log == log.log_id, columns.idx < wanted, columns.kind.not_in(sorted(lone_kinds))
        )
        .group_by(columns.log, columns.stream)
    )
    statement = build(PRUNED_STREAM).from_select(["log", "stream", "version"], newest)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["log", "stream"], set_={"version": statement.excluded.version}
        )
    )
