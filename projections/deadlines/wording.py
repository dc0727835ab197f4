"""Days, instants, periods and steps in words; nothing here depends on the locale of a process."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from projections.deadlines.rules import (
    AddPeriod,
    AddTime,
    FullWorkingDays,
    LocalDate,
    NextFullHour,
    NoonRelief,
    Pause,
    ReadingSpec,
    Roll,
    Rule,
    Step,
    Switched,
)

WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def day_text(day: date) -> str:
    """A date with its weekday, such as `Mon 2026-04-06`."""
    return f"{WEEKDAYS[day.weekday()]} {day.isoformat()}"


def instant_text(instant: datetime, zone: ZoneInfo) -> str:
    """An instant on the local clock with weekday and offset: `Mon 2026-04-06 17:30:00+02:00`."""
    local = instant.astimezone(zone)
    spec = "microseconds" if local.microsecond else "seconds"
    return f"{WEEKDAYS[local.weekday()]} {local.isoformat(sep=' ', timespec=spec)}"


def amount_text(amount: int | str, unit: str) -> str:
    """A period such as `1 month`, `14 working days`, or `so many hours` for a parameter."""
    unit = unit.replace("-", " ")
    if isinstance(amount, str):
        return f"so many {unit}"
    return f"{amount} {unit.removesuffix('s') if amount == 1 else unit}"


def period_text(rule: Rule) -> str:
    """What a rule computes by default, in short: the steps of the readings that may lead."""
    texts = []
    for reading in rule.readings:
        if _may_lead(reading, rule):
            beside = f" after {reading.anchor}" if reading.anchor else ""
            texts.append(steps_text(reading.steps, rule) + beside)
    return "; ".join(texts) or "no period in law"


def steps_text(steps: Iterable[Step], rule: Rule | None = None) -> str:
    """Steps in the words of a rule, such as `1 month, moved to the next working day`."""
    return ", ".join(text for step in steps if (text := _step_text(step, rule)))


def anchor_of(rule: Rule, reading: ReadingSpec) -> str:
    """The name of the anchor that a reading starts from."""
    return reading.anchor or rule.first_anchor.name


def _step_text(step: Step, rule: Rule | None) -> str:
    text = ""
    match step:
        case LocalDate():
            pass
        case NextFullHour():
            text = "from the next full hour"
        case AddTime() | AddPeriod():
            text = _amount_of(step, rule)
        case Roll():
            text = f"moved {'back to the last' if step.back else 'to the next'} working day"
        case FullWorkingDays():
            text = f"at least {step.count} full working days"
        case NoonRelief():
            text = "on a closed day noon of the next working day"
        case Pause():
            text = f"later by the days from {step.since} until {step.until}"
    return text


def _may_lead(reading: ReadingSpec, rule: Rule) -> bool:
    """Whether a reading may lead while only the required anchors and no parameters are given."""
    if reading.otherwise == "leading":
        return True
    defaults = {spec.name: spec.default for spec in rule.parameters}
    required = {spec.name for spec in rule.anchors if spec.required}
    return reading.standing == "leading" and all(
        defaults[each.parameter] == each.value
        if isinstance(each, Switched)
        else each.anchor in required
        for each in reading.when
    )


def _amount_of(step: AddTime | AddPeriod, rule: Rule | None) -> str:
    """The amount, with the default of the parameter that gives it."""
    amount = step.amount
    if isinstance(amount, str) and rule is not None:
        default = next((each.default for each in rule.parameters if each.name == amount), None)
        if default is not None:
            return f"{amount_text(int(default), step.unit)} ({amount})"
        return f"N {step.unit.replace('-', ' ')} ({amount})"
    return amount_text(amount, step.unit)
