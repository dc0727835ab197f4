"""What a second core of this machine is worth: Python that only hashes, in two processes and one.

No program can gain more from two cores than this, whatever it does. Run as a program it is one of
the processes: COUNT.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from typing import Final

from benchmarks.comparison import Comparison
from benchmarks.measuring import Side, Work, in_turns
from benchmarks.told_processes import ready, work_together

HASHES: Final = 1_000_000
"""Of one round of a process: about a second."""


def on_two_cores(name: str, rounds: int, hashes: int = HASHES) -> Comparison:
    """Two processes that were started before, and one, each with as much to do.

    Args:
        name: The database that is measured in the same run.
        rounds: A side.
        hashes: What each process does in a round.
    """
    sides = [
        Side("two processes that only hash", partial(_hashing, 2, hashes)),
        Side("one process that only hashes", partial(_hashing, 1, hashes)),
    ]
    return Comparison(f"What two cores are worth, {name}", "hashes/s", in_turns(sides, rounds))


@contextmanager
def _hashing(processes: int, hashes: int) -> Iterator[Work]:
    with ready([("benchmarks.hashing", str(hashes))] * processes) as running:

        def work() -> int:
            work_together(running)
            return processes * hashes

        yield work


def main(count: str) -> None:
    """Says `ready`, waits for a line, makes a chain of so many hashes, says `done`."""
    print("ready", flush=True)
    sys.stdin.readline()
    last = bytes(32)
    for number in range(int(count)):
        last = sha256(b"%d %b" % (number, last)).digest()
    print("done", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
