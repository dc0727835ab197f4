"""Programs that tests start: each ends with the block that needs it, whatever happens there."""

import shutil
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


def ended_with_us() -> list[str]:
    """The words put before a command so that it ends with the thread that starts it.

    A run of the tests that is killed ends no block. Nothing where `setpriv` is not installed.
    """
    setpriv = shutil.which("setpriv")
    return [] if setpriv is None else [setpriv, "--pdeathsig", "TERM", "--"]
