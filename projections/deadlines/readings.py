"""Runs the steps of one reading from its anchor to its limit, and writes down each of them.

A reading is at an instant or on a local date at any moment. Periods in hours run on instants in
UTC; periods in days, weeks and months on dates, and end at local 24:00 (exclusive).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from projections.deadlines.legal_calendar import Calendar
from projections.deadlines.local_times import end_of_day, later, local_date, local_noon
from projections.deadlines.periods import (
    ONE_DAY,
    add_days,
    add_months,
    add_working_days,
    full_working_days,
    next_full_hour,
    roll_back,
    roll_forward,
)
from projections.deadlines.refusals import Uncomputable
from projections.deadlines.result import Anchor, ClosedDay, DoneStep
from projections.deadlines.rules import (
    AddPeriod,
    AddTime,
    FullWorkingDays,
    LocalDate,
    NextFullHour,
    NoonRelief,
    Pause,
    Roll,
    Step,
)
from projections.deadlines.wording import amount_text, day_text, instant_text

DAYS_OF_A_WEEK = 7


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reading is: at an instant, or on a date; and the instant its period began at."""

    at: datetime | None = None
    on: date | None = None
    start: datetime | None = None


@dataclass(slots=True)
class Walk:
    """One run of one reading; it remembers whether the calendar was asked."""

    zone: ZoneInfo
    calendar: Calendar
    anchors: Mapping[str, Anchor]
    parameters: Mapping[str, int | bool]
    steps: list[DoneStep] = field(default_factory=list)
    asked_calendar: bool = False

    def run(self, anchor: str, steps: tuple[Step, ...]) -> tuple[datetime, date | None]:
        """The limit as an exclusive instant in UTC, and the last day in time if it is a date.

        Raises:
            Uncomputable: a step cannot be done.
        """
        given = self.anchors[anchor]
        place = Place(at=given.at, on=given.on, start=given.at)
        for step in steps:
            place = self._done(step, place, anchor)
        if place.on is None:
            return _instant(place, anchor), None
        due_at = end_of_day(place.on, self.zone)
        self._note(
            "end-of-day",
            f"the limit is the end of {day_text(place.on)}, local 24:00: before "
            f"{instant_text(due_at, self.zone)}",
            Place(at=due_at),
        )
        return due_at, place.on

    def _done(self, step: Step, place: Place, anchor: str) -> Place:
        reached = place
        match step:
            case LocalDate():
                reached = self._local_date(place)
            case NextFullHour():
                reached = self._full_hour(_instant(place, anchor))
            case AddTime():
                reached = self._elapse(step, _instant(place, anchor), place)
            case AddPeriod():
                reached = self._add(step, _date(place))
            case Roll():
                reached = self._roll(step, _date(place))
            case FullWorkingDays():
                reached = self._full_days(step, place)
            case NoonRelief():
                reached = self._noon(place)
            case Pause():
                reached = self._pause(step, _date(place))
        return reached

    def _local_date(self, place: Place) -> Place:
        if place.at is None:
            return place
        day = local_date(place.at, self.zone)
        words = f"{instant_text(place.at, self.zone)} is on {day_text(day)} in {self.zone.key}"
        return self._note("local-date", words, replace(place, at=None, on=day))

    def _full_hour(self, at: datetime) -> Place:
        start = next_full_hour(at, self.zone)
        words = f"the hour of the event is not counted: from {instant_text(start, self.zone)}"
        return self._note("next-full-hour", words, Place(at=start, start=start))

    def _elapse(self, step: AddTime, at: datetime, place: Place) -> Place:
        amount = self._number(step.amount)
        try:
            span = timedelta(**{step.unit: amount})
        except OverflowError as error:
            raise Uncomputable("out_of_range", f"{amount} {step.unit} are too many") from error
        due = later(at, span)
        local_date(due, self.zone)  # it can be told on the local clock too
        words = (
            f"{amount_text(amount, step.unit)} after {instant_text(at, self.zone)}, counted in "
            f"UTC: {instant_text(due, self.zone)}"
        )
        moved = replace(place, at=due, on=None)
        return self._note("elapse", words, moved, amount=amount, unit=step.unit)

    def _add(self, step: AddPeriod, day: date) -> Place:
        amount = self._number(step.amount)
        closed: tuple[ClosedDay, ...] = ()
        if step.unit == "working-days":
            due = add_working_days(day, amount, self._is_working)
            closed = self._closed_between(day, due)
        elif step.unit == "months":
            due = add_months(day, amount)
        else:
            due = add_days(day, amount * (DAYS_OF_A_WEEK if step.unit == "weeks" else 1))
        words = f"{amount_text(amount, step.unit)} after {day_text(day)}: {day_text(due)}"
        if step.unit == "months" and due.day != day.day:
            words += f", the last day of a month that has no day {day.day}"
        if closed:
            words += f"; not counted: {_closed_text(closed)}"
        return self._note("add", words, Place(on=due), amount=amount, unit=step.unit, closed=closed)

    def _roll(self, step: Roll, day: date) -> Place:
        move = roll_back if step.back else roll_forward
        due = move(day, self._is_working)
        if due == day:
            return self._note("roll", f"{day_text(day)} is a working day", Place(on=due))
        first, last = (due + ONE_DAY, day) if step.back else (day, due - ONE_DAY)
        closed = self._closed_between(first - ONE_DAY, last)
        side = "back to the last" if step.back else "to the next"
        words = f"moved {side} working day, {day_text(due)}: {_closed_text(closed)}"
        return self._note("roll", words, Place(on=due), closed=closed)

    def _full_days(self, step: FullWorkingDays, place: Place) -> Place:
        at = _instant(place, "start")
        start = place.start or at
        days = full_working_days(start, step.count, self._is_working, self.zone)
        end = end_of_day(days[-1], self.zone)
        closed = self._closed_between(local_date(start, self.zone), days[-1])
        words = f"{step.count} full working days ({', '.join(map(day_text, days))}) end at "
        words += instant_text(end, self.zone)
        due = max(at, end)
        if due == at:
            words += "; they lie inside the period, which is not extended"
        if closed:
            words += f"; closed: {_closed_text(closed)}"
        moved = replace(place, at=due)
        return self._note(
            "full-working-days", words, moved, amount=step.count, unit="working-days", closed=closed
        )

    def _noon(self, place: Place) -> Place:
        day = place.on if place.on is not None else self._limit_day(_instant(place, "limit"))
        if self._is_working(day):
            words = f"{day_text(day)} is a working day: no relief"
            return self._note("noon-relief", words, place)
        due = roll_forward(day, self._is_working)
        closed = self._closed_between(day - ONE_DAY, due - ONE_DAY)
        words = f"relief: noon of the next working day, {day_text(due)}: {_closed_text(closed)}"
        noon = Place(at=local_noon(due, self.zone), start=place.start)
        return self._note("noon-relief", words, noon, closed=closed)

    def _limit_day(self, at: datetime) -> date:
        """The day a limit falls on; one at exactly 24:00 belongs to the day that ends."""
        return local_date(at - timedelta(microseconds=1), self.zone)

    def _pause(self, step: Pause, day: date) -> Place:
        since, until = (self._day_of(name) for name in (step.since, step.until))
        days = (until - since).days
        if days < 0:
            raise Uncomputable(
                "anchors_out_of_order",
                f"{step.until} ({until.isoformat()}) lies before {step.since} "
                f"({since.isoformat()})",
            )
        due = add_days(day, days)
        words = (
            f"paused for {amount_text(days, 'days')}, from {day_text(since)} until "
            f"{day_text(until)}: {day_text(due)}"
        )
        return self._note("pause", words, Place(on=due), amount=days, unit="days")

    def _day_of(self, name: str) -> date:
        return self.anchors[name].local_date(self.zone)

    def _number(self, amount: int | str) -> int:
        if isinstance(amount, int):
            return amount
        if amount not in self.parameters:
            raise Uncomputable("missing_parameter", f"expected the parameter {amount}, found none")
        return int(self.parameters[amount])

    def _is_working(self, day: date) -> bool:
        self.asked_calendar = True
        return self.calendar.is_working(day)

    def _closed_between(self, before: date, last: date) -> tuple[ClosedDay, ...]:
        """The closed days after `before` up to `last`, with their reasons."""
        days = (before + timedelta(days=n) for n in range(1, (last - before).days + 1))
        return tuple(
            ClosedDay(on=day, why=why) for day in days if (why := self.calendar.why_closed(day))
        )

    def _note(
        self,
        operation: str,
        words: str,
        place: Place,
        *,
        amount: int | None = None,
        unit: str | None = None,
        closed: tuple[ClosedDay, ...] = (),
    ) -> Place:
        at = place.at.astimezone(UTC) if place.at is not None else None
        self.steps.append(
            DoneStep(
                operation=operation,
                words=words,
                amount=amount,
                unit=unit,
                at=at,
                on=place.on,
                passed_over=closed,
            )
        )
        return place


def _closed_text(closed: tuple[ClosedDay, ...]) -> str:
    return "; ".join(f"{each.on.isoformat()} {each.why}" for each in closed)


def _instant(place: Place, anchor: str) -> datetime:
    if place.at is None:
        raise Uncomputable(
            "time_of_day_missing",
            f"{anchor}: expected an instant, for a period in hours; found only a date",
        )
    return place.at


def _date(place: Place) -> date:
    if place.on is None:
        raise Uncomputable("time_of_day_missing", "expected a date; found only an instant")
    return place.on
