"""Which systems there are, whose they are, which of them report, and where silence means something.

Last heard and the number of records come from the records themselves; organisation and retirement
from what was registered. Silence proves that nothing happened only inside a declared coverage.
"""

from datetime import timedelta
from typing import Any, Final

import msgspec
from sqlalchemy import BigInteger, Text, select
from sqlalchemy import Column as Field

from ledger.events.log_integrity import LogSourceCoverageDeclared
from ledger.events.organisation import SystemRegistered, SystemRetired
from ledger.opening import OpenedRecord
from ledger.own_records import is_reserved
from ledger.store.requests import microseconds
from projections.bitemporal import Cell, Change, Rule, Segment
from projections.facts import Facts
from projections.heard import Buckets, Heard, bucket_table
from projections.instants import cell_instant, optional_microseconds
from projections.kinds import kind_name, kind_names
from projections.lines import Lines
from projections.reader import Reader, json_cell, listed
from projections.tables import fact_table, line_tables
from projections.view import Column, Filter, Section, View

VERSION: Final = 2

_SYSTEM = line_tables(
    "systems",
    VERSION,
    "system",
    Field("status", Text, nullable=False),
    Field("organisation", Text),
    Field("since", BigInteger, nullable=False),
    Field("indexes", Text, nullable=False),
)
_COVERAGE = fact_table(
    "systems",
    VERSION,
    "coverage",
    Field("source", Text, nullable=False),
    Field("covered_from", BigInteger, nullable=False),
    Field("covered_until", BigInteger),
    Field("kinds", Text, nullable=False),
    search="source",
)
_HEARD: Final = Buckets(bucket_table("systems", VERSION))
_REGISTERED: Final = kind_name(SystemRegistered)
NOT_REGISTERED: Final = "not registered"


class System(msgspec.Struct, frozen=True, kw_only=True):
    """What stands of one system after its changes so far."""

    status: str
    organisation: str | None
    since: int
    indexes: tuple[int, ...]


def read_change(record: OpenedRecord) -> tuple[str, int, dict[str, Any]] | None:
    """The system that an event changes, when, and to what."""
    event = record.event
    if not isinstance(event, SystemRegistered | SystemRetired):
        return None
    moment = microseconds(event.occurred_at)
    return event.system_id, moment, {"organisation": event.organisation}


def step(system: System | None, change: Change) -> System:
    """The system after one more change."""
    organisation = change.terms["organisation"]
    if change.kind == _REGISTERED:
        return System(
            status="registered",
            organisation=organisation,
            since=change.moment,
            indexes=(change.index,),
        )
    known = system.indexes[:1] if system is not None else ()
    return System(
        status="retired" if system is not None else "retired, registration not seen",
        organisation=organisation or (system.organisation if system is not None else None),
        since=change.moment,
        indexes=(*known, change.index),
    )


def segments(system: System, valid_from: int, valid_to: int) -> list[Segment]:
    """The standing of a system over a stretch of time."""
    values: tuple[Cell, ...] = (
        system.status,
        system.organisation,
        system.since,
        json_cell(system.indexes),
    )
    return [Segment(valid_from, valid_to, values)]


def read_coverage(record: OpenedRecord) -> tuple[Cell, ...] | None:
    """The cells of a declared coverage."""
    event = record.event
    if not isinstance(event, LogSourceCoverageDeclared):
        return None
    return (
        event.source,
        microseconds(event.covered_from),
        optional_microseconds(event.covered_until),
        json_cell(event.kinds),
    )


def systems_known(reader: Reader) -> list[dict[str, Any]]:
    """Every system that is registered or was heard."""
    registered = {
        row["entity"]: row
        for row in reader.rows(select(_SYSTEM.rows).where(reader.standing(_SYSTEM.rows)))
    }
    heard = _HEARD.heard(reader)
    covered = _covered(reader)
    found = [
        _described(reader, name, registered.get(name), heard.get(name), covered.get(name, []))
        for name in sorted(registered.keys() | heard.keys() | covered.keys())
    ]
    return [row for row in found if _is_chosen(reader, row)]


