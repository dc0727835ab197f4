"""What CREATE, ALTER and DROP ROLE of PostgreSQL say: which role, which powers, whose member.

Source: PostgreSQL 15 manual, CREATE ROLE, ALTER ROLE, ALTER GROUP, DROP ROLE (synopsis).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from formats.postgres_rights import ROLE, Right
from formats.sql_words import Statement, Word
from ledger.errors import FormatError

_KINDS: Final = ("role", "user", "group")
_POWERS: Final = tuple(
    f"{no}{power}"
    for power in (
        *("superuser", "createdb", "createrole", "inherit", "login", "replication", "bypassrls"),
    )
    for no in ("", "no")
)


@dataclass(frozen=True, slots=True)
class RoleStatement:
    """What one statement says of roles."""

    names: tuple[str, ...]
    """The roles that it is about."""
    powers: tuple[str, ...] = ()
    """Such as `superuser`, `nologin`, in the words of the statement."""
    memberships: tuple[Right, ...] = ()
    """Whose member a role is from now on, or, where `ends`, no more."""
    ends: bool = False
    is_cut: bool = False
    """What follows the password is not in the log."""


def role_statement(statement: Sequence[Word]) -> RoleStatement:
    """What a CREATE, ALTER or DROP of a role, user or group says.

    Args:
        statement: its words, the first two of which are such.

    Raises:
        FormatError: it is of a form that is not known.
    """
    words = Statement(statement)
    verb = words.name()
    kind = words.name()
    if verb not in {"create", "alter", "drop"} or kind not in _KINDS:
        raise FormatError("statement", "CREATE, ALTER or DROP of a role", "another")
    if verb == "drop":
        words.takes("if", "exists")
        return _ended(words, RoleStatement(tuple(words.listed(Statement.name))))
    name = words.name()
    if verb == "alter" and words.sees("add", "drop"):
        return _ended(words, _changed_members(words, name))
    if verb == "alter" and words.sees("rename", "set", "reset", "in"):
        return RoleStatement((name,))
    words.takes("with")
    return _with_options(words, name)


def _changed_members(words: Statement, group: str) -> RoleStatement:
    ends = words.takes("drop")
    if not ends:
        words.needs("add")
    words.needs("user")
    members = words.listed(Statement.name)
    return RoleStatement((group,), (), _members(members, group), ends)


def _with_options(words: Statement, name: str) -> RoleStatement:
    powers: list[str] = []
    memberships: list[Right] = []
    is_cut = False
    while not words.ended:
        if words.takes("in", "role") or words.takes("in", "group"):
            memberships += [_member(name, each) for each in words.listed(Statement.name)]
        elif words.sees(*_KINDS, "admin"):
            words.name()
            memberships += _members(words.listed(Statement.name), name)
        elif words.sees(*_POWERS):
            powers.append(words.name())
        else:
            is_cut = _skip_setting(words)
    return RoleStatement((name,), tuple(powers), tuple(memberships), is_cut=is_cut)


def _skip_setting(words: Statement) -> bool:
    """Whether a setting that gives no power, a limit, an end, a password, is the end of the text.

    It is read past.
    """
    words.takes("encrypted")
    if words.takes("password"):
        if words.takes("null"):
            return False
        if words.takes("<", "redacted", ">"):
            _refuse_more(words)
            return True
    elif words.takes("connection", "limit"):
        words.takes("-")
    elif not words.takes("valid", "until"):
        words.needs("sysid")
    words.skip_literal()
    return False


def _members(members: Sequence[str], group: str) -> tuple[Right, ...]:
    return tuple(_member(each, group) for each in members)


def _member(member: str, group: str) -> Right:
    return Right(member, "member", ROLE, (group,))


def _ended(words: Statement, said: RoleStatement) -> RoleStatement:
    _refuse_more(words)
    return said


def _refuse_more(words: Statement) -> None:
    if not words.ended:
        raise FormatError("statement", "the end of the statement", "another word")
