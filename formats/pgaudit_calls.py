"""Which statement of a call one line of pgaudit tells of.

Every line of a call repeats the text of the whole call and counts the statements of the session,
not those of the text. Where the text holds one statement of the kind, that is the one. Where it
holds several, they ran one after the other: the first line is the first of them, and so on. That
is certain only as long as every line of the session was read and no error ended a call.

Lines of CREATE ROLE and ALTER ROLE lack what follows the first `password` in the whole call.

Source: pgaudit 1.7.0 as recorded; pgaudit.c `log_audit_event` (redaction).
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from formats.pgaudit_line import Audited, ServerLine
from formats.sql_words import Word, statements_of
from ledger.errors import FormatError

RIGHTS: Final = frozenset({"GRANT", "REVOKE", "GRANT ROLE", "REVOKE ROLE"})
"""Commands that give and take rights."""

ROLES: Final = frozenset({"CREATE ROLE", "ALTER ROLE", "DROP ROLE"})
"""Commands that make, change and remove roles, as users and groups too."""

REDACTED: Final = "<REDACTED>"
"""How a text ends that was cut behind a password."""

_ROLE_WORDS: Final = ("role", "user", "group")

_NOTHING: Final = Word(";")
_SESSIONS_KEPT: Final = 10_000
_CALLS_KEPT: Final = 64
_TEXTS_KEPT: Final = 8
"""A call of many statements would otherwise be taken apart for each of them."""


@dataclass(slots=True)
class _Session:
    """What is known of one session so far."""

    last_number: int
    is_whole: bool
    """Every line of it was read."""
    told: dict[tuple[bytes, str], int] = field(default_factory=dict)
    """How many statements of a call were told already, by the digest of its text and command."""


class Calls:
    """Follows sessions line by line, and says which statement a line tells of."""

    def __init__(self) -> None:
        """Has read nothing yet."""
        self._sessions: OrderedDict[str, _Session] = OrderedDict()
        self._taken_apart: OrderedDict[tuple[str, str], list[list[Word]]] = OrderedDict()

    def follow(self, line: ServerLine) -> None:
        """Takes note of one line, whatever it says; to be called for each, in order."""
        session = self._sessions.get(line.session)
        if session is None:
            session = _Session(line.number, is_whole=line.number == 1)
            self._sessions[line.session] = session
            if len(self._sessions) > _SESSIONS_KEPT:
                self._sessions.popitem(last=False)
        else:
            session.is_whole &= line.number == session.last_number + 1
            session.last_number = line.number
            self._sessions.move_to_end(line.session)
        if line.severity in {"ERROR", "FATAL", "PANIC"}:
            session.told.clear()  # the rest of its call did not run

    def statement_told(self, line: ServerLine, said: Audited) -> list[Word] | None:
        """The words of the statement that a line tells of; `None` where that is undeterminable."""
        if said.text is None:
            return None
        fitting = self._fitting(said.text, said.command)
        is_cut = said.text.endswith(REDACTED)
        if len(fitting) == 1 and not is_cut:
            return fitting[0]
        at = self._place_in_call(self._sessions[line.session], said)
        if at is None or not fitting:
            return None
        if is_cut:  # how many statements it had is not known, so its lines are not counted anew
            return fitting[at] if at < len(fitting) else None
        return fitting[at % len(fitting)]

    def _fitting(self, text: str, command: str) -> list[list[Word]]:
        """The statements of a command in a text; none where it cannot be taken apart."""
        known = self._taken_apart.get((text, command))
        if known is None:
            try:
                known = [each for each in statements_of(text) if _fits(each, command)]
            except FormatError:
                known = []
            self._taken_apart[text, command] = known
            if len(self._taken_apart) > _TEXTS_KEPT:
                self._taken_apart.popitem(last=False)
        return known

    def _place_in_call(self, session: _Session, said: Audited) -> int | None:
        """How many statements of a command its call told before; `None` where lines are missing."""
        key = sha256((said.text or "").encode("utf-8", "surrogatepass")).digest(), said.command
        at = session.told.get(key, 0)
        if len(session.told) >= _CALLS_KEPT and key not in session.told:
            session.is_whole = False
            session.told.clear()
        session.told[key] = at + 1
        return at if session.is_whole else None


def _fits(statement: list[Word], command: str) -> bool:
    """Whether a statement is one of a command, by the words with which it begins."""
    verb, _, of_role = command.lower().partition(" ")
    if not statement[0].is_word(verb):
        return False
    if command in ROLES:
        second, third = [*statement, _NOTHING, _NOTHING][1:3]
        return second.is_word(*_ROLE_WORDS) and not third.is_word("mapping")
    return any(word.is_word("on") for word in statement) != bool(of_role)
