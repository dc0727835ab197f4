"""SFTP sessions put together from lines of `internal-sftp` or `sftp-server`: which files went.

Account and address stand only on the line that opens a session, the bytes only on the line that
closes a file; the process id joins them. A file closed after bytes went is one exchange, and the
file itself was received or picked up; nothing is invented for a file that the log does not close.
A removal is told before it is tried, and only a failure is told after it: so it counts once the
next line of its session says nothing else. The process id is not that of sshd and no port is given:
which login a session belongs to is told from outside, where it can be told.

Source: OpenSSH 9.2p1 as recorded with `-l VERBOSE`, sftp-server.c for the words.
"""

import re
from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from formats.names import address_of

PROGRAMS: Final = frozenset({"internal-sftp", "sftp-server"})
OPENED: Final = re.compile(
    r"session opened for local user (?P<user>.*) from \[(?P<address>[^\]]*)\]", re.DOTALL
)

_CLOSED: Final = re.compile(r"session closed for local user .*", re.DOTALL)
_FILE: Final = re.compile(
    r'(?P<forced>forced )?close "(?P<path>.*)" bytes read (?P<read>\d{1,15}) '
    r"written (?P<written>\d{1,15})",
    re.DOTALL,
)
_REMOVAL: Final = re.compile(r'remove name "(?P<path>.*)"', re.DOTALL)
_STATUS: Final = re.compile(r"sent status (?P<status>.*)", re.DOTALL)
_KEPT_SESSIONS: Final = 10_000
_MAX_OBJECT: Final = 400
_NO_BEGIN: Final = "an SFTP file of a session whose begin is not in the log"

Place = TypeVar("Place")


@dataclass(frozen=True, slots=True)
class SftpFact(Generic[Place]):
    """The fields of one fact, and the line that tells of it: this one, or one before."""

    place: Place
    ordinal: int
    """Among the facts of that line."""
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Told(Generic[Place]):
    """What one line tells: facts, and unless it is one itself, why not."""

    facts: tuple[SftpFact[Place], ...]
    skipped: str | None


@dataclass(frozen=True, slots=True)
class _Session(Generic[Place]):
    person: str
    address: str | None
    login: UUID | None
    removal: tuple[Place, str] | None = None
    """A removal whose end the next line tells: where it stands, and the file."""


class SftpSessions(Generic[Place]):
    """Follows the sessions of one log, in the order of its lines; memory stays bounded."""

    def __init__(self) -> None:
        self._open: OrderedDict[tuple[str | None, str | None], _Session[Place]] = OrderedDict()

    def follow(
        self, process: tuple[str | None, str | None], message: str, place: Place, login: UUID | None
    ) -> Told[Place]:
        """What a line tells.

        Args:
            process: Host and process id.
            message: What it says.
            place: Where it stands; given back with its facts.
            login: The event of the login that the session belongs to, if this line opens one and
                it can be told.
        """
        opened = OPENED.fullmatch(message)
        if opened is not None:
            self._begin(process, opened, login)
            return Told((), "an SFTP session that opened or closed")
        removed = self._removed(process, message)
        told = self._step(process, message, place)
        return Told((*removed, *told), None) if not isinstance(told, str) else Told(removed, told)

    def _begin(
        self,
        process: tuple[str | None, str | None],
        opened: re.Match[str],
        login: UUID | None,
    ) -> None:
        person = f"person:{opened['user'].strip()}"
        self._open[process] = _Session(person, address_of(opened["address"]), login)
        self._open.move_to_end(process)
        if len(self._open) > _KEPT_SESSIONS:
            self._open.popitem(last=False)

    def _removed(
        self, process: tuple[str | None, str | None], message: str
    ) -> tuple[SftpFact[Place], ...]:
        """The removal before this line of its session, unless this line says that it failed."""
        session = self._open.get(process)
        if session is None or session.removal is None:
            return ()
        place, path = session.removal
        self._open[process] = replace(session, removal=None)
        status = _STATUS.fullmatch(message)
        if status is not None and status["status"] != "Success":
            return ()
        return (SftpFact(place, 0, _deletion(session, path)),)

    def _step(
        self, process: tuple[str | None, str | None], message: str, place: Place
    ) -> tuple[SftpFact[Place], ...] | str:
        """The facts of a line itself, or why it tells of none."""
        if _CLOSED.fullmatch(message):
            self._open.pop(process, None)
            return "an SFTP session that opened or closed"
        closed, removal = _FILE.fullmatch(message), _REMOVAL.fullmatch(message)
        session = self._open.get(process)
        if closed is not None:
            return _closed(session, closed, place)
        if removal is None:
            return "a step of an SFTP session"
        if session is None:
            return _NO_BEGIN
        self._open[process] = replace(session, removal=(place, removal["path"]))
        return "an SFTP removal, whose end the next line of its session tells"


