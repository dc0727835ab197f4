"""Both sides of the append comparison store the same rows."""

from benchmarks import comparisons, counterparts
from benchmarks.databases import Database


def test_the_bare_driver_inserts_the_rows_that_zegel_wrote() -> None:
    """A counterpart with fewer rows or columns would be compared unfairly."""
    database = Database("SQLite")
    with database.fresh() as place:
        comparisons.fill(place, 1_500)
        batches = counterparts.written_rows(place)
    assert [len(batch["zegel_record"]) for batch in batches] == [1_000, 500]
    assert sum(len(batch["zegel_disclosure"]) for batch in batches) == 3_000
    with counterparts.bare_sqlite(database, batches) as work:
        assert work() == 1_500


def test_every_comparison_runs() -> None:
    """A side that fails only under `make bench` would be found by the next reader."""
    database = Database("SQLite")
    found = [comparisons.append(database, 1_000, 1, None)]
    with database.fresh() as small, database.fresh() as large:
        comparisons.fill(small, 8_000)
        comparisons.fill(large, 9_000)
        found.append(comparisons.verify(large, "SQLite", 9_000, 1))
        found.append(comparisons.verify_on_two_cores(large, "SQLite", 9_000, 1))
        found.append(comparisons.rebuild(large, "SQLite", 9_000, 1))
        found.append(comparisons.query(small, large, ("8,000", "9,000"), "SQLite", 1))
        small.seal()
        large.seal()
        found.append(comparisons.proofs(small, large, ("8,000", "9,000"), "SQLite", 1))
    assert all(rate.median > 0 for comparison in found for rate in comparison.rates)
