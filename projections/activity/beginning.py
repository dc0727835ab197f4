"""When the first of the recorded facts occurred, by the day: where the time of a log begins."""

from datetime import datetime

from sqlalchemy import func, select

from ledger.ledger import Ledger
from ledger.opening import instant_of
from ledger.units import Size
from projections.activity.days import DAY_US
from projections.activity.view import ACTIVITY, DAY
from projections.snapshot import reader_at


def first_day(ledger: Ledger, known_size: Size) -> datetime | None:
    """The beginning, in UTC, of the day on which the first fact occurred; `None`: there is none.

    Raises:
        StoreUnavailable: the database cannot be used.
    """
    with reader_at(ledger, ACTIVITY, ledger.clock(), known_size) as reader:
        query = select(func.min(DAY.c.day)).where(
            DAY.c.log == reader.scope.log, DAY.c.generation == reader.scope.generation
        )
        day = reader.connection.execute(query).scalar()
    return None if day is None else instant_of(int(day) * DAY_US)
