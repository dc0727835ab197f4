"""Which login an SFTP session belongs to, told from the lines of sshd before it.

sshd says for whom it starts the SFTP subsystem, with account, address and port; internal-sftp then
says for whom it opened a session, with account and address only. One start that is not claimed yet
belongs to the session. Where several wait, nobody can tell them apart: none of them is claimed.

Source: OpenSSH 9.2p1, session.c `do_exec` for the words; written at `LogLevel VERBOSE` only.
"""

import re
from collections import OrderedDict
from typing import Final
from uuid import UUID

_STARTING: Final = re.compile(
    r"Starting session: subsystem '(?P<name>[^']*)' for (?P<user>.*) from (?P<address>\S+) "
    r"port (?P<port>\d{1,5})(?: id \d+)?",
    re.DOTALL,
)
_KEPT: Final = 10_000

Peer = tuple[str | None, str, str]
"""Host of the log, account, address."""


class SftpLogins:
    """Remembers logins and starts of SFTP until sessions claim them; memory stays bounded."""

    def __init__(self) -> None:
        self._logins: OrderedDict[tuple[Peer, str], UUID] = OrderedDict()
        self._started: OrderedDict[Peer, list[UUID | None]] = OrderedDict()

    def logged_in(self, peer: Peer, port: str, login: UUID | None) -> None:
        """Remembers the event of a login, by whom, from where and which port."""
        if login is None:
            return
        self._logins[peer, port] = login
        self._logins.move_to_end((peer, port))
        if len(self._logins) > _KEPT:
            self._logins.popitem(last=False)

    def follow(self, host: str | None, message: str) -> None:
        """Takes in a line of sshd; all but starts of the SFTP subsystem say nothing here."""
        starting = _STARTING.fullmatch(message)
        if starting is None or "sftp" not in starting["name"]:
            return
        peer = (host, starting["user"], starting["address"])
        self._started.setdefault(peer, []).append(self._logins.get((peer, starting["port"])))
        self._started.move_to_end(peer)
        if len(self._started) > _KEPT:
            self._started.popitem(last=False)

    def claim(self, peer: Peer) -> UUID | None:
        """The event of the login that a session belongs to; `None` where it cannot be told."""
        waiting = self._started.pop(peer, [])
        if len(waiting) > 1:
            self._started[peer] = [None] * (len(waiting) - 1)
            return None
        return waiting[0] if waiting else None
