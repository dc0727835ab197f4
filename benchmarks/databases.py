"""Fresh databases for a round: an SQLite file, or one on the server that `make bench` started."""

import itertools
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg
from sqlalchemy import make_url

from ledger.ledger import Ledger
from ledger.signing.signer import Signer
from ledger.signing.signing_folder import SigningFolder

ORIGIN: Final = "benchmark.example/log"
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Place:
    """One database of one round."""

    url: str
    folder: Path

    @property
    def key_file(self) -> Path:
        """Where a ledger of this round keeps its keys."""
        return self.folder / "vault.key.json"

    @property
    def file(self) -> str:
        """The path of an SQLite database."""
        return make_url(self.url).database or ""

    @property
    def is_sqlite(self) -> bool:
        """Whether this is an SQLite file."""
        return self.url.startswith("sqlite")

    def dsn(self) -> str:
        """The address as libpq reads it."""
        return _dsn(self.url)

    def old_sqlalchemy_url(self) -> str:
        """The address as SQLAlchemy 2.0 reads it."""
        return make_url(self.url).render_as_string(hide_password=False)

    def library_environment(self) -> dict[str, str]:
        """The settings of the eventsourcing library for this database."""
        if self.is_sqlite:
            return {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": self.file}
        url = make_url(self.url)
        return {
            "PERSISTENCE_MODULE": "eventsourcing.postgres",
            "POSTGRES_DBNAME": url.database or "",
            "POSTGRES_HOST": url.host or "",
            "POSTGRES_PORT": str(url.port),
            "POSTGRES_USER": url.username or "",
            "POSTGRES_PASSWORD": str(url.password or ""),
        }

    @property
    def signing(self) -> SigningFolder:
        """Where the signing key of a log of this round is."""
        return SigningFolder(self.folder)

    def seal(self) -> None:
        """Signs all that is stored, with a key made for it."""
        self.signing.create(ORIGIN, lambda: None)
        ledger = self.open_ledger()
        signer = Signer(
            ledger.log, lambda: self.signing.current(lambda: None), self.signing.state, ledger.clock
        )
        signer.seal()
        ledger.close()

    def create_ledger(self) -> Ledger:
        """A new log with new keys in this database."""
        return Ledger.create(database=self.url, key_file=self.key_file, origin=ORIGIN)

    def open_ledger(self) -> Ledger:
        """The log that was created here."""
        return Ledger.open(database=self.url, key_file=self.key_file)


@dataclass(frozen=True, slots=True)
class Database:
    """A kind of database that gives a fresh place for every round."""

    name: str
    server_url: str | None = None
    """The administration address of the PostgreSQL server; `None` for SQLite."""

    @contextmanager
    def fresh(self) -> Iterator[Place]:
        """An empty database, removed afterwards."""
        with tempfile.TemporaryDirectory(prefix="zegel-bench-") as folder:
            if self.server_url is None:
                yield Place(f"sqlite:///{folder}/bench.db", Path(folder))
                return
            name = f"bench_{next(_numbers)}"
            with psycopg.connect(_dsn(self.server_url), autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name}".encode())
            url = make_url(self.server_url).set(database=name)
            try:
                yield Place(url.render_as_string(hide_password=False), Path(folder))
            finally:
                with psycopg.connect(_dsn(self.server_url), autocommit=True) as connection:
                    connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())

    @contextmanager
    def copied(self, place: Place) -> Iterator[Place]:
        """A copy of a database that nobody has open, with its keys; removed afterwards."""
        with self.fresh() as copy:
            shutil.copy(place.key_file, copy.key_file)
            if place.is_sqlite:
                _copy_sqlite(place, copy)
            else:
                self._copy_postgres(place, copy)
            yield copy

    def _copy_postgres(self, place: Place, copy: Place) -> None:
        """On the server, file by file."""
        assert self.server_url is not None  # noqa: S101 - it gave the place
        source, target = make_url(place.url).database, make_url(copy.url).database
        with psycopg.connect(_dsn(self.server_url), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {target}".encode())
            connection.execute(f"CREATE DATABASE {target} TEMPLATE {source}".encode())

    @contextmanager
    def fresh_schema(self) -> Iterator[Place]:
        """A database that holds Zegel's tables and one empty log."""
        with self.fresh() as place:
            place.create_ledger().close()
            yield place


def _copy_sqlite(place: Place, copy: Place) -> None:
    with (
        closing(sqlite3.connect(place.file)) as source,
        closing(sqlite3.connect(copy.file)) as target,
    ):
        source.backup(target)
        target.execute("PRAGMA journal_mode = WAL")


def _dsn(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
