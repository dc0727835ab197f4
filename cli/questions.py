"""What commands that ask the history share: typed times, and how they were understood."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

from cli.output import note
from cli.session import Session
from formats.record_times import size_of_record
from formats.record_times import time_reader as reader_of_times
from formats.shown_times import show_instant
from formats.typed_times import TimeReader, read_time
from ledger.errors import BadRequest
from ledger.units import Size, utc_now

if TYPE_CHECKING:
    from ledger.ledger import Ledger

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

TIME_HELP: Final = "2026-11-20, 14:00, yesterday, -2h, 3d, @INDEX"


def time_reader(session: Session, ledger: "Ledger", *, recorded: bool = False) -> TimeReader:
    """Reads typed times in the reader's zone; `@41` is when record 41 occurred, or was recorded."""
    return reader_of_times(ledger, utc_now(), session.zone, recorded=recorded)


def say_time(name: str, instant: datetime | None, session: Session) -> None:
    """Says on standard error how a typed time was understood."""
    if instant is not None:
        note(f"{name} {show_instant(instant, session.zone)}")


def known_size_of(session: Session, ledger: "Ledger", typed: str | None) -> Size | None:
    """How many records there were at the typed time; a record stands for itself and all before.

    Raises:
        BadRequest: it is no time, or a record that is not there yet, so that the same question
            would get another answer later.
    """
    if typed is None:
        return None
    size = size_of_record(typed)
    if size is not None:
        there = ledger.head().size
        if size > there:
            raise BadRequest(f"--as-known {typed}: expected a record below {there}, found none")
        return size
    known_at = read_time(time_reader(session, ledger, recorded=True), typed, "--as-known")
    say_time("known at", known_at, session)
    return ledger.size_at(known_at) if known_at else None
