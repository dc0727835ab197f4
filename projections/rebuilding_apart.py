"""Rebuilds views apart from each other, one task each, on any machine that reaches the database.

No task sees what another one writes: a view has tables, a position and a generation of its own. So
the rows are those that one process writes which folds them all, whoever does which view and when.
A task that dies leaves a generation that nobody reads, and whoever is given the task again goes on
with it; one that was given to two at a time is folded once all the same, since positions move by
compare-and-set (`running`).
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


@dataclass(frozen=True, slots=True)
class OneView:
    """Rebuilds a view in the log that stands at an address; goes to another machine as it is."""

    address: Address = field(repr=False)

    def __call__(self, name: str) -> Size:
        """How many records the view holds after being folded anew.

        Raises:
            StoreUnavailable: database, keys or archive cannot be reached from here.
        """
        ledger = Ledger.open(
            database=self.address.database,
            key_file=self.address.key_file,
            origin=self.address.origin,
        )
        try:
            return running.rebuild(ledger, [VIEWS[name]])
        finally:
            ledger.close()


class DoTasks(Protocol):
    """Does tasks somewhere, several at a time."""

    def __call__(self, work: Callable[[str], Size], tasks: Iterable[str], /) -> Iterator[Size]:
        """The answers in the order of the tasks."""


def rebuild_apart(
    ledger: Ledger,
    names: Sequence[str],
    do_tasks: DoTasks,
    *,
    progress: Progress | None = None,
) -> Size:
    """How many records the views hold at least after being folded anew, each as one task.

    Args:
        ledger: The log.
        names: Of the views.
        do_tasks: Who folds them.
        progress: Told of how many records the share of the views stands for that are done.

    Raises:
        BadRequest: there is no view of such a name.
        StoreUnavailable: the database or who does the tasks cannot be used; readers of views that
            are not done still see the rows they saw.
    """
    views = named_views(names)
    work = OneView(address_of(ledger))
    reached: list[Size] = []
    for size in do_tasks(work, [view.name for view in views]):
        reached.append(size)
        if progress is not None:
            progress(min(reached) * len(reached) // len(views))
    return min(reached)
