"""The cases of a kind in which something was done last: a page of them, not all there ever were."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select

from ledger.ledger import Ledger
from projections.cases.reading import Moment
from projections.cases.view import CASES, STEP, kinds_of
from projections.snapshot import reader_at


class LatestCases(NamedTuple):
    """Some cases, the one with the latest step first."""

    streams: list[UUID]
    has_more: bool
    """Whether there are cases whose last step is older."""


def latest_cases(
    ledger: Ledger, moment: Moment, case_kind: str, *, most: int, after: int = 0
) -> LatestCases:
    """The cases whose last step is the latest, as they stood at a moment.

    Args:
        ledger: The log; the view catches up with it first.
        moment: Which steps count.
        case_kind: `breach`, `incident` or `request`.
        most: So many cases at most.
        after: So many cases with later steps are left out.

    Raises:
        StoreUnavailable: the database cannot be used.
    """
    step = STEP.c
    with reader_at(ledger, CASES, moment.as_of, moment.known_size) as reader:
        query = (
            select(step.stream)
            .where(reader.counted(STEP), step.kind.in_(kinds_of([case_kind])))
            .group_by(step.stream)
            .order_by(func.max(step.occurred).desc(), step.stream)
            .limit(most + 1)
            .offset(after)
        )
        found = [UUID(stream) for (stream,) in reader.connection.execute(query)]
    return LatestCases(found[:most], len(found) > most)
