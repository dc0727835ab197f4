"""Instants and spans in table cells: whole microseconds, of instants since 1970.

Nothing stands for an open end.
"""

from datetime import datetime, timedelta
from typing import Final

from ledger.store.requests import instant_of, microseconds
from projections.bitemporal import FOREVER

_LONGEST_CELL: Final = 2**63 - 1
_MICROSECOND: Final = timedelta(microseconds=1)


def optional_microseconds(instant: datetime | None) -> int | None:
    """Microseconds of an aware instant; nothing stays nothing."""
    return None if instant is None else microseconds(instant)


def cell_instant(cell: int | None) -> datetime | None:
    """The instant that a cell holds; nothing for nothing and for the open end of an interval."""
    return None if cell is None or cell == FOREVER else instant_of(cell)


def span_microseconds(span: timedelta | None) -> int | None:
    """Microseconds of an elapsed time, no more than a cell can hold; nothing stays nothing.

    Facts may not name longer ones; earlier versions let them in, and a view must not end there.
    """
    return None if span is None else min(span // _MICROSECOND, _LONGEST_CELL)


def cell_span(cell: int | None) -> timedelta | None:
    """The elapsed time that a cell holds; nothing for nothing."""
    return None if cell is None else timedelta(microseconds=cell)
