"""Who holds which grant on what, whether it is used, and what was used without one.

A grant is in force from when it was given (or from its own later start) until it is revoked or its
own end is reached; a start before it was given gives no right backwards. A revocation or change of
a grant that was never seen given is a finding, not an error. A grant without acts limits none.
"""

from typing import Any, Final, Literal

import msgspec
from sqlalchemy import BigInteger, ColumnElement, Text, and_, func, literal, or_, select
from sqlalchemy import Column as Field

from ledger.events.access import AccessGranted, AccessModified, AccessRevoked, AccessUsed
from ledger.opening import OpenedRecord
from ledger.personal import WITHHELD
from ledger.store.requests import microseconds
from projections.bitemporal import FOREVER, Cell, Change, Rule, Segment
from projections.facts import Facts
from projections.instants import cell_instant, optional_microseconds
from projections.kinds import kind_name, kind_names
from projections.lines import Lines
from projections.reader import Reader, json_cell, listed
from projections.tables import fact_table, line_tables
from projections.view import Column, Filter, Section, View

VERSION: Final = 1

Status = Literal["granted", "changed, grant not seen", "revoked, grant not seen"]

_GRANT = line_tables(
    "access",
    VERSION,
    "grant",
    Field("status", Text, nullable=False),
    Field("grantee", Text),
    Field("organisation", Text),
    Field("resource", Text),
    Field("acts", Text, nullable=False),
    Field("since", BigInteger, nullable=False),
    Field("valid_until", BigInteger),
    Field("granted_by", Text),
    Field("ticket", Text),
    Field("contract", Text),
    Field("indexes", Text, nullable=False),
)
_USE = fact_table(
    "access",
    VERSION,
    "use",
    Field("grant_stream", Text),
    Field("actor", Text),
    Field("resource", Text, nullable=False),
    Field("act", Text),
    Field("purpose", Text),
    Field("system", Text),
    search=("grant_stream",),
)
_REVOKED: Final = kind_name(AccessRevoked)
_GRANTED: Final = kind_name(AccessGranted)
_UNSEEN: Final = "revoked, grant not seen"


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """What stands of one grant after its changes so far."""

    status: Status
    grantee: str | None = None
    organisation: str | None = None
    resource: str | None = None
    acts: tuple[str, ...] = ()
    since: int = 0
    valid_from: int | None = None
    valid_until: int | None = None
    granted_by: str | None = None
    ticket: str | None = None
    contract: str | None = None
    revoked: bool = False
    indexes: tuple[int, ...] = ()


def read_change(record: OpenedRecord) -> tuple[str, int, dict[str, Any]] | None:
    """The grant that an event changes, when, and to what."""
    event = record.event
    if not isinstance(event, AccessGranted | AccessModified | AccessRevoked):
        return None
    terms: dict[str, Any] = {"resource": event.resource, "ticket": event.ticket}
    if not isinstance(event, AccessModified):
        terms["grantee"] = event.grantee
    if not isinstance(event, AccessRevoked):
        terms["acts"] = event.acts
        terms["valid_from"] = optional_microseconds(event.valid_from)
        terms["valid_until"] = optional_microseconds(event.valid_until)
        terms["granted_by"] = event.granted_by or event.actor
    if isinstance(event, AccessGranted):
        terms["organisation"] = event.grantee_organisation
        terms["contract"] = event.contract_id
    return event.grant_id, microseconds(event.occurred_at), terms


def step(grant: Grant | None, change: Change) -> Grant:
    """The grant after one more change."""
    terms = change.terms
    if change.kind == _REVOKED:
        seen = grant or Grant(
            status=_UNSEEN,
            grantee=terms["grantee"],
            resource=terms["resource"],
            since=change.moment,
        )
        return msgspec.structs.replace(
            seen, revoked=True, indexes=(*seen.indexes[:1], change.index)
        )
    acts = tuple(terms["acts"])
    if change.kind == _GRANTED:
        return msgspec.convert(
            {**terms, "acts": acts, "status": "granted", "since": change.moment}
            | {"indexes": (change.index,)},
            Grant,
        )
    seen = grant or Grant(status="changed, grant not seen", since=change.moment)
    return msgspec.structs.replace(
        seen,
        acts=acts,
        valid_from=terms["valid_from"],
        valid_until=terms["valid_until"],
        resource=terms["resource"] or seen.resource,
        granted_by=terms["granted_by"] or seen.granted_by,
        ticket=terms["ticket"] or seen.ticket,
        indexes=(*seen.indexes[:1], change.index),
    )


