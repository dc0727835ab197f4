"""Programs that tests start: each ends with the block that needs it, whatever happens there."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def stopped_at_end(process: "subprocess.Popen[bytes]", within_s: float) -> Iterator[None]:
    """Asks a program to end when the block does, and ends it where it has not by then."""
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(within_s)
        except subprocess.TimeoutExpired:
            process.kill()
