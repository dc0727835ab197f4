"""Gives one database kind to the test cases of the library, which cannot take parameters."""

from typing import Final

import pytest

from ledger.store import SealedLog, migrate, open_engine
from ledger.units import Clock, utc_now

ORIGIN: Final = "example.org/log"


class OnSqlite:
    """Each test finds the URL of a fresh SQLite file in `url`."""

    url: str

    @pytest.fixture(autouse=True)
    def take_database(self, sqlite_url: str) -> None:
        """Before each test."""
        self.url = sqlite_url


class OnPostgresql:
    """Each test finds the URL of a fresh PostgreSQL database in `url`."""

    url: str

    @pytest.fixture(autouse=True)
    def take_database(self, postgres_database: str) -> None:
        """Before each test."""
        self.url = postgres_database


def new_log(url: str, origin: str = ORIGIN, clock: Clock = utc_now) -> SealedLog:
    """An empty log in the database of a URL."""
    engine = open_engine(url, create=True)
    migrate(engine)
    return SealedLog.create(engine, origin, clock=clock)
