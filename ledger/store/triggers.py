"""Refuses changes of what is sealed, inside the database.

Triggers stop mistakes and careless tools; who owns the database can drop them, and verification
then finds what was changed. Sealed are the record table, the table of logs, and checkpoints with
what belongs to them; a disclosure may be deleted (erasure needs it) but not altered; a head only
grows.
"""

from collections.abc import Iterator, Sequence
from typing import Final

_SEALED: Final = ("zegel_record", "zegel_log")
_GROWING: Final = "zegel_head"
_ERASABLE: Final = "zegel_disclosure"

_POSTGRESQL_REFUSE: Final = """
CREATE FUNCTION zegel_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'zegel: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$
"""
_POSTGRESQL_GROW: Final = """
CREATE FUNCTION zegel_refuse_shrinking() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.log <> OLD.log OR NEW.size <= OLD.size THEN
        RAISE EXCEPTION 'zegel: UPDATE of zegel_head is refused, a head only grows'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$
"""


def trigger_statements(dialect: str) -> Iterator[str]:
    """The statements that create the triggers of the first schema: `sqlite` or `postgresql`."""
    if dialect == "postgresql":
        return _postgresql()
    return _sqlite()


def append_only_statements(dialect: str, tables: Sequence[str]) -> Iterator[str]:
    """The statements that make tables append-only which a later revision adds."""
    for table in tables:
        if dialect == "postgresql":
            yield _postgresql_refusal(table, "UPDATE OR DELETE OR TRUNCATE")
        else:
            yield _sqlite_refusal(table, "UPDATE")
            yield _sqlite_refusal(table, "DELETE")


def _sqlite() -> Iterator[str]:
    yield from append_only_statements("sqlite", _SEALED)
    yield _sqlite_refusal(_ERASABLE, "UPDATE")
    yield _sqlite_refusal(_GROWING, "DELETE")
    yield (
        f"CREATE TRIGGER {_GROWING}_only_grows BEFORE UPDATE ON {_GROWING} "
        "WHEN NEW.log <> OLD.log OR NEW.size <= OLD.size "
        "BEGIN SELECT RAISE(ABORT, "
        f"'zegel: UPDATE of {_GROWING} is refused, a head only grows'); END"
    )


def _sqlite_refusal(table: str, operation: str) -> str:
    message = f"zegel: {operation} of {table} is refused, it is append-only"
    return (
        f"CREATE TRIGGER {table}_no_{operation.lower()} BEFORE {operation} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
    )


def _postgresql() -> Iterator[str]:
    yield _POSTGRESQL_REFUSE
    yield _POSTGRESQL_GROW
    refused = dict.fromkeys(_SEALED, "UPDATE OR DELETE OR TRUNCATE")
    refused |= {_ERASABLE: "UPDATE OR TRUNCATE", _GROWING: "DELETE OR TRUNCATE"}
    for table, operations in refused.items():
        yield _postgresql_refusal(table, operations)
    yield (
        f"CREATE TRIGGER {_GROWING}_only_grows BEFORE UPDATE ON {_GROWING} "
        "FOR EACH ROW EXECUTE FUNCTION zegel_refuse_shrinking()"
    )


def _postgresql_refusal(table: str, operations: str) -> str:
    return (
        f"CREATE TRIGGER {table}_append_only BEFORE {operations} ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION zegel_refuse()"
    )
