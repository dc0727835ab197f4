"""What writers were told, gathered from their processes while they run."""

import json
import subprocess
import sys
import threading
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.command_line import clean_environment

PROJECT: Final = Path(__file__).resolve().parents[2]
SECONDS: Final = 600


@dataclass
class Told:
    """What became of the events that are settled."""

    receipts: dict[str, dict[str, Any]] = field(default_factory=dict)
    given_up: set[str] = field(default_factory=set)
    acknowledged_at: list[float] = field(default_factory=list)
    unknown: int = 0
    """How often nobody could tell whether an event was stored."""
    unavailable: int = 0
    """How often an event was refused for the moment."""
    changed: threading.Condition = field(default_factory=threading.Condition)

    def add(self, outcome: dict[str, Any]) -> None:
        """One more event is settled."""
        with self.changed:
            self.unknown += outcome.get("unknown", 0)
            self.unavailable += outcome.get("unavailable", 0)
            if outcome["receipt"] is None:
                self.given_up.add(outcome["id"])
            else:
                self.receipts[outcome["id"]] = outcome["receipt"]
                self.acknowledged_at.append(outcome["at"])
            self.changed.notify_all()

    def wait_for_acknowledgement_after(self, moment: float) -> None:
        """Waits until an event is acknowledged that was not before a moment, since 1970."""
        with self.changed:
            found = self.changed.wait_for(
                lambda: max(self.acknowledged_at, default=0.0) > moment, SECONDS
            )
        assert found, "nobody writes any more"

    def pause_around(self, moment: float) -> float:
        """How long nothing was acknowledged around a moment, in seconds."""
        before = [at for at in self.acknowledged_at if at <= moment]
        after = [at for at in self.acknowledged_at if at > moment]
        return min(after) - max(before)


def started_writers(stack: ExitStack, told: Told, *words: str) -> subprocess.Popen[str]:
    """A process of writers, which ends with the stack, or once its standard input is closed.

    Args:
        stack: Ends it.
        told: Where its outcomes go.
        words: Place, key, prefix and number of writers.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.failover.writers", *words],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=clean_environment(),
    )
    stack.enter_context(process)
    reader = threading.Thread(target=_collect, args=(process, told), daemon=True)
    reader.start()
    stack.callback(reader.join)  # what a writer said last counts too
    stack.callback(process.kill)
    return process


def finish(writers: list[subprocess.Popen[str]]) -> None:
    """Lets writers settle what they have begun, and end.

    Raises:
        AssertionError: one failed.
    """
    for each in writers:
        assert each.stdin is not None
        each.stdin.close()
    for each in writers:
        assert each.wait(SECONDS) == 0, each.stderr and each.stderr.read()


def _collect(process: subprocess.Popen[str], told: Told) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        told.add(json.loads(line))
