"""Refuses, inside the database, to delete records that the minimum still covers.

A record goes only below the minimum of its log, and a minimum only grows. That a signed record
allowed it, no trigger can tell: verification does.
"""

from collections.abc import Iterator
from typing import Final

from ledger.store.triggers import append_only_statements

_GROWING: Final = {"zegel_minimum": "minimum", "zegel_pruned_stream": "version"}
"""Tables of which rows stay and one column only grows."""

_POSTGRESQL_KEEP: Final = """
CREATE FUNCTION zegel_refuse_above_minimum() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM removed LEFT JOIN zegel_minimum ON zegel_minimum.log = removed.log
        WHERE removed.idx >= coalesce(zegel_minimum.minimum, 0)
    ) THEN
        RAISE EXCEPTION 'zegel: DELETE of zegel_record is refused, it is append-only'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END $$
"""
_POSTGRESQL_GROW: Final = """
CREATE FUNCTION zegel_refuse_lowering() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) -> 'log' <> to_jsonb(OLD) -> 'log'
        OR to_jsonb(NEW) -> 'stream' <> to_jsonb(OLD) -> 'stream'
        OR CAST(to_jsonb(NEW) ->> TG_ARGV[0] AS bigint)
            <= CAST(to_jsonb(OLD) ->> TG_ARGV[0] AS bigint)
    THEN
        RAISE EXCEPTION 'zegel: UPDATE of % is refused, it only grows', TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$
"""


def pruning_statements(dialect: str) -> Iterator[str]:
    """The statements that let records below the minimum go: `sqlite` or `postgresql`."""
    yield from append_only_statements(dialect, ("zegel_pruning",))
    yield from _postgresql() if dialect == "postgresql" else _sqlite()


def _sqlite() -> Iterator[str]:
    yield "DROP TRIGGER zegel_record_no_delete"
    yield (
        "CREATE TRIGGER zegel_record_no_delete BEFORE DELETE ON zegel_record "
        "WHEN OLD.idx >= coalesce((SELECT minimum FROM zegel_minimum WHERE log = OLD.log), 0) "
        "BEGIN SELECT RAISE(ABORT, "
        "'zegel: DELETE of zegel_record is refused, it is append-only'); END"
    )
    for table, column in _GROWING.items():
        key = "stream" if table == "zegel_pruned_stream" else "log"
        yield (
            f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE ON {table} "
            f"WHEN NEW.log <> OLD.log OR NEW.{key} <> OLD.{key} OR NEW.{column} <= OLD.{column} "
            f"BEGIN SELECT RAISE(ABORT, 'zegel: UPDATE of {table} is refused, it only grows'); END"
        )
        yield (
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
            f"BEGIN SELECT RAISE(ABORT, 'zegel: DELETE of {table} is refused, it only grows'); END"
        )


def _postgresql() -> Iterator[str]:
    yield _POSTGRESQL_KEEP
    yield _POSTGRESQL_GROW
    yield "DROP TRIGGER zegel_record_append_only ON zegel_record"
    yield (
        "CREATE TRIGGER zegel_record_append_only BEFORE UPDATE OR TRUNCATE ON zegel_record "
        "FOR EACH STATEMENT EXECUTE FUNCTION zegel_refuse()"
    )
    yield (
        "CREATE TRIGGER zegel_record_keep AFTER DELETE ON zegel_record "
        "REFERENCING OLD TABLE AS removed "
        "FOR EACH STATEMENT EXECUTE FUNCTION zegel_refuse_above_minimum()"
    )
    for table, column in _GROWING.items():
        yield (
            f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION zegel_refuse_lowering('{column}')"
        )
        yield (
            f"CREATE TRIGGER {table}_append_only BEFORE DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION zegel_refuse()"
        )
