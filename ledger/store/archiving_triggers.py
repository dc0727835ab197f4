"""Refuses, inside the database, to change a record other than by moving its bytes to an archive.

Only the sealed bytes go, all of them, and only of a record in a segment that is noted as archived;
every column beside them stays as it was. That a signed record decided it, and that the archive
holds those bytes, no trigger can tell: verification does.
"""

from collections.abc import Iterator
from typing import Final

from ledger.store.triggers import append_only_statements

_SAME: Final = ("log", "idx", "leaf_hash", "stream", "version", "kind", "recorded_at_us")
_SAME_OR_NONE: Final = ("event_id", "occurred_at_us", "system")
_STOP: Final = "(SELECT max(stop) FROM zegel_archived_segment WHERE log = OLD.log)"
_REFUSED: Final = "zegel: UPDATE of zegel_record is refused, it is append-only"


def archiving_statements(dialect: str) -> Iterator[str]:
    """The statements that let sealed bytes move to an archive: `sqlite` or `postgresql`."""
    yield from append_only_statements(dialect, ("zegel_archiving", "zegel_archived_segment"))
    yield from _postgresql() if dialect == "postgresql" else _sqlite()


def _sqlite() -> Iterator[str]:
    unchanged = [f"NEW.{name} = OLD.{name}" for name in _SAME]
    unchanged += [f"NEW.{name} IS OLD.{name}" for name in _SAME_OR_NONE]
    allowed = " AND ".join(
        [
            "length(NEW.sealed) = 0",
            f"OLD.idx < coalesce({_STOP}, 0)",
            *unchanged,
        ]
    )
    yield "DROP TRIGGER zegel_record_no_update"
    yield (
        f"CREATE TRIGGER zegel_record_no_update BEFORE UPDATE ON zegel_record "
        f"WHEN NOT ({allowed}) BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END"
    )


def _postgresql() -> Iterator[str]:
    differs = [f"NEW.{name} <> OLD.{name}" for name in _SAME]
    differs += [f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in _SAME_OR_NONE]
    refused = " OR ".join(
        [
            "octet_length(NEW.sealed) > 0",
            f"OLD.idx >= coalesce({_STOP}, 0)",
            *differs,
        ]
    )
    yield f"""
CREATE FUNCTION zegel_refuse_unless_archived() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF {refused} THEN
        RAISE EXCEPTION '{_REFUSED}' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$
"""
    yield "DROP TRIGGER zegel_record_append_only ON zegel_record"
    yield (
        "CREATE TRIGGER zegel_record_append_only BEFORE TRUNCATE ON zegel_record "
        "FOR EACH STATEMENT EXECUTE FUNCTION zegel_refuse()"
    )
    yield (
        "CREATE TRIGGER zegel_record_archived BEFORE UPDATE ON zegel_record "
        "FOR EACH ROW EXECUTE FUNCTION zegel_refuse_unless_archived()"
    )
