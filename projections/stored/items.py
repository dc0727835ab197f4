"""What is still stored: each thing with until when, by which rule, and what keeps it longer."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import or_, select

from ledger.personal import WITHHELD
from projections.bitemporal import FOREVER
from projections.holds import HoldFacts
from projections.instants import cell_instant
from projections.reader import Reader, listed
from projections.stored.contracts import Contracts
from projections.stored.data import CAUSE, DATA, GONE, PLACE, VERSION
from projections.stored.files import file_times
from projections.stored.holding import held_by
from projections.stored.matching import Named
from projections.stored.terms import Due, Terms, moment_cell
from projections.view import Column

HOLDS: Final = HoldFacts("stored", VERSION)
"""The parts of the view that keep every legal hold."""

_CHOSEN: Final = ("dataset", "location", "scope", "system", "contract", "customer", "file", "rule")


def deletions(reader: Reader, *, of_data: bool = False) -> list[dict[str, Any]]:
    """Every deletion, with the contract of what it names as its cause.

    Args:
        reader: What was known, and when.
        of_data: Only those that data may be gone by: not the many of files that only passed.
    """
    causes = {row["event"]: row for row in reader.rows(select(CAUSE).where(reader.counted(CAUSE)))}
    query = select(GONE).where(reader.counted(GONE)).order_by(GONE.c.occurred, GONE.c.idx)
    if of_data:
        stored = select(DATA.c.file).where(reader.counted(DATA), DATA.c.file.is_not(None))
        query = query.where(or_(GONE.c.file.is_(None), GONE.c.file.in_(stored)))
    rows = reader.rows(query)
    for row in rows:
        cause = causes.get(row["trigger_event"], {})
        row["cause_index"] = cause.get("idx")
        for name in ("contract", "customer"):
            row[name] = row[name] if row[name] is not None else cause.get(name)
    return rows


def items(reader: Reader) -> list[dict[str, Any]]:
    """Everything that is still stored, what is due first in front."""
    contracts = Contracts(reader)
    terms, holds = Terms(reader, contracts), HOLDS.settled(reader)
    found = []
    for data in (*_data(reader), *_files(reader)):
        due = terms.due(data)
        held = held_by(holds, data, data["kinds"])
        row = _row(data, due, held, contracts.ended(data))
        if _is_chosen(reader, row):
            found.append((moment_cell(due.due_at), data["idx"], row))
    return [row for _, _, row in sorted(found, key=lambda each: each[:2])]


def _data(reader: Reader) -> list[dict[str, Any]]:
    """Data that were stored and that no deletion took away as a whole."""
    gone = Named(deletions(reader, of_data=True))
    times = _steps_of_files(reader)
    found = []
    data = DATA.c
    named = {name: [data[name]] for name in PLACE}
    query = select(DATA).where(reader.counted(DATA), reader.matching(**named)).order_by(data.idx)
    for row in reader.rows(query):
        about = gone.about(row)
        if any(extent == "whole" for _, extent in about):
            continue
        found.append(
            row
            | {
                "what": "data",
                "kinds": ["data.stored"],
                "people": {*listed(row["people"]), row["customer"]} - {None, WITHHELD},
                "categories": listed(row["categories"]),
                "steps": times.get(row["file"], {}),
                "partly": [each["idx"] for each, _ in about],
            }
        )
    return found


def _steps_of_files(reader: Reader) -> dict[str, dict[str, Any]]:
    """The steps of the files that data were stored in."""
    stored = select(DATA.c.file).where(reader.counted(DATA), DATA.c.file.is_not(None))
    return {row["file"]: row for row in reader.rows(file_times(reader, of=stored))}


def _files(reader: Reader) -> list[dict[str, Any]]:
    """Files that came, of which no data were told to be stored, and that are still there."""
    times = file_times(reader).subquery()
    query = select(times).where(
        times.c.came.is_not(None),
        times.c.came_as != "stored",
        times.c.deleted.is_(None),
    )
    nothing = dict.fromkeys(("dataset", "location", "scope", "object", "contract", "organisation"))
    return [
        {
            **nothing,
            "what": "file",
            "kinds": ["file.received", "file.produced"],
            "file": row["file"],
            "system": row["system"],
            "customer": row["customer"],
            "people": {row["customer"]} - {None, WITHHELD},
            "categories": [],
            "count": None,
            "occurred": row["came"],
            "recorded": None,
            "steps": row,
            "partly": [],
            "idx": row["first_index"],
        }
        for row in reader.rows(query)
    ]


def _row(
    data: dict[str, Any],
    due: Due,
    held: list[dict[str, Any]],
    ended: dict[str, Any] | None,
) -> dict[str, Any]:
    rule = due.rule
    remarks = [due.remark, "partly deleted" if data["partly"] else None]
    indexes = [data["idx"], *data["partly"], *(hold["indexes"][0] for hold in held)]
    indexes += listed(rule.cells["indexes"]) if rule is not None else []
    indexes += listed(ended["indexes"]) if ended is not None else []
    return {
        "state": "held" if held and due.standing in {"overdue", "running"} else due.standing,
        "due_at": due.due_at,
        "rule": None if rule is None else rule.rule_id,
        "basis": None if rule is None else rule.cells["basis"],
        "what": data["what"],
        **{name: data[name] for name in PLACE},
        "categories": data["categories"],
        "count": data["count"],
        "stored_at": cell_instant(data["occurred"]),
        "contract_ended_at": _moment(None if ended is None else ended["ended"]),
        "is_overdue": due.standing == "overdue",
        "held_by": sorted({hold["hold"] for hold in held}),
        "remarks": [each for each in remarks if each is not None],
        "indexes": sorted(set(indexes)),
    }


def _moment(cell: int | None) -> datetime | None:
    return cell_instant(FOREVER if cell is None else cell)


def _is_chosen(reader: Reader, row: dict[str, Any]) -> bool:
    chosen = reader.chosen
    categories = chosen.get("category")
    if categories is not None and not set(categories) & set(row["categories"]):
        return False
    return all(row[name] in chosen[name] for name in _CHOSEN if name in chosen)


ITEM_COLUMNS: Final = (
    Column("state", "state"),
    Column("due_at", "due", "instant"),
    Column("rule", "rule"),
    Column("what", "what"),
    Column("dataset", "dataset"),
    Column("scope", "scope"),
    Column("location", "location"),
    Column("categories", "categories", "list"),
    Column("system", "system"),
    Column("count", "count", "count"),
    Column("customer", "customer", "token"),
    Column("stored_at", "stored", "instant"),
    Column("contract_ended_at", "contract ended", "instant"),
    Column("held_by", "held by", "list"),
    Column("remarks", "remarks", "list"),
    Column("basis", "basis"),
    Column("contract", "contract", "token"),
    Column("file", "file", "token"),
    Column("indexes", "rests on", "indexes"),
)
