"""Every comparison runs, and its sides do the same work."""

from argparse import Namespace
from itertools import chain
from pathlib import Path

import pytest

from benchmarks import counterparts, footprint
from benchmarks.comparison import Comparison, Footprint, Made
from benchmarks.databases import Database
from benchmarks.histories import History, fill
from benchmarks.plan import planned
from benchmarks.sample import batches

SQLITE = Database("SQLite")
SIZE = 8_000
"""Long enough to hold several records of every person who is asked for."""


def test_the_bare_driver_inserts_the_rows_that_zegel_wrote() -> None:
    """A counterpart with fewer rows or columns would be compared unfairly."""
    with SQLITE.fresh() as place, SQLITE.fresh_schema() as bare:
        fill(place, 1_500)
        written = counterparts.rows_after(place, 0)
        with counterparts.bare_driver(bare) as store:
            for batch in written:
                store(batch)
        again = counterparts.rows_after(bare, 0)
    assert [len(batch["zegel_record"]) for batch in written] == [1_000, 500]
    assert sum(len(batch["zegel_disclosure"]) for batch in written) == 3_000
    assert again == written


def test_a_copy_of_a_database_is_a_log_that_goes_on() -> None:
    """A side would append to an empty log and be called quick over a long one."""
    with SQLITE.fresh() as place:
        fill(place, 1_000)
        with SQLITE.copied(place) as copy:
            ledger = copy.open_ledger()
            for batch in batches(1_000, 1_000):
                ledger.record_many(batch)
            assert (ledger.head().size, ledger.verify().outcome) == (2_000, "valid")
            ledger.close()
        ledger = place.open_ledger()
        assert ledger.head().size == 1_000
        ledger.close()


def test_events_go_on_where_others_ended() -> None:
    """A round would store the events of the round before, which are known already."""
    whole = list(chain.from_iterable(batches(3_000)))
    parts = [*chain.from_iterable(batches(1_000)), *chain.from_iterable(batches(2_000, 1_000))]
    assert parts == whole


@pytest.fixture(scope="module")
def found() -> dict[tuple[str, int | None], Made]:
    """All that is measured over histories, once and in one round."""
    areas = [
        "append",
        "verify",
        "cores",
        "archive",
        "storage",
        "rebuild",
        "memory",
        "ask",
        "follow",
        "commit",
    ]
    options = Namespace(only=areas, sizes=[SIZE], rounds=1, separate=None, singles=130)
    return {(each.area, each.size): each.make() for each in planned(SQLITE, options)}


def test_every_comparison_runs(found: dict[tuple[str, int | None], Made]) -> None:
    """A side that fails only under `make bench` would be found by the next reader."""
    made = [one for one in found.values() if isinstance(one, Comparison)]
    assert all(rate.median > 0 for one in made for rate in one.rates)
    areas = {area for area, _ in found}
    assert areas >= {"append", "cores", "commit", "ask: inclusion proof", "cores: hashing alone"}


def test_memory_is_that_of_every_process(
    found: dict[tuple[str, int | None], Made],
) -> None:
    """A verification on two cores would seem to need no more than the process that started it."""
    made = [one for one in found.values() if isinstance(one, Footprint)]
    weighed = [one for one in made if one.task in footprint.TASKS]
    assert {(one.task, one.size) for one in weighed} == {(task, SIZE) for task in footprint.TASKS}
    assert all(one.taken_bytes > 30_000_000 for one in weighed)


def test_an_archive_is_weighed_beside_its_database(
    found: dict[tuple[str, int | None], Made],
) -> None:
    """The room that a year takes would be told of an archive without records."""
    stored = {one.task: one for one in found.values() if isinstance(one, Footprint)}
    assert stored["stored in an archive"].taken_bytes > SIZE * 100
    assert stored["stored in an archive"].taken_bytes < stored["stored in the database"].taken_bytes


def test_a_task_that_fails_is_not_measured(tmp_path: Path) -> None:
    """The footprint of a program that stopped at once would be a record low."""
    with SQLITE.fresh() as place:
        fill(place, 1_000)
        place.key_file.rename(tmp_path / "gone")
        with pytest.raises(RuntimeError, match="ended with"):
            footprint.weigh("verify", History(1_000, place), "SQLite")
