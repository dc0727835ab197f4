"""Every statement about one log that the database is sent names that log, and no other."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, event

from ledger.home import Home
from tests.two_logs import OTHER, answers, changes, command, fill, make_home, opened

_TABLE: Final = re.compile(r"\bzegel_[a-z0-9_]+")
_OF_NO_LOG: Final = frozenset(("zegel_log", "zegel_schema"))
_EQUAL: Final = re.compile(r"\blog\"? = (\d+)")
_VALUES: Final = re.compile(r"\(\"?log\"?, .*?VALUES \((\d+)", re.DOTALL)
_ACROSS_LOGS: Final = re.compile(
    r"SELECT zegel_view_position\.version \nFROM zegel_view_position \n"
    r'WHERE zegel_view_position\."view" IN '
)
"""Tables of a view go once no log of the database uses its version any more."""
_DATA: Final = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")


@contextmanager
def _sent() -> Iterator[set[str]]:
    """The statements that SQLite is sent, with their values in place."""
    statements: set[str] = set()

    def trace(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's connection
        connection.set_trace_callback(statements.add)

    event.listen(Engine, "connect", trace)
    try:
        yield statements
    finally:
        event.remove(Engine, "connect", trace)


def _logs_of(statement: str) -> set[int]:
    """The numbers of the logs that a statement is about; empty where it is about any."""
    inserted = _VALUES.findall(statement) if statement.lstrip().startswith("INSERT") else []
    return {int(number) for number in inserted or _EQUAL.findall(statement)}


def test_every_statement_names_the_log_that_is_meant(tmp_path: Path, sqlite_url: str) -> None:
    """A question or a change would reach every log of the database; no other test might see it."""
    home = make_home(tmp_path / "home", sqlite_url)
    fill(home, OTHER)
    number = _number(home)
    with _sent() as statements:
        fill(home, "main")
        answers(home, "main")
        for words in changes(tmp_path):
            command(home, "main", *words)
    about = {
        statement
        for statement in statements
        if statement.lstrip().startswith(_DATA)
        and set(_TABLE.findall(statement)) - _OF_NO_LOG
        and "sqlite_master" not in statement
    }
    assert len(about) > 1000, "the statements were not seen"
    others = {each[:400] for each in about if _logs_of(each) - {number}}
    assert others == set()
    nameless = {each[:400] for each in about if not _logs_of(each)}
    assert {each for each in nameless if not _ACROSS_LOGS.match(each)} == set()


def _number(home: Home) -> int:
    with opened(home, "main") as ledger:
        return ledger.log.log_id
