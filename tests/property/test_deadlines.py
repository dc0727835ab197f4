"""Laws of deadlines: order of readings, monotony, arithmetic of the calendar, and encodings."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from projections.deadlines import (
    Anchor,
    DeadlineResult,
    Reading,
    compute,
    decode_result,
    encode_result,
    rule_book,
)
from projections.deadlines.legal_calendar import calendar_of
from projections.deadlines.local_times import end_of_day, instant_of_local, local_date
from projections.deadlines.periods import (
    add_months,
    add_working_days,
    next_full_hour,
    roll_back,
    roll_forward,
)
from projections.deadlines.refusals import Uncomputable

ZONES = ("Europe/Amsterdam", "America/Havana", "Asia/Kolkata", "Australia/Lord_Howe", "UTC")
instants = st.datetimes(
    min_value=datetime.fromisoformat("2018-05-26"),
    max_value=datetime.fromisoformat("2090-01-01"),
    timezones=st.just(UTC),
)
local_times = st.datetimes(
    min_value=datetime.fromisoformat("2000-01-01"), max_value=datetime.fromisoformat("2060-01-01")
)
dates = st.dates(min_value=date(2018, 5, 26), max_value=date(2090, 1, 1))
zones = st.sampled_from(ZONES)
DUTCH = calendar_of("NL", equated_days=False)
COMPUTED = sorted(rule_id for rule_id, versions in rule_book().items() if versions[0].readings)


def computed(
    rule: str, anchors: dict[str, Anchor], zone: str = "Europe/Amsterdam"
) -> DeadlineResult:
    answer = compute(rule, anchors, zone=zone)
    assert isinstance(answer, DeadlineResult), answer
    return answer


def named(result: DeadlineResult, name: str) -> Reading:
    found = result.reading(name)
    assert found is not None
    return found


@given(instants, zones)
def test_the_strict_reading_is_never_later_than_the_formal_or_the_contested(
    aware_at: datetime, zone: str
) -> None:
    """The reading that leads would not be the safe one."""
    result = computed("gdpr-33-1", {"aware": Anchor(at=aware_at)}, zone)
    formal, contested = named(result, "full-hour"), named(result, "two-working-days")
    assert result.due_at == aware_at + timedelta(hours=72)
    assert result.due_at < formal.due_at <= result.due_at + timedelta(hours=1)
    assert formal.due_at <= contested.due_at


@given(instants, st.timedeltas(timedelta(), timedelta(days=10)))
def test_breach_readings_are_monotone(aware_at: datetime, later: timedelta) -> None:
    """Who became aware later would have to notify earlier."""
    first = computed("gdpr-33-1", {"aware": Anchor(at=aware_at)})
    second = computed("gdpr-33-1", {"aware": Anchor(at=aware_at + later)})
    for name in ("strict", "full-hour", "two-working-days"):
        assert named(first, name).due_at <= named(second, name).due_at


@given(dates, st.integers(0, 40))
def test_readings_of_a_request_are_monotone(received: date, later: int) -> None:
    """Whose request came later would be answered earlier."""
    after = received + timedelta(days=later)
    first = computed("gdpr-12-3", {"received": Anchor(on=received)})
    second = computed("gdpr-12-3", {"received": Anchor(on=after)})
    for one in first.readings:
        assert one.due_at <= named(second, one.name).due_at


@given(dates, st.integers(0, 70))
@example(date(2026, 1, 31), 30)
def test_an_extension_is_never_shorter(received: date, notified_after: int) -> None:
    """A controller that extends would have less time than one that does not."""
    plain = computed("gdpr-12-3", {"received": Anchor(on=received)})
    notified = Anchor(on=received + timedelta(days=notified_after))
    extended = computed(
        "gdpr-12-3", {"received": Anchor(on=received), "extension_notified": notified}
    )
    assert extended.due_at >= plain.due_at
    is_in_time = extended.finding("extension-in-time") is not None
    assert is_in_time == (extended.due_at > plain.due_at)
    assert extended.due_at == (
        min(named(extended, f"extended-{each}").due_at for each in "abc")
        if is_in_time
        else plain.due_at
    )


@given(dates, st.integers(0, 20), st.integers(0, 40))
def test_a_pause_never_shortens_and_never_leads(received: date, asked: int, days: int) -> None:
    """Asking for proof of identity would change the leading limit."""
    plain = computed("gdpr-12-3", {"received": Anchor(on=received)})
    since = received + timedelta(days=asked)
    paused = computed(
        "gdpr-12-3",
        {
            "received": Anchor(on=received),
            "identity_asked": Anchor(on=since),
            "identity_confirmed": Anchor(on=since + timedelta(days=days)),
        },
    )
    assert paused.leading == plain.leading
    assert named(paused, "paused").due_at >= plain.due_at


@given(st.sampled_from(COMPUTED), instants, zones, st.data())
def test_a_result_is_a_value_of_its_question(
    rule_id: str, begun: datetime, zone: str, data: st.DataObject
) -> None:
    """Computing twice, or handing a result on, would change it."""
    rule = rule_book()[rule_id][-1]
    is_date = data.draw(st.booleans())
    shifts = data.draw(st.tuples(*[st.integers(0, 2000) for _ in rule.anchors]))
    moments = [begun + timedelta(hours=shift) for shift in shifts]
    given_anchors = {
        spec.name: Anchor(on=at.date()) if is_date else Anchor(at=at)
        for spec, at in zip(rule.anchors, moments, strict=True)
        if spec.required or data.draw(st.booleans())
    }
    numbers: dict[str, int | bool] = {
        spec.name: data.draw(st.integers(1, 30) if spec.type == "integer" else st.booleans())
        for spec in rule.parameters
    }
    answers = [
        compute(rule_id, given_anchors, zone=zone, parameters=numbers, at_version=rule.version)
        for _ in range(2)
    ]
    assert answers[0] == answers[1]
    if isinstance(answers[0], DeadlineResult):
        assert decode_result(encode_result(answers[0])) == answers[0]
        assert answers[0].due_at.utcoffset() == timedelta()
        assert all(each.standing != "leading" for each in answers[0].alternatives)


@given(dates, st.integers(0, 60))
def test_months_clamp_to_the_month_they_reach(day: date, months: int) -> None:
    """A month would end in another month, or on another day than its last."""
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (
        later.day < day.day and (later + timedelta(days=1)).month != later.month
    )


@given(dates, st.integers(0, 24), st.integers(0, 24))
def test_two_periods_of_months_never_end_after_their_sum(day: date, one: int, two: int) -> None:
    """The reading from the clamped month would not be the earlier one."""
    assert add_months(add_months(day, one), two) <= add_months(day, one + two)


@given(dates, st.integers(1, 30))
def test_working_days_are_counted_one_by_one(day: date, count: int) -> None:
    """A holiday would be counted, or a working day left out."""
    due = add_working_days(day, count, DUTCH.is_working)
    between = [day + timedelta(days=n) for n in range(1, (due - day).days + 1)]
    assert DUTCH.is_working(due)
    assert sum(map(DUTCH.is_working, between)) == count


@given(dates)
def test_rolling_reaches_the_nearest_working_day_on_its_side(day: date) -> None:
    """A limit would pass over a working day, or end on a holiday."""
    forward, back = roll_forward(day, DUTCH.is_working), roll_back(day, DUTCH.is_working)
    assert back <= day <= forward
    closed = [back + timedelta(days=n) for n in range(1, (forward - back).days)]
    assert DUTCH.is_working(forward)
    assert DUTCH.is_working(back)
    assert not any(DUTCH.is_working(each) for each in closed)


@given(instants, zones)
def test_an_instant_lies_in_its_local_day(at: datetime, zone_name: str) -> None:
    """A moment near midnight would belong to a day that had ended, or not begun."""
    zone = ZoneInfo(zone_name)
    day = local_date(at, zone)
    assert end_of_day(day - timedelta(days=1), zone) <= at
    assert at < end_of_day(day, zone) or _repeats(at, zone)


@given(instants, st.sampled_from(["Europe/Amsterdam", "Asia/Kolkata", "UTC"]))
def test_the_next_full_hour_is_the_first_one_on_the_local_clock(at: datetime, name: str) -> None:
    """The formal reading would gain more than an hour, or nothing."""
    zone = ZoneInfo(name)
    start = next_full_hour(at, zone)
    assert timedelta() < start - at <= timedelta(hours=1)
    local = start.astimezone(zone)
    assert (local.minute, local.second, local.microsecond) == (0, 0, 0)


@given(local_times, zones)
@example(datetime.fromisoformat("2026-10-25T02:30"), "Europe/Amsterdam")
@example(datetime.fromisoformat("2026-03-29T02:30"), "Europe/Amsterdam")
def test_a_local_time_that_is_accepted_comes_back(local: datetime, zone_name: str) -> None:
    """A clock would start at another time than the one on the wall."""
    zone = ZoneInfo(zone_name)
    passes = [local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
    if passes[0] == passes[1]:
        at = instant_of_local(local, zone)
        assert at.astimezone(zone).replace(tzinfo=None) == local
    else:
        with pytest.raises(Uncomputable, match=r"occurs twice|does not exist"):
            instant_of_local(local, zone)


@given(st.lists(instants, min_size=2, max_size=6))
def test_the_promise_and_the_statute_of_a_request_both_follow_its_order(
    moments: list[datetime],
) -> None:
    """A week's promise would end after the month of the law."""
    assume(len(set(moments)) > 1)
    for one, two in pairwise(sorted(moments)):
        week = computed("inf-09", {"received": Anchor(at=one)})
        assert week.due_at <= computed("inf-09", {"received": Anchor(at=two)}).due_at
        assert week.due_at < computed("gdpr-12-3", {"received": Anchor(at=one)}).due_at


def _repeats(at: datetime, zone: ZoneInfo) -> bool:
    """Whether the local time occurs twice: a repeated midnight ends the day before already."""
    local = at.astimezone(zone).replace(tzinfo=None)
    first, second = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return first != second
