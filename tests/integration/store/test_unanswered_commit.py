"""A commit whose answer does not come: never called stored, never called not stored."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psycopg
import pytest
from sqlalchemy.engine import make_url

from ledger.draft import Receipt
from ledger.errors import OutcomeUnknown
from ledger.store import SealedLog, open_engine
from ledger.units import utc_now
from tests.integration.store.check_log import check_log
from tests.integration.store.databases import new_log
from tests.integration.store.drafts import make_draft
from tests.postgres_server import find_programs, running_server
from tests.unanswered_commits import breaking_way

WRITERS = 8


def test_the_same_draft_is_stored_once_after_a_lost_answer(postgres_database: str) -> None:
    """A writer would be told that nothing was stored, and store it a second time."""
    log = new_log(postgres_database)
    with breaking_way(postgres_database) as (url, way):
        far = SealedLog.open(open_engine(url), clock=utc_now)
        draft = make_draft()
        way.breaks.set()
        with pytest.raises(OutcomeUnknown, match="sent again with its event id") as caught:
            far.append([draft])
        assert "nothing" not in str(caught.value)
        (again,) = far.append([draft])
        assert isinstance(again, Receipt)
        assert again.duplicate
        far.append([make_draft()])
        far.engine.dispose()
    check_log(log, 2)
    log.engine.dispose()


def test_each_caller_of_a_group_hears_that_nobody_knows(postgres_database: str) -> None:
    """Of callers that were stored together, some would be told that nothing was stored."""
    log = new_log(postgres_database)
    with breaking_way(postgres_database) as (url, way):
        far = SealedLog.open(open_engine(url), clock=utc_now)
        drafts = [make_draft() for _ in range(WRITERS)]
        ready = threading.Barrier(WRITERS)
        way.breaks.set()

        def until_stored(place: int) -> tuple[int, int]:
            ready.wait()
            for unknown in range(WRITERS):
                try:
                    (receipt,) = far.append([drafts[place]])
                except OutcomeUnknown:
                    continue
                return receipt.index, unknown
            raise AssertionError("the answers did not come back")

        with ThreadPoolExecutor(WRITERS) as pool:
            told = list(pool.map(until_stored, range(WRITERS)))
        far.engine.dispose()
    assert sorted(index for index, _ in told) == list(range(WRITERS))
    assert sum(unknown for _, unknown in told) >= 1
    check_log(log, WRITERS)
    log.engine.dispose()


@pytest.fixture(scope="module")
def waiting_server() -> Iterator[str]:
    """A server of its own, whose commits wait for a standby that never comes."""
    programs = find_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed; `make test` installs and starts it")
    with running_server(programs) as url:
        yield url


@contextmanager
def _without_standby(url: str) -> Iterator[psycopg.Connection]:
    """A session beside commits that wait for a standby; they wait no longer afterwards."""
    plain = make_url(url).set(drivername="postgresql")
    with psycopg.connect(plain.render_as_string(hide_password=False), autocommit=True) as other:
        other.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
        other.execute("SELECT pg_reload_conf()")
        try:
            yield other
        finally:
            other.execute("ALTER SYSTEM RESET synchronous_standby_names")
            other.execute("SELECT pg_reload_conf()")


def test_a_commit_that_no_standby_has_is_no_receipt(waiting_server: str) -> None:
    """A receipt would be given for a record that the next failover loses."""
    log = new_log(waiting_server)
    draft = make_draft()
    with _without_standby(waiting_server) as other, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(log.append, [draft])
        while not other.execute(
            "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
        ).fetchall():
            assert not waiting.done()
        with pytest.raises(OutcomeUnknown, match=r"with a warning .*standby|replication"):
            waiting.result()
    (again,) = log.append([draft])
    assert again.index == 0
    check_log(log, 1)
    log.engine.dispose()


def test_nobody_waits_for_ever_for_a_standby(
    waiting_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command, or every caller of a service, would hang until somebody repairs the standby."""
    log = new_log(waiting_server, "example.org/waiting")
    draft = make_draft()
    monkeypatch.setattr("ledger.store.commit_watch.COMMIT_SECONDS", 0.5)
    refused = pytest.raises(OutcomeUnknown, match="sent again with its event id")
    with _without_standby(waiting_server), refused:
        log.append([draft])
    (again,) = log.append([draft])
    assert (again.index, isinstance(again, Receipt) and again.duplicate) == (0, True)
    check_log(log, 1)
    log.engine.dispose()
