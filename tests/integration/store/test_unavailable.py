"""Trouble with the database: one clear sentence, nothing lost, nothing half-written."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.engine import make_url
from uuid_utils.compat import uuid7

from ledger.errors import BadRequest, StoreUnavailable
from ledger.store import SealedLog, open_engine
from ledger.store.engine import is_postgresql, writing
from ledger.store.schema import DISCLOSURE, RECORD, SAMENESS
from ledger.units import utc_now
from tests.integration.store.check_log import check_log
from tests.integration.store.databases import new_log
from tests.integration.store.drafts import make_draft

NOBODY = 65_534


def _path(url: str) -> Path:
    return Path(str(make_url(url).database))


@contextmanager
def _locked_by_another_program(log: SealedLog) -> Iterator[None]:
    if is_postgresql(log.engine):
        url = log.engine.url.set(drivername="postgresql")
        with psycopg.connect(url.render_as_string(hide_password=False)) as other:
            other.execute("SELECT 1 FROM zegel_head FOR UPDATE")
            yield
            other.rollback()
    else:
        with closing(sqlite3.connect(_path(str(log.engine.url)), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")


def test_a_locked_database_is_given_up_after_a_while(database_url: str) -> None:
    """A program would hang for ever, or lose the fact in silence."""
    new_log(database_url).engine.dispose()
    engine = open_engine(database_url, lock_seconds=0.2)
    log = SealedLog.open(engine, clock=utc_now)
    draft = make_draft()
    with (
        _locked_by_another_program(log),
        pytest.raises(StoreUnavailable, match="another program holds its lock"),
    ):
        log.append([draft])
    log.append([draft])
    check_log(log, 1)
    engine.dispose()


def test_readers_are_not_locked_out(database_url: str) -> None:
    """Nobody could look while somebody records."""
    new_log(database_url).engine.dispose()
    engine = open_engine(database_url, lock_seconds=0.2)
    log = SealedLog.open(engine, clock=utc_now)
    log.append([make_draft()])
    with _locked_by_another_program(log):
        check_log(log, 1)
    engine.dispose()


def test_a_missing_file_is_not_made_by_opening_it(tmp_path: Path) -> None:
    """A mistyped path would become a new, empty log."""
    with pytest.raises(StoreUnavailable, match="no such file"):
        open_engine(f"sqlite:///{tmp_path}/none.db")
    with pytest.raises(StoreUnavailable, match="existing folder"):
        open_engine(f"{tmp_path}/none/none.db", create=True)
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_another_kind_is_named(tmp_path: Path) -> None:
    """An operator would not know which setting is wrong."""
    path = tmp_path / "letter.db"
    path.write_text("Dear madam, dear sir, " * 1000)
    with pytest.raises(StoreUnavailable, match=r"letter\.db: it is no SQLite database"):
        new_log(f"sqlite:///{path}")


@pytest.mark.parametrize("url", ["mysql://host/name", "sqlite://", "sqlite:///:memory:", "://"])
def test_a_url_that_cannot_hold_a_log_is_refused(url: str) -> None:
    """A log would live in a database that keeps no promises."""
    with pytest.raises(BadRequest, match="database: expected"):
        open_engine(url)


def test_a_server_that_does_not_answer_is_named_without_its_password() -> None:
    """An operator would search in the wrong place, or the password would end in a log file."""
    with pytest.raises(StoreUnavailable, match="the server cannot be reached") as caught:
        open_engine("postgresql://zegel:secret@127.0.0.1:1/zegel")
    assert "secret" not in str(caught.value)
    assert "127.0.0.1" in str(caught.value)


def test_a_missing_database_of_a_server_is_named(postgres_database: str) -> None:
    """An operator would think that the server is down."""
    url = make_url(postgres_database).set(database="nowhere")
    with pytest.raises(StoreUnavailable, match=r"no database of this name|does not exist"):
        open_engine(url.render_as_string(hide_password=False))


def test_a_database_that_can_only_be_read_is_read(database_url: str) -> None:
    """An auditor's copy could not be verified, or writing to it would fail without a reason."""
    log = new_log(database_url)
    log.append([make_draft()])
    engine = log.engine
    statement = (
        "SET default_transaction_read_only = on"
        if is_postgresql(engine)
        else "PRAGMA query_only = ON"
    )
    engine.dispose()
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
        connection.commit()
    with pytest.raises(StoreUnavailable, match="it can be read but not written"):
        log.append([make_draft()])
    check_log(log, 1)
    engine.dispose()


