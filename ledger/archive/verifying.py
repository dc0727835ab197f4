"""Verifies an archive: its segments apart, by whoever can do numbered tasks, then joined."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from heapq import merge
from typing import NamedTuple, Protocol, TypeVar

from ledger.archive.archive import Archive
from ledger.archive.checking import CheckedSegment, check_segment
from ledger.archive.joined_segments import JoinedSegments, wanted_sizes
from ledger.archive.manifest import SegmentManifest
from ledger.notes.checkpoint import KeyTerm
from ledger.worker_processes import WorkerProcesses

Task = TypeVar("Task")
Answer = TypeVar("Answer")


class DoTasks(Protocol):
    """Does tasks, somewhere and at the same time; gives the answers in the order of the tasks."""

    def __call__(
        self, work: Callable[[Task], Answer], tasks: Iterable[Task], /
    ) -> Iterator[Answer]:
        """The answers.

        Args:
            work: Picklable.
            tasks: Its arguments, picklable too.
        """


class SegmentTask(NamedTuple):
    """One segment to check."""

    manifest: SegmentManifest
    roots_at: tuple[int, ...]
    """The sizes whose roots are wanted of it."""


def check_archive(
    archive: Archive,
    terms: Sequence[KeyTerm],
    sizes: Iterable[int],
    do_tasks: DoTasks,
    progress: Callable[[int], None],
    *,
    kept_from: int,
) -> JoinedSegments:
    """Every segment, checked and joined; broken evidence is a finding, never raised.

    Args:
        archive: With a segment at least.
        terms: The keys of the log.
        sizes: Of the checkpoints that the records must lead to, in ascending order.
        do_tasks: Who does the work.
        progress: Told how many records are checked so far.
        kept_from: The first index that stands in the database too.

    Raises:
        StoreUnavailable: the archive, or whoever does the work, is out of reach.
    """
    segments = archive.segments
    wanted = wanted_sizes(merge(sizes, (kept_from,)), segments)
    tasks = (SegmentTask(*one) for one in zip(segments, wanted, strict=True))
    joined = JoinedSegments(segments[0].before, kept_from)
    done = 0
    work = partial(check_task, archive.url, tuple(terms))
    for manifest, checked in zip(segments, do_tasks(work, tasks), strict=True):
        joined.add(manifest, checked)
        done += manifest.size
        progress(done)
    return joined


def check_task(url: str, terms: Sequence[KeyTerm], task: SegmentTask) -> CheckedSegment:
    """What is wrong with one segment; see `check_segment`."""
    return check_segment(url, task.manifest, terms, task.roots_at)


def on_processes(jobs: int) -> DoTasks:
    """Does tasks with so many processes of this machine; with 1, in this one."""

    def do_tasks(work: Callable[[Task], Answer], tasks: Iterable[Task], /) -> Iterator[Answer]:
        numbered = tuple(tasks)
        if jobs == 1 or len(numbered) == 1:
            yield from map(work, numbered)
            return
        opening = partial(_opened, work, numbered)
        with WorkerProcesses(opening, min(jobs, len(numbered))) as processes:
            yield from processes.answers(len(numbered))

    return do_tasks


@contextmanager
def _opened(
    work: Callable[[Task], Answer], tasks: Sequence[Task]
) -> Iterator[Callable[[int], Answer]]:
    yield lambda number: work(tasks[number])
