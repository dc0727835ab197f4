"""Transactions that can be worked out again are whole or not there, and leave nothing changed."""

import pytest
from sqlalchemy import text

from ledger.store.engine import reading, writing, writing_repeatably
from ledger.store.sealed_log import SealedLog


def _waits(log: SealedLog) -> set[object]:
    """How long commits of each connection wait for the disk, as the database says it."""
    asked = (
        "PRAGMA synchronous" if log.engine.dialect.name == "sqlite" else "SHOW synchronous_commit"
    )
    found = set()
    for _ in range(3):
        with writing(log.engine) as connection:
            found.add(connection.scalar(text(asked)))
    return found


def _write_and_fail(log: SealedLog) -> None:
    with writing_repeatably(log.engine) as connection:
        connection.execute(text("INSERT INTO undone VALUES (7)"))
        raise ZeroDivisionError


def test_what_was_written_is_there_afterwards(log: SealedLog) -> None:
    """A view would be folded for nothing."""
    with writing_repeatably(log.engine) as connection:
        connection.execute(text("CREATE TABLE kept_again (number INTEGER)"))
        connection.execute(text("INSERT INTO kept_again VALUES (7)"))
    with reading(log.engine) as connection:
        assert connection.scalar(text("SELECT number FROM kept_again")) == 7


def test_an_error_undoes_all_of_it(log: SealedLog) -> None:
    """Half of a batch would be there without the position that tells of it."""
    with writing(log.engine) as connection:
        connection.execute(text("CREATE TABLE undone (number INTEGER)"))
    with pytest.raises(ZeroDivisionError):
        _write_and_fail(log)
    with reading(log.engine) as connection:
        assert connection.scalar(text("SELECT count(*) FROM undone")) == 0


def test_other_commits_wait_for_the_disk_as_before(log: SealedLog) -> None:
    """An acknowledged event would be lost with the power after views were folded."""
    before = _waits(log)
    with writing_repeatably(log.engine):
        pass
    with writing(log.engine) as connection:
        connection.execute(text("CREATE TABLE undone (number INTEGER)"))
    with pytest.raises(ZeroDivisionError):
        _write_and_fail(log)
    assert _waits(log) == before
    assert before <= {2, "on"}
