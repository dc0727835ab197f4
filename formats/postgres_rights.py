"""What a GRANT or REVOKE of PostgreSQL says: who may do what with which object.

A privilege of one role on one object is one right, as the database keeps it; `ALL` is each of those
that the manual lists for the sort of object. A statement that cannot be read whole is refused:
half a grant would be a wrong one.

Source: PostgreSQL 15 manual, GRANT and REVOKE (synopsis); §5.7, tables 5.1 and 5.2 (privileges).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from formats.sql_words import Word
from ledger.errors import FormatError

ROLE: Final = "role"
"""The sort of object of a membership: `GRANT readers TO anna`."""

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


class _Words:
    """The words of a statement, read from the left."""

    def __init__(self, words: Sequence[Word]) -> None:
        self._words, self._at = words, 0

    @property
    def ended(self) -> bool:
        return self._at >= len(self._words)

    def sees(self, *words: str) -> bool:
        return not self.ended and self._words[self._at].is_word(*words)

    def takes(self, *words: str) -> bool:
        """Whether these words stand here, one after the other; they are read past then."""
        behind = self._words[self._at : self._at + len(words)]
        found = len(behind) == len(words) and all(
            each.is_word(word) for each, word in zip(behind, words, strict=True)
        )
        self._at += len(words) if found else 0
        return found

    def needs(self, *words: str) -> None:
        if not self.takes(*words):
            raise FormatError("statement", " ".join(words).upper(), self._found())

    def name(self) -> str:
        if self.ended or self._words[self._at].is_literal or self._is_mark():
            raise FormatError("statement", "a name", self._found())
        self._at += 1
        return self._words[self._at - 1].text

    def dotted(self) -> tuple[str, ...]:
        names = [self.name()]
        while self.takes("."):
            names.append(self.name())
        return tuple(names)

    def skip_brackets(self) -> None:
        """Reads past what stands in round brackets, if something does."""
        depth = 0
        while not self.ended and (depth or self.sees("(")):
            depth += self.sees("(") - self.sees(")")
            self._at += 1

    def _is_mark(self) -> bool:
        word = self._words[self._at]
        return not word.is_quoted and not (word.text[0].isalpha() or word.text[0] == "_")

    def _found(self) -> str:
        return "the end" if self.ended else "another word"


def rights_of(statement: Sequence[Word]) -> Rights:
    """What a GRANT or REVOKE statement says.

    Args:
        statement: its words, the first of which is GRANT or REVOKE.

    Raises:
        FormatError: it is of a form that is not known, or names an object by a literal.
    """
    words = _Words(statement)
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
        rights = [
            Right(grantee, act, sort, names, columns, whole_schema)
            for names in objects
            for grantee in grantees
            for act, columns in _spelled_out(privileges, sort)
        ]
    if not words.ended and not words.sees(*_LAST_WORDS):
        raise FormatError("statement", "the end of the statement", "another word")
    return Rights(is_grant, tuple(rights), passing_on)


Privilege = tuple[str, tuple[str, ...]]
"""A privilege, or the name of a role, and the columns it is for."""


def _privileges(words: _Words) -> list[Privilege]:
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


def _memberships(words: _Words, privileges: list[Privilege], *, is_grant: bool) -> list[Right]:
    grantees = _grantees(words, is_grant=is_grant)
    if any(columns for _, columns in privileges):
        raise FormatError("statement", "roles", "columns")
    return [
        Right(grantee, "member", ROLE, (role,)) for role, _ in privileges for grantee in grantees
    ]


def _objects(words: _Words) -> tuple[str, bool, list[tuple[str, ...]]]:
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


def _listed(words: _Words) -> list[tuple[str, ...]]:
    names = [words.dotted()]
    words.skip_brackets()
    while words.takes(","):
        names.append(words.dotted())
        words.skip_brackets()
    return names


def _grantees(words: _Words, *, is_grant: bool) -> list[str]:
    words.needs("to" if is_grant else "from")
    grantees = [_grantee(words)]
    while words.takes(","):
        grantees.append(_grantee(words))
    return grantees


def _grantee(words: _Words) -> str:
    words.takes("group")
    if words.takes("public"):
        return "PUBLIC"
    if words.sees("current_user", "current_role", "session_user"):
        raise FormatError("statement", "the name of a role", "a word for the one who speaks")
    return words.name()
