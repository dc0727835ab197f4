"""Who holds which grant on what since when, by whom it was given, and whether it is used."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, or_, select

from projections.access.scopes import in_scope
from projections.access.uses import USE
from projections.batches import batched
from projections.grants import GRANT, UNSEEN
from projections.instants import cell_instant
from projections.reader import Reader, listed
from projections.view import Column

_ASKED_AT_ONCE: Final = 500


def _use_figures(reader: Reader, grants: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Per grant, from its uses: how many, when last, and the record of the last."""
    use = USE.c
    figures: dict[str, dict[str, Any]] = {}
    for some in batched(grants, _ASKED_AT_ONCE):
        mine = and_(reader.counted(USE), use.grant_stream.in_(some))
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


def stored_grants(reader: Reader, *conditions: ColumnElement[bool]) -> list[dict[str, Any]]:
    """The stored rows of grants that meet the conditions and the chosen filters."""
    rows = GRANT.rows.c
    matching = reader.matching(
        grant=[rows.entity],
        person=[rows.grantee],
        resource=[rows.resource],
        organisation=[rows.organisation],
        system=[rows.system],
    )
    return every_grant(reader, *conditions, matching, *_in_chosen_scope(reader))


def every_grant(reader: Reader, *conditions: ColumnElement[bool]) -> list[dict[str, Any]]:
    """The stored rows of grants that meet the conditions, whatever filters were chosen."""
    rows = GRANT.rows.c
    ordered = (rows.resource, rows.grantee, rows.entity, rows.valid_from)
    return reader.rows(select(GRANT.rows).where(*conditions).order_by(*ordered))


def _in_chosen_scope(reader: Reader) -> list[ColumnElement[bool]]:
    rows = GRANT.rows.c
    chosen = reader.chosen.get("scope")
    if chosen is None:
        return []
    columns = (rows.resource, rows.system, rows.organisation)
    return [or_(*(in_scope(scope, *columns) for scope in chosen))]


def with_their_use(reader: Reader, grants: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Stored rows of grants as rows of an answer, in the order given."""
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
            "system": row["system"],
            "uses": (used := figures.get(row["entity"], unused))["uses"],
            "last_used": cell_instant(used["last"]),
            "last_use_index": used["last_index"],
            "indexes": listed(row["indexes"]),
        }
        for row in grants
    ]


def _grants(reader: Reader, *conditions: ColumnElement[bool]) -> list[dict[str, Any]]:
    return with_their_use(reader, stored_grants(reader, *conditions))


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


GRANT_COLUMNS: Final = (
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
    Column("system", "system"),
    Column("grant", "grant", "token"),
    Column("indexes", "rests on", "indexes"),
)
HISTORY_COLUMNS: Final = (
    Column("held_from", "from", "instant"),
    Column("held_until", "to", "instant"),
    *GRANT_COLUMNS,
)
