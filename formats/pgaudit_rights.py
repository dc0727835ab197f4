"""Which GRANT or REVOKE of a call one line of pgaudit tells of.

Every line of a call repeats the text of the whole call and counts the statements of the session,
not those of the text. Where the text holds one statement of the kind, that is the one. Where it
holds several, they ran one after the other: the first line is the first of them, and so on. That
is certain only as long as every line of the session was read and no error ended a call.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from formats.pgaudit_line import Audited, ServerLine
from formats.postgres_rights import Rights, rights_of
from formats.sql_words import Word, statements_of
from ledger.errors import FormatError

COMMANDS: Final = frozenset({"GRANT", "REVOKE", "GRANT ROLE", "REVOKE ROLE"})

_SESSIONS_KEPT: Final = 10_000
_CALLS_KEPT: Final = 64


@dataclass(slots=True)
class _Session:
    """What is known of one session so far."""

    last_number: int
    is_whole: bool
    """Every line of it was read."""
    told: dict[tuple[bytes, str], int] = field(default_factory=dict)
    """How many statements of a call were told already, by the digest of its text and command."""


class RightsTold:
    """Follows sessions line by line, and says which rights a line gives or takes."""

    def __init__(self) -> None:
        """Has read nothing yet."""
        self._sessions: OrderedDict[str, _Session] = OrderedDict()

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

    def of(self, line: ServerLine, said: Audited) -> Rights | None:
        """The rights that a line tells of; `None` when they are undeterminable."""
        if said.text is None:
            return None
        try:
            fitting = [each for each in statements_of(said.text) if _fits(each, said.command)]
            at = self._place_in_call(self._sessions[line.session], said, len(fitting))
            return None if at is None else rights_of(fitting[at])
        except FormatError:
            return None

    def _place_in_call(self, session: _Session, said: Audited, count: int) -> int | None:
        """Which of so many statements of a call a line tells of."""
        if count <= 1:
            return 0 if count else None
        key = sha256((said.text or "").encode("utf-8", "surrogatepass")).digest(), said.command
        at = session.told.get(key, 0)
        if len(session.told) >= _CALLS_KEPT and key not in session.told:
            session.is_whole = False
            session.told.clear()
        session.told[key] = (at + 1) % count
        return at if session.is_whole else None


def _fits(statement: list[Word], command: str) -> bool:
    verb, _, of_role = command.lower().partition(" ")
    on_object = any(word.is_word("on") for word in statement)
    return statement[0].is_word(verb) and on_object != bool(of_role)
