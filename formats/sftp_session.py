"""SFTP sessions put together from lines of `internal-sftp` or `sftp-server`: which files went.

Account and address stand only on the lines that open and close a session, the bytes only on the
line that closes a file; the process id joins them. A file closed after bytes went is one exchange,
and the file itself was received or picked up; nothing is invented for a file that the log does not
close. Where the begin of a session is not in the log, which was rotated since, its facts wait for
its end, which names the account as well.

Some steps have their end in the lines after them:

- a removal and a rename are told before they are tried, and only a failure is told after it: they
  count once the next line of their session says nothing else;
- clients upload under a name for the way and rename at the end: a file is received under the name
  that it has when its session goes on to something else.

The process id is not that of sshd and no port is given: which login a session belongs to is told
from outside, where it can be told.

Every pattern takes time in proportion to its line at most: strangers name files.

Source: OpenSSH 9.2p1 as recorded with `-l VERBOSE`, sftp-server.c for the words.
"""

import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, Generic
from uuid import UUID

from formats.names import address_of
from formats.sftp_facts import Closed, Who, deletion, exchange, fits_an_id, picked_up, received
from formats.sftp_paths import path_of
from formats.sftp_waiting import EACH_BYTES, Place, Unsaid, Waiting

PROGRAMS: Final = frozenset({"internal-sftp", "sftp-server"})
OPENED: Final = re.compile(
    r"session opened for local user (?P<user>.*) from \[(?P<address>[^\]]{0,100})\]", re.DOTALL
)

_CLOSED: Final = re.compile(
    r"session closed for local user (?P<user>.*) from \[(?P<address>[^\]]{0,100})\]", re.DOTALL
)
_FILE: Final = re.compile(
    r'(?P<forced>forced )?close "(?P<path>.*)" bytes read (?P<read>\d{1,15}) '
    r"written (?P<written>\d{1,15})",
    re.DOTALL,
)
_REMOVAL: Final = re.compile(r'remove name "(?P<path>.*)"', re.DOTALL)
_RENAME: Final = re.compile(r'(?:posix-)?rename old "(?P<paths>.*)"', re.DOTALL)
_STATUS: Final = re.compile(r"sent status (?P<status>.*)", re.DOTALL)
_BESIDE: Final = re.compile(r"(?:sent status|l?stat|fstat|f?set|realpath|fsync|statvfs|limits) ")
"""Steps that clients take between an upload and its rename."""
_KEPT_SESSIONS: Final = 10_000
_KEPT_BYTES: Final = 64 * 1024 * 1024
"""Of all that sessions hold, by the lines that told of it; where there is more, or there are more
sessions, the oldest is let go."""
_WAITING: Final = "an SFTP file of a session whose begin is not in the log"

_BEGIN_OR_END: Final = "an SFTP session that opened or closed"

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
class _Line(Generic[Place]):
    """Where a line stands, and how long it is."""

    place: Place
    size_bytes: int

    def unsaid(self, ordinal: int, make: Callable[[Who], dict[str, Any]]) -> Unsaid[Place]:
        """A fact of this line but for who acted."""
        return Unsaid(self.place, ordinal, make, self.size_bytes)


@dataclass(slots=True)
class _Session(Generic[Place]):
    who: Who | None
    """`None` where the begin of the session is not in the log."""
    first_bytes: int
    """Of its first line, which names the process and may name the account."""
    removal: tuple[_Line[Place], str] | None = None
    """A removal whose end the next line tells: its line, and the file."""
    rename: tuple[str, str] | None = None
    """A rename whose end the next line tells: from and to."""
    came: tuple[_Line[Place], str, int] | None = None
    """A file that came in and may get its name yet: its line, its name, its bytes."""
    waiting: Waiting[Place] = field(default_factory=Waiting)
    """The facts of a session whose account only its end tells."""

    @property
    def held_bytes(self) -> int:
        """About how much memory it takes."""
        held = EACH_BYTES + self.first_bytes + self.waiting.held_bytes
        if self.came is not None:
            held += self.came[0].size_bytes + len(self.came[1])
        if self.removal is not None:
            held += self.removal[0].size_bytes
        return held if self.rename is None else held + len(self.rename[0]) + len(self.rename[1])

    @property
    def unsettled(self) -> int:
        """How many facts wait for a later line."""
        name_open = self.came is not None and fits_an_id(self.came[1])
        return len(self.waiting) + name_open + (self.removal is not None)

    def told(self, *unsaid: Unsaid[Place]) -> tuple[SftpFact[Place], ...]:
        """The facts, if it is known who acted; else they wait."""
        who = self.who
        if who is None:
            self.waiting.add(unsaid)
            return ()
        return tuple(SftpFact(each.place, each.ordinal, each.make(who)) for each in unsaid)

    def named(self, who: Who) -> tuple[SftpFact[Place], ...]:
        """The facts that waited, now that it is known who acted."""
        self.who = who
        return self.told(*self.waiting.take())

    def settle(self, message: str) -> tuple[SftpFact[Place], ...]:
        """What a line tells of the steps before it."""
        status = _STATUS.fullmatch(message)
        is_done = status is None or status["status"] == "Success"
        if self.rename is not None and self.came is not None and is_done:
            self.came = (self.came[0], self.rename[1], self.came[2])
        facts: tuple[SftpFact[Place], ...] = ()
        if self.came is not None and not _stays_open(message, self.came[1]):
            facts = self.came_in()
        if self.removal is not None and is_done:
            line, path = self.removal
            facts += self.told(line.unsaid(0, partial(deletion, path=path)))
        self.removal = self.rename = None
        return facts

    def came_in(self) -> tuple[SftpFact[Place], ...]:
        """That a file came in, under the name that it has by now."""
        came, self.came = self.came, None
        if came is None or not fits_an_id(came[1]):
            return ()
        line, path, size_bytes = came
        return self.told(line.unsaid(1, partial(received, path=path, size_bytes=size_bytes)))

    def closed_file(self, closed: Closed, line: _Line[Place]) -> tuple[SftpFact[Place], ...]:
        """What is known at once of a file that was closed after bytes went."""
        moved = line.unsaid(0, partial(exchange, closed=closed))
        if closed.is_forced:
            return self.told(moved)
        if not closed.read:
            self.came = (line, closed.path, closed.written)
            return self.told(moved)
        if not fits_an_id(closed.path):
            return self.told(moved)
        fetched = partial(picked_up, path=closed.path, size_bytes=closed.read)
        return self.told(moved, line.unsaid(1, fetched))


