"""What the database itself refuses, whoever asks."""

from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from ledger.store import SealedLog
from ledger.store.engine import is_postgresql
from tests.integration.store.check_log import check_log
from tests.integration.store.drafts import make_draft


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE zegel_record SET kind = 'other' WHERE idx = 1",
        "UPDATE zegel_record SET idx = 9 WHERE idx = 2",
        "DELETE FROM zegel_record WHERE idx = 2",
        "DELETE FROM zegel_record",
        "UPDATE zegel_log SET origin = 'example.org/forged'",
        "DELETE FROM zegel_log",
        "UPDATE zegel_head SET size = 2",
        "UPDATE zegel_head SET last_leaf_hash = frontier",
        "UPDATE zegel_head SET log = 2, size = 9",
        "DELETE FROM zegel_head",
        "UPDATE zegel_disclosure SET ciphertext = ciphertext",
    ],
)
def test_sealed_rows_cannot_be_changed(log: SealedLog, statement: str) -> None:
    """A careless statement would break evidence."""
    log.append([make_draft(uuid4()) for _ in range(3)])
    with pytest.raises(DBAPIError, match="is refused"), log.engine.begin() as connection:
        connection.execute(text(statement))
    check_log(log, 3)


@pytest.mark.parametrize("table", ["zegel_record", "zegel_log", "zegel_head", "zegel_disclosure"])
def test_sealed_tables_cannot_be_emptied(log: SealedLog, table: str) -> None:
    """TRUNCATE, which asks no row trigger, would empty a log."""
    if not is_postgresql(log.engine):
        pytest.skip("SQLite has no TRUNCATE")
    log.append([make_draft(uuid4())])
    with pytest.raises(DBAPIError, match="is refused"), log.engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {table}"))
    check_log(log, 1)


def test_a_sealed_row_cannot_be_replaced(log: SealedLog) -> None:
    """INSERT OR REPLACE, which deletes in silence, would swap a record."""
    if is_postgresql(log.engine):
        pytest.skip("PostgreSQL has no INSERT OR REPLACE")
    log.append([make_draft() for _ in range(3)])
    with pytest.raises(DBAPIError, match="is refused"), log.engine.begin() as connection:
        connection.execute(
            text("INSERT OR REPLACE INTO zegel_record SELECT * FROM zegel_record WHERE idx = 1")
        )
    check_log(log, 3)


def test_a_disclosure_can_be_deleted(log: SealedLog) -> None:
    """Erasure would be impossible."""
    subject = uuid4()
    log.append([make_draft(subject), make_draft(uuid4())])
    with log.engine.begin() as connection:
        connection.execute(text("DELETE FROM zegel_disclosure WHERE idx = 0"))
    assert [d.index for d in log.scan_disclosures()] == [1]
    check_log(log, 2)
