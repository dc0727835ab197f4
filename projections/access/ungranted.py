"""What was used that no grant covered at its moment, and why none did.

A use is covered by the grant that it names, if that was in force at its moment, for its act (a
grant without acts limits none), its resource and its actor.
"""

from typing import Any

from sqlalchemy import and_, not_, or_, select

from ledger.personal import WITHHELD
from projections.access.uses import USE, narrowed, use_row
from projections.grants import GRANT, UNSEEN
from projections.reader import Reader, listed, listing


def uses_ungranted(reader: Reader) -> list[dict[str, Any]]:
    """Every use that no grant covered at its moment, with the reasons."""
    use, grant = USE.c, GRANT.rows.c
    covering = and_(
        reader.known(GRANT.rows),
        grant.entity == use.grant_stream,
        grant.status != UNSEEN,
        grant.valid_from <= use.occurred,
        grant.valid_to > use.occurred,
    )
    other_act = and_(grant.acts != "[]", not_(listing(grant.acts, use.act)))
    query = (
        select(USE, grant.acts, grant.grantee, grant.resource.label("granted_resource"))
        .select_from(USE.outerjoin(GRANT.rows, covering))
        .where(
            reader.counted(USE),
            narrowed(reader),
            or_(
                grant.entity.is_(None),
                other_act,
                grant.grantee != use.actor,
                grant.resource != use.resource,
            ),
        )
    )
    spans = _spans(reader)
    found = []
    for row in reader.facts(query, use.occurred, use.idx):
        reasons = _reasons(row, spans)
        if reasons:
            found.append(use_row(row, reasons))
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
