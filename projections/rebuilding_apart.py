"""Rebuilds views apart from each other, on any machines that reach the database.

No view sees what another one's fold writes: each has tables, a position and a generation of its
own. So the rows are those that one process writes which folds them all, whoever folds which view
and when. Each task folds some of them in one pass over the log. One that dies leaves generations
that nobody reads, and whoever is given the task again goes on with them; one that was given to two
at a time is folded once all the same, since positions move by compare-and-set (`running`).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ledger.cluster.address import address_of
from ledger.ledger import Ledger
from ledger.range_work import Address
from ledger.units import Size
from projections import running
from projections.query import VIEWS, named_views
from projections.running import Progress
from projections.view import View

Names = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SomeViews:
    """Rebuilds views in the log that stands at an address; goes to another machine as it is."""

    address: Address = field(repr=False)

    def __call__(self, names: Names) -> Size:
        """How many records the views hold after being folded anew.

        Raises:
            StoreUnavailable: database, keys or archive cannot be reached from here.
        """
        ledger = Ledger.open(
            database=self.address.database,
            key_file=self.address.key_file,
            origin=self.address.origin,
        )
        try:
            return running.rebuild(ledger, [VIEWS[name] for name in names])
        finally:
            ledger.close()


class DoTasks(Protocol):
    """Does tasks somewhere, several at a time."""

    def __call__(self, work: Callable[[Names], Size], tasks: Iterable[Names], /) -> Iterator[Size]:
        """The answers in the order of the tasks."""


def rebuild_apart(
    ledger: Ledger,
    names: Sequence[str],
    do_tasks: DoTasks,
    *,
    tasks: int,
    progress: Progress | None = None,
) -> Size:
    """How many records the views hold at least after being folded anew, some by each task.

    Args:
        ledger: The log.
        names: Of the views.
        do_tasks: Who folds them.
        tasks: How many folds run at the same time: so often, at most, is the log read.
        progress: Told of how many records the share of the views stands for that are done.

    Raises:
        BadRequest: there is no view of such a name.
        StoreUnavailable: the database or who does the tasks cannot be used; readers of views that
            are not done still see the rows they saw.
    """
    views = named_views(names)
    work = SomeViews(address_of(ledger))
    groups = _groups(views, tasks)
    reached: list[Size] = []
    for size in do_tasks(work, groups):
        reached.append(size)
        if progress is not None:
            progress(min(reached) * len(reached) // len(groups))
    return min(reached)


def _groups(views: Sequence[View], tasks: int) -> list[Names]:
    """The views in so many groups of about the same work: the more kinds, the more of that."""
    groups: list[list[View]] = [[] for _ in range(max(1, min(tasks, len(views))))]
    for view in sorted(views, key=lambda view: len(view.kinds), reverse=True):
        min(groups, key=_kinds).append(view)
    return [tuple(view.name for view in group) for group in groups if group]


def _kinds(views: Sequence[View]) -> int:
    return sum(len(view.kinds) for view in views)
