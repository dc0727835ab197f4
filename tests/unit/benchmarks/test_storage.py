"""How many bytes a record takes."""

from benchmarks.databases import Database
from benchmarks.histories import fill
from benchmarks.storage import table_bytes


def test_every_page_of_a_database_is_counted_for_some_table() -> None:
    """The disk would fill sooner than the documentation says."""
    with Database("SQLite").fresh() as place:
        fill(place, 3_000)
        found = table_bytes(place)
    assert found["zegel_record"] > 3_000 * 400
    assert found["zegel_disclosure"] > 3_000 * 200
