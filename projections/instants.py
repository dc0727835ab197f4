"""Instants in table cells: whole microseconds since 1970, nothing for an open end."""

from datetime import datetime

from ledger.store.requests import instant_of, microseconds
from projections.bitemporal import FOREVER


def optional_microseconds(instant: datetime | None) -> int | None:
    """Microseconds of an aware instant; nothing stays nothing."""
    return None if instant is None else microseconds(instant)


def cell_instant(cell: int | None) -> datetime | None:
    """The instant that a cell holds; nothing for nothing and for the open end of an interval."""
    return None if cell is None or cell == FOREVER else instant_of(cell)