class SftpSessions(Generic[Place]):
    """Follows the sessions of one log, in the order of its lines; memory stays bounded."""

    def __init__(self) -> None:
        self._open: OrderedDict[Process, _Session[Place]] = OrderedDict()
        self._held_bytes = 0

    @property
    def waiting(self) -> int:
        """How many facts wait for lines that did not come yet."""
        return sum(session.unsettled for session in self._open.values())

    def follow(
        self,
        process: Process,
        message: str,
        place: Place,
        login: UUID | None,
        *,
        line_bytes: int = 0,
    ) -> Told[Place]:
        """What a line tells.

        Args:
            process: Host and process id.
            message: What it says.
            place: Where it stands; given back with its facts.
            login: The event of the login that the session belongs to, if this line opens one and
                it can be told.
            line_bytes: Of the whole line, where it may be much more than the message.
        """
        line = _Line(place, max(line_bytes, len(message)))
        before = self._open.get(process)
        self._held_bytes -= before.held_bytes if before is not None else 0
        told = self._told(process, message, line, login)
        after = self._open.get(process)
        self._held_bytes += after.held_bytes if after is not None else 0
        while len(self._open) > _KEPT_SESSIONS or self._held_bytes > _KEPT_BYTES:
            _, oldest = self._open.popitem(last=False)
            self._held_bytes -= oldest.held_bytes
        return told

    def _told(
        self, process: Process, message: str, line: _Line[Place], login: UUID | None
    ) -> Told[Place]:
        opened, closed = OPENED.fullmatch(message), _CLOSED.fullmatch(message)
        if opened is not None:
            before = self._open.pop(process, None)
            facts = before.came_in() if before is not None else ()
            self._open[process] = _Session(_who(opened, login), line.size_bytes)
            return Told(facts, _BEGIN_OR_END)
        session = self._open.get(process)
        if closed is None:
            return self._step(process, session, message, line)
        if session is None:
            return Told((), _BEGIN_OR_END)
        del self._open[process]
        facts = session.settle(message)
        return Told(facts + session.named(_who(closed, None)), _BEGIN_OR_END)

    def cut_off(self, host: str | None) -> tuple[SftpFact[Place], ...]:
        """The files that came in on a machine which began anew: they get no other name there.

        Whether a removal was done before that nobody tells any more.
        """
        facts: list[SftpFact[Place]] = []
        for (where, _), session in self._open.items():
            if where == host:
                self._held_bytes -= session.held_bytes
                facts += session.came_in()
                self._held_bytes += session.held_bytes
        return tuple(facts)

    def _step(
        self, process: Process, session: _Session[Place] | None, message: str, line: _Line[Place]
    ) -> Told[Place]:
        """What a line within a session tells."""
        settled = session.settle(message) if session is not None else ()
        found, removal = _FILE.fullmatch(message), _REMOVAL.fullmatch(message)
        renamed = _renamed(message)
        closed = None if found is None else _closed(found)
        if closed is not None and not closed.read and not closed.written:
            return Told(settled, "an SFTP file closed without bytes")
        if closed is None and removal is None and renamed is None:
            return Told(settled, "a step of an SFTP session")
        if session is None:
            session = self._open[process] = _Session(None, line.size_bytes)
        if closed is not None:
            facts = session.closed_file(closed, line)
            return Told(settled + facts, None if facts else _WAITING)
        if removal is not None:
            session.removal = (line, path_of(removal["path"]))
            return Told(settled, "an SFTP removal, whose end the next line of its session tells")
        if renamed is not None and session.came is not None:
            session.rename = renamed
        return Told(settled, "a step of an SFTP session")


def _who(line: re.Match[str], login: UUID | None) -> Who:
    """Who acts in a session, by the line that opens or closes it."""
    return Who(f"person:{line['user'].strip()}", address_of(line["address"]), login)


def _closed(found: re.Match[str]) -> Closed:
    read, written = int(found["read"]), int(found["written"])
    return Closed(path_of(found["path"]), read, written, is_forced=found["forced"] is not None)


def _stays_open(message: str, path: str) -> bool:
    """Whether a file of that path may still get another name after this line."""
    renamed = _renamed(message)
    if renamed is not None:
        return renamed[0] == path
    return _BESIDE.match(message) is not None


def _renamed(message: str) -> tuple[str, str] | None:
    """From which path to which, where a message tells of a rename and leaves no doubt."""
    found = _RENAME.fullmatch(message)
    if found is None:
        return None
    old, parted, new = found["paths"].partition('" new "')
    return (path_of(old), path_of(new)) if parted and '" new "' not in new else None
