"""How long the processors worked for a process and all that it started, dead or alive (Linux)."""

import os
from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from typing import Final

_TICKS_PER_SECOND: Final = os.sysconf("SC_CLK_TCK")
_PARENT: Final = 1
_TIMES: Final = slice(11, 15)
"""Own and of children that ended: user and system; counted behind the name of the program."""


def processor_seconds() -> float:
    """Seconds of this process and of all its descendants, so far."""
    children: dict[int, list[int]] = defaultdict(list)
    ticks: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # ended meanwhile: its parent has its ticks
            fields = stat.read_text(errors="replace").rpartition(")")[2].split()
            pid = int(stat.parent.name)
            children[int(fields[_PARENT])].append(pid)
            ticks[pid] = sum(map(int, fields[_TIMES]))
    waiting, total = [os.getpid()], 0
    while waiting:
        pid = waiting.pop()
        total += ticks.get(pid, 0)
        waiting += children[pid]
    return total / _TICKS_PER_SECOND
