"""What the running service knows about itself: its loops, and whether it is about to stop."""

import time
from dataclasses import dataclass, field
from threading import Event

from anyio import Lock

from service.operations.checks import Check
from service.operations.counting import Numbers
from service.operations.loops import Loop


@dataclass(slots=True)
class Checked:
    """What the checks found last; `/readyz` gives it again for a moment."""

    found: dict[str, Check] = field(default_factory=dict)
    at: float = float("-inf")
    """When, on the monotonic clock."""
    one_at_a_time: Lock = field(default_factory=Lock)


@dataclass(slots=True)
class Operations:
    """One running service."""

    loops: dict[str, Loop] = field(default_factory=dict)
    """By name: `signer`, `collector`, `projection`, `verifier`, `full-verifier`."""
    numbers: Numbers = field(default_factory=Numbers)
    """Where whatever happens is counted."""
    checked: Checked = field(default_factory=Checked)
    stopping: Event = field(default_factory=Event)
    """Set when the service stops: an answer without end ends itself then."""

    def add(self, loop: Loop) -> None:
        """A loop that runs beside the requests, from `begin` on."""
        self.loops[loop.name] = loop

    def begin(self) -> None:
        """Starts the loops."""
        for loop in self.loops.values():
            loop.start()

    def end(self, seconds: float) -> list[str]:
        """Ends the loops; gives the names of those that did not end in time."""
        for loop in self.loops.values():
            loop.stop()
        until = time.monotonic() + seconds
        return [
            loop.name
            for loop in self.loops.values()
            if not loop.join(max(0.0, until - time.monotonic()))
        ]
