"""Sessions of the page that somebody ended."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from ledger.ended_sessions import end_session, is_ended
from ledger.ledger import Ledger
from ledger.store.engine import reading
from ledger.store.schema import ENDED_SESSION

_ONE, _OTHER = UUID(int=1), UUID(int=2)


def test_an_ended_session_is_ended_alone_and_for_good(ledger: Ledger) -> None:
    """Whoever kept a copy of the cookie would still be logged in, or everybody logged out."""
    until = ledger.clock() + timedelta(hours=1)
    end_session(ledger, _ONE, until)
    assert is_ended(ledger, _ONE)
    assert not is_ended(ledger, _OTHER)
    end_session(ledger, _ONE, until)
    end_session(ledger, _OTHER, until)
    assert is_ended(ledger, _ONE)


def test_rows_whose_time_is_over_go(ledger: Ledger) -> None:
    """The table would grow for ever."""
    end_session(ledger, _ONE, ledger.clock() - timedelta(seconds=1))
    end_session(ledger, _OTHER, ledger.clock() + timedelta(hours=1))
    with reading(ledger.log.engine) as connection:
        assert list(connection.scalars(select(ENDED_SESSION.c.session_id))) == [_OTHER]
