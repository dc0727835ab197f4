"""Who holds which grant on what, whether it is used, and what was used without one.

A use is covered by the grant that it names, if that was in force at its moment, for its act (a
grant without acts limits none), its resource and its actor.
"""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Column as Field
from sqlalchemy import ColumnElement, Text, and_, func, literal, or_, select

from ledger.events.access import AccessUsed
from ledger.opening import OpenedRecord
from ledger.personal import WITHHELD
from projections.batches import batched
from projections.bitemporal import Cell
from projections.facts import Facts
from projections.grants import GRANT, GRANT_LINES, UNSEEN, VERSION
from projections.instants import cell_instant
from projections.kinds import kind_names
from projections.reader import Reader, listed
from projections.tables import fact_table
from projections.view import Column, Filter, Section, View

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
    search="grant_stream",
)
_ASKED_AT_ONCE: Final = 500


def read_use(record: OpenedRecord) -> tuple[Cell, ...] | None:
    """The cells of one use; nothing when the access did not succeed."""
    event = record.event
    if not isinstance(event, AccessUsed) or event.outcome in {"failure", "denied"}:
        return None
    return (event.grant_id, event.actor, event.resource, event.act, event.purpose, event.system)


def _use_figures(reader: Reader, grants: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Per grant, from its uses: how many, when last, and the record of the last."""
    use = _USE.c
    figures: dict[str, dict[str, Any]] = {}
    for some in batched(grants, _ASKED_AT_ONCE):
        mine = and_(reader.counted(_USE), use.grant_stream.in_(some))
        total = (
            select(
                use.grant_stream, func.count().label("uses"), func.max(use.occurred).label("last")
            )
            .where(mine)
            .group_by(use.grant_stream)
            .subquery()
        )
        query = (
            select(*total.c, func.max(use.idx).label("last_index"))
            .join(
                total, and_(use.grant_stream == total.c.grant_stream, use.occurred == total.c.last)
            )
            .where(mine)
            .group_by(*total.c)
        )
        figures.update((row["grant_stream"], row) for row in reader.rows(query))
    return figures


def _grants(reader: Reader, *conditions: ColumnElement[bool]) -> list[dict[str, Any]]:
    rows = GRANT.rows.c
    query = (
        select(GRANT.rows)
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
    grants = reader.rows(query)
    figures = _use_figures(reader, sorted({row["entity"] for row in grants}))
    unused = {"uses": 0, "last": None, "last_index": None}
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
            "uses": (used := figures.get(row["entity"], unused))["uses"],
            "last_used": cell_instant(used["last"]),
            "last_use_index": used["last_index"],
            "indexes": listed(row["indexes"]),
        }
        for row in grants
    ]


def grants_held(reader: Reader) -> list[dict[str, Any]]:
    """Every grant in force, used or not."""
    return _grants(reader, reader.standing(GRANT.rows), GRANT.rows.c.status != UNSEEN)


def grants_unused(reader: Reader) -> list[dict[str, Any]]:
    """Every grant in force that no use has named."""
    return [row for row in grants_held(reader) if row["uses"] == 0]


def grant_history(reader: Reader) -> list[dict[str, Any]]:
    """Every stretch of time in which a grant was in force with the same terms."""
    return _grants(reader, reader.begun(GRANT.rows), GRANT.rows.c.status != UNSEEN)


def grants_unseen(reader: Reader) -> list[dict[str, Any]]:
    """Grants that were changed or revoked without ever being seen given."""
    return _grants(reader, reader.standing(GRANT.rows), GRANT.rows.c.status != "granted")


def uses_ungranted(reader: Reader) -> list[dict[str, Any]]:
    """Every use that no grant covered at its moment, with the reasons."""
    use, grant = _USE.c, GRANT.rows.c
    covering = and_(
        reader.known(GRANT.rows),
        grant.entity == use.grant_stream,
        grant.status != UNSEEN,
        grant.valid_from <= use.occurred,
        grant.valid_to > use.occurred,
    )
    other_act = and_(
        grant.acts != "[]", grant.acts.not_like(literal('%"') + use.act + literal('"%'))
    )
    query = (
        select(_USE, grant.acts, grant.grantee, grant.resource.label("granted_resource"))
        .select_from(_USE.outerjoin(GRANT.rows, covering))
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
    grant = GRANT.rows.c
    columns = (grant.entity, grant.status, grant.valid_from, grant.valid_to, grant.valid_until)
    query = select(*columns).where(reader.known(GRANT.rows)).order_by(grant.valid_from)
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
        seen = any(span["status"] != UNSEEN for span in spans)
        return "before the grant began" if seen else "grant never seen"
    last = begun[-1]
    if last["status"] != UNSEEN and last["valid_to"] == last["valid_until"]:
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
        GRANT_LINES,
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
