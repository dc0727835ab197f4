"""A real database goes away while sources are watched, and comes back."""

from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import psycopg
import pytest
from sqlalchemy.engine import make_url

from cli.watching import recorder
from ledger.home import Home
from tests.unanswered_commits import breaking_way
from tests.watched import WatchedHome, append, attempts, wait_until

FILE = '[[source]]\nsystem = "gateway"\nformat = "openssh"\nfile = "auth.log"\n'


@pytest.fixture(autouse=True)
def impatient() -> Iterator[None]:
    with mock.patch.object(recorder, "LONGEST_WAIT_S", 0.1):
        yield


def opened(folder: Path, database: str) -> WatchedHome:
    ledger = Home(folder / "home").init("log.example/test", database=database)
    made = WatchedHome(folder, ledger)
    made.write_config(FILE)
    return made


def test_what_came_while_it_was_away_is_recorded(
    tmp_path: Path, postgres_database: str, postgres_administration: psycopg.Connection
) -> None:
    """An upgrade of the database would cost the lines of that hour, or end the watch."""
    home = opened(tmp_path, postgres_database)
    name = make_url(postgres_database).database
    log = tmp_path / "auth.log"
    log.write_bytes(attempts(0, 5))
    with home.watching() as watch:
        home.wait_for(5)
        postgres_administration.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false".encode())
        postgres_administration.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,)
        )
        append(log, attempts(5, 9))
        wait_until(lambda: any("cannot be written" in told for told in home.told))
        append(log, attempts(9, 12))
        postgres_administration.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true".encode())
        wait_until(lambda: any("can be written again" in told for told in home.told))
        home.wait_for(12)
        assert watch.failure is None
    assert home.numbers() == list(range(12))
    assert sum("cannot be written" in told for told in home.told) == 1
    home.ledger.close()


def test_a_commit_without_an_answer_is_recorded_once(
    tmp_path: Path, postgres_database: str
) -> None:
    """A batch would be there twice, or not at all, after the network failed in between."""
    with breaking_way(postgres_database) as (url, way):
        home = opened(tmp_path, url)
        log = tmp_path / "auth.log"
        log.write_bytes(attempts(0, 5))
        with home.watching() as watch:
            home.wait_for(5)
            way.breaks.set()
            append(log, attempts(5, 9))
            home.wait_for(9)
            wait_until(lambda: watch.standings[0].condition == "following")
            assert watch.failure is None
        assert home.numbers() == list(range(9))
        home.ledger.close()
