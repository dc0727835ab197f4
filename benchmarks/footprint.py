"""The memory that a whole program takes at its peak, with all processes that it starts.

Pages that processes share are counted once: what is added up is the proportional set size of each,
as the kernel tells it, several times a second.
"""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from time import sleep
from typing import Final

from benchmarks.comparison import Footprint
from benchmarks.histories import History

_EVERY_S: Final = 0.05
TASKS: Final = ("verify", "rebuild")


def weigh(task: str, log: History, name: str) -> Footprint:
    """The peak of one task over a log: `verify` on two cores, or `rebuild` of every view."""
    url, key_file = log.place.url, str(log.place.key_file)
    command = [sys.executable, "-m", "benchmarks.one_task", task, url, key_file]
    with subprocess.Popen(command) as process:  # noqa: S603 - our own program
        peak = 0
        while process.poll() is None:
            peak = max(peak, sum(_proportional(each) for each in _family(process.pid)))
            sleep(_EVERY_S)
    if process.returncode:
        message = f"{task} over {log.name} ended with {process.returncode}"
        raise RuntimeError(message)
    return Footprint(task, name, log.size, peak)


def _family(process_id: int) -> Iterator[int]:
    """A process and all that came from it."""
    yield process_id
    with suppress(OSError):
        for task in Path(f"/proc/{process_id}/task").iterdir():
            for child in (task / "children").read_text("ascii").split():
                yield from _family(int(child))


def _proportional(process_id: int) -> int:
    """Bytes; none of a process that has ended."""
    with suppress(OSError):
        lines = Path(f"/proc/{process_id}/smaps_rollup").read_text("ascii").splitlines()
        return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    return 0


def as_markdown(found: Sequence[Footprint]) -> str:
    """One line for each."""
    lines = ["| task | database | records | MB | bytes a record |", "|---|---|---:|---:|---:|"]
    lines += [
        f"| {one.task} | {one.database} | {one.size:,} | {one.taken_bytes / 1e6:,.0f} "
        f"| {one.taken_bytes / one.size:,.0f} |"
        for one in found
    ]
    return "\n".join(lines)
