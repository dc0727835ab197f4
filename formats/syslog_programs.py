"""What the programs of one machine say, each read in its own language and in its own order.

| Program | Language |
|---|---|
| sshd, sshd-session, sshd-auth, internal-sftp, sftp-server | `formats.openssh` |
| fail2ban, with a part such as fail2ban.actions | `formats.fail2ban` |
| slapd | `formats.slapd_messages` |
| postgres, one line of `jsonlog` per message | `formats.pgaudit` |
| those that the context names | that language, one whole document per message |
| others | skipped and counted |

A message that syslog says to repeat the one before belongs to the program that spoke last there.
"""

import io
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from hashlib import sha256
from typing import Final

from msgspec import structs

from formats import pgaudit
from formats.fail2ban import LINE, Fail2banMessages
from formats.openssh import SSH_PROGRAMS, SshMessages
from formats.reading import Outcome, Read, ReadContext, Translated, Unreadable
from formats.slapd_messages import PROGRAM as SLAPD
from formats.slapd_messages import SlapdMessages
from formats.syslog_entry import REPEATED, SyslogEntry

OTHER_PROGRAM: Final = "a line of another program"
POSTGRES: Final = "postgres"
KNOWN_PROGRAMS: Final = SSH_PROGRAMS | {"fail2ban", SLAPD, POSTGRES}
"""Whose messages are read without being told how."""

Follow = Callable[[SyslogEntry], tuple[Outcome, ...]]

_LEVEL: Final = re.compile(r"[A-Z]+\s+(?P<message>.*)", re.DOTALL)
_JSON_COOKIE: Final = "@cee:"
"""What some programs write before JSON in a message."""


class MachinePrograms:
    """Follows what the programs of one machine say, in the order of the log."""

    def __init__(self, context: ReadContext) -> None:
        """Begins where nothing was said before."""
        self._context = context
        self._last: Follow | None = None

    # Most machines speak few of the languages, and there may be many machines.

    @cached_property
    def _ssh(self) -> SshMessages:
        return SshMessages(self._context)

    @cached_property
    def _fail2ban(self) -> Fail2banMessages:
        return Fail2banMessages(self._context)

    @cached_property
    def _slapd(self) -> SlapdMessages:
        return SlapdMessages(self._context)

    @cached_property
    def _postgres(self) -> Read:
        return pgaudit.reading(self._context)

    @property
    def waiting(self) -> int:
        """How many facts wait for messages after those that were read."""
        return self._ssh.waiting

    def outcomes_of(self, entry: SyslogEntry) -> tuple[Outcome, ...]:
        """What one message becomes; at least one outcome."""
        follow = self._last if entry.program is None else self._follow(entry.program)
        self._last = follow
        if follow is None:
            return (entry.line.skipped(OTHER_PROGRAM),)
        return tuple(_of_machine(outcome, entry.host) for outcome in follow(entry))

    def _follow(self, program: str) -> Follow | None:
        """How messages of a program are read; what the owner of the source says comes first."""
        stated = self._context.programs.get(program)
        if stated is pgaudit.read or (stated is None and program == POSTGRES):
            return _once(self._of_postgres)
        if stated is not None:
            return _once(lambda entry: _documents(entry, stated, self._context))
        if program in SSH_PROGRAMS:
            return self._of_ssh
        if program == SLAPD:
            return _once(lambda entry: (self._slapd.outcome_of(entry),))
        if program.partition(".")[0] == "fail2ban":
            return _once(self._of_fail2ban)
        return None

    def _of_ssh(self, entry: SyslogEntry) -> tuple[Outcome, ...]:
        return self._ssh.outcome_of(entry)

    def _of_fail2ban(self, entry: SyslogEntry) -> tuple[Outcome, ...]:
        # Towards the journal it writes the line of its own log, towards syslog without the time.
        levelled = LINE.fullmatch(entry.message) or _LEVEL.fullmatch(entry.message)
        message = entry.message if levelled is None else levelled["message"]
        return (self._fail2ban.outcome_of(entry.line, entry.occurred, message),)

    def _of_postgres(self, entry: SyslogEntry) -> tuple[Outcome, ...]:
        """Sessions go on over messages, so one reader has them all."""
        if not entry.message.startswith("{"):
            return (entry.line.skipped("a line of PostgreSQL that is not in JSON"),)
        return _documents(entry, self._postgres, self._context)


def _once(follow: Follow) -> Follow:
    """The same where a message that syslog says to repeat is one fact, with a warning."""

    def unwrapped(entry: SyslogEntry) -> tuple[Outcome, ...]:
        repeated = REPEATED.fullmatch(entry.message)
        if repeated is None:
            return follow(entry)
        if repeated["inner"] is None:
            return (entry.line.skipped("a repetition of the line before"),)
        return tuple(
            replace(outcome, warnings=(*outcome.warnings, "repeated, recorded once"))
            if isinstance(outcome, Translated)
            else outcome
            for outcome in follow(replace(entry, message=repeated["inner"]))
        )

    return unwrapped


def _documents(entry: SyslogEntry, read: Read, context: ReadContext) -> tuple[Outcome, ...]:
    """What a message becomes that is a document of another language."""
    line, message = entry.line, _without_cookie(entry.message).encode()
    # Each message is a stream of its own, so what tells it from another is its place in the log.
    place = context.place_id("syslog message", entry.occurred.instant, line.offset)
    within = ReadContext(
        derive_id=context.derive_id,
        system=context.system,
        zone=context.zone,
        year=context.year,
        source_identity=sha256(place.bytes).digest(),
        now=context.now,
        clock=context.clock,
    )
    outcomes = tuple(_in_its_line(outcome, entry) for outcome in read(io.BytesIO(message), within))
    return outcomes or (line.skipped("an empty message"),)


def _without_cookie(message: str) -> str:
    """The message behind the cookie that it may begin with; inside it those words are its own."""
    begun = message.lstrip()
    return begun.removeprefix(_JSON_COOKIE).lstrip() if begun.startswith(_JSON_COOKIE) else message


def _in_its_line(outcome: Outcome, entry: SyslogEntry) -> Outcome:
    line = entry.line
    if isinstance(outcome, Unreadable):
        return replace(line.unreadable(outcome.reason), is_defect=outcome.is_defect)
    return replace(outcome, place=line.place, end_offset=line.end_offset)


def _of_machine(outcome: Outcome, host: str | None) -> Outcome:
    """The outcome with the machine that reported it, where its language does not know it."""
    if not isinstance(outcome, Translated) or outcome.event.host is not None or host is None:
        return outcome
    return replace(outcome, event=structs.replace(outcome.event, host=host))
