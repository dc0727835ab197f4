"""One byte changed in any column of a stored checkpoint or tile is found."""

from typing import Any, Final

from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from sqlalchemy import Table, and_, update
from sqlalchemy.exc import IntegrityError

from ledger.store.schema import CHECKPOINT, TILE
from tests.sealed_home import SealedHome

COLUMNS: Final = [
    (CHECKPOINT, "size"),
    (CHECKPOINT, "root"),
    (CHECKPOINT, "note"),
    (TILE, "level"),
    (TILE, "idx"),
    (TILE, "hash"),
]
"""`made_at_us` is left out, since nobody signs it, and `log`, which makes a row that of another."""


def changed(data: st.DataObject, value: Any) -> Any:  # noqa: ANN401 - whatever a column holds
    """The value with one bit or byte changed."""
    if isinstance(value, int):
        return value ^ (1 << data.draw(st.integers(0, 20), label="bit"))
    place = data.draw(st.integers(0, len(value) - 1), label="place")
    flip = data.draw(st.integers(1, 255), label="flip")
    return value[:place] + bytes([value[place] ^ flip]) + value[place + 1 :]


def write(home: SealedHome, table: Table, row: dict[str, Any], new: dict[str, Any]) -> None:
    """Puts other values into one row."""
    key = and_(*(column == row[column.name] for column in table.primary_key.columns))
    with home.rogue() as connection:
        assert connection.execute(update(table).where(key).values(new)).rowcount == 1


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_byte_of_a_checkpoint_or_tile_is_found(
    sealed_home: SealedHome, data: st.DataObject
) -> None:
    """Somebody with the database in hand could change what the signer published."""
    rows = sealed_home.copy()
    if not rows[CHECKPOINT]:
        sealed_home.add(300)
        sealed_home.seal()
        sealed_home.add(230)
        sealed_home.seal()
        assert sealed_home.faults() == set()
        rows = sealed_home.copy()
    table, column = data.draw(st.sampled_from(COLUMNS), label="column")
    row = data.draw(st.sampled_from(rows[table]), label="row")
    new = row | {column: changed(data, row[column])}
    try:
        write(sealed_home, table, row, new)
    except IntegrityError:
        reject()  # the place is taken: the database itself refuses this change
    try:
        faults = sealed_home.faults()
    finally:
        write(sealed_home, table, new, row)
    assert faults