def segments(grant: Grant, valid_from: int, valid_to: int) -> list[Segment]:
    """The part of a stretch of time in which the grant is in force."""
    if grant.revoked and grant.status != _UNSEEN:
        return []
    start = max(valid_from, grant.valid_from or valid_from)
    end = min(valid_to, FOREVER if grant.valid_until is None else grant.valid_until)
    if start >= end:
        return []
    values: tuple[Cell, ...] = (
        grant.status,
        grant.grantee,
        grant.organisation,
        grant.resource,
        json_cell(grant.acts),
        max(grant.since, grant.valid_from or grant.since),
        grant.valid_until,
        grant.granted_by,
        grant.ticket,
        grant.contract,
        json_cell(grant.indexes),
    )
    return [Segment(start, end, values)]


def read_use(record: OpenedRecord) -> tuple[Cell, ...] | None:
    """The cells of one use; nothing when the access did not succeed."""
    event = record.event
    if not isinstance(event, AccessUsed) or event.outcome in {"failure", "denied"}:
        return None
    return (event.grant_id, event.actor, event.resource, event.act, event.purpose, event.system)


def _use_figures(reader: Reader) -> list[ColumnElement[Any]]:
    """Per grant, from its uses: how many, when last, and the record of the last."""
    mine = and_(reader.counted(_USE), _USE.c.grant_stream == _GRANT.rows.c.entity)
    latest = select(_USE.c.idx).where(mine).order_by(_USE.c.occurred.desc(), _USE.c.idx.desc())
    return [
        select(func.count()).select_from(_USE).where(mine).scalar_subquery().label("uses"),
        select(func.max(_USE.c.occurred)).where(mine).scalar_subquery().label("last_used"),
        latest.limit(1).scalar_subquery().label("last_use_index"),
    ]


def _grants(reader: Reader, *conditions: ColumnElement[bool]) -> list[dict[str, Any]]:
    rows = _GRANT.rows.c
    query = (
        select(_GRANT.rows, *_use_figures(reader))
        .where(
            *conditions,
            reader.matching(
                grant=[rows.entity],
                person=[rows.grantee],
                resource=[rows.resource],
                organisation=[rows.organisation],
            ),
        )
        .order_by(rows.resource, rows.grantee, rows.entity, rows.valid_from)
    )
    return [
        {
            "grant": row["entity"],
            "status": row["status"],
            "grantee": row["grantee"],
            "organisation": row["organisation"],
            "resource": row["resource"],
            "acts": listed(row["acts"]),
            "since": cell_instant(row["since"]),
            "valid_until": cell_instant(row["valid_until"]),
            "held_from": cell_instant(row["valid_from"]),
            "held_until": cell_instant(row["valid_to"]),
            "granted_by": row["granted_by"],
            "ticket": row["ticket"],
            "contract": row["contract"],
            "uses": row["uses"],
            "last_used": cell_instant(row["last_used"]),
            "last_use_index": row["last_use_index"],
            "indexes": listed(row["indexes"]),
        }
        for row in reader.rows(query)
    ]


def grants_held(reader: Reader) -> list[dict[str, Any]]:
    """Every grant in force, used or not."""
    return _grants(reader, reader.standing(_GRANT.rows), _GRANT.rows.c.status != _UNSEEN)


def grants_unused(reader: Reader) -> list[dict[str, Any]]:
    """Every grant in force that no use has named."""
    return [row for row in grants_held(reader) if row["uses"] == 0]


def grant_history(reader: Reader) -> list[dict[str, Any]]:
    """Every stretch of time in which a grant was in force with the same terms."""
    return _grants(reader, reader.begun(_GRANT.rows), _GRANT.rows.c.status != _UNSEEN)


def grants_unseen(reader: Reader) -> list[dict[str, Any]]:
    """Grants that were changed or revoked without ever being seen given."""
    return _grants(reader, reader.standing(_GRANT.rows), _GRANT.rows.c.status != "granted")


def uses_ungranted(reader: Reader) -> list[dict[str, Any]]:
    """Every use that no grant covered at its moment, with the reasons."""
    use, grant = _USE.c, _GRANT.rows.c
    covering = and_(
        reader.known(_GRANT.rows),
        grant.entity == use.grant_stream,
        grant.status != _UNSEEN,
        grant.valid_from <= use.occurred,
        grant.valid_to > use.occurred,
    )
    other_act = and_(
        grant.acts != "[]", grant.acts.not_like(literal('%"') + use.act + literal('"%'))
    )
    query = (
        select(_USE, grant.acts, grant.grantee, grant.resource.label("granted_resource"))
        .select_from(_USE.outerjoin(_GRANT.rows, covering))
        .where(
            reader.counted(_USE),
            reader.matching(grant=[use.grant_stream], person=[use.actor], resource=[use.resource]),
            or_(
                grant.entity.is_(None),
                other_act,
                grant.grantee != use.actor,
                grant.resource != use.resource,
            ),
        )
        .order_by(use.occurred, use.idx)
    )
    spans = _spans(reader)
    found = []
    for row in reader.rows(query):
        reasons = _reasons(row, spans)
        if reasons:
            found.append(
                {
                    "occurred_at": cell_instant(row["occurred"]),
                    "actor": row["actor"],
                    "resource": row["resource"],
                    "act": row["act"],
                    "purpose": row["purpose"],
                    "system": row["system"],
                    "grant": row["grant_stream"],
                    "reasons": reasons,
                    "index": row["idx"],
                }
            )
    return found


