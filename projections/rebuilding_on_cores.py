"""Rebuilds views on the cores of this machine: a process for each group of views.

Nothing is shared: each process opens the log itself and folds its views into tables of their own,
so the rows are those that one process writes (see `rebuilding_apart`).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Final

from ledger.ledger import Ledger
from ledger.units import Size
from ledger.worker_processes import WorkerProcesses
from projections.query import rebuild
from projections.rebuilding_apart import Names, rebuild_apart
from projections.running import Progress

LEAST_RECORDS: Final = 50_000
"""Fewer are folded sooner than processes are started."""


def rebuild_on_cores(
    ledger: Ledger,
    names: Sequence[str],
    jobs: int,
    *,
    progress: Progress | None = None,
    least_records: int = LEAST_RECORDS,
) -> Size:
    """How many records the views hold at least after being folded anew, as `rebuild` gives them.

    Args:
        ledger: The log.
        names: Of the views.
        jobs: How many processes may work at the same time; with 1, none is started.
        progress: Told the number of records that every view has folded.
        least_records: Logs with fewer are folded here.

    Raises:
        BadRequest: there is no view of such a name.
        StoreUnavailable: the database cannot be used, or a process ended before its time.
    """
    jobs = min(jobs, len(names))
    if jobs < 2 or ledger.head().size < least_records:  # noqa: PLR2004 - one is no company
        return rebuild(ledger, names, progress=progress)
    return rebuild_apart(ledger, names, _by_processes, tasks=jobs, progress=progress)


def _by_processes(work: Callable[[Names], Size], tasks: Iterable[Names], /) -> Iterator[Size]:
    """The answers to some tasks, each done by a process of its own."""
    groups = tuple(tasks)
    with WorkerProcesses(partial(_opened, work, groups), len(groups)) as processes:
        yield from processes.answers(len(groups))


@contextmanager
def _opened(
    work: Callable[[Names], Size], groups: tuple[Names, ...]
) -> Iterator[Callable[[int], Size]]:
    """What a process does: the views of the group with a number."""
    yield lambda number: work(groups[number])
