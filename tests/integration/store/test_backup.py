"""A copy of a busy database: of one moment, whole, and nothing of it where it failed."""

import errno
import os
import resource
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from ledger.errors import BadRequest, StoreUnavailable
from ledger.store import SealedLog, open_engine
from ledger.store.backup import PAGES_AT_ONCE, copy_database
from ledger.units import utc_now
from tests.integration.store.check_log import check_log
from tests.integration.store.databases import new_log
from tests.integration.store.drafts import make_draft

LARGE = b"x" * 5000


@contextmanager
def _appending(log: SealedLog) -> Iterator[list[int]]:
    """Somebody who appends meanwhile, in batches; gives the sizes that were reached."""
    sizes = [int(log.head().size)]
    stop = threading.Event()

    def append() -> None:
        while not stop.is_set():
            log.append([make_draft(body=LARGE) for _ in range(5)])
            sizes.append(int(log.head().size))

    thread = threading.Thread(target=append)
    thread.start()
    try:
        yield sizes
    finally:
        stop.set()
        thread.join()


def test_a_copy_made_while_others_append_is_whole(sqlite_url: str, tmp_path: Path) -> None:
    """A backup of a busy log would never be done, or hold half of what was appended together."""
    log = new_log(sqlite_url)
    log.append([make_draft(body=LARGE) for _ in range(2000)])
    target = tmp_path / "copy.db"
    steps: list[tuple[int, int]] = []
    with _appending(log) as sizes:

        def copied(done: int, total: int) -> None:
            grown = len(sizes)
            while len(sizes) == grown:  # between two steps of the copy somebody always appends
                threading.Event().wait(0.001)
            steps.append((done, total))

        size_bytes = copy_database(log.engine, target, copied)
    assert len(steps) > 2
    assert {total for _, total in steps} == {size_bytes}
    assert steps[-1][0] == size_bytes == target.stat().st_size
    copy = SealedLog.open(open_engine(f"sqlite:///{target}"), clock=utc_now)
    size = int(copy.head().size)
    assert 2000 <= size < int(log.head().size)
    check_log(copy, size)
    assert size_bytes > PAGES_AT_ONCE * 2
    copy.engine.dispose()
    log.engine.dispose()


def test_only_its_owner_reads_a_copy(sqlite_url: str, tmp_path: Path) -> None:
    """Anybody on the machine could read ciphertexts and who is in the blind index."""
    log = new_log(sqlite_url)
    target = tmp_path / "copy.db"
    copy_database(log.engine, target)
    assert target.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.glob("copy*")) == ["copy.db"]
    log.engine.dispose()


def test_nothing_is_written_over(sqlite_url: str, tmp_path: Path) -> None:
    """The backup of yesterday would be lost."""
    log = new_log(sqlite_url)
    target = tmp_path / "copy.db"
    target.write_text("of yesterday", encoding="utf-8")
    with pytest.raises(StoreUnavailable, match="File exists"):
        copy_database(log.engine, target)
    assert target.read_text(encoding="utf-8") == "of yesterday"
    log.engine.dispose()


def test_where_a_copy_does_not_fit_nothing_is_left(sqlite_url: str, tmp_path: Path) -> None:
    """Half a database would pass for a backup."""
    log = new_log(sqlite_url)
    log.append([make_draft(body=LARGE) for _ in range(500)])
    target = tmp_path / "copy.db"
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, hard))
    try:
        with pytest.raises(
            StoreUnavailable, match=r"copy\.db: expected to copy it, found: (disk|database)"
        ):
            copy_database(log.engine, target)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not list(tmp_path.glob("copy*"))
    check_log(log, 500)
    log.engine.dispose()


def test_a_server_is_told_to_copy_itself(postgres_database: str, tmp_path: Path) -> None:
    """Whoever runs a server would not know how to back it up, or an error tell its password."""
    engine = open_engine(postgres_database)
    with pytest.raises(BadRequest, match=r"pg_dump .*pg_basebackup") as caught:
        copy_database(engine, tmp_path / "copy.db")
    assert str(engine.url.password) not in str(caught.value)
    assert not list(tmp_path.glob("copy*"))
    engine.dispose()


def test_a_copy_keeps_no_file_beside_it(sqlite_url: str, tmp_path: Path) -> None:
    """Whoever copies the one file elsewhere would leave a part of the history behind."""
    log = new_log(sqlite_url)
    log.append([make_draft()])
    target = tmp_path / "copy.db"
    copy_database(log.engine, target)
    alone = tmp_path / "alone"
    alone.mkdir()
    moved = target.rename(alone / "moved.db")
    with closing(sqlite3.connect(moved)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    copy = SealedLog.open(open_engine(f"sqlite:///{moved}"), clock=utc_now)
    check_log(copy, 1)
    copy.engine.dispose()
    log.engine.dispose()


def test_a_disk_that_takes_nothing_is_told(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody would have a trace in place of a place and a reason, or a copy that is none."""
    log = new_log(sqlite_url)

    def fails(_: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fails)
        with pytest.raises(StoreUnavailable, match=r"copy\.db: .*Input/output error"):
            copy_database(log.engine, tmp_path / "copy.db")
    assert not list(tmp_path.glob("copy*"))
    log.engine.dispose()
