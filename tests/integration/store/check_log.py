"""Re-verifies a whole log with nothing but hashlib and the tree: ends every test that appends."""

from hashlib import sha256

from sqlalchemy import text

from ledger.merkle import Frontier
from ledger.record import NO_PREVIOUS, decode_record
from ledger.store import SealedLog, reading


def check_log(log: SealedLog, size: int | None = None) -> None:
    """Returns only if the log is whole: dense indexes, links, leaf hashes, copies, head, frontier.

    Args:
        log: The log to check.
        size: The size it must have; `None` takes that of its head.
    """
    head = log.head()
    assert size is None or head.size == size
    previous = bytes(NO_PREVIOUS)
    recorded_at_us = 0
    leaves = []
    for expected, row in enumerate(log.scan()):
        record = decode_record(row.sealed)
        assert row.index == record.index == expected
        assert record.origin == log.origin
        assert record.previous == previous, f"link of {expected}"
        assert row.leaf_hash == sha256(b"\x00" + row.sealed).digest(), f"leaf hash of {expected}"
        assert (row.stream, row.version, row.kind) == (record.stream, record.version, record.kind)
        assert row.recorded_at_us >= recorded_at_us, f"recorded_at of {expected}"
        previous, recorded_at_us = row.leaf_hash, row.recorded_at_us
        leaves.append(row.leaf_hash)
    assert len(leaves) == head.size
    assert head.last_leaf_hash == previous
    assert head.frontier == Frontier.empty().extended(leaves).hashes
    _check_beside(log, head.size)


def _check_beside(log: SealedLog, size: int) -> None:
    """Nothing half-written: what stands beside records belongs to a record that exists."""
    with reading(log.engine) as connection:
        for table in ("zegel_disclosure", "zegel_sameness"):
            beyond = connection.scalar(
                text(f"SELECT count(*) FROM {table} WHERE log = :log AND idx >= :size"),
                {"log": log.log_id, "size": size},
            )
            assert beyond == 0, table
        known = connection.scalar(
            text("SELECT count(*) FROM zegel_sameness WHERE log = :log"), {"log": log.log_id}
        )
        named = connection.scalar(
            text("SELECT count(event_id) FROM zegel_record WHERE log = :log"), {"log": log.log_id}
        )
        assert known == named
