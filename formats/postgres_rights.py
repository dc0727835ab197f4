"""What a GRANT or REVOKE of PostgreSQL says: who may do what with which object.

A privilege of one role on one object is one right, as the database keeps it; `ALL` is each of those
that the manual lists for the sort of object. A statement that cannot be read whole is refused:
half a grant would be a wrong one. So is one that names more rights than `MOST_RIGHTS`: every table
for every role is a product, and whoever may give a right could write one without end.

Source: PostgreSQL 15 manual, GRANT and REVOKE (synopsis); §5.7, tables 5.1 and 5.2 (privileges).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from formats.sql_words import Statement, Word
from ledger.errors import FormatError

ROLE: Final = "role"
"""The sort of object of a membership: `GRANT readers TO anna`."""

MOST_RIGHTS: Final = 10_000
"""Of one statement; each becomes a fact of its own."""

_TABLE: Final = ("select", "insert", "update", "delete", "truncate", "references", "trigger")
_PRIVILEGES: Final = {
    "table": _TABLE,
    "sequence": ("usage", "select", "update"),
    "database": ("create", "connect", "temporary"),
    "schema": ("create", "usage"),
    "function": ("execute",),
    "procedure": ("execute",),
    "routine": ("execute",),
    "language": ("usage",),
    "type": ("usage",),
    "domain": ("usage",),
    "foreign data wrapper": ("usage",),
    "foreign server": ("usage",),
    "tablespace": ("create",),
    "large object": ("select", "update"),
    "parameter": ("set", "alter system"),
}
_PLURALS: Final = {
    "tables": "table",
    "sequences": "sequence",
    "functions": "function",
    "procedures": "procedure",
    "routines": "routine",
}
_SYNONYMS: Final = {"temp": "temporary"}
_LAST_WORDS: Final = ("with", "granted", "cascade", "restrict")


@dataclass(frozen=True, slots=True)
class Right:
    """One right that a statement gives or takes."""

    grantee: str
    """A role; `PUBLIC` is everybody."""
    act: str
    """A privilege such as `select`, or `member` of a role."""
    sort: str
    """What sort of object: `table`, `schema`, `role`."""
    names: tuple[str, ...]
    """The name of the object, schema first where one was written; a routine's without arguments."""
    columns: tuple[str, ...] = ()
    whole_schema: bool = False
    """All objects of the sort in the schema that is named."""


@dataclass(frozen=True, slots=True)
class Rights:
    """What one statement says."""

    is_grant: bool
    rights: tuple[Right, ...]
    only_passing_on: bool = False
    """Only the right to pass a right on is taken; the right itself stays."""


def rights_of(statement: Sequence[Word]) -> Rights:
    """What a GRANT or REVOKE statement says.

    Args:
        statement: its words, the first of which is GRANT or REVOKE.

    Raises:
        FormatError: it is of a form that is not known, names an object by a literal, or names too
            many rights.
    """
    words = Statement(statement)
    is_grant = words.takes("grant")
    if not is_grant:
        words.needs("revoke")
    passing_on = not is_grant and (
        words.takes("grant", "option", "for") or words.takes("admin", "option", "for")
    )
    privileges = _privileges(words)
    if not words.takes("on"):
        rights = _memberships(words, privileges, is_grant=is_grant)
    else:
        sort, whole_schema, objects = _objects(words)
        grantees = _grantees(words, is_grant=is_grant)
        spelled = _spelled_out(privileges, sort)
        _refuse_many(len(objects) * len(grantees) * len(spelled))
        rights = [
            Right(grantee, act, sort, names, columns, whole_schema)
            for names in objects
            for grantee in grantees
            for act, columns in spelled
        ]
    if not words.ended and not words.sees(*_LAST_WORDS):
        raise FormatError("statement", "the end of the statement", "another word")
    return Rights(is_grant, tuple(rights), passing_on)


def _refuse_many(rights: int) -> None:
    if rights > MOST_RIGHTS:
        raise FormatError("statement", f"at most {MOST_RIGHTS} rights", f"{rights}")


Privilege = tuple[str, tuple[str, ...]]
"""A privilege, or the name of a role, and the columns it is for."""


def _privileges(words: Statement) -> list[Privilege]:
    found: list[Privilege] = []
    while True:
        name = words.name()
        if name == "alter" and words.takes("system"):
            name = "alter system"
        if name == "all":
            words.takes("privileges")
        columns: list[str] = []
        if words.takes("("):
            columns.append(words.name())
            while words.takes(","):
                columns.append(words.name())
            words.needs(")")
        found.append((name, tuple(columns)))
        if not words.takes(","):
            return found


def _spelled_out(privileges: list[Privilege], sort: str) -> list[Privilege]:
    known = _PRIVILEGES[sort]
    spelled: list[Privilege] = []
    for name, columns in privileges:
        act = _SYNONYMS.get(name, name)
        if act == "all":
            spelled += [(each, columns) for each in known]
        elif act in known:
            spelled.append((act, columns))
        else:
            raise FormatError("statement", f"a privilege of a {sort}", "another word")
    return spelled


def _memberships(words: Statement, privileges: list[Privilege], *, is_grant: bool) -> list[Right]:
    grantees = _grantees(words, is_grant=is_grant)
    if any(columns for _, columns in privileges):
        raise FormatError("statement", "roles", "columns")
    _refuse_many(len(privileges) * len(grantees))
    return [
        Right(grantee, "member", ROLE, (role,)) for role, _ in privileges for grantee in grantees
    ]


def _objects(words: Statement) -> tuple[str, bool, list[tuple[str, ...]]]:
    """The sort of the objects, whether all of a schema are meant, and their names."""
    if words.takes("all"):
        plural = words.name()
        if plural not in _PLURALS:
            raise FormatError("statement", "ALL TABLES and the like", "another word")
        words.needs("in", "schema")
        return _PLURALS[plural], True, _listed(words)
    for sort in _PRIVILEGES:
        if words.takes(*sort.split(" ")):
            return sort, False, _listed(words)
    return "table", False, _listed(words)


def _listed(words: Statement) -> list[tuple[str, ...]]:
    return words.listed(_object)


def _object(words: Statement) -> tuple[str, ...]:
    """The name of one object, read past the arguments of a routine."""
    names = words.dotted()
    words.skip_brackets()
    return names


def _grantees(words: Statement, *, is_grant: bool) -> list[str]:
    words.needs("to" if is_grant else "from")
    return words.listed(_grantee)


def _grantee(words: Statement) -> str:
    words.takes("group")
    if words.takes("public"):
        return "PUBLIC"
    if words.sees("current_user", "current_role", "session_user"):
        raise FormatError("statement", "the name of a role", "a word for the one who speaks")
    return words.name()
