"""From when on an event is a breach."""

from dataclasses import replace
from datetime import timedelta

from formats.promise_report.story import broken_since
from tests.promise_stories import BEGAN, item

LATE = item(11, "broken", due_at=BEGAN + timedelta(days=30), reason="not done in time")


def test_what_is_late_is_a_breach_from_the_end_of_its_term_on() -> None:
    """A breach would be dated to when the duty began, or to when it was mended."""
    assert broken_since(LATE) == LATE.due_at
    assert broken_since(replace(LATE, reason="done too late (record 13)")) == LATE.due_at


def test_what_ended_before_its_term_is_told_by_its_event() -> None:
    """A breach would seem to begin with a term that no longer counted."""
    cut_short = replace(LATE, reason="something else came first (record 13)")
    assert broken_since(cut_short) == LATE.occurred_at


def test_what_has_no_term_is_a_breach_when_it_happens() -> None:
    """A promise that something never happens would have a term."""
    assert broken_since(item(11, "broken", rule_kind="never")) == BEGAN + timedelta(days=11)
    assert broken_since(replace(LATE, due_at=None)) == LATE.occurred_at
