"""What commands that ask the history share: typed times, and how they were understood."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

from cli.output import note
from cli.session import Session
from cli.times import TimeReader
from formats.shown_times import show_instant
from ledger.errors import BadRequest
from ledger.units import Size, utc_now

if TYPE_CHECKING:
    from ledger.ledger import Ledger

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

TIME_HELP: Final = "2026-11-20, 14:00, yesterday, -2h, 3d, @INDEX"


def time_reader(session: Session, ledger: "Ledger", *, recorded: bool = False) -> TimeReader:
    """Reads typed times in the reader's zone; `@41` is when record 41 occurred, or was recorded."""

    def time_of_record(index: int) -> datetime:
        from ledger.opening import instant_of  # noqa: PLC0415 - only when a record is named

        record = ledger.log.record_at(index)
        if record is None:
            ledger.log.pruned.require_kept(index)
            raise BadRequest(
                f"time @{index}: expected a record below {ledger.head().size}, found none"
            )
        if recorded or record.occurred_at_us is None:
            return instant_of(record.recorded_at_us)
        return instant_of(record.occurred_at_us)

    return TimeReader(utc_now(), session.zone, time_of_record)


def read_time(reader: TimeReader, text: str | None, option: str) -> datetime | None:
    """The instant that was typed for an option, or `None` where nothing was.

    Raises:
        BadRequest: it means no time; the option is named.
    """
    if text is None:
        return None
    try:
        return reader.read(text)
    except BadRequest as error:
        raise BadRequest(f"{option}: {error}") from error


def say_time(name: str, instant: datetime | None, session: Session) -> None:
    """Says on standard error how a typed time was understood."""
    if instant is not None:
        note(f"{name} {show_instant(instant, session.zone)}")


def end_of_span(reader: TimeReader, within: str, option: str) -> datetime:
    """The instant at the end of a span that begins now, such as `24h` or `30d`.

    Raises:
        BadRequest: it is no span, or one that goes back.
    """
    typed = within if within.startswith(("+", "-")) else f"+{within}"
    until = read_time(reader, typed, option)
    if until is None or until < reader.now:
        raise BadRequest(f"{option}: expected a span such as 24h or 30d, found {within!r}")
    return until


def known_size_of(session: Session, ledger: "Ledger", typed: str | None) -> Size | None:
    """How many records there were at the typed time; a record stands for itself and all before."""
    if typed is None:
        return None
    if typed.startswith("@") and typed[1:].isdigit():
        return Size(int(typed[1:]) + 1)
    known_at = read_time(time_reader(session, ledger, recorded=True), typed, "--as-known")
    say_time("known at", known_at, session)
    return ledger.size_at(known_at) if known_at else None
