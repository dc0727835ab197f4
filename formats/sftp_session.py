"""SFTP sessions put together from lines of `internal-sftp` or `sftp-server`: which files went.

Account and address stand only on the line that opens a session, the bytes only on the line that
closes a file; the process id joins them. A file closed after bytes went is one exchange, and the
file itself was received or picked up; nothing is invented for a file that the log does not close.

Some steps have their end in the lines after them:

- a removal and a rename are told before they are tried, and only a failure is told after it: they
  count once the next line of their session says nothing else;
- clients upload under a name for the way and rename at the end: a file is received under the name
  that it has when its session goes on to something else.

The process id is not that of sshd and no port is given: which login a session belongs to is told
from outside, where it can be told.

Source: OpenSSH 9.2p1 as recorded with `-l VERBOSE`, sftp-server.c for the words.
"""

import re
from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from formats.names import address_of
from formats.sftp_facts import Closed, Who, deletion, exchange, fits_an_id, picked_up, received

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
_RENAME: Final = re.compile(r'(?:posix-)?rename old "(?P<old>.*)" new "(?P<new>.*)"', re.DOTALL)
_STATUS: Final = re.compile(r"sent status (?P<status>.*)", re.DOTALL)
_BESIDE: Final = re.compile(r"(?:sent status|l?stat|fstat|f?set|realpath|fsync|statvfs|limits) ")
"""Steps that clients take between an upload and its rename."""
_KEPT_SESSIONS: Final = 10_000
_NO_BEGIN: Final = "an SFTP file of a session whose begin is not in the log"

Place = TypeVar("Place")
Process = tuple[str | None, str | None]
"""Host and process id."""


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
    who: Who
    removal: tuple[Place, str] | None = None
    """A removal whose end the next line tells: where it stands, and the file."""
    rename: tuple[str, str] | None = None
    """A rename whose end the next line tells: from and to."""
    came: tuple[Place, str, int] | None = None
    """A file that came in and may get its name yet: where it stands, its name, its bytes."""

    def came_in(self) -> tuple[SftpFact[Place], ...]:
        """That the file came in, under the name that it has by now."""
        if self.came is None or not fits_an_id(self.came[1]):
            return ()
        place, path, size_bytes = self.came
        return (SftpFact(place, 1, received(self.who, path, size_bytes)),)


class SftpSessions(Generic[Place]):
    """Follows the sessions of one log, in the order of its lines; memory stays bounded."""

    def __init__(self) -> None:
        self._open: OrderedDict[Process, _Session[Place]] = OrderedDict()

    def follow(
        self, process: Process, message: str, place: Place, login: UUID | None
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
            before = self._begin(process, opened, login)
            return Told(before, "an SFTP session that opened or closed")
        settled = self._settled(process, message)
        told = self._step(process, message, place)
        if isinstance(told, str):
            return Told(settled, told)
        return Told((*settled, *told), None)

    def _begin(
        self, process: Process, opened: re.Match[str], login: UUID | None
    ) -> tuple[SftpFact[Place], ...]:
        """What is still to be told of a session whose process id came back."""
        before = self._open.pop(process, None)
        who = Who(f"person:{opened['user'].strip()}", address_of(opened["address"]), login)
        self._open[process] = _Session(who)
        if len(self._open) > _KEPT_SESSIONS:
            self._open.popitem(last=False)
        return before.came_in() if before is not None else ()

    def _settled(self, process: Process, message: str) -> tuple[SftpFact[Place], ...]:
        """What this line tells of the steps before it in its session."""
        session = self._open.get(process)
        if session is None:
            return ()
        facts: tuple[SftpFact[Place], ...] = ()
        status = _STATUS.fullmatch(message)
        is_done = status is None or status["status"] == "Success"
        if session.removal is not None and is_done:
            place, path = session.removal
            facts = (SftpFact(place, 0, deletion(session.who, path)),)
        came = session.came
        if session.rename is not None and is_done and came is not None:
            came = (came[0], session.rename[1], came[2])
        session = replace(session, removal=None, rename=None, came=came)
        if came is not None and not _stays_open(message, came[1]):
            facts = (*session.came_in(), *facts)
            session = replace(session, came=None)
        self._open[process] = session
        return facts

    def _step(
        self, process: Process, message: str, place: Place
    ) -> tuple[SftpFact[Place], ...] | str:
        """The facts of a line itself, or why it tells of none."""
        if _CLOSED.fullmatch(message):
            self._open.pop(process, None)
            return "an SFTP session that opened or closed"
        closed, removal = _FILE.fullmatch(message), _REMOVAL.fullmatch(message)
        session = self._open.get(process)
        if session is None:
            return _without_begin(closed, removal)
        if closed is not None:
            return self._file(process, session, _closed(closed), place)
        renamed = _RENAME.fullmatch(message)
        if removal is not None:
            self._open[process] = replace(session, removal=(place, removal["path"]))
            return "an SFTP removal, whose end the next line of its session tells"
        if renamed is not None and session.came is not None:
            self._open[process] = replace(session, rename=(renamed["old"], renamed["new"]))
        return "a step of an SFTP session"

    def _file(
        self, process: Process, session: _Session[Place], closed: Closed, place: Place
    ) -> tuple[SftpFact[Place], ...] | str:
        """The facts of a file that was closed, or why there are none."""
        if not closed.read and not closed.written:
            return "an SFTP file closed without bytes"
        moved = SftpFact(place, 0, exchange(session.who, closed))
        if closed.is_forced:
            return (moved,)
        if not closed.read:
            came = (place, closed.path, closed.written)
            self._open[process] = replace(session, came=came)
            return (moved,)
        if not fits_an_id(closed.path):
            return (moved,)
        return (moved, SftpFact(place, 1, picked_up(session.who, closed.path, closed.read)))


def _closed(found: re.Match[str]) -> Closed:
    read, written = int(found["read"]), int(found["written"])
    return Closed(found["path"], read, written, is_forced=found["forced"] is not None)


def _stays_open(message: str, path: str) -> bool:
    """Whether a file of that path may still get another name after this line."""
    renamed = _RENAME.fullmatch(message)
    if renamed is not None:
        return renamed["old"] == path
    return _BESIDE.match(message) is not None


def _without_begin(closed: re.Match[str] | None, removal: re.Match[str] | None) -> str:
    """Why a line of a session whose begin is not in the log tells of nothing."""
    if closed is None and removal is None:
        return "a step of an SFTP session"
    if closed is not None and closed["read"] == closed["written"] == "0":
        return "an SFTP file closed without bytes"
    return _NO_BEGIN
