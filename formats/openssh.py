"""OpenSSH `sshd` lines as syslog keeps them: who logged in, and who tried and failed.

| Line | becomes |
|---|---|
| `Accepted METHOD for U from A port P …` | `access.used`: actor U, origin A, session |
| `Failed METHOD for [invalid user] U from A …` | `intrusion.attempt_detected`: ip A, account U |
| the same where A is a host name | `access.attempt_denied`, the name in its note |
| `message repeated N times: [ … ]` | the fact in brackets with `attempts` N |
| `last message repeated N times` | the fact before once more, with `attempts` N |
| `Failed publickey` of an account that exists | skipped: clients offer their keys in turn |
| `Invalid user …`, PAM's authentication failures | skipped: `Failed` tells of the same attempt |
| `Accepted key … found`, `Postponed publickey` | skipped: they precede a login, are none |
| `internal-sftp`: a file closed after bytes came | `exchange.performed` and `file.received` |
| the same after bytes went | `exchange.performed` and `file.delivered`, picked up |
| the same, forced by a lost connection | `exchange.failed` |
| `remove name "F"`, not followed by an error | `data.deleted` |
| a step of SFTP without a process id, which joins it to its session | skipped |
| sessions opened or closed, other steps of SFTP | skipped |
| other lines of sshd, other programs | skipped and counted |

One attempt is one `Failed` line, whichever method it names: `Failed none` too, as an account that
does not exist was tried. The account may hold any text, ` from ` and blanks included; what sshd
itself wrote stands at the end of the line. Only where a key description follows, which a stranger
may word as well, two addresses make a line unreadable. A line without a time, as `sshd -E` writes
it, cannot be placed in history and is refused.

Source: OpenSSH 9.2p1 as recorded, auth.c `auth_log` for the words; RFC 3164 and rsyslog for what
    precedes them.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, BinaryIO, Final

from formats.local_time import LocalTimes
from formats.names import address_of, resource_under
from formats.reading import Line, Outcome, ReadContext, Translated, translate_lines
from formats.sftp_logins import SftpLogins
from formats.sftp_session import OPENED, PROGRAMS, SftpFact, SftpSessions
from formats.syslog_entry import HEADER, REPEATED, SyslogEntry, local_entry
from ledger.events import event_from_mapping

NAME: Final = "openssh"
PARSER: Final = "zegel-openssh/1"

_RESULT: Final = re.compile(
    r"(?P<result>Accepted|Failed) (?P<method>[a-z0-9/@.-]+) for (?P<invalid>invalid user )?"
    r"(?P<user>.*) from (?P<address>\S+) port (?P<port>\d{1,5})(?: ssh\d)?(?:: (?P<key>.*))?",
    re.DOTALL,
)
_PEER: Final = re.compile(r" from \S+ port \d")
_DAEMONS: Final = frozenset({"sshd", "sshd-session", "sshd-auth"})
SSH_PROGRAMS: Final = _DAEMONS | PROGRAMS
"""Whose messages are read here."""

_NO_TIME: Final = re.compile(
    r"(Accepted|Failed|Postponed) \S+ for |Connection (from|closed)|Server listening"
    r"|Invalid user |Received disconnect|Disconnected from|Starting session|Accepted key "
)
_LISTENING: Final = "Server listening on "
"""What sshd says when it begins."""
_METHODS: Final = {
    "password": "password",
    "publickey": "public-key",
    "gssapi-with-mic": "single-sign-on",
}
"""Other methods, such as keyboard-interactive, do not say what they asked for."""
_SKIPPED: Final = (
    ("Invalid user ", "told again by its Failed line"),
    ("input_userauth_request: ", "told again by its Failed line"),
    ("pam_unix(sshd:auth): ", "told again by its Failed line"),
    ("PAM ", "told again by its Failed line"),
    ("Accepted key ", "a key that was looked up, no login yet"),
    ("Postponed ", "a key that was looked up, no login yet"),
    ("pam_unix(sshd:session): ", "a session that opened or closed"),
    ("Starting session: ", "a session that opened or closed"),
)


def looks_like(head: bytes, file_name: str) -> int:
    """How surely, 0 to 100, these first bytes are lines of sshd."""
    lines = head.decode(errors="replace").splitlines()
    matches = [match for line in lines if (match := HEADER.fullmatch(line))]
    if any(match["program"] in _DAEMONS for match in matches):
        return 90
    if matches and "auth" in file_name:
        return 60
    return 40 if any(_NO_TIME.match(line) for line in lines) else 10 * bool(matches)


def read(stream: BinaryIO, context: ReadContext) -> Iterator[Outcome]:
    """Every line of an sshd log as a fact, skipped or unreadable, in the order of the log.

    Raises:
        SettingMissing: the lines have no year or zone and the context gives none.
    """
    times, messages = LocalTimes(context), SshMessages(context)

    def outcome_of(line: Line) -> Outcome | tuple[Outcome, ...]:
        entry = local_entry(line, times)
        return _without_header(line) if entry is None else messages.outcome_of(entry)

    yield from translate_lines(stream, outcome_of)
    context.tell_waiting(messages.waiting)


class SshMessages:
    """What messages of sshd become, in their order: a line may say that the one before repeats."""

    def __init__(self, context: ReadContext) -> None:
        """Begins where nothing was said before."""
        self._context = context
        self._sessions: SftpSessions[SyslogEntry] = SftpSessions()
        self._logins = SftpLogins()
        self._before: str | None = None

    @property
    def waiting(self) -> int:
        """How many facts wait for the lines after those that were read."""
        return self._sessions.waiting

    def _cut_off(self, entry: SyslogEntry) -> tuple[Translated, ...]:
        """What was the last that sessions did before sshd began anew."""
        if not entry.message.startswith(_LISTENING):
            return ()
        facts = self._sessions.cut_off(entry.host)
        return tuple(self._sftp_fact(fact, entry.line) for fact in facts)

    def outcome_of(self, entry: SyslogEntry) -> tuple[Outcome, ...]:
        """What one message becomes, of whichever program it is."""
        if entry.program is None or entry.program in _DAEMONS:
            return (*self._cut_off(entry), self._outcome(entry))
        self._before = None
        if entry.program in PROGRAMS:
            return self._sftp(entry)
        return (entry.line.skipped("a line of another program"),)

    def _sftp(self, entry: SyslogEntry) -> tuple[Outcome, ...]:
        if entry.pid is None:
            return (entry.line.skipped("a line of SFTP without a process id"),)
        opened = OPENED.fullmatch(entry.message)
        login = opened and self._logins.claim((entry.host, opened["user"], opened["address"]))
        told = self._sessions.follow(
            (entry.host, entry.pid), entry.message, entry, login, line_bytes=len(entry.line.raw)
        )
        facts = tuple(self._sftp_fact(fact, entry.line) for fact in told.facts)
        return facts if told.skipped is None else (*facts, entry.line.skipped(told.skipped))

    def _sftp_fact(self, fact: SftpFact[SyslogEntry], line: Line) -> Translated:
        """A fact under the id of the line that tells of it, known once `line` was read."""
        translated = self._translated(fact.place, fact.values, ordinal=fact.ordinal)
        return replace(translated, end_offset=line.end_offset)

    def _outcome(self, entry: SyslogEntry) -> Outcome:
        message, times = entry.message, 1
        repeated = REPEATED.fullmatch(message)
        if repeated is not None:
            inner = repeated["inner"] if repeated["inner"] is not None else self._before
            if inner is None:
                return entry.line.skipped("a line of another program")
            message, times = inner, int(repeated["times"] or repeated["last"])
        self._before = message
        found = _RESULT.fullmatch(message)
        if found is None:
            self._logins.follow(entry.host, message)
            reasons = (reason for start, reason in _SKIPPED if message.startswith(start))
            return entry.line.skipped(next(reasons, "a line of sshd that tells of no login"))
        if found["key"] is not None and len(_PEER.findall(message)) > 1:
            return entry.line.unreadable("expected one address, found several: which is sshd's?")
        if found["result"] == "Accepted":
            values = self._login(entry, found)
        elif found["method"] == "publickey" and not found["invalid"]:
            return entry.line.skipped("a key that was not accepted; clients offer theirs in turn")
        else:
            values = self._attempt(entry, found, times)
        warnings = ("repeated, recorded once",) if times > 1 and "attempts" not in values else ()
        outcome = self._translated(entry, values, warnings)
        if found["result"] == "Accepted":
            peer = (entry.host, found["user"], found["address"])
            self._logins.logged_in(peer, found["port"], outcome.event.event_id)
        return outcome

    def _login(self, entry: SyslogEntry, found: re.Match[str]) -> dict[str, Any]:
        key, user = found["key"], found["user"]
        method = _METHODS.get(found["method"], "other")
        if key and key.partition(" ")[0].endswith("-CERT"):
            method = "certificate"
        return {
            "kind": "access.used",
            "actor": _person(user),
            "actor_kind": "person",
            "origin": address_of(found["address"]),
            "action": "log-in",
            "act": "log-in",
            "outcome": "success",
            "auth_method": method,
            "resource": self._resource(entry),
            "session": _session(entry),
            "note": _joined(_no_address(found), key and f"key: {key}", _odd_name(user)),
        }

    def _attempt(self, entry: SyslogEntry, found: re.Match[str], times: int) -> dict[str, Any]:
        address = address_of(found["address"])
        values: dict[str, Any] = {
            "action": "log-in",
            "attempts": times,
            "note": _joined(_no_address(found), _odd_name(found["user"])),
        }
        if address is None:
            method = _METHODS.get(found["method"], "other")
            return values | {
                "kind": "access.attempt_denied",
                "actor": _person(found["user"]),
                "auth_method": method,
                "outcome": "denied",
                "resource": self._resource(entry),
                "session": _session(entry),
            }
        return values | {
            "kind": "intrusion.attempt_detected",
            "ip": address,
            "account": _person(found["user"]),
            "outcome": "failure",
            "target": self._resource(entry),
            "detector": "sshd",
            "detector_rule": _rule(found["method"]),
        }

    def _translated(
        self,
        entry: SyslogEntry,
        values: dict[str, Any],
        warnings: tuple[str, ...] = (),
        ordinal: int = 0,
    ) -> Translated:
        line, occurred = entry.line, entry.occurred
        common = occurred.fields() | {
            "event_id": self._context.place_id(NAME, occurred.instant, line.offset, ordinal),
            "system": self._context.system,
            "host": entry.host,
            "parser": PARSER,
        }
        known = {name: value for name, value in (common | values).items() if value is not None}
        return Translated(line.place, event_from_mapping(known), line.end_offset, warnings)

    def _resource(self, entry: SyslogEntry) -> str:
        return resource_under("ssh", entry.host or self._context.system)


def _without_header(line: Line) -> Outcome:
    if line.text.startswith("-- "):
        return line.skipped("a remark of journalctl")
    if _NO_TIME.match(line.text):
        return line.unreadable("expected a time, found none: sshd -E writes no times, syslog does")
    return line.unreadable("expected a syslog line that begins with a time, found another")


def _person(user: str) -> str | None:
    return f"person:{user.strip()}" if user.strip() else None


def _odd_name(user: str) -> str | None:
    """The account as written when blanks at its ends would otherwise be lost."""
    return f"account as written: [{user}]" if user != user.strip() or not user else None


def _no_address(found: re.Match[str]) -> str | None:
    """The host name that stands where an address is expected."""
    return None if address_of(found["address"]) else f"from host {found['address']}"


def _joined(*notes: str | None) -> str | None:
    return "; ".join(note for note in notes if note) or None


def _session(entry: SyslogEntry) -> str | None:
    """Process ids come back, so the moment of the login is part of the id of its session."""
    if entry.pid is None:
        return None
    moment = f"{entry.occurred.instant:%Y-%m-%dT%H:%M:%SZ}"
    return f"{entry.host or 'local'} sshd[{entry.pid}] {moment}"


def _rule(method: str) -> str:
    return "failed-" + re.sub(r"[^a-z0-9]+", "-", method).strip("-")
