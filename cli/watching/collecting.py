"""What puts a source that cannot be read again, a journal or the network, into its spool.

`cli.watching.journal.journal_of` gives that of a `journal = …` source, and
`cli.watching.listening.listener_of` that of a `listen = …` source.
"""

from collections.abc import Callable
from threading import Event
from typing import Any, Protocol

from cli.watching.spool import Spool

Tell = Callable[[str], Any]
"""Told one line for people on standard error; without personal data."""


class Collector(Protocol):
    """Takes in what one source sends."""

    def collect(self, spool: Spool, stop: Event, tell: Tell) -> None:
        """Runs in a thread of its own until told to stop, and returns soon after.

        Whatever fails on the way of one peer, or for a while, is told and tried again here.

        Args:
            spool: Where whole entries go; closed by the caller.
            stop: Set when the program is to end.
            tell: What an operator should know, such as that a peer was cut off.

        Raises:
            BadRequest, StoreUnavailable: the source cannot be collected at all, such as when its
                port is taken.
        """
