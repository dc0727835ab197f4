"""What people of hosts and sub-processors hold and use."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, or_, select

from projections.access.endings import told_once
from projections.access.held import GRANT_COLUMNS, stored_grants, with_their_use
from projections.access.organisations import Organisations
from projections.access.people import Span
from projections.access.uses import USE, narrowed
from projections.grants import GRANT, UNSEEN
from projections.instants import cell_instant
from projections.reader import Reader
from projections.view import Column

PROCESSOR_COLUMNS: Final = (Column("roles", "as", "list"), *GRANT_COLUMNS)
PROCESSOR_USE_COLUMNS: Final = (
    Column("organisation", "organisation"),
    Column("roles", "as", "list"),
    Column("actor", "actor", "token"),
    Column("resource", "resource"),
    Column("act", "act"),
    Column("uses", "uses", "count"),
    Column("first", "first", "instant"),
    Column("last", "last", "instant"),
    Column("purpose", "purpose"),
    Column("system", "system"),
    Column("indexes", "rests on", "indexes"),
)
_TOGETHER: Final = ("actor", "resource", "act", "purpose", "system")


def grants_of_processors(reader: Reader) -> list[dict[str, Any]]:
    """Every grant in force to somebody of a host or sub-processor."""
    organisations = Organisations(reader)
    names = organisations.hands_of_others
    grant = GRANT.rows.c
    stored = stored_grants(
        reader, reader.standing(GRANT.rows), grant.status != UNSEEN, grant.organisation.in_(names)
    )
    roles = {name: list(organisations.roles_at(name, reader.as_of)) for name in names}
    mine = [row for row in stored if roles[row["organisation"]]]
    return [
        {
            "roles": told_once(roles[row["organisation"]]),
            **row,
            "indexes": [*row["indexes"], *_indexes(roles[row["organisation"]])],
        }
        for row in with_their_use(reader, mine)
    ]


def uses_of_processors(reader: Reader) -> list[dict[str, Any]]:
    """What people of each host and sub-processor used while it was one, the busiest first."""
    organisations = Organisations(reader)
    found: list[dict[str, Any]] = []
    for name in organisations.hands_of_others:
        spans = organisations.spans(name)
        for row in _used_by(reader, name, spans):
            roles = [
                span for span in spans if span.begin <= row["last"] and span.end > row["first"]
            ]
            found.append(
                {
                    "organisation": name,
                    "roles": told_once(roles),
                    **{each: row[each] for each in _TOGETHER},
                    "uses": row["uses"],
                    "first": cell_instant(row["first"]),
                    "last": cell_instant(row["last"]),
                    "indexes": sorted({row["first_index"], row["last_index"], *_indexes(roles)}),
                }
            )
    return sorted(found, key=lambda row: (-row["uses"], row["indexes"]))


def _used_by(reader: Reader, name: str, spans: Sequence[Span]) -> list[dict[str, Any]]:
    """The uses of an organisation within some spans, put together by who used what and why."""
    use, grant = USE.c, GRANT.rows.c
    granted = select(grant.entity).where(reader.known(GRANT.rows), grant.organisation == name)
    by_it = or_(
        use.organisation == name,
        and_(use.organisation.is_(None), use.grant_stream.in_(granted)),
    )
    during: list[ColumnElement[bool]] = [
        and_(use.occurred >= span.begin, use.occurred < span.end) for span in spans
    ]
    together = [use[each] for each in _TOGETHER]
    query = (
        select(
            *together,
            func.count().label("uses"),
            func.min(use.occurred).label("first"),
            func.max(use.occurred).label("last"),
            func.min(use.idx).label("first_index"),
            func.max(use.idx).label("last_index"),
        )
        .where(reader.counted(USE), narrowed(reader), by_it, or_(*during))
        .group_by(*together)
    )
    return reader.rows(query)


def _indexes(spans: Sequence[Span]) -> list[int]:
    return sorted({span.told_by for span in spans})
