"""Every use of access, as far as it succeeded: one narrow row."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Column as Field
from sqlalchemy import ColumnElement, Text, and_, or_, select

from ledger.events.access import AccessUsed
from ledger.opening import OpenedRecord
from projections.access.scopes import OF_ORGANISATION, in_scope
from projections.bitemporal import Cell
from projections.facts import Facts
from projections.grants import GRANT, VERSION
from projections.instants import cell_instant
from projections.kinds import kind_names
from projections.reader import Reader
from projections.tables import fact_table
from projections.view import Column

USE: Final = fact_table(
    "access",
    VERSION,
    "use",
    Field("grant_stream", Text),
    Field("actor", Text),
    Field("organisation", Text),
    Field("resource", Text, nullable=False),
    Field("act", Text),
    Field("purpose", Text),
    Field("activity", Text),
    Field("system", Text),
    search="grant_stream",
)


def read_use(record: OpenedRecord) -> tuple[Cell, ...] | None:
    """The cells of one use; nothing when the access did not succeed."""
    event = record.event
    if not isinstance(event, AccessUsed) or event.outcome in {"failure", "denied"}:
        return None
    return (
        event.grant_id,
        event.actor,
        event.actor_organisation,
        event.resource,
        event.act,
        event.purpose,
        event.processing_activity_id,
        event.system,
    )


USES: Final = Facts(USE, kind_names(AccessUsed), read_use)
"""The part of the view that keeps every use."""


def narrowed(reader: Reader) -> ColumnElement[bool]:
    """The chosen filters, as far as they speak of uses.

    An organisation uses what its people use, and what is used under a grant to it.
    """
    use = USE.c
    matching = reader.matching(
        grant=[use.grant_stream],
        person=[use.actor],
        resource=[use.resource],
        system=[use.system],
        purpose=[use.purpose],
        activity=[use.activity],
    )
    asked = [matching]
    if "organisation" in reader.chosen:
        asked.append(_by_people_of(reader, reader.chosen["organisation"]))
    if "scope" in reader.chosen:
        asked.append(or_(*(_in_scope(reader, scope) for scope in reader.chosen["scope"])))
    return and_(*asked)


def _by_people_of(reader: Reader, names: Sequence[str]) -> ColumnElement[bool]:
    """Uses that name one of some organisations, and those under a grant to one."""
    use, grant = USE.c, GRANT.rows.c
    granted = select(grant.entity).where(reader.known(GRANT.rows), grant.organisation.in_(names))
    return or_(use.organisation.in_(names), use.grant_stream.in_(granted))


def _in_scope(reader: Reader, scope: str) -> ColumnElement[bool]:
    if scope.startswith(OF_ORGANISATION):
        return _by_people_of(reader, [scope.removeprefix(OF_ORGANISATION)])
    return in_scope(scope, USE.c.resource, USE.c.system, USE.c.organisation)


def use_row(row: dict[str, Any], reasons: list[str]) -> dict[str, Any]:
    """One use as a row of an answer, with why it is there."""
    return {
        "occurred_at": cell_instant(row["occurred"]),
        "actor": row["actor"],
        "organisation": row["organisation"],
        "resource": row["resource"],
        "act": row["act"],
        "reasons": reasons,
        "grant": row["grant_stream"],
        "purpose": row["purpose"],
        "activity": row["activity"],
        "system": row["system"],
        "index": row["idx"],
    }


USE_COLUMNS: Final = (
    Column("occurred_at", "occurred", "instant"),
    Column("actor", "actor", "token"),
    Column("organisation", "organisation"),
    Column("resource", "resource"),
    Column("act", "act"),
    Column("reasons", "why it is here", "list"),
    Column("grant", "grant", "token"),
    Column("purpose", "purpose"),
    Column("activity", "processing activity"),
    Column("system", "system"),
    Column("index", "rests on", "index"),
)
