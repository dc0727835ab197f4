"""Running deadlines as an iCalendar feed that calendars subscribe to or open.

Invariants:
- an entry keeps its identity while its case has that duty under that rule, so a corrected anchor
  moves it in a calendar and never doubles it;
- no personal data is in it: cases are named by token.

Source: RFC 5545 §3.6.1 (events), §3.6.6 (alarms); RFC 7986 §5 (properties of a feed).
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

from icalendar import Alarm, Calendar, Event, vText

from projections.cases.breach_clocks import AUTHORITY_TERM
from projections.cases.clock import Clock

_PRODUCT: Final = "-//Zegel//Clocks//EN"
_SHOWN_FOR: Final = timedelta(minutes=30)
"""An entry ends at its limit and begins so long before it, to be seen in a day's column."""

_ALARMS: Final = (timedelta(days=1), timedelta(hours=4))


def feed_of(origin: str, clocks: Iterable[Clock], *, made_at: datetime) -> bytes:
    """The feed of clocks that have an end, in their order.

    Args:
        origin: The name of the log.
        clocks: Those that run; one without an end is left out.
        made_at: When the feed was made, aware.
    """
    feed = Calendar()
    feed.add("prodid", _PRODUCT)
    feed.add("version", "2.0")
    feed.add("x-wr-calname", vText(f"Deadlines of {origin}"))
    feed.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    for clock in clocks:
        if clock.due_at is not None:
            feed.add_component(_entry(origin, clock, clock.due_at, made_at))
    return bytes(feed.to_ical())


def _entry(origin: str, clock: Clock, due_at: datetime, made_at: datetime) -> Event:
    entry = Event()
    entry.add("uid", f"{_identity(origin, clock)}@zegel")
    entry.add("dtstamp", made_at.astimezone(UTC))
    entry.add("dtstart", (due_at - _SHOWN_FOR).astimezone(UTC))
    entry.add("dtend", due_at.astimezone(UTC))
    mark = "OVERDUE: " if clock.is_overdue else ""
    if clock.start.undecided:
        mark = f"IF AWARE SINCE {clock.start.name.upper()}: "
    entry.add("summary", f"{mark}{clock.duty} ({clock.case_kind} {str(clock.case)[-6:]})")
    entry.add("description", _description(origin, clock))
    entry.add("categories", [clock.case_kind, clock.rule_id])
    for before in _ALARMS:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("trigger", -before, parameters={"RELATED": "END"})
        alarm.add("description", clock.duty)
        entry.add_component(alarm)
    return entry


def _identity(origin: str, clock: Clock) -> str:
    parts = [origin, str(clock.case), clock.rule_id, clock.duty.partition(":")[0]]
    if clock.rule_id == AUTHORITY_TERM:  # an authority may ask more than once
        parts.append(str(clock.start.index))
    return sha256("\x00".join(parts).encode()).hexdigest()[:32]


def _description(origin: str, clock: Clock) -> str:
    words = getattr(clock.result, "words", None) or "the term was set by the authority"
    return (
        f"{words}\n"
        f"Case {clock.case}, record {clock.start.index} of {origin}. "
        "The end is exclusive: in time is before it."
    )
