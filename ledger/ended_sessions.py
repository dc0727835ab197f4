"""Sessions of the page that somebody ended before their time, known to every service process."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from ledger.store.ended_session_table import EndedSessionTable
from ledger.store.requests import microseconds

if TYPE_CHECKING:
    from ledger.ledger import Ledger


def is_ended(ledger: "Ledger", session_id: UUID) -> bool:
    """Whether somebody ended this session.

    Raises:
        StoreUnavailable: the database cannot be read.
    """
    return _table(ledger).has(session_id)


def end_session(ledger: "Ledger", session_id: UUID, until: datetime) -> None:
    """Ends a session, once or again; durable on return.

    Args:
        ledger: The log whose page it is a session of.
        session_id: Which.
        until: When it would have ended by itself: so long its row is needed.

    Raises:
        StoreUnavailable: the database cannot be written.
    """
    _table(ledger).add(
        session_id, until_us=microseconds(until), now_us=microseconds(ledger.clock())
    )


def _table(ledger: "Ledger") -> EndedSessionTable:
    return EndedSessionTable(ledger.log.engine, ledger.log.log_id)
