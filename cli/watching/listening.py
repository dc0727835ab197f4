"""Listens for syslog on behalf of `zegel watch`: TCP, TLS, UDP or a socket of this machine.

Every whole frame is durable in the spool before more is read from its peer, so that nothing is lost
that a sender could have sent again; syslog itself acknowledges nothing.

Source: RFC 6587 (TCP), RFC 5425 (TLS), RFC 5426 (UDP).
"""

import asyncio
import socket
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from cli.watching.collecting import Tell
from cli.watching.listen_settings import ListenSettings, listen_settings
from cli.watching.listening_datagrams import Datagrams
from cli.watching.listening_intake import Intake, Tally
from cli.watching.listening_sockets import opened
from cli.watching.listening_streams import Streams
from ledger.units import Clock, utc_now

if TYPE_CHECKING:
    from cli.watching.config import WatchedSource
    from cli.watching.spool import Spool

LOOK_S: Final = 0.1
"""So often is looked whether all is to end."""


@dataclass(frozen=True, slots=True)
class SyslogListener:
    """One address that is listened at while it collects."""

    settings: ListenSettings
    zone: ZoneInfo
    """In which times without one count."""
    clock: Clock = utc_now

    def collect(self, spool: "Spool", stop: Event, tell: Tell) -> None:
        """Takes in what peers send until told to stop; see `cli.watching.collecting`.

        Raises:
            BadRequest: the address cannot be listened at.
        """
        with opened(self.settings) as bound:
            tell(f"listening at {told_address(self.settings, bound)}")
            intake = Intake(spool, stop, Tally(tell), zone=self.zone, clock=self.clock)
            try:
                asyncio.run(self._serve(bound, intake, stop))
            finally:
                intake.close()

    async def _serve(self, bound: socket.socket, intake: Intake, stop: Event) -> None:
        is_stream = self.settings.transport in {"tcp", "tls"}
        serving = (Streams if is_stream else Datagrams)(bound, self.settings, intake)
        stopping = asyncio.Event()
        looking = asyncio.create_task(_follow(stop, stopping))
        try:
            await serving.serve(stopping)
        finally:
            looking.cancel()


def listener_of(source: "WatchedSource", zone: ZoneInfo) -> SyslogListener:
    """The listener of a `listen = …` source; its certificate is read, no port is opened.

    Args:
        source: what the configuration says.
        zone: in which times without one count, where the source states none.

    Raises:
        BadRequest: a key is missing, not known or not of its type; names file, table and key.
    """
    return SyslogListener(listen_settings(source), source.zone or zone)


async def _follow(stop: Event, stopping: asyncio.Event) -> None:
    """Sets the event of this loop soon after that of the threads."""
    while not stop.is_set():  # noqa: ASYNC110 - an event of threads cannot be awaited
        await asyncio.sleep(LOOK_S)
    stopping.set()


def told_address(settings: ListenSettings, bound: socket.socket) -> str:
    """The address for people, with the port that was given where a free one was asked for."""
    if settings.path is not None:
        return f"unix:{settings.path}"
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"{settings.transport}:{host}:{bound.getsockname()[1]}"
