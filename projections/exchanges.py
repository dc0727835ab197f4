"""Flows of personal data between parties: how often, how much, of what kind, on which basis.

A flow is one sender, recipient, direction, kind and system. What was stopped or failed is counted
beside what went, never added to it. A flow that is asked about by size or content counts only the
exchanges that are as asked.
"""

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, Select, Text, func, or_, select
from sqlalchemy import Column as Field

from ledger.events.exchange import ExchangeBlocked, ExchangeFailed, ExchangePerformed
from ledger.events.parties import Party
from ledger.opening import OpenedRecord
from projections.bitemporal import Cell
from projections.facts import Facts
from projections.instants import cell_instant
from projections.kinds import kind_name, kind_names
from projections.reader import Reader, json_cell, listed
from projections.tables import fact_table
from projections.view import Column, Filter, Section, View

VERSION: Final = 2

NONE_STATED: Final = "none stated"

_OUTCOMES: Final = {
    kind_name(ExchangePerformed): "performed",
    kind_name(ExchangeBlocked): "blocked",
    kind_name(ExchangeFailed): "failed",
}
_EXCHANGE = fact_table(
    "exchanges",
    VERSION,
    "exchange",
    Field("outcome", Text, nullable=False),
    Field("sender", Text),
    Field("sender_role", Text),
    Field("sender_country", Text),
    Field("recipient", Text),
    Field("recipient_role", Text),
    Field("recipient_country", Text),
    Field("direction", Text, nullable=False),
    Field("exchange_kind", Text, nullable=False),
    Field("system", Text),
    Field("content_classes", Text, nullable=False),
    Field("data_categories", Text, nullable=False),
    Field("legal_basis", Text),
    Field("purpose", Text),
    Field("bytes", BigInteger),
    Field("records", BigInteger),
)
_FLOW: Final = (
    "sender",
    "sender_role",
    "sender_country",
    "recipient",
    "recipient_role",
    "recipient_country",
    "direction",
    "exchange_kind",
    "system",
)
_KEPT_APART: Final = ("outcome", "content_classes", "data_categories", "legal_basis", "purpose")


def read_exchange(record: OpenedRecord) -> tuple[Cell, ...] | None:
    """The cells of one exchange, whatever came of it."""
    event = record.event
    if not isinstance(event, ExchangePerformed | ExchangeBlocked | ExchangeFailed):
        return None
    return (
        _OUTCOMES[record.stored.kind],
        *_party(event.sender, event.sender_person),
        *_party(event.recipient, event.recipient_person),
        event.direction,
        event.exchange_kind,
        event.system,
        json_cell(sorted(set(event.content_classes))),
        json_cell(sorted(set(event.data_categories))),
        event.legal_basis,
        event.purpose,
        event.size_bytes,
        event.records,
    )


def _party(party: Party | None, person: str | None) -> tuple[Cell, Cell, Cell]:
    """Who a side is (an organisation, a kind of recipient, or a person's token), role, country."""
    if party is None:
        return (person, None, None)
    return (party.organisation or party.category or person, party.role, party.country)


