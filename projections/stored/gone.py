"""What was deleted, whether somebody checked it, and when the last backup with it ran out."""

from typing import Any, Final

from sqlalchemy import select

from projections.instants import cell_instant
from projections.reader import Reader
from projections.stored.data import BACKUP, CHECKED, PLACE
from projections.stored.items import deletions
from projections.stored.matching import Named, is_below
from projections.view import Column

_CHOSEN: Final = ("dataset", "location", "scope", "system", "contract", "customer", "file")


def deleted(reader: Reader) -> list[dict[str, Any]]:
    """Every deletion, oldest first, with the checks of it."""
    query = select(CHECKED).where(reader.counted(CHECKED))
    checks = reader.rows(query.order_by(CHECKED.c.occurred, CHECKED.c.idx))
    by_event: dict[str, list[dict[str, Any]]] = {}
    for check in checks:
        if check["deletion"] is not None:
            by_event.setdefault(check["deletion"], []).append(check)
    others = Named(check for check in checks if check["deletion"] is None)
    backups = reader.rows(select(BACKUP).where(reader.counted(BACKUP)))
    rows = []
    for row in deletions(reader):
        named = by_event.get(row["event"], [])
        about = named or [check for check, _ in others.about(row)]
        rows.append(_row(row, about, _backups_of(row, backups)))
    return [row for row in rows if _is_chosen(reader, row)]


def verified(reader: Reader) -> list[dict[str, Any]]:
    """Every deletion that was checked, and left nothing."""
    return [row for row in deleted(reader) if row["state"] == "verified"]


def unverified(reader: Reader) -> list[dict[str, Any]]:
    """Every deletion that nobody checked, or whose check found something left."""
    return [row for row in deleted(reader) if row["state"] != "verified"]


def _backups_of(row: dict[str, Any], backups: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The backups that ran out after a deletion and were taken before it, of the same data."""
    found = []
    for backup in backups:
        taken = backup["occurred"] if backup["taken"] is None else backup["taken"]
        if backup["occurred"] < row["occurred"] or taken > row["occurred"]:
            continue
        named = [(backup[name], row[name]) for name in ("dataset", "location")]
        told = [(said, name) for said, name in named if said is not None]
        if backup["system"] is not None and backup["system"] != row["system"]:
            continue
        if all(name is not None and is_below(said, name) for said, name in told):
            found.append(backup)
    return found


def _row(
    row: dict[str, Any], checks: list[dict[str, Any]], backups: list[dict[str, Any]]
) -> dict[str, Any]:
    last = checks[-1] if checks else None
    left = last["remaining"] if last is not None else None
    ran_out = max((each["occurred"] for each in backups), default=None)
    state = "not verified" if last is None else "something left" if left else "verified"
    indexes = [row["idx"], row["cause_index"], *(each["idx"] for each in checks)]
    indexes += [max((each["idx"] for each in backups), default=None)]
    return {
        "state": state,
        "what": row["what"],
        "deleted_at": cell_instant(row["occurred"]),
        "verified_at": None if last is None else cell_instant(last["occurred"]),
        "remaining": left,
        "backup_expired_at": cell_instant(ran_out),
        **{name: row[name] for name in PLACE},
        "count": row["count"],
        "method": row["method"],
        "indexes": sorted({index for index in indexes if index is not None}),
    }


def _is_chosen(reader: Reader, row: dict[str, Any]) -> bool:
    return all(row[name] in reader.chosen[name] for name in _CHOSEN if name in reader.chosen)


GONE_COLUMNS: Final = (
    Column("state", "state"),
    Column("what", "what"),
    Column("deleted_at", "when", "instant"),
    Column("dataset", "dataset"),
    Column("scope", "scope"),
    Column("location", "location"),
    Column("system", "system"),
    Column("count", "count", "count"),
    Column("customer", "customer", "token"),
    Column("verified_at", "verified", "instant"),
    Column("remaining", "left", "count"),
    Column("backup_expired_at", "last backup ran out", "instant"),
    Column("method", "method"),
    Column("contract", "contract", "token"),
    Column("file", "file", "token"),
    Column("indexes", "rests on", "indexes"),
)
