"""Grants that outlived their reason, and what was used after it was gone.

A grant loses its reason when the person leaves, when its contract is over, or when its organisation
has no contract any more.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, select

from projections.access.endings import Endings, met_by, told_once
from projections.access.held import GRANT_COLUMNS, stored_grants, with_their_use
from projections.access.uses import USE, USE_COLUMNS, narrowed, use_row
from projections.batches import batched
from projections.grants import GRANT, UNSEEN
from projections.instants import cell_instant
from projections.reader import Reader
from projections.view import Column

_ASKED_AT_ONCE: Final = 500

OUTLIVED_COLUMNS: Final = (
    Column("still_in_force", "still in force", "flag"),
    Column("reasons", "why it is here", "list"),
    Column("reason_ended", "reason ended", "instant"),
    Column("outlived_by", "outlived by", "duration"),
    *GRANT_COLUMNS,
)
AFTER_LEAVING_COLUMNS: Final = (*USE_COLUMNS, Column("indexes", "told by", "indexes"))


def grants_outlived(reader: Reader) -> list[dict[str, Any]]:
    """Every grant that was in force when its reason was gone; those that still are come first."""
    endings = Endings(reader)
    stored = stored_grants(reader, reader.begun(GRANT.rows), GRANT.rows.c.status != UNSEEN)
    found = {}
    for place, row in enumerate(stored):
        met = met_by(endings.of_grant(row), row["valid_from"], min(row["valid_to"], reader.as_of))
        if met:
            found[place] = met
    rows = with_their_use(reader, [stored[place] for place in found])
    told = [
        {
            "still_in_force": stored[place]["valid_to"] > reader.as_of,
            "reasons": told_once(met),
            "reason_ended": cell_instant(met[0].begin),
            "outlived_by": timedelta(microseconds=max(span.end for span in met) - met[0].begin),
            **row,
            "indexes": [*row["indexes"], *sorted({span.told_by for span in met})],
        }
        for row, (place, met) in zip(rows, found.items(), strict=True)
    ]
    return sorted(told, key=lambda row: (not row["still_in_force"], row["reason_ended"]))


def uses_after_leaving(reader: Reader) -> list[dict[str, Any]]:
    """Every use by somebody who had left, or after the contract behind it was over."""
    endings = Endings(reader)
    grants = _grants_known(reader)
    found = []
    for use in _candidates(reader, endings, grants):
        ended = list(endings.of_use(use, _in_force(grants, use)))
        if ended:
            indexes = sorted({span.told_by for span in ended})
            found.append(use_row(use, told_once(ended)) | {"indexes": indexes})
    return sorted(found, key=lambda row: (row["occurred_at"], row["index"]))


def _grants_known(reader: Reader) -> dict[str, list[dict[str, Any]]]:
    """The rows of every grant, in the order of valid time."""
    grant = GRANT.rows.c
    columns = (grant.entity, grant.organisation, grant.contract, grant.system, grant.valid_from)
    query = select(*columns).where(reader.known(GRANT.rows)).order_by(grant.valid_from)
    found: dict[str, list[dict[str, Any]]] = {}
    for row in reader.rows(query):
        found.setdefault(row["entity"], []).append(row)
    return found


def _in_force(
    grants: dict[str, list[dict[str, Any]]], use: dict[str, Any]
) -> dict[str, Any] | None:
    """The grant that a use names, as it last began before it, in force or not."""
    rows = grants.get(use["grant_stream"] or "", [])
    begun = [row for row in rows if row["valid_from"] <= use["occurred"]]
    return begun[-1] if begun else None


def _candidates(
    reader: Reader, endings: Endings, grants: dict[str, list[dict[str, Any]]]
) -> Iterable[dict[str, Any]]:
    """The uses that something about could have ended: far fewer than there are uses."""
    contracts, without = set(endings.ended_contracts), set(endings.organisations_without)
    named = [
        entity
        for entity, rows in grants.items()
        if any(row["contract"] in contracts or row["organisation"] in without for row in rows)
    ]
    use = USE.c
    found: dict[int, dict[str, Any]] = {}
    asked: list[ColumnElement[bool]] = [
        *(use.actor.in_(some) for some in batched(endings.people.gone, _ASKED_AT_ONCE)),
        *(use.grant_stream.in_(some) for some in batched(sorted(named), _ASKED_AT_ONCE)),
        *(use.organisation.in_(some) for some in batched(sorted(without), _ASKED_AT_ONCE)),
    ]
    for condition in asked:
        query = select(USE).where(reader.counted(USE), narrowed(reader), condition)
        found.update((row["idx"], row) for row in reader.rows(query))
    return found.values()
