"""Views follow the log exactly once, whatever crashes or runs beside them."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Connection, inspect, text

from ledger.events import Event
from ledger.ledger import Ledger
from ledger.store import reading, writing
from projections import VIEWS, catch_up, rebuild, running, state
from projections.facts import Facts
from projections.grants import VERSION
from projections.position import next_key, read_places
from projections.tables import Scope
from projections.view import Batch
from tests.histories import day, event, new_ledger, shown
from tests.view_rows import rows_of_all

RECORDS = 60
FOLDS = sum(isinstance(part, Facts) for view in VIEWS.values() for part in view.parts)
"""How often facts are folded in one batch of all views."""


class CrashError(Exception):
    """Stands for whatever ends a process."""


def _events(count: int = RECORDS) -> list[Event]:
    """Grants that are changed over and over, their uses, and blocks: every part has work."""
    made = []
    for number in range(count):
        grant = f"G-{number % 4}"
        made.append(
            [
                event("access.granted", number, grant_id=grant, grantee="person:a", resource="x"),
                event("access.used", number, grant_id=grant, actor="person:a", resource="x"),
                event("access.revoked", number, grant_id=grant),
                event("ip.blocked", number, block_id="B", ip="ip:203.0.113.7", system="fw"),
                event("policy.published", number, policy_id="p", text_sha256="a" * 64),
            ][number % 5]
        )
    return made


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "BATCH_RECORDS", 7)


@pytest.fixture
def another(ledger: Ledger, tmp_path: Path) -> Iterator[Callable[[], Ledger]]:
    """Opens the same log as another process would."""
    database = ledger.log.engine.url.render_as_string(hide_password=False)
    with ExitStack() as opened:

        def open_again() -> Ledger:
            other = Ledger.open(database=database, key_file=tmp_path / "views.key.json")
            opened.callback(other.close)
            return other

        yield open_again


@contextmanager
def _crash_in_batch(number: int) -> Iterator[None]:
    """Lets the fold of facts fail in a batch, after it wrote rows and the position had moved."""
    fold, calls = Facts.fold, iter(range(1_000_000))

    def failing(self: Facts, connection: Connection, scope: Scope, batch: Batch) -> None:
        fold(self, connection, scope, batch)
        if next(calls) == number:
            raise CrashError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Facts, "fold", failing)
        yield


def _positions(ledger: Ledger) -> dict[str, int]:
    with reading(ledger.log.engine) as connection:
        places = read_places(connection, ledger.log.log_id)
    return {key: place.position for key, place in places.items()}


def _at_once(*works: Callable[[], Any]) -> None:
    """Runs several works at the same time and lets any error out."""
    barrier = Barrier(len(works))

    def start(work: Callable[[], Any]) -> None:
        barrier.wait()
        work()

    with ThreadPoolExecutor(len(works)) as pool:
        for done in [pool.submit(start, work) for work in works]:
            done.result()


def test_a_batch_that_fails_leaves_nothing(ledger: Ledger) -> None:
    """Records would be counted twice, or left out, after a crash."""
    catch_up(ledger)
    ledger.record_many(_events())
    for number in (0, FOLDS + 1, 2 * FOLDS + 1):
        with _crash_in_batch(number), pytest.raises(CrashError):
            catch_up(ledger)
    ahead = {each.name for view in VIEWS.values() for each in view.after}  # they go by themselves
    positions = {at for key, at in _positions(ledger).items() if key not in ahead}
    assert positions < set(range(7, RECORDS, 7)) | {0}
    catch_up(ledger)
    followed = rows_of_all(ledger)
    rebuild(ledger)
    assert rows_of_all(ledger) == followed
    assert set(_positions(ledger).values()) == {RECORDS}


def test_a_rebuild_that_fails_is_not_seen_and_goes_on_later(ledger: Ledger) -> None:
    """Readers would see half a view, or the work done would be lost."""
    ledger.record_many(_events())
    catch_up(ledger)
    before = rows_of_all(ledger)
    with _crash_in_batch(2 * FOLDS + 1), pytest.raises(CrashError):
        rebuild(ledger)
    assert rows_of_all(ledger) == before
    reached = _positions(ledger)[next_key("access")]
    assert 0 < reached < RECORDS
    seen: list[int] = []
    rebuild(ledger, progress=seen.append)
    assert seen[0] == reached
    assert seen == sorted(seen)
    assert seen[-1] == RECORDS
    assert rows_of_all(ledger) == before


def test_two_runners_fold_every_record_once(ledger: Ledger, another: Callable[[], Ledger]) -> None:
    """A record would be counted twice when two processes catch up together."""
    catch_up(ledger)
    ledger.record_many(_events())
    others = [another(), another()]
    _at_once(*(lambda each=each: catch_up(each) for each in others))
    followed = rows_of_all(ledger)
    rebuild(ledger)
    assert rows_of_all(ledger) == followed
    assert set(_positions(ledger).values()) == {RECORDS}


def test_a_first_run_may_be_two_runs(ledger: Ledger, another: Callable[[], Ledger]) -> None:
    """Two processes that start on a fresh database would trip over each other's tables."""
    ledger.record_many(_events())
    others = [another(), another()]
    _at_once(*(lambda each=each: catch_up(each) for each in others))
    assert set(_positions(ledger).values()) == {RECORDS}
    assert _positions(ledger).keys() == VIEWS.keys()


