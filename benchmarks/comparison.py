"""What stands in one table of the report, and in one place of the charts."""

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.measuring import Rate, Work


@dataclass(frozen=True, slots=True)
class Comparison:
    """One table: the first rate is Zegel's, the others what it stands beside."""

    title: str
    unit: str
    rates: list[Rate]


@dataclass(frozen=True, slots=True)
class Footprint:
    """The bytes that one task took over one history: of memory at its peak, or of storage."""

    task: str
    database: str
    size: int
    taken_bytes: int


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the project, and the share of a task's time for which it was at work."""

    file: str
    """From the root of the project; empty where several stand together."""
    about: str
    share: float


@dataclass(frozen=True, slots=True)
class Profile:
    """Where the time of one task went."""

    title: str
    parts: tuple[Part, ...]


Made = Comparison | Footprint | Profile


@dataclass(frozen=True, slots=True)
class Planned:
    """Something that is still to be measured, and what it is about."""

    area: str
    """Such as `append`; one chart shows one area."""
    database: str
    size: int | None
    """Of the history behind it; `None` where its sides are histories of several lengths."""
    make: Callable[[], Made]


def constant(work: Work) -> Callable[[], "_Prepared"]:
    """A way to prepare work that needs no fresh state for each round."""
    return lambda: _Prepared(work)


class _Prepared:
    """Work that needs nothing made or thrown away around it."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __enter__(self) -> Work:
        return self._work

    def __exit__(self, *_: object) -> None:
        return None