def _closed(
    session: _Session[Place] | None, closed: re.Match[str], place: Place
) -> tuple[SftpFact[Place], ...] | str:
    """The facts of a file that was closed, or why there are none."""
    if not int(closed["read"]) and not int(closed["written"]):
        return "an SFTP file closed without bytes"
    if session is None:
        return _NO_BEGIN
    told = (_exchange(session, closed), _file(session, closed))
    return tuple(SftpFact(place, ordinal, values) for ordinal, values in enumerate(told) if values)


def _who(session: _Session[Any]) -> dict[str, Any]:
    return {
        "actor": session.person,
        "actor_kind": "person",
        "origin": session.address,
        "causation_id": session.login,
    }


def _exchange(session: _Session[Any], closed: re.Match[str]) -> dict[str, Any]:
    """Bytes read went out to the account, bytes written came in from it; out counts first."""
    read, written = int(closed["read"]), int(closed["written"])
    path, is_forced = closed["path"], closed["forced"] is not None
    values: dict[str, Any] = _who(session) | {
        "kind": "exchange.failed" if is_forced else "exchange.performed",
        "direction": "out" if read else "in",
        "exchange_kind": "transfer",
        "channel": "sftp",
        "encrypted": True,
        "size_bytes": read or written,
        "action": "download" if read else "upload",
        "outcome": "failure" if is_forced else "success",
        "object_kind": "file",
        "object_id": path if _fits(path) else None,
        "recipient_person" if read else "sender_person": session.person,
    }
    notes = [f"also received {written} bytes"] if read and written else []
    notes += [] if _fits(path) else [f"file: {path}"]
    values["note"] = "; ".join(notes) or None
    return values | ({"cause": "connection-lost"} if is_forced else {})


def _file(session: _Session[Any], closed: re.Match[str]) -> dict[str, Any]:
    """That the file itself came in or was picked up; empty where it did not, or has no id."""
    if closed["forced"] is not None or not _fits(closed["path"]):
        return {}
    read = int(closed["read"])
    values = _who(session) | {
        "file_id": closed["path"],
        "channel": "sftp",
        "size_bytes": read or int(closed["written"]),
        "outcome": "success",
    }
    if read:
        picked_up = {"kind": "file.delivered", "delivery": "picked-up", "action": "download"}
        return values | picked_up | {"recipient_person": session.person}
    return values | {
        "kind": "file.received",
        "action": "upload",
        "sender_person": session.person,
    }


def _deletion(session: _Session[Any], path: str) -> dict[str, Any]:
    return _who(session) | {
        "kind": "data.deleted",
        "action": "delete",
        "outcome": "success",
        "method": "sftp-remove",
        "file_id": path if _fits(path) else None,
        "note": None if _fits(path) else f"file: {path}",
    }


def _fits(path: str) -> bool:
    """Whether a path can be the id of an object: one that is longer stands in the note."""
    return 0 < len(path) <= _MAX_OBJECT
