"""What every test makes anew and always comes out the same: worked out once for each process.

- The tables of a new database: the migrations run the first time; from then on a database without
  any of ours gets the same statements in the same order, within the same transaction.
- The words of a statement: SQLAlchemy writes them once for each kind of database, not once for each
  database. As always, it keeps them by the whole statement but its values; the engines of a kind
  differ in nothing else that words depend on.
- The routes of an application: what FastAPI works out of each. It would depend on an application
  only by `dependency_overrides`, which nobody uses.

Tests that are about making them take the fixture `as_installed`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final

import pytest
import sqlalchemy
from alembic import command
from alembic.config import Config
from fastapi import routing
from fastapi.routing import APIRoute
from sqlalchemy import URL, Connection, Engine, event, inspect
from sqlalchemy.util import LRUCache

from ledger.store.schema import REVISION_TABLE, SCHEMA_REVISION

_UPGRADE: Final = "alembic.command.upgrade"
_MADE_OF_ROUTE: Final = "fastapi.routing._EffectiveRouteContext.from_api_route"
_ENGINE: Final = "ledger.store.engine.create_engine"
_MOST_WORDS: Final = 5_000
_ASKING: Final = ("SELECT", "PRAGMA")

_Statement = tuple[str, Any]
_AS_INSTALLED: Final = {
    _UPGRADE: command.upgrade,
    _MADE_OF_ROUTE: routing._EffectiveRouteContext.from_api_route,
    _ENGINE: sqlalchemy.create_engine,
}


def forget(patch: pytest.MonkeyPatch) -> None:
    """Lets migrations, SQLAlchemy and FastAPI do their work each time."""
    for name, as_installed in _AS_INSTALLED.items():
        patch.setattr(name, as_installed)


def remember(patch: pytest.MonkeyPatch) -> None:
    """Lets them do it once."""
    _remember_tables(patch)
    _remember_words(patch)
    _remember_routes(patch)


@contextmanager
def _heard(connection: Connection) -> Iterator[list[_Statement]]:
    """The statements that change something in the meantime, with their values."""
    found: list[_Statement] = []

    def hear(
        _connection: object, _cursor: object, statement: str, values: object, *_: object
    ) -> None:
        if not statement.lstrip().upper().startswith(_ASKING):
            found.append((statement, values))

    event.listen(connection, "before_cursor_execute", hear)
    try:
        yield found
    finally:
        event.remove(connection, "before_cursor_execute", hear)


def _remember_tables(patch: pytest.MonkeyPatch) -> None:
    run = command.upgrade
    remembered: dict[str, list[_Statement]] = {}  # by kind of database

    def upgrade(config: Config, revision: str) -> None:
        connection: Connection = config.attributes["connection"]
        kind = connection.dialect.name
        if revision != SCHEMA_REVISION or inspect(connection).has_table(REVISION_TABLE):
            run(config, revision)
        elif kind in remembered:
            for statement, values in remembered[kind]:
                connection.exec_driver_sql(statement, values or None)
        else:
            with _heard(connection) as found:
                run(config, revision)
            remembered[kind] = found

    patch.setattr(_UPGRADE, upgrade)


class _Words(LRUCache[Any, Any]):
    """What was written for one engine, for every engine of its kind."""

    def get(self, key: Any, default: Any = None) -> Any:  # noqa: ANN401 - SQLAlchemy's own
        """What was written; a key begins with the dialect of the engine that asks."""
        return super().get(key[1:], default)

    def __getitem__(self, key: Any) -> Any:  # noqa: ANN401
        return super().__getitem__(key[1:])

    def __setitem__(self, key: Any, value: Any) -> None:  # noqa: ANN401
        super().__setitem__(key[1:], value)


def _remember_words(patch: pytest.MonkeyPatch) -> None:
    kinds: dict[str, _Words] = {}

    def create_engine(address: URL, **options: Any) -> Engine:  # noqa: ANN401 - passed on
        made = sqlalchemy.create_engine(address, **options)
        made._compiled_cache = kinds.setdefault(made.dialect.name, _Words(_MOST_WORDS))
        return made

    patch.setattr(_ENGINE, create_engine)


def _remember_routes(patch: pytest.MonkeyPatch) -> None:
    work_out = routing._EffectiveRouteContext.from_api_route
    # By identity: equal routes may differ in what they take. What is made of one keeps it alive.
    remembered: dict[int, list[tuple[Any, Any]]] = {}

    def from_api_route(*, original_route: APIRoute, include_context: Any) -> Any:  # noqa: ANN401
        place = replace(include_context, dependency_overrides_provider=None)
        known = remembered.setdefault(id(original_route), [])
        for where, found in known:
            if where == place:
                return found
        made = work_out(original_route=original_route, include_context=include_context)
        known.append((place, made))
        return made

    patch.setattr(_MADE_OF_ROUTE, from_api_route)
