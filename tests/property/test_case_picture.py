"""Whatever a case holds, its picture lies inside its frame and loses nothing."""

from dataclasses import replace
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from formats.breach_dossier.words import Words
from projections.cases.breach import fold_breach
from projections.cases.breach_clocks import breach_clocks
from projections.investigation.timeline import Entry
from service.page.breaches.picture import BIN, LEFT, RIGHT, case_picture
from tests.breach_dossiers import STREAM, entry_of
from tests.case_steps import NOON, aware, hours, step

WORDS: Final = Words("nl", ZoneInfo("Europe/Amsterdam"))
_HOURS: Final = st.integers(-2_000, 2_000)
_STEPS: Final = ("breach.suspected", "breach.closed", "breach.ruled_out")
_AROUND: Final = ("access.used.v1", "intrusion.attempt_detected.v1", "policy.withdrawn.v1")


@st.composite
def entries(draw: st.DrawFn) -> list[Entry]:
    """Steps and facts at any hours, recorded at once or much later."""
    late = timedelta(hours=draw(st.integers(0, 10_000)))
    found = []
    for index in range(draw(st.integers(1, 12))):
        done = entry_of(step(index, draw(st.sampled_from(_STEPS)), hour=draw(_HOURS)))
        done = replace(done, recorded_at=done.recorded_at + late)
        if draw(st.booleans()):
            done = replace(done, part="around", kind=draw(st.sampled_from(_AROUND)))
        found.append(done)
    return sorted(found, key=lambda each: (each.occurred_at, each.index))


@given(entries(), st.integers(-100, 100))
def test_everything_lies_inside_and_is_counted(found: list[Entry], aware_hour: int) -> None:
    """A step would be drawn outside the picture, or silently left out."""
    case = fold_breach([aware(99, aware_hour)])
    clocks = breach_clocks(STREAM, case, hours(100), zone="Europe/Amsterdam")
    drawn = case_picture(found, clocks, WORDS, hours(100))
    assert drawn is not None
    steps = [entry for entry in found if entry.part != "around"]
    facts = sum(lane.facts for lane in drawn.lanes)
    assert len(drawn.marks) + facts + drawn.outside == len(found)
    assert len(drawn.marks) == len(steps)
    assert sum(label.steps for label in drawn.labels) + drawn.unlabelled == len(steps)
    xs = [mark.x for mark in drawn.marks]
    xs += [mark.recorded_x for mark in drawn.marks if mark.recorded_x is not None]
    xs += [each for bar in drawn.bars for each in (bar.start, bar.end)]
    assert all(LEFT <= x <= RIGHT for x in xs)
    bins = [each for lane in drawn.lanes for each in lane.bins]
    assert all(LEFT - BIN <= each.x <= RIGHT and each.facts > 0 for each in bins)
    assert all(sum(each.facts for each in lane.bins) == lane.facts for lane in drawn.lanes)
    lowest = [bar.y for bar in drawn.bars] + [lane.y for lane in drawn.lanes]
    assert all(y < drawn.height for y in lowest)


@given(entries(), st.integers(-2_000, 2_000), st.integers(1, 500))
def test_a_window_shows_what_lies_in_it_and_counts_the_rest(
    found: list[Entry], start: int, length: int
) -> None:
    """Looking closer would hide what lies in the window, or show what does not."""
    window = (hours(start), hours(start + length))
    drawn = case_picture(found, [], WORDS, NOON, window)
    if drawn is None:
        assert not [entry for entry in found if entry.part != "around"]
        return
    inside = [entry for entry in found if window[0] <= entry.occurred_at <= window[1]]
    assert drawn.outside == len(found) - len(inside)
    assert len(drawn.marks) == sum(entry.part != "around" for entry in inside)


def test_nothing_to_draw_is_no_picture() -> None:
    """An empty case would have an empty frame."""
    assert case_picture([], [], WORDS, NOON) is None


def test_a_slip_of_centuries_is_no_picture() -> None:
    """One wrong year would press everything else into a single line."""
    far = entry_of(step(1, "breach.suspected", hour=-24 * 365 * 900))
    assert case_picture([far], [], WORDS, NOON) is None


def test_what_was_told_in_time_and_what_was_late_are_drawn_apart() -> None:
    """The picture would show a late notice as one in time."""
    told = step(9, "breach.authority_notified", hour=80, authority="ap", notice_kind="initial")
    case = fold_breach([aware(5, 0), told])
    clocks = breach_clocks(STREAM, case, hours(100), zone="Europe/Amsterdam")
    drawn = case_picture([entry_of(aware(5, 0)), entry_of(told)], clocks, WORDS, hours(100))
    assert drawn is not None
    bar = drawn.bars[0]
    assert bar.is_leading
    assert bar.late_until is not None
    assert bar.end < bar.late_until == bar.done
