"""Where the time of a task goes: which file of the project was at work, sample by sample.

A sample counts for as long as it took to come: a call into a library or a driver is told of only
when it returns, so a long one is one sample, and weighs what it took. What a library does counts
for the file of the project that called it.
"""

import importlib
import signal
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from time import perf_counter
from types import FrameType
from typing import Final

from benchmarks.comparison import Part, Profile
from benchmarks.databases import Database
from benchmarks.histories import History
from benchmarks.reading import verify_records
from benchmarks.sample import batches

_EVERY_S: Final = 0.001
_ROOT: Final = Path(__file__).parent.parent
_ROOMS: Final = tuple(f"{_ROOT / room}/" for room in ("ledger", "projections", "formats"))
_LEAST_SHARE: Final = 0.02
"""Files below it stand in one line together."""
_APPENDED: Final = 20_000


class Sampler:
    """What was at work in the main thread, and for how many seconds."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._last = 0.0

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Samples what is done meanwhile."""
        before = signal.signal(signal.SIGALRM, self._look)
        self._last = perf_counter()
        signal.setitimer(signal.ITIMER_REAL, _EVERY_S, _EVERY_S)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)

    def _look(self, _: int, frame: FrameType | None) -> None:
        now = perf_counter()
        self.seconds[_file(frame)] += now - self._last
        self._last = now

    def parts(self) -> tuple[Part, ...]:
        """The shares of all that was at work, the largest first; small ones together."""
        whole = sum(self.seconds.values())
        found = sorted(self.seconds.items(), key=lambda each: each[1], reverse=True)
        shares = [(file, seconds / whole) for file, seconds in found]
        parts = [Part(file, _about(file), share) for file, share in shares if share >= _LEAST_SHARE]
        rest = [share for _, share in shares if share < _LEAST_SHARE]
        return (*parts, Part("", f"{len(rest)} others, each below 2 %", sum(rest)))


def _file(frame: FrameType | None) -> str:
    """The innermost file of the project on the stack, or none."""
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith(_ROOMS):
            return str(Path(name).relative_to(_ROOT))
        frame = frame.f_back
    return ""


def _about(file: str) -> str:
    """What a file says of itself in its first sentence."""
    if not file:
        return "the benchmark itself"
    module = importlib.import_module(file.removesuffix(".py").replace("/", "."))
    first = " ".join((module.__doc__ or "").strip().partition("\n\n")[0].split())
    return first.removesuffix(".")


def append(database: Database, history: History) -> Profile:
    """Appending in durable batches of 1,000 to a copy of a log."""
    prepared: Sequence[object]
    with database.copied(history.place) as place, closing(place.open_ledger()) as ledger:
        first, *prepared = list(batches(_APPENDED, history.size))
        ledger.record_many(first)
        sampler = Sampler()
        with sampler.at_work():
            for batch in prepared:
                ledger.record_many(batch)
    return Profile(_title("Append", history, database), sampler.parts())


def verify(database: Database, history: History) -> Profile:
    """Full verification of the sealed records, on one core."""
    sampler = Sampler()
    with sampler.at_work():
        verify_records(history.place)
    return Profile(_title("Full verification of records", history, database), sampler.parts())


TASKS: Final = {"append": append, "verify": verify}


def _title(work: str, history: History, database: Database) -> str:
    return f"{work}, {history.name}, {database.name}"


def as_markdown(profile: Profile) -> str:
    """One table."""
    lines = [f"**{profile.title}**", "", "| file | what it is for | share |", "|---|---|---:|"]
    lines += [
        f"| {f'`{part.file}`' if part.file else ''} | {part.about} | {part.share:.0%} |"
        for part in profile.parts
    ]
    return "\n".join(lines)