def test_a_file_that_may_not_be_written_gives_one_sentence(sqlite_url: str) -> None:
    """A wrong owner after a restore would look like a bug."""
    log = new_log(sqlite_url)
    log.append([make_draft()])
    log.engine.dispose()
    path = _path(sqlite_url)
    path.chmod(0o444)
    path.parent.chmod(0o555)
    for folder in [*path.parents][1:4]:
        folder.chmod(folder.stat().st_mode | 0o055)
    if os.geteuid() == 0:
        os.seteuid(NOBODY)
    try:
        read_only = SealedLog.open(open_engine(sqlite_url), clock=utc_now)
        with pytest.raises(StoreUnavailable, match="it can be read but not written"):
            read_only.append([make_draft()])
        read_only.engine.dispose()
    finally:
        if os.getuid() == 0:
            os.seteuid(0)
        path.parent.chmod(0o755)
        path.chmod(0o644)
    check_log(log, 1)
    log.engine.dispose()


def test_a_full_disk_loses_nothing(sqlite_url: str) -> None:
    """Half a batch would be stored, or an acknowledged one lost."""
    log = new_log(sqlite_url)
    log.append([make_draft() for _ in range(10)])
    with log.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreUnavailable, match="the disk is full"):
        log.append([make_draft(body=b"x" * 5000) for _ in range(500)])
    check_log(log, 10)
    log.engine.dispose()
    log.append([make_draft() for _ in range(500)])
    check_log(log, 510)
    log.engine.dispose()


FILL = """
import resource, sys
from ledger.errors import StoreUnavailable
from ledger.store import SealedLog, open_engine
from ledger.units import utc_now
from tests.integration.store.drafts import make_draft
log = SealedLog.open(open_engine(sys.argv[1]), clock=utc_now)
resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000))
stored = 0
try:
    while True:
        stored += len(log.append([make_draft(body=b"x" * 5000) for _ in range(20)]))
except StoreUnavailable as error:
    print(stored, error, flush=True)
"""


def test_a_write_that_the_system_refuses_loses_nothing(sqlite_url: str) -> None:
    """What was acknowledged before the disk refused would be gone."""
    new_log(sqlite_url).engine.dispose()
    child = subprocess.run(
        [sys.executable, "-c", FILL, sqlite_url], capture_output=True, text=True, check=True
    )
    stored, _, sentence = child.stdout.partition(" ")
    assert "the disk" in sentence
    assert int(stored) > 0
    log = SealedLog.open(open_engine(sqlite_url), clock=utc_now)
    check_log(log, int(stored))
    log.append([make_draft()])
    check_log(log, int(stored) + 1)
    log.engine.dispose()


@pytest.mark.parametrize("place", [450, 1_001])
def test_a_row_that_the_database_refuses_takes_its_whole_batch_with_it(
    database_url: str, place: int
) -> None:
    """Rows that went before it, by the same statement or another, would stay without a head."""
    log = new_log(database_url)
    log.append([make_draft(uuid4())])
    with writing(log.engine) as connection:
        found = connection.execute(select(RECORD)).one()._asdict()
        strange = found | {"idx": place, "stream": uuid7(), "event_id": uuid7()}
        connection.execute(insert(RECORD).values(strange))
    with pytest.raises((sqlite3.IntegrityError, psycopg.IntegrityError)):
        log.append([make_draft(uuid4()) for _ in range(1_200)])
    with log.engine.connect() as connection:
        for table, rows in ((RECORD, 2), (DISCLOSURE, 1), (SAMENESS, 1)):
            assert connection.execute(select(func.count()).select_from(table)).scalar_one() == rows
    assert log.head().size == 1
    log.engine.dispose()
