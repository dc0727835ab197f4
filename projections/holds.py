"""Which legal holds stand: what must be kept, for whom it was asked, why and until when.

Every placement is a row of its own: a second one under the same id adds to the first. When one
stands and when it has ended is told by `ledger.legal_hold`, which also decides what may be erased.
The reason in words is personal data; the record tells it to whoever may read it.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BigInteger, Table, Text, select
from sqlalchemy import Column as Field

from ledger.events.retention import LegalHoldFields, LegalHoldPlaced, LegalHoldReleased
from ledger.legal_hold import Hold, Release, settled_holds
from ledger.opening import OpenedRecord
from ledger.store.requests import instant_of, microseconds
from projections.bitemporal import Cell
from projections.facts import Facts
from projections.instants import cell_instant, optional_microseconds
from projections.kinds import kind_names
from projections.reader import Reader, json_cell, listed
from projections.tables import fact_table
from projections.view import Column, Filter, Section, View

VERSION: Final = 1


def read_placement(record: OpenedRecord) -> tuple[Cell, ...] | None:
    """The cells of a hold that was placed."""
    event = record.event
    if not isinstance(event, LegalHoldPlaced):
        return None
    return (
        str(record.stored.stream),
        str(record.stored.event_id),
        microseconds(record.recorded_at),
        optional_microseconds(event.valid_until),
        json_cell(_present(event.person, event.ip, event.customer_id, *event.subjects)),
        json_cell(event.kinds),
        json_cell(event.systems),
        json_cell(_present(event.dataset or event.scope)),
        json_cell(_present(event.file_id, event.object_id)),
        event.basis,
        *_decision(event),
    )


def read_release(record: OpenedRecord) -> tuple[Cell, ...] | None:
    """The cells of a release."""
    event = record.event
    if not isinstance(event, LegalHoldReleased):
        return None
    placement = event.causation_id
    return (
        str(record.stored.stream),
        str(record.stored.event_id),
        None if placement is None else str(placement),
        *_decision(event),
    )


def _decision(event: LegalHoldFields) -> tuple[Cell, Cell]:
    """Who decided it, and whether the record says why."""
    return event.decided_by or event.actor, int(event.reason is not None)


def _present(*values: str | None) -> Iterable[str]:
    return (value for value in values if value is not None)


class HoldFacts:
    """The parts of a view that keep every placement and release; several views ask for them."""

    def __init__(self, view: str, version: int) -> None:
        """Makes the tables."""
        self._placed = fact_table(
            view,
            version,
            "placed",
            Field("stream", Text, nullable=False),
            Field("event_id", Text, nullable=False),
            Field("recorded", BigInteger, nullable=False),
            Field("valid_until", BigInteger),
            Field("people", Text, nullable=False),
            Field("kinds", Text, nullable=False),
            Field("systems", Text, nullable=False),
            Field("datasets", Text, nullable=False),
            Field("cases", Text, nullable=False),
            Field("basis", Text),
            Field("placed_by", Text),
            Field("has_reason", BigInteger, nullable=False),
        )
        self._released = fact_table(
            view,
            version,
            "released",
            Field("stream", Text, nullable=False),
            Field("event_id", Text, nullable=False),
            Field("placement", Text),
            Field("released_by", Text),
            Field("has_reason", BigInteger, nullable=False),
        )
        self.parts: Final = (
            Facts(self._placed, kind_names(LegalHoldPlaced), read_placement),
            Facts(self._released, kind_names(LegalHoldReleased), read_release),
        )

    def settled(self, reader: Reader) -> list[dict[str, Any]]:
        """Every placement that was known, with its state at the moment asked about."""
        placed, released = _known(reader, self._placed), _known(reader, self._released)
        taken_back = {
            UUID(row["event_id"]): row["known_to"]
            for row in (*placed.values(), *released.values())
            if row["known_to"] < reader.known_size
        }
        holds = settled_holds(
            [_hold(row) for row in placed.values()],
            [_release(row) for row in released.values()],
            taken_back,
            instant_of(reader.as_of),
        )
        return [_row(hold, placed[hold.index], released) for hold in holds]


def _known(reader: Reader, table: Table) -> dict[int, dict[str, Any]]:
    """The facts of a table below the known size, by index, also those that were taken back."""
    query = (
        select(table)
        .where(
            table.c.log == reader.scope.log,
            table.c.generation == reader.scope.generation,
            table.c.idx < reader.known_size,
        )
        .order_by(table.c.idx)
    )
    return {row["idx"]: row for row in reader.rows(query)}


def _hold(row: dict[str, Any]) -> Hold:
    return Hold(
        index=row["idx"],
        event_id=UUID(row["event_id"]),
        stream=UUID(row["stream"]),
        # As `ledger.holds` has it: a source whose clock is ahead must not open a gap.
        binds_from=instant_of(min(row["occurred"], row["recorded"])),
        placed_at=instant_of(row["occurred"]),
        recorded_at=instant_of(row["recorded"]),
        valid_until=cell_instant(row["valid_until"]),
    )


def _release(row: dict[str, Any]) -> Release:
    placement = row["placement"]
    return Release(
        row["idx"],
        UUID(row["event_id"]),
        UUID(row["stream"]),
        instant_of(row["occurred"]),
        None if placement is None else UUID(placement),
    )


def _row(hold: Hold, row: dict[str, Any], released: dict[int, dict[str, Any]]) -> dict[str, Any]:
    narrowed = {name: listed(row[name]) for name in ("people", "kinds", "systems")}
    narrowed |= {name: listed(row[name]) for name in ("datasets", "cases")}
    end = released.get(-1 if hold.ended_by is None else hold.ended_by)
    return {
        "hold": row["stream"],
        "state": hold.state,
        "everything": not any(narrowed.values()),
        **narrowed,
        "basis": row["basis"],
        "placed_by": row["placed_by"],
        "has_reason": bool(row["has_reason"]),
        "placed_at": hold.placed_at,
        "valid_until": hold.valid_until,
        "ended_at": _ended_at(hold),
        "released_by": end["released_by"] if end else None,
        "indexes": [hold.index] if hold.ended_by is None else [hold.index, hold.ended_by],
    }


def _ended_at(hold: Hold) -> datetime | None:
    return hold.ended_at if hold.state in {"released", "expired"} else None


def _is_chosen(reader: Reader, row: dict[str, Any]) -> bool:
    held = {"person": row["people"], "hold": [row["hold"]], "basis": [row["basis"]]}
    return all(set(held[name]) & set(values) for name, values in reader.chosen.items())


_FACTS: Final = HoldFacts("holds", VERSION)


def holds_standing(reader: Reader) -> list[dict[str, Any]]:
    """Every hold that binds."""
    return [row for row in hold_history(reader) if row["state"] == "standing"]


def hold_history(reader: Reader) -> list[dict[str, Any]]:
    """Every hold that was ever placed, in the order of the log."""
    return [row for row in _FACTS.settled(reader) if _is_chosen(reader, row)]


_COLUMNS: Final = (
    Column("hold", "hold", "token"),
    Column("state", "state"),
    Column("everything", "all is held", "flag"),
    Column("people", "people", "list"),
    Column("kinds", "kinds", "list"),
    Column("systems", "systems", "list"),
    Column("datasets", "datasets", "list"),
    Column("cases", "cases", "list"),
    Column("basis", "basis"),
    Column("has_reason", "reason given", "flag"),
    Column("placed_by", "placed by", "token"),
    Column("placed_at", "placed", "instant"),
    Column("valid_until", "until", "instant"),
    Column("ended_at", "ended", "instant"),
    Column("released_by", "released by", "token"),
    Column("indexes", "rests on", "indexes"),
)

HOLDS: Final = View(
    name="holds",
    title="Which legal holds stand, and why",
    version=VERSION,
    parts=_FACTS.parts,
    sections={
        "standing": Section("holds that stand", _COLUMNS, holds_standing),
        "history": Section("every hold, ended ones included", _COLUMNS, hold_history),
    },
    filters={
        "person": Filter("somebody whose data are held", "identity", "person"),
        "hold": Filter("one hold, by its source's id or its stream", "case", "hold"),
        "basis": Filter("the duty behind it"),
    },
)
