"""How much a page reads: statements that it sends, and rows that PostgreSQL touches for them.

The server's own statistics count rows, so that nothing that reads past SQLAlchemy, or scans much to
give little, goes unseen.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

import psycopg
import pytest
from sqlalchemy.engine import make_url

from service.context import Context
from tests.paged import visitor

_OURS: Final = "rows-read"
_WAIT_S: Final = 10.0
_PAUSE_S: Final = 0.02
_TOUCHED: Final = b"""
    SELECT (SELECT coalesce(sum(seq_tup_read), 0) FROM pg_stat_user_tables)
         + (SELECT coalesce(sum(idx_tup_read), 0) FROM pg_stat_user_indexes)
"""
"""Rows read one after the other, and entries of indexes."""
_OTHERS: Final = b"""
    SELECT count(*) FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid()
       AND backend_type = 'client backend'
"""


class Work(NamedTuple):
    """What one page cost."""

    statements: int
    rows: int


class Reading:
    """Asks pages of one log as somebody who is logged in, and measures what they read."""

    def __init__(self, context: Context, administration: psycopg.Connection[Any]) -> None:
        """Takes the log and a session of its database that counts."""
        self._context = context
        self._administration = administration
        self._client, _ = visitor(context, "dpo")  # sees every page

    def work(self, url: str) -> Work:
        """What a page costs whose views are in step already.

        The first answer, which nobody measures, brings them so and compiles templates.
        """
        self._ask(url)
        return self.cost(lambda: self._ask(url))

    def cost(self, act: Callable[[], object]) -> Work:
        """What anything costs that reads the log of the context."""
        before = self._touched()
        with _statements_counted() as counted:
            act()
        return Work(counted(), self._touched() - before)

    def _ask(self, url: str) -> None:
        answer = self._client.get(url)
        assert answer.status_code == 200, (url, answer.status_code, answer.text[:400])

    def _touched(self) -> int:
        """Rows touched so far; sessions tell their last ones when they end."""
        self._context.ledger.log.engine.dispose()
        until = time.monotonic() + _WAIT_S
        while self._scalar(_OTHERS):
            assert time.monotonic() < until, "a session of the database did not end"
            time.sleep(_PAUSE_S)
        self._administration.execute(b"SELECT pg_stat_clear_snapshot()")
        return int(self._scalar(_TOUCHED))

    def _scalar(self, query: bytes) -> Any:  # noqa: ANN401 - whatever the query gives
        row = self._administration.execute(query).fetchone()
        assert row is not None
        return row[0]


@contextmanager
def reading_of(context: Context, database: str) -> Iterator[Reading]:
    """Measures pages of a log.

    Args:
        context: What serves it.
        database: The URL of its PostgreSQL database, in which nobody else works.
    """
    address = make_url(database).set(drivername="postgresql")
    with psycopg.connect(
        address.render_as_string(hide_password=False), autocommit=True, application_name=_OURS
    ) as administration:
        yield Reading(context, administration)


@contextmanager
def _statements_counted() -> Iterator[Callable[[], int]]:
    """Counts what is sent to the server, by whatever cursor of the driver."""
    sent = 0

    def counting(method: Callable[..., Any]) -> Callable[..., Any]:
        def called(*given: Any, **named: Any) -> Any:  # noqa: ANN401 - as the driver has it
            nonlocal sent
            sent += 1
            return method(*given, **named)

        return called

    with pytest.MonkeyPatch.context() as patch:
        for cursor in (psycopg.Cursor, psycopg.ServerCursor):
            for name in ("execute", "executemany", "stream"):
                if name in vars(cursor):
                    patch.setattr(cursor, name, counting(vars(cursor)[name]))
        yield lambda: sent
