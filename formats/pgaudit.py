"""PostgreSQL's `jsonlog` with the audit lines of pgaudit: who read and wrote which table.

| Line | becomes |
|---|---|
| `AUDIT:` of class READ, WRITE, DDL, FUNCTION | `access.used`: table, command, rows |
| `AUDIT:` of CREATE, ALTER, DROP ROLE | `access.used`: the role, its powers; members as below |
| `AUDIT:` of GRANT, GRANT ROLE | `access.granted`, one for each right |
| `AUDIT:` of REVOKE, REVOKE ROLE | `access.revoked`, one for each right |
| the same, where the right cannot be told | `access.used`, and that it is undeterminable |
| `REVOKE GRANT OPTION FOR`, `ADMIN OPTION FOR` | `access.used`: the right itself stays |
| `AUDIT:` of class MISC, MISC_SET | skipped: no data |
| an error 42501 (insufficient privilege) | `access.attempt_denied` |
| an error of class 28 (login refused) | `access.attempt_denied` |
| `connection authorized` | `access.used`: a login |
| other lines of the server | skipped and counted |

The text of a statement holds literals, and pgaudit repeats that of the whole call in each of
its lines: no text is kept. A keyed digest of session and text, as `correlation_id`, tells which
facts came from one call. A right on one object is one grant, so that what was given together can be
taken one by one. Names are as they were written: without a schema nobody knows which was meant.

Source: PostgreSQL 15.18 and pgaudit 1.7.0 as recorded; PostgreSQL 15 manual, appendix A (codes).
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, BinaryIO, Final
from uuid import UUID

from formats.json_facts import Fact, JsonLanguage, Told, read_facts
from formats.json_members import Object
from formats.names import address_of, case_of, resource_of, word_of
from formats.pgaudit_calls import RIGHTS, ROLES, Calls
from formats.pgaudit_line import Audited, ServerLine, audited, number_of, server_line
from formats.postgres_rights import ROLE, Right, Rights, rights_of
from formats.postgres_roles import RoleStatement, role_statement
from formats.reading import Outcome, Read, ReadContext
from ledger.errors import FormatError

NAME: Final = "pgaudit"
PARSER: Final = "zegel-pgaudit/1"

SERVER: Final = "postgresql"
UNDETERMINABLE: Final = "which rights or roles, and whose, is undeterminable"

_KEYS: Final = (b'"error_severity"', b'"session_id"', b'"line_num"')
_WITHOUT_DATA: Final = frozenset({"MISC", "MISC_SET"})
_OF_THE_SERVER: Final = frozenset({ROLE, "database", "tablespace", "parameter"})
"""Sorts of objects that all databases of a server share."""
_NO_PRIVILEGE: Final = "42501"
_LOGIN_REFUSED: Final = "28"
_WRONG_PASSWORD: Final = "28P01"  # noqa: S105 - the code of an error, no secret
_DENIED_OBJECT: Final = re.compile(r"permission denied for ([a-z ]+) (\S+)")
_AUTHORISED: Final = "connection authorized:"
_SAME_MACHINE: Final = "[local]"


def _database_of(line: ServerLine, outcome: str) -> str | None:
    """The database of a login; none that only whoever was refused says there is.

    A client that names no database asks for one of the name of its account, which may be anybody's.
    """
    return None if outcome == "denied" and line.database == line.user else line.database


def looks_like(head: bytes, file_name: str) -> int:
    """How surely, 0 to 100, these first bytes are lines of jsonlog."""
    first = head.lstrip(b"\xef\xbb\xbf \t\r\n").partition(b"\n")[0]
    if first.startswith(b"{") and all(key in first for key in _KEYS):
        return 95
    return 20 if "pgaudit" in file_name and first.startswith(b"{") else 0


def read(stream: BinaryIO, context: ReadContext) -> Iterator[Outcome]:
    """Every line of the log as facts, skipped or unreadable, in its order.

    Raises:
        SettingMissing: times stand in an abbreviated zone and the context gives none.
    """
    return reading(context)(stream, context)


def reading(context: ReadContext) -> Read:
    """Reads one piece of a log after the other, and knows the sessions of the pieces before."""
    reader = _Reader(context)
    language = JsonLanguage(PARSER, "line", reader.tell, number_of=number_of)
    return lambda stream, within: read_facts(stream, within, language)


class _Reader:
    """Reads lines in order; follows the sessions, because calls repeat their text."""

    def __init__(self, context: ReadContext) -> None:
        self._context = context
        self._calls = Calls()
        self._call: tuple[str, str, UUID] | None = None

    def tell(self, value: Object, context: ReadContext) -> list[Told]:
        line = server_line(value, context)
        self._calls.follow(line)
        said = audited(line)
        return [self._server(line)] if said is None else self._audited(line, said)

    def _server(self, line: ServerLine) -> Told:
        if line.severity in {"ERROR", "FATAL"} and line.state == _NO_PRIVILEGE:
            return self._denied(line)
        if line.severity == "FATAL" and line.state.startswith(_LOGIN_REFUSED):
            method = "password" if line.state == _WRONG_PASSWORD else "other"
            return self._login(line, "denied", auth_method=method)
        if line.severity == "LOG" and line.message.startswith(_AUTHORISED):
            return self._login(line, "success")
        return "a line of the server that tells of no access"

    def _login(self, line: ServerLine, outcome: str, **more: object) -> Fact:
        values: dict[str, Any] = {
            "kind": "access.used" if outcome == "success" else "access.attempt_denied",
            "action": "log-in",
            "act": "log-in",
            "resource": resource_of(SERVER, _database_of(line, outcome)),
            "outcome": outcome,
        }
        return self._translated(line, values | more)

    def _denied(self, line: ServerLine) -> Fact:
        found = _DENIED_OBJECT.fullmatch(line.message)
        act = word_of(line.command) or "use"
        values: dict[str, Any] = {
            "kind": "access.attempt_denied",
            "action": act,
            "act": act,
            "resource": resource_of(SERVER, line.database, found[2] if found else None),
            "object_kind": word_of(found[1]) if found else None,
            "outcome": "denied",
        }
        return self._translated(line, values)

    def _audited(self, line: ServerLine, said: Audited) -> list[Told]:
        if said.statement_class in _WITHOUT_DATA:
            return ["a command that touches no data"]
        if said.command not in RIGHTS | ROLES:
            return [self._used(line, said)]
        statement = self._calls.statement_told(line, said)
        try:
            if statement is not None and said.command in RIGHTS:
                return self._rights(line, said, rights_of(statement))
            if statement is not None:
                return self._roles(line, said, role_statement(statement))
        except FormatError:
            pass  # a form of the statement that is not known: said below
        used = self._used(line, said, note=UNDETERMINABLE)
        return [replace(used, warnings=(f"{said.command}: {UNDETERMINABLE}",))]

    def _rights(self, line: ServerLine, said: Audited, told: Rights) -> list[Told]:
        if told.only_passing_on:
            return [self._used(line, said, note="only the right to pass a right on")]
        return [self._right(line, said, each, is_grant=told.is_grant) for each in told.rights]

    def _roles(self, line: ServerLine, said: Audited, told: RoleStatement) -> list[Told]:
        """The roles that a statement is about, and whose members they became."""
        notes = [f"powers: {', '.join(told.powers)}"] if told.powers else []
        notes += ["what follows the password is not in the log"] if told.is_cut else []
        about = [
            self._used(line, said, name, object_kind=ROLE, object_id=name, note="; ".join(notes))
            for name in told.names
        ]
        members = [
            self._right(line, said, each, is_grant=not told.ends) for each in told.memberships
        ]
        return [*about, *members]

    def _used(self, line: ServerLine, said: Audited, part: str = "", **more: object) -> Fact:
        act = word_of(said.command) or "use"
        values: dict[str, Any] = {
            "kind": "access.used",
            "action": act,
            "act": act,
            "resource": resource_of(SERVER, line.database, said.object_name or None),
            "object_kind": word_of(said.object_type),
            "outcome": "success",
            "records_count": said.rows if said.statement_class in {"READ", "WRITE"} else None,
        }
        return self._translated(line, values | more, said.text, part)

    def _right(self, line: ServerLine, said: Audited, right: Right, *, is_grant: bool) -> Fact:
        name = ".".join(right.names)
        database = None if right.sort in _OF_THE_SERVER else line.database
        all_of = f"all {right.sort}s of " if right.whole_schema else ""
        grant_id = case_of(
            *(SERVER, self._context.system or "", database or "", right.sort, all_of + name),
            *(",".join(right.columns), right.grantee, right.act),
        )
        actor = _person(line.user)
        notes = [f"all {right.sort}s of the schema, as it was"] if right.whole_schema else []
        notes += [f"columns: {', '.join(right.columns)}"] if right.columns else []
        values: dict[str, Any] = {
            "kind": "access.granted" if is_grant else "access.revoked",
            "grant_id": grant_id,
            "grantee": f"person:{right.grantee}",
            "resource": resource_of(
                SERVER if database else f"{SERVER}-{right.sort}", database, name
            ),
            "acts": () if right.sort == ROLE else (word_of(right.act) or "use",),
            "granted_by" if is_grant else "revoked_by": actor,
            "action": "grant" if is_grant else "revoke",
            "object_kind": word_of(right.sort),
            "outcome": "success",
            "note": "; ".join(notes) or None,
        }
        return self._translated(line, values, said.text, grant_id)

    def _translated(
        self,
        line: ServerLine,
        values: dict[str, Any],
        text: str | None = None,
        part: str = "",
    ) -> Fact:
        """One fact; its id is that of the line, and of the part of it that it tells of."""
        context = self._context
        origin = address_of(line.peer) if line.peer else None
        common = line.occurred.fields() | {
            "event_id": context.own_id(NAME, *_named(line.session, str(line.number), part)),
            "actor": _person(line.user),
            "origin": origin,
        }
        if text is not None:
            common["correlation_id"] = self._call_id(line.session, text)
        if "grant_id" not in values:
            common["session"] = case_of(SERVER, context.system or "", line.session)
        host = line.peer if line.peer != _SAME_MACHINE and origin is None else None
        notes = (values.get("note"), host and f"from host {host}")
        return Fact(common | values | {"note": "; ".join(filter(None, notes)) or None})

    def _call_id(self, session: str, text: str) -> UUID:
        """The same for all facts of one call; a call may be long and give many."""
        if self._call is None or self._call[:2] != (session, text):
            call_id = self._context.own_id(f"{NAME} call", *_named(session, text))
            self._call = (session, text, call_id)
        return self._call[2]


def _person(user: str | None) -> str | None:
    return f"person:{user.strip()}" if user and user.strip() else None


def _named(*parts: str) -> Iterator[bytes]:
    return (part.encode("utf-8", "surrogatepass") for part in parts)
