"""Events whose key was erased: they may have served any judged event whose verdict they could turn.

An erasure costs knowledge: what would be broken for want of such an event cannot be told any more.
"""

from typing import Final

from sqlalchemy import Connection, select

from projections.bitemporal import FOREVER
from projections.promises.material import KEPT, Evidence
from projections.promises.needs import SharedNeed
from projections.promises.storing import AskPlace
from projections.promises.tables import VERDICT
from projections.promises.windows import EARLIEST
from projections.tables import Scope

_HARMING: Final = frozenset({"forbidden", "end"})
"""Needs that turn what is kept; the others turn what is not."""


def asks_in_doubt(
    connection: Connection, scope: Scope, need: SharedNeed, each: Evidence
) -> set[AskPlace]:
    """Where the judged events are whose verdicts an event may turn whose key was erased.

    Args:
        connection: The database.
        scope: Whose rows.
        need: What it serves.
        each: It.
    """
    since, until = need.bears_on(each.moment)
    row = VERDICT.c
    conditions = [
        row.log == scope.log,
        row.generation == scope.generation,
        row.rule.in_(need.rules),
        row.moment >= (EARLIEST if since is None else since),
        row.moment <= until,
        row.valid_to == FOREVER,
        row.known_to > each.index,
    ]
    if need.need.role not in _HARMING:
        conditions.append(row.verdict != KEPT)
    found = connection.execute(select(row.idx, row.rule).where(*conditions))
    return {AskPlace(place.idx, place.rule) for place in found}
