"""SFTP sessions put together from lines of `internal-sftp` or `sftp-server`: which files went.

Account and address stand only on the line that opens a session, the bytes only on the line that
closes a file; the process id joins them. A file closed after bytes went is one exchange; nothing is
invented for a file that the log does not close. The process id is not that of sshd and no port is
given, so the key that opened the connection cannot be told from these lines.

Source: OpenSSH 9.2p1 as recorded with `-l VERBOSE`, sftp-server.c for the words.
"""

import re
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, Final

from formats.names import address_of

PROGRAMS: Final = frozenset({"internal-sftp", "sftp-server"})

_OPENED: Final = re.compile(
    r"session opened for local user (?P<user>.*) from \[(?P<address>[^\]]*)\]", re.DOTALL
)
_CLOSED: Final = re.compile(r"session closed for local user .*", re.DOTALL)
_FILE: Final = re.compile(
    r'(?P<forced>forced )?close "(?P<path>.*)" bytes read (?P<read>\d{1,15}) '
    r"written (?P<written>\d{1,15})",
    re.DOTALL,
)
_KEPT_SESSIONS: Final = 10_000
_MAX_OBJECT: Final = 400


@dataclass(frozen=True, slots=True)
class _Session:
    person: str
    address: str | None


class SftpSessions:
    """Follows the sessions of one log, in the order of its lines; memory stays bounded."""

    def __init__(self) -> None:
        self._open: OrderedDict[tuple[str | None, str | None], _Session] = OrderedDict()

    def follow(self, host: str | None, pid: str | None, message: str) -> dict[str, Any] | str:
        """The fields of the exchange that a line tells of, or why it tells of none."""
        opened = _OPENED.fullmatch(message)
        if opened is not None:
            self._begin((host, pid), opened)
            return "an SFTP session that opened or closed"
        if _CLOSED.fullmatch(message):
            self._open.pop((host, pid), None)
            return "an SFTP session that opened or closed"
        closed = _FILE.fullmatch(message)
        if closed is None:
            return "a step of an SFTP session"
        if not int(closed["read"]) and not int(closed["written"]):
            return "an SFTP file closed without bytes"
        session = self._open.get((host, pid))
        if session is None:
            return "an SFTP file of a session whose begin is not in the log"
        return _exchange(session, closed)

    def _begin(self, process: tuple[str | None, str | None], opened: re.Match[str]) -> None:
        person = f"person:{opened['user'].strip()}"
        self._open[process] = _Session(person, address_of(opened["address"]))
        self._open.move_to_end(process)
        if len(self._open) > _KEPT_SESSIONS:
            self._open.popitem(last=False)


def _exchange(session: _Session, closed: re.Match[str]) -> dict[str, Any]:
    """Bytes read went out to the account, bytes written came in from it; out counts first."""
    read, written = int(closed["read"]), int(closed["written"])
    path, is_forced = closed["path"], closed["forced"] is not None
    fits = 0 < len(path) <= _MAX_OBJECT
    values: dict[str, Any] = {
        "kind": "exchange.failed" if is_forced else "exchange.performed",
        "direction": "out" if read else "in",
        "exchange_kind": "transfer",
        "channel": "sftp",
        "encrypted": True,
        "size_bytes": read or written,
        "actor": session.person,
        "actor_kind": "person",
        "origin": session.address,
        "action": "download" if read else "upload",
        "outcome": "failure" if is_forced else "success",
        "object_kind": "file",
        "object_id": path if fits else None,
        "recipient_person" if read else "sender_person": session.person,
    }
    notes = [f"also received {written} bytes"] if read and written else []
    notes += [] if fits else [f"file: {path}"]
    values["note"] = "; ".join(notes) or None
    return values | ({"cause": "connection-lost"} if is_forced else {})
