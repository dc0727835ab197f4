"""Times the sides of one comparison in turns, so that a drifting machine hits all alike."""

import gc
import os
import platform
import sqlite3
import statistics
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from time import perf_counter


@dataclass(frozen=True, slots=True)
class Done:
    """What a side did in a round, where it kept the time itself (a process of its own, say)."""

    items: int
    seconds: float


Work = Callable[[], int | Done]
"""Does the work once and says how many items it did."""


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison: a fresh state for every round, then the work that is timed."""

    name: str
    prepare: Callable[[], AbstractContextManager[Work]]


@dataclass(frozen=True, slots=True)
class Rate:
    """What the rounds of one side gave, in items per second."""

    name: str
    per_second: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle of the rounds."""
        return statistics.median(self.per_second)

    @property
    def spread(self) -> float:
        """Half the distance between the fastest and the slowest round, as a share of the median."""
        return (max(self.per_second) - min(self.per_second)) / 2 / self.median


def in_turns(sides: list[Side], rounds: int) -> list[Rate]:
    """The rates of all sides, measured round by round, the order turned in every round."""
    found: dict[str, list[float]] = {side.name: [] for side in sides}
    for number in range(rounds):
        order = sides[number % len(sides) :] + sides[: number % len(sides)]
        for side in order:
            found[side.name].append(_one_round(side))
    return [Rate(side.name, tuple(found[side.name])) for side in sides]


def _one_round(side: Side) -> float:
    with side.prepare() as work:
        gc.collect()
        started = perf_counter()
        done = work()
        elapsed = perf_counter() - started
    return done.items / done.seconds if isinstance(done, Done) else done / elapsed


def machine() -> str:
    """The machine and the versions that the figures belong to, one line."""
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    cpu = names[0] if names else platform.processor()
    packages = ", ".join(
        f"{name} {version(name)}"
        for name in ("sqlalchemy", "psycopg", "eventsourcing", "cryptography", "msgspec")
    )
    return (
        f"{cpu}, {os.cpu_count()} cores; {platform.system()} {platform.release()}; "
        f"Python {sys.version.split()[0]}; SQLite {sqlite3.sqlite_version}; {packages}"
    )