def _described(
    reader: Reader,
    name: str,
    registered: dict[str, Any] | None,
    heard: Heard | None,
    covered: list[dict[str, Any]],
) -> dict[str, Any]:
    now = [row for row in covered if _covers(row, reader.as_of)]
    silent = None if heard is None else timedelta(microseconds=reader.as_of - heard.last)
    return {
        "system": name,
        "organisation": registered["organisation"] if registered else None,
        "status": registered["status"] if registered else NOT_REGISTERED,
        "since": cell_instant(registered["since"]) if registered else None,
        "records": heard.count if heard else 0,
        "last_heard": cell_instant(heard.last) if heard else None,
        "last_heard_index": heard.last_index if heard else None,
        "silent_for": silent,
        "covered": bool(now),
        "covered_from": cell_instant(min((row["covered_from"] for row in now), default=None)),
        "indexes": listed(registered["indexes"]) if registered else [],
        "coverage_indexes": [row["idx"] for row in now],
    }


def _covers(row: dict[str, Any], moment: int) -> bool:
    until = row["covered_until"]
    return bool(row["covered_from"] <= moment and (until is None or moment < until))


def _is_chosen(reader: Reader, row: dict[str, Any]) -> bool:
    return all(
        row[name] in reader.chosen[name]
        for name in ("system", "organisation")
        if name in reader.chosen
    )


def systems_unregistered(reader: Reader) -> list[dict[str, Any]]:
    """Systems, but the log itself, that report though nobody registered them, or when retired."""
    return [
        row
        for row in systems_known(reader)
        if row["records"]
        and not is_reserved(row["system"])
        and (
            row["status"] == NOT_REGISTERED
            or (row["status"] != "registered" and row["last_heard"] > row["since"])
        )
    ]


def systems_unheard(reader: Reader) -> list[dict[str, Any]]:
    """Registered systems of which there is no record."""
    return [
        row
        for row in systems_known(reader)
        if row["status"] == "registered" and row["records"] == 0
    ]


def _covered(reader: Reader) -> dict[str, list[dict[str, Any]]]:
    query = (
        select(_COVERAGE)
        .where(reader.counted(_COVERAGE), reader.matching(system=[_COVERAGE.c.source]))
        .order_by(_COVERAGE.c.source, _COVERAGE.c.covered_from, _COVERAGE.c.idx)
    )
    found: dict[str, list[dict[str, Any]]] = {}
    for row in reader.rows(query):
        found.setdefault(row["source"], []).append(row)
    return found


def coverage(reader: Reader) -> list[dict[str, Any]]:
    """Every interval over which a source was declared to be connected."""
    return [
        {
            "system": source,
            "covered_from": cell_instant(row["covered_from"]),
            "covered_until": cell_instant(row["covered_until"]),
            "kinds": listed(row["kinds"]),
            "declared_at": cell_instant(row["occurred"]),
            "index": row["idx"],
        }
        for source, rows in _covered(reader).items()
        for row in rows
    ]


_COLUMNS: Final = (
    Column("system", "system"),
    Column("organisation", "organisation"),
    Column("status", "status"),
    Column("since", "since", "instant"),
    Column("records", "records", "count"),
    Column("last_heard", "last heard", "instant"),
    Column("silent_for", "silent for", "duration"),
    Column("covered", "covered now", "flag"),
    Column("covered_from", "covered from", "instant"),
    Column("last_heard_index", "last record", "index"),
    Column("indexes", "rests on", "indexes"),
    Column("coverage_indexes", "coverage rests on", "indexes"),
)

SYSTEMS: Final = View(
    name="systems",
    title="Which systems report, and when each was last heard",
    version=VERSION,
    parts=(
        Lines(
            _SYSTEM, kind_names(SystemRegistered, SystemRetired), read_change, Rule(step, segments)
        ),
        Facts(_COVERAGE, kind_names(LogSourceCoverageDeclared), read_coverage),
        _HEARD,
    ),
    sections={
        "known": Section("systems registered or heard", _COLUMNS, systems_known),
        "unregistered": Section(
            "systems heard though not registered, or after retirement",
            _COLUMNS,
            systems_unregistered,
        ),
        "unheard": Section("registered systems never heard", _COLUMNS, systems_unheard),
        "coverage": Section(
            "declared coverage",
            (
                Column("system", "source"),
                Column("covered_from", "from", "instant"),
                Column("covered_until", "until", "instant"),
                Column("kinds", "kinds", "list"),
                Column("declared_at", "declared", "instant"),
                Column("index", "rests on", "index"),
            ),
            coverage,
        ),
    },
    filters={
        "system": Filter("one system"),
        "organisation": Filter("organisation whose system it is"),
    },
)
