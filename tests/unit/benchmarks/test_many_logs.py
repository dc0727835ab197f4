"""Several logs are measured with the same work as one."""

from benchmarks.databases import Database
from benchmarks.many_logs import SIDES, append_to_logs


def test_every_side_stores_as_many_events() -> None:
    """More logs would seem quicker because less was written, or a writer had failed."""
    found = append_to_logs(Database("SQLite"), 4_000, 1)
    assert [rate.name for rate in found.rates] == [
        "Zegel: 4 logs, 4 processes",
        "Zegel: 2 logs, 2 processes",
        "Zegel: 1 log, 1 process",
        "Zegel: 1 log, 4 processes",
    ]
    assert len(found.rates) == len(SIDES)
    assert all(rate.median > 0 for rate in found.rates)
