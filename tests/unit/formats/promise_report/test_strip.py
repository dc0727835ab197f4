"""A strip shows the worst verdict of each stretch, at its place in time."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.promise_report.story import VERDICTS
from formats.promise_report.strip import strip_of
from tests.promise_stories import BEGAN, item

TEN_DAYS = BEGAN + timedelta(days=10)


def test_each_stretch_has_its_worst_verdict() -> None:
    """A break would hide behind what was kept the same week."""
    items = [item(0), item(1, "broken"), item(1), item(7, "pending"), item(10, "undeterminable")]
    assert strip_of(items, BEGAN, TEN_DAYS, 5) == (
        "broken",
        None,
        None,
        "pending",
        "undeterminable",
    )


def test_what_lies_outside_is_left_out() -> None:
    """An event from before the promise would colour its first stretch."""
    early = item(1, "broken", occurred_at=BEGAN - timedelta(seconds=1))
    late = item(1, "broken", occurred_at=TEN_DAYS + timedelta(seconds=1))
    assert strip_of([early, late], BEGAN, TEN_DAYS, 3) == (None, None, None)


def test_no_time_at_all_is_one_stretch() -> None:
    """A page asked for at the very moment of publication would end in a division by zero."""
    assert strip_of([item(0)], BEGAN, BEGAN, 2) == ("kept", None)


@given(
    st.lists(st.tuples(st.integers(0, 10), st.sampled_from(VERDICTS)), max_size=12),
    st.integers(1, 40),
)
def test_nothing_inside_is_lost(found: list[tuple[int, str]], stretches: int) -> None:
    """A verdict would be missing from the strip, or one be there that nobody gave."""
    items = [item(day, word) for day, word in found]  # type: ignore[arg-type]
    strip = strip_of(items, BEGAN, TEN_DAYS, stretches)
    assert len(strip) == stretches
    worst = min((each.verdict for each in items), key=VERDICTS.index, default=None)
    assert worst is None or worst in strip
    assert {each for each in strip if each} <= {each.verdict for each in items}


@pytest.mark.parametrize("stretches", [1, 36])
def test_the_last_moment_belongs_to_the_last_stretch(stretches: int) -> None:
    """What happened at the moment asked would not be shown."""
    assert strip_of([item(10, "broken")], BEGAN, TEN_DAYS, stretches)[-1] == "broken"