def flows(reader: Reader) -> list[dict[str, Any]]:
    """One row per flow, the busiest first."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for part in reader.rows(_parts(reader)):
        key = tuple(part[name] for name in _FLOW)
        flow = found.setdefault(key, _empty_flow(part))
        _add(flow, part)
    ordered = sorted(found.values(), key=lambda flow: (-flow["count"], flow["first_index"]))
    for flow in ordered:
        for name in ("content_classes", "data_categories", "legal_bases", "purposes"):
            flow[name] = sorted(flow[name])
        flow["first"], flow["last"] = cell_instant(flow["first"]), cell_instant(flow["last"])
    return ordered


def _asked(reader: Reader) -> list[ColumnElement[bool]]:
    column = _EXCHANGE.c
    return [
        reader.counted(_EXCHANGE),
        reader.matching(
            party=[column.sender, column.recipient],
            recipient=[column.recipient],
            sender=[column.sender],
            country=[column.recipient_country, column.sender_country],
            system=[column.system],
            direction=[column.direction],
        ),
        *_narrowed(reader),
    ]


def _narrowed(reader: Reader) -> Iterator[ColumnElement[bool]]:
    """What `larger_than` and `content` ask; an exchange of unknown size is not known to be large.

    Of several values the weaker one counts, as with every filter.
    """
    column = _EXCHANGE.c
    if "larger_than" in reader.chosen:
        yield column.bytes > min(int(value) for value in reader.chosen["larger_than"])
    if "content" in reader.chosen:
        wanted = [json_cell([value])[1:-1] for value in reader.chosen["content"]]
        yield or_(*(column.content_classes.contains(cell, autoescape=True) for cell in wanted))


def _parts(reader: Reader) -> Select[Any]:
    """The facts grouped by the database as far as it can: a flow has few parts, many facts."""
    column = _EXCHANGE.c
    keys = [column[name] for name in (*_FLOW, *_KEPT_APART)]
    return (
        select(
            *keys,
            func.count().label("count"),
            func.coalesce(func.sum(column.bytes), 0).label("bytes"),
            func.count(column.bytes).label("sized"),
            func.coalesce(func.sum(column.records), 0).label("records"),
            func.min(column.occurred).label("first"),
            func.max(column.occurred).label("last"),
            func.min(column.idx).label("first_index"),
            func.max(column.idx).label("last_index"),
        )
        .where(*_asked(reader))
        .group_by(*keys)
    )


def _empty_flow(part: dict[str, Any]) -> dict[str, Any]:
    return {
        **{name: part[name] for name in _FLOW},
        "count": 0,
        "bytes": 0,
        "unsized": 0,
        "records": 0,
        "blocked": 0,
        "failed": 0,
        "first": part["first"],
        "last": part["last"],
        "content_classes": set(),
        "data_categories": set(),
        "legal_bases": set(),
        "purposes": set(),
        "first_index": part["first_index"],
        "last_index": part["last_index"],
    }


def _add(flow: dict[str, Any], part: dict[str, Any]) -> None:
    for name in ("first", "first_index"):
        flow[name] = min(flow[name], part[name])
    for name in ("last", "last_index"):
        flow[name] = max(flow[name], part[name])
    if part["outcome"] != "performed":
        flow[part["outcome"]] += part["count"]
        return
    flow["count"] += part["count"]
    flow["bytes"] += int(part["bytes"])
    flow["unsized"] += part["count"] - part["sized"]
    flow["records"] += int(part["records"])
    flow["content_classes"].update(listed(part["content_classes"]))
    flow["data_categories"].update(listed(part["data_categories"]))
    # A basis or purpose that nobody stated must not look like one that covers the whole flow.
    flow["legal_bases"].add(part["legal_basis"] or NONE_STATED)
    flow["purposes"].add(part["purpose"] or NONE_STATED)


def exchanges_stopped(reader: Reader) -> list[dict[str, Any]]:
    """Every exchange that was blocked or failed, oldest first."""
    return _each(reader, _EXCHANGE.c.outcome != "performed")


def exchanges_one_by_one(reader: Reader) -> list[dict[str, Any]]:
    """Every exchange by itself, whatever came of it, oldest first."""
    return _each(reader)


def _each(reader: Reader, *conditions: ColumnElement[bool]) -> list[dict[str, Any]]:
    column = _EXCHANGE.c
    query = select(_EXCHANGE).where(*_asked(reader), *conditions)
    return [
        {
            "occurred_at": cell_instant(row["occurred"]),
            "outcome": row["outcome"],
            **{name: row[name] for name in _FLOW},
            "content_classes": listed(row["content_classes"]),
            "data_categories": listed(row["data_categories"]),
            "bytes": row["bytes"],
            "records": row["records"],
            "legal_basis": row["legal_basis"],
            "purpose": row["purpose"],
            "index": row["idx"],
        }
        for row in reader.facts(query, column.occurred, column.idx)
    ]


_PARTIES: Final = (
    Column("sender", "sender"),
    Column("sender_role", "role"),
    Column("sender_country", "country"),
    Column("recipient", "recipient"),
    Column("recipient_role", "role"),
    Column("recipient_country", "country"),
    Column("direction", "direction"),
    Column("exchange_kind", "kind"),
    Column("system", "system"),
)

_ONE: Final = (
    Column("occurred_at", "occurred", "instant"),
    Column("outcome", "outcome"),
    *_PARTIES,
    Column("content_classes", "content", "list"),
    Column("bytes", "bytes", "bytes"),
    Column("records", "records", "count"),
    Column("data_categories", "categories", "list"),
    Column("legal_basis", "legal basis"),
    Column("purpose", "purpose"),
    Column("index", "rests on", "index"),
)

EXCHANGES: Final = View(
    name="exchanges",
    title="Which personal data went between which parties",
    version=VERSION,
    parts=(
        Facts(
            _EXCHANGE,
            kind_names(ExchangePerformed, ExchangeBlocked, ExchangeFailed),
            read_exchange,
        ),
    ),
    sections={
        "flows": Section(
            "flows between parties",
            (
                *_PARTIES,
                Column("count", "performed", "count"),
                Column("bytes", "bytes", "bytes"),
                Column("unsized", "without size", "count"),
                Column("records", "records", "count"),
                Column("blocked", "blocked", "count"),
                Column("failed", "failed", "count"),
                Column("first", "first", "instant"),
                Column("last", "last", "instant"),
                Column("content_classes", "content", "list"),
                Column("data_categories", "categories", "list"),
                Column("legal_bases", "legal bases", "list"),
                Column("purposes", "purposes", "list"),
                Column("first_index", "first record", "index"),
                Column("last_index", "last record", "index"),
            ),
            flows,
        ),
        "stopped": Section(
            "exchanges that were blocked or failed",
            _ONE,
            exchanges_stopped,
        ),
        "each": Section("every exchange by itself", _ONE, exchanges_one_by_one),
    },
    filters={
        "party": Filter("organisation on either side"),
        "sender": Filter("organisation that sent"),
        "recipient": Filter("organisation that received"),
        "country": Filter("country of either side, two letters"),
        "system": Filter("system that reported"),
        "direction": Filter("in or out"),
        "content": Filter("class of content that it carried"),
        "larger_than": Filter("more bytes than this number", "count"),
    },
)