def test_appending_following_and_rebuilding_go_together(
    ledger: Ledger, another: Callable[[], Ledger]
) -> None:
    """A rebuild beside live traffic would lose records or keep what readers saw from moving on."""
    catch_up(ledger)
    others = [another() for _ in range(3)]
    events = _events()

    def append() -> None:
        for start in range(0, RECORDS, 10):
            others[0].record_many(events[start : start + 10])

    def follow() -> None:
        size = 0
        while size < RECORDS:
            answer = state(others[1], "access", as_of=day(RECORDS), only="history")
            assert answer.size >= size
            size = answer.size

    _at_once(append, follow, lambda: rebuild(others[2]))
    catch_up(ledger)
    followed = rows_of_all(ledger)
    rebuild(ledger)
    assert rows_of_all(ledger) == followed


def test_readers_see_the_same_while_a_view_is_rebuilt(ledger: Ledger) -> None:
    """A report made during a rebuild would be empty or doubled."""
    ledger.record_many(_events())
    asked = {name: state(ledger, name, as_of=day(RECORDS)).rows for name in VIEWS}
    places: list[int] = []

    def look(place: int) -> None:
        places.append(place)
        for name in VIEWS:
            assert state(ledger, name, as_of=day(RECORDS)).rows == asked[name]

    rebuild(ledger, progress=look)
    assert len(places) > RECORDS // 7
    assert {name: state(ledger, name, as_of=day(RECORDS)).rows for name in VIEWS} == asked


def test_old_generations_leave_no_rows(ledger: Ledger) -> None:
    """Each rebuild would make the database grow by a copy of every view."""
    ledger.record_many(_events())
    rebuild(ledger)
    rebuild(ledger)
    with reading(ledger.log.engine) as connection:
        for view in VIEWS.values():
            for table in view.tables:
                query = f"SELECT DISTINCT generation FROM {table.name}"
                assert len(connection.execute(text(query)).all()) <= 1, table.name


def test_nothing_new_costs_no_write(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asking a view would lock out those who append."""
    ledger.record_many(_events(5))
    catch_up(ledger)

    def refuse(*_: object) -> None:
        raise CrashError

    monkeypatch.setattr(running, "writing", refuse)
    assert catch_up(ledger) == 5
    assert state(ledger, "policies", as_of=day(9)).size == 5


def test_a_view_of_another_version_is_rebuilt_by_itself(ledger: Ledger) -> None:
    """Rows that an older program wrote would be read as if this one had."""
    ledger.record_many(_events())
    catch_up(ledger)
    before = rows_of_all(ledger)
    with writing(ledger.log.engine) as connection:
        connection.execute(text("UPDATE zegel_view_position SET version = 0 WHERE view = 'access'"))
        connection.execute(text("CREATE TABLE zegel_access_v0_grant (log INTEGER)"))
        connection.execute(text(f"DELETE FROM zegel_access_v{VERSION}_use"))
    catch_up(ledger)
    assert rows_of_all(ledger) == before
    assert not inspect(ledger.log.engine).has_table("zegel_access_v0_grant")
    with reading(ledger.log.engine) as connection:
        assert read_places(connection, ledger.log.log_id)["access"].version == VERSION


def test_views_may_stand_at_different_positions(ledger: Ledger) -> None:
    """A view that was asked more often would be folded again with those that were not."""
    events = _events()
    for start, names in ((0, ["access"]), (20, ["access", "blocks"]), (40, None)):
        ledger.record_many(events[start : start + 20])
        catch_up(ledger, names)
    followed = rows_of_all(ledger)
    rebuild(ledger)
    assert rows_of_all(ledger) == followed


def test_logs_in_one_database_keep_apart(ledger: Ledger, database_url: str, tmp_path: Path) -> None:
    """One log's grants would show up in another's, or be deleted by its rebuild."""
    other = new_ledger(database_url, tmp_path, "other")
    ledger.record_many(_events())
    other.record_many(_events(1))
    catch_up(ledger)
    catch_up(other)
    rebuild(ledger)
    rebuild(ledger)
    assert shown(state(other, "access", as_of=day(9)).rows, "indexes") == [([0],)]
    assert state(other, "blocks", as_of=day(RECORDS)).rows == []
    assert len(state(ledger, "blocks", as_of=day(RECORDS)).rows) == 1
    other.close()
