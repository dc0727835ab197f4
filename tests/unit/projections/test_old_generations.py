"""Rows of generations that nobody reads are found and deleted, and no others."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, select

from ledger.store import open_engine, reading, writing
from projections.old_generations import delete_generations, older_rows, with_older_rows
from projections.query import VIEWS
from projections.tables import Scope, create_tables

_EXCHANGES = VIEWS["exchanges"].tables[0]
_OTHER = VIEWS["blocks"].tables[0]
_ROWS = [(log, generation, idx) for log in (1, 2) for generation in (1, 2, 5) for idx in (0, 7)]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """Two logs with rows of three generations each in one table, and another table without any."""
    made = open_engine(f"sqlite:///{tmp_path}/views.db", create=True)
    create_tables(made, [_EXCHANGES, _OTHER])
    with writing(made) as connection:
        for log, generation, idx in _ROWS:
            values = dict.fromkeys(_EXCHANGES.c.keys(), 0)
            values |= {"log": log, "generation": generation, "idx": idx}
            connection.execute(insert(_EXCHANGES).values(values))
    yield made
    made.dispose()


def _kept(engine: Engine) -> list[tuple[int, ...]]:
    columns = _EXCHANGES.c
    query = select(columns.log, columns.generation, columns.idx).order_by(*_EXCHANGES.primary_key)
    with reading(engine) as connection:
        return [tuple(row) for row in connection.execute(query)]


def test_only_tables_with_older_rows_are_named(engine: Engine) -> None:
    """Each rebuild would write to every table of a view, or leave what nobody reads."""
    with reading(engine) as connection:
        tables = [_EXCHANGES, _OTHER]
        assert with_older_rows(connection, tables, Scope(1, 5)) == [_EXCHANGES]
        assert with_older_rows(connection, tables, Scope(1, 1)) == []
        assert with_older_rows(connection, tables, Scope(3, 9)) == []


def test_older_rows_of_one_log_go_in_stretches(engine: Engine) -> None:
    """Another log would lose its views, or readers the generation that they see."""
    for statement, parameters in older_rows(_EXCHANGES, Scope(1, 5), 200_000):
        with writing(engine) as connection:
            connection.execute(statement, parameters)
    assert _kept(engine) == [row for row in _ROWS if row[:2] != (1, 1) and row[:2] != (1, 2)]


def test_facts_are_deleted_a_stretch_at_a_time() -> None:
    """Writers would wait until a million facts are gone."""
    found = list(older_rows(_EXCHANGES, Scope(1, 5), 200_001))
    stretches = [(each["first"], each["stop"]) for _, each in found if "first" in each]
    assert stretches == [(0, 100_000), (100_000, 200_000), (200_000, 300_000)]
    assert "first" not in found[-1][1]


def test_every_generation_but_those_in_use_goes(engine: Engine) -> None:
    """An erased token would live on in a generation that nobody reads."""
    with writing(engine) as connection:
        delete_generations(connection, _EXCHANGES.name, 2, {2})
    assert _kept(engine) == [row for row in _ROWS if row[0] == 1 or row[1] == 2]
