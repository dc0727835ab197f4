"""Views that are rebuilt apart have the rows that one process gives them."""

import pickle
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from ledger.errors import BadRequest
from ledger.ledger import Ledger
from ledger.units import Size
from projections import VIEWS, rebuild
from projections.rebuilding_apart import Names, rebuild_apart
from tests.filled_events import filled_events
from tests.view_rows import rows_of_all


def one_by_one(work: Callable[[Names], Size], tasks: Iterable[Names]) -> Iterator[Size]:
    """Does tasks here, with what would have been sent to another machine."""
    return map(pickle.loads(pickle.dumps(work)), tasks)


def twice_at_once(work: Callable[[Names], Size], tasks: Iterable[Names]) -> Iterator[Size]:
    """Gives each task to two at the same time, as a cluster does that takes one for dead."""
    with ThreadPoolExecutor(2) as pool:
        for task in tasks:
            yield max(pool.map(work, (task, task)))


@pytest.fixture
def told(ledger: Ledger, tmp_path: Path) -> Iterator[Ledger]:
    """A log with an event of every kind, opened by the address that tasks are sent."""
    ledger.record_own_many(filled_events())
    database = ledger.log.engine.url.render_as_string(hide_password=False)
    opened = Ledger.open(database=database, key_file=tmp_path / "views.key.json")
    with closing(opened):
        yield opened


@pytest.mark.parametrize("do_tasks", [one_by_one, twice_at_once])
def test_the_rows_are_those_of_one_process(
    told: Ledger, do_tasks: Callable[..., Iterator[Size]]
) -> None:
    """A view would say something else where a cluster rebuilt it."""
    size = rebuild(told)
    alone = rows_of_all(told)
    seen: list[int] = []
    assert rebuild_apart(told, list(VIEWS), do_tasks, tasks=4, progress=seen.append) == size
    assert rows_of_all(told) == alone
    assert seen == sorted(seen)
    assert (len(seen), seen[-1]) == (4, size)


def test_views_that_were_never_built_are_built(told: Ledger) -> None:
    """The first rebuild of a log on a cluster would leave views out."""
    rebuild_apart(told, list(VIEWS), one_by_one, tasks=len(VIEWS))
    apart = rows_of_all(told)
    rebuild(told)
    assert rows_of_all(told) == apart
    assert sum(len(rows) for view in apart.values() for rows in view.values()) > len(VIEWS)


def test_an_unknown_view_starts_nothing(told: Ledger) -> None:
    """A misspelt name would rebuild other views."""
    with pytest.raises(BadRequest, match="expected one of"):
        rebuild_apart(told, ["acces"], one_by_one, tasks=2)
