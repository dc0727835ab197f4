"""The feed of deadlines, read back by the library that calendars are read with."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import icalendar
from hypothesis import given
from hypothesis import strategies as st

from formats.icalendar_feed import feed_of
from projections.cases.breach import fold_breach
from projections.cases.breach_clocks import breach_clocks
from projections.cases.clock import Clock
from projections.cases.reading import Step
from projections.clocks import running
from tests.case_steps import aware, hours, step

STREAM = UUID("0192aaaa-0000-7000-8000-000000000001")
MADE = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
ORIGIN = "log.example/clocks"


def _running(*steps: Step, now: float = 10) -> list[Clock]:
    case = fold_breach(steps)
    return list(running(breach_clocks(STREAM, case, hours(now), zone="Europe/Amsterdam")))


def _entries(content: bytes) -> list[Any]:
    return list(icalendar.Calendar.from_ical(content).walk("VEVENT"))


def _asked(index: int) -> Step:
    due = hours(90 + index).isoformat()
    kind = "breach.authority_responded"
    return step(index, kind, hour=9, authority="ap", response="information-request", due_at=due)


def test_an_entry_ends_at_its_limit() -> None:
    """A calendar would show another deadline than the command does."""
    (entry,) = _entries(feed_of(ORIGIN, _running(aware(0, 3)), made_at=MADE))
    assert entry.decoded("dtend") == hours(75)
    assert entry.decoded("dtstart") < entry.decoded("dtend")
    assert entry.decoded("dtstamp") == MADE
    assert str(entry["summary"]) == "tell the authority (breach 000001)"
    alarms = [alarm.decoded("trigger") for alarm in entry.walk("VALARM")]
    assert alarms == [timedelta(days=-1), timedelta(hours=-4)]
    assert all(alarm["trigger"].params["RELATED"] == "END" for alarm in entry.walk("VALARM"))


def test_a_corrected_anchor_moves_its_entry() -> None:
    """A calendar would hold the old deadline beside the new one."""
    (before,) = _entries(feed_of(ORIGIN, _running(aware(0, 3)), made_at=MADE))
    corrected = _running(aware(0, 3, corrected_by=1), aware(1, 2, hour=9))
    (after,) = _entries(feed_of(ORIGIN, corrected, made_at=MADE))
    assert after["uid"] == before["uid"]
    assert after.decoded("dtend") == hours(74)


def test_every_entry_has_an_identity_of_its_own() -> None:
    """Two questions of an authority would be one in a calendar, so that one would be missed."""
    found = _running(aware(0, 3), _asked(1), _asked(2))
    uids = [str(entry["uid"]) for entry in _entries(feed_of(ORIGIN, found, made_at=MADE))]
    assert len(uids) == len(set(uids)) == 3
    (elsewhere, *_) = _entries(feed_of("log.example/other", found, made_at=MADE))
    assert str(elsewhere["uid"]) not in uids


def test_an_undecided_moment_says_so() -> None:
    """A suspicion would stand in a calendar as if awareness had been decided."""
    (entry,) = _entries(feed_of(ORIGIN, _running(step(0, "breach.suspected")), made_at=MADE))
    assert str(entry["summary"]).startswith("IF AWARE SINCE SUSPECTED: ")


def test_an_overdue_entry_says_so() -> None:
    """What is overdue would look like any other entry of the past."""
    (entry,) = _entries(feed_of(ORIGIN, _running(aware(0, 3), now=99), made_at=MADE))
    assert str(entry["summary"]).startswith("OVERDUE: ")


def test_a_clock_without_an_end_is_no_entry() -> None:
    """A calendar would be given an entry at no time."""
    high = step(1, "breach.assessed", hour=6, risk="high")
    found = _running(aware(0, 3), high)
    assert {clock.rule_id for clock in found} == {"gdpr-33-1", "gdpr-34"}
    assert len(_entries(feed_of(ORIGIN, found, made_at=MADE))) == 1


@given(st.text(max_size=120), st.text(max_size=120))
def test_no_text_breaks_out_of_its_line(origin: str, duty: str) -> None:
    """Words could add entries or properties to a calendar, or make it unreadable."""
    (clock,) = _running(aware(0, 3))
    hostile = replace(clock, duty=f"{duty}\r\nEND:VEVENT\r\nBEGIN:VEVENT")
    content = feed_of(origin, [hostile], made_at=MADE)
    assert len(_entries(content)) == 1
    lines = content.split(b"\r\n")
    assert lines.count(b"BEGIN:VEVENT") == 1
    assert lines[-1] == b""
    assert all(len(line) <= 75 and b"\n" not in line for line in lines)  # RFC 5545 section 3.1