def _spans(reader: Reader) -> dict[str, list[dict[str, Any]]]:
    """Of every grant, when it was in force: far fewer rows than there are uses."""
    grant = _GRANT.rows.c
    columns = (grant.entity, grant.status, grant.valid_from, grant.valid_to, grant.valid_until)
    query = select(*columns).where(reader.known(_GRANT.rows)).order_by(grant.valid_from)
    spans: dict[str, list[dict[str, Any]]] = {}
    for row in reader.rows(query):
        spans.setdefault(row["entity"], []).append(row)
    return spans


def _reasons(use: dict[str, Any], spans: dict[str, list[dict[str, Any]]]) -> list[str]:
    if use["grant_stream"] is None:
        return ["names no grant"]
    if use["acts"] is None:
        return [_outside(use["occurred"], spans.get(use["grant_stream"], []))]
    acts, people = listed(use["acts"]), {use["actor"], use["grantee"]}
    reasons = []
    if acts and use["act"] is not None and use["act"] not in acts:
        reasons.append("act not granted")
    if len(people) > 1 and not people & {None, WITHHELD}:  # the erased are nobody in particular
        reasons.append("another person than the grantee")
    if use["granted_resource"] not in {None, use["resource"]}:
        reasons.append("another resource than granted")
    return reasons


def _outside(moment: int, spans: list[dict[str, Any]]) -> str:
    """Why a named grant was not in force at a moment."""
    begun = [span for span in spans if span["valid_from"] <= moment]
    if not begun:
        seen = any(span["status"] != _UNSEEN for span in spans)
        return "before the grant began" if seen else "grant never seen"
    last = begun[-1]
    if last["status"] != _UNSEEN and last["valid_to"] == last["valid_until"]:
        return "after the grant expired"
    return "after the grant was taken away"


_GRANT_COLUMNS: Final = (
    Column("grantee", "grantee", "token"),
    Column("resource", "resource"),
    Column("acts", "acts", "list"),
    Column("since", "since", "instant"),
    Column("valid_until", "valid until", "instant"),
    Column("granted_by", "granted by", "token"),
    Column("organisation", "organisation"),
    Column("uses", "uses", "count"),
    Column("last_used", "last used", "instant"),
    Column("last_use_index", "last use", "index"),
    Column("status", "status"),
    Column("ticket", "ticket", "token"),
    Column("contract", "contract", "token"),
    Column("grant", "grant", "token"),
    Column("indexes", "rests on", "indexes"),
)
_HISTORY_COLUMNS: Final = (
    Column("held_from", "from", "instant"),
    Column("held_until", "to", "instant"),
    *_GRANT_COLUMNS,
)
_USE_COLUMNS: Final = (
    Column("occurred_at", "occurred", "instant"),
    Column("actor", "actor", "token"),
    Column("resource", "resource"),
    Column("act", "act"),
    Column("reasons", "why it is here", "list"),
    Column("grant", "grant", "token"),
    Column("purpose", "purpose"),
    Column("system", "system"),
    Column("index", "rests on", "index"),
)

ACCESS: Final = View(
    name="access",
    title="Who holds which grant on what, and what was used without one",
    version=VERSION,
    parts=(
        Lines(
            _GRANT,
            kind_names(AccessGranted, AccessModified, AccessRevoked),
            read_change,
            Rule(step, segments),
        ),
        Facts(_USE, kind_names(AccessUsed), read_use),
    ),
    sections={
        "held": Section("grants in force, and their use", _GRANT_COLUMNS, grants_held),
        "unused": Section("grants in force, never used", _GRANT_COLUMNS, grants_unused),
        "ungranted": Section("uses that no grant covered", _USE_COLUMNS, uses_ungranted),
        "unseen": Section(
            "grants changed or revoked, never seen given", _GRANT_COLUMNS, grants_unseen
        ),
        "history": Section("when each grant was in force", _HISTORY_COLUMNS, grant_history),
    },
    filters={
        "person": Filter("grantee or actor", "identity", "person"),
        "resource": Filter("what is accessed"),
        "organisation": Filter("organisation of the grantee"),
        "grant": Filter("one grant, by its source's id or its stream", "case", "grant"),
    },
)
