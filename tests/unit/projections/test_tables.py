"""Rows go into a table many by one statement: all of them, or the transaction ends."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from sqlite3 import IntegrityError

import pytest
from sqlalchemy import Engine, select

from ledger.store import open_engine, reading, writing
from projections.query import VIEWS
from projections.tables import create_tables, insert_rows

_VOIDED = VIEWS["exchanges"].voided


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """A new database with one empty table."""
    made = open_engine(str(tmp_path / "rows.db"), create=True)
    create_tables(made, [_VOIDED])
    yield made
    made.dispose()


def _rows(count: int) -> list[tuple[int, int, str]]:
    return [(1, 1, f"{place:04}") for place in range(count)]


def _stored(engine: Engine) -> list[tuple[int, int, str]]:
    with reading(engine) as connection, closing(connection.execute(select(_VOIDED))) as found:
        return [(log, generation, event) for log, generation, event in found]


@pytest.mark.parametrize("count", [0, 1, 49, 50, 51, 100, 149])
def test_every_row_is_stored_once(engine: Engine, count: int) -> None:
    """The last rows of a batch, or those of one statement, would be missing."""
    with writing(engine) as connection:
        insert_rows(connection, _VOIDED, _rows(count))
    assert sorted(_stored(engine)) == _rows(count)


@pytest.mark.parametrize("place", [0, 49, 50, 99, 101])
def test_a_row_that_is_refused_undoes_all(engine: Engine, place: int) -> None:
    """Half a batch would stand in a view whose position says that nothing of it does."""
    rows = _rows(102)
    rows[place] = rows[place - 1]
    with pytest.raises(Exception, match="UNIQUE constraint") as caught, writing(engine) as opened:
        insert_rows(opened, _VOIDED, rows)
    assert isinstance(getattr(caught.value, "orig", caught.value), IntegrityError)
    assert _stored(engine) == []
