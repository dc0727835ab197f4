"""Limits of rules: numbers, parameters, and instants at which something is due."""

from collections.abc import Mapping
from datetime import UTC, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from ledger.errors import BadRequest
from ledger.events.promise import Limit, LimitUnit, Parameter
from ledger.opening import instant_of
from ledger.store.requests import microseconds
from projections.deadlines import Anchor, DeadlineResult, compute, newest_of
from projections.deadlines.rules import LocalDate
from projections.promises.conditions import Parameters

_MICROSECONDS: Final[dict[str, int]] = {
    "seconds": 1_000_000,
    "minutes": 60_000_000,
    "hours": 3_600_000_000,
}
_ELAPSED: Final[dict[str, int]] = {
    **_MICROSECONDS,
    "days": 24 * _MICROSECONDS["hours"],
    "weeks": 7 * 24 * _MICROSECONDS["hours"],
}
_CALENDAR_RULES: Final[dict[str, tuple[str, str, int]]] = {
    "days": ("contract-days", "days", 1),
    "weeks": ("contract-weeks", "weeks", 1),
    "months": ("contract-months", "months", 1),
    "years": ("contract-months", "months", 12),
    "working-days": ("contract-working-days", "working_days", 1),
}
_EXTENDED: Final = "extension_notified"
_FURTHEST: Final = 253_402_300_800_000_000
"""The end of the year 9999, in microseconds."""


class LimitUnknownError(Exception):
    """A limit cannot be told; its text says what is missing."""


def amount_of(limit: Limit, parameters: Parameters) -> tuple[int, LimitUnit | None]:
    """The number of a limit with its unit.

    Raises:
        LimitUnknownError: the parameter that gives it is not set.
    """
    if limit.parameter is None:
        if limit.amount is None:
            raise LimitUnknownError("the rule gives no number")
        return limit.amount, limit.unit
    found = parameters.get(limit.parameter)
    if found is None or not isinstance(found.value, int) or isinstance(found.value, bool):
        raise LimitUnknownError(f"parameter {limit.parameter} is not set")
    return found.value, found.unit or limit.unit


def due_after(
    limit: Limit,
    moment: int,
    parameters: Parameters,
    zone: str,
    extended_at: int | None = None,
) -> int:
    """The instant at which a limit that runs from a moment ends; in time means before it.

    Args:
        limit: With a number and a unit of time, or a rule of the book.
        moment: From when it runs.
        parameters: What is set.
        zone: In whose local dates days and months are counted.
        extended_at: When an extension was told, for a rule that knows of extensions.

    Raises:
        LimitUnknownError: it cannot be told.
    """
    if limit.rule is not None:
        start = (
            _day_of(moment, zone) if extended_at is None and _counts_days(limit.rule) else moment
        )
        return _due_by_rule(limit.rule, start, zone, extended_at, _numbers(parameters, limit.rule))
    amount, unit = amount_of(limit, parameters)
    if unit in _MICROSECONDS:
        return _reached(moment + amount * _MICROSECONDS[unit])
    if unit not in _CALENDAR_RULES:
        raise LimitUnknownError(f"{unit or 'no unit'} is no measure of time")
    return _due_by_calendar(unit, amount, _day_of(moment, zone), zone)


def span_after(limit: Limit, moment: int, parameters: Parameters, zone: str) -> int:
    """The end of a stretch of elapsed time: a day is 24 hours, a month a month of the calendar.

    Raises:
        LimitUnknownError: it cannot be told.
    """
    amount, unit = amount_of(limit, parameters)
    if unit in _ELAPSED:
        return _reached(moment + amount * _ELAPSED[unit])
    return due_after(limit, moment, parameters, zone)


def _reached(due: int) -> int:
    """An instant, if the calendar has it: a parameter may be any number.

    Raises:
        LimitUnknownError: it does not.
    """
    if abs(due) >= _FURTHEST:
        raise LimitUnknownError("the term ends outside years 1-9999")
    return due


def is_elapsed(unit: str | None) -> bool:
    """Whether a unit is the same stretch of time wherever it begins."""
    return unit in _ELAPSED


def _day_of(moment: int, zone: str) -> int:
    """An instant of the same local day, the same for all of it: they have one end in common."""
    local = instant_of(moment).astimezone(ZoneInfo(zone))
    return microseconds(local.replace(hour=12, minute=0, second=0, microsecond=0))


@lru_cache
def _counts_days(rule: str) -> bool:
    """Whether every reading of a rule begins with the local date of its anchor."""
    return all(isinstance(each.steps[0], LocalDate) for each in newest_of(rule).readings)


@lru_cache(maxsize=65_536)
def _due_by_calendar(unit: str, amount: int, moment: int, zone: str) -> int:
    rule, name, times = _CALENDAR_RULES[unit]
    if amount == 0:  # the end of the same day
        local = instant_of(moment).astimezone(ZoneInfo(zone))
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        return microseconds((midnight + timedelta(days=1)).astimezone(UTC))
    return _computed(rule, {"started": Anchor(at=instant_of(moment))}, zone, {name: amount * times})


@lru_cache(maxsize=65_536)
def _due_by_rule(
    rule: str,
    moment: int,
    zone: str,
    extended_at: int | None,
    numbers: tuple[tuple[str, int], ...],
) -> int:
    anchors = {newest_of(rule).first_anchor.name: Anchor(at=instant_of(moment))}
    if extended_at is not None:
        anchors[_EXTENDED] = Anchor(at=instant_of(extended_at))
    return _computed(rule, anchors, zone, dict(numbers))


def _computed(
    rule: str, anchors: Mapping[str, Anchor], zone: str, parameters: Mapping[str, int]
) -> int:
    try:
        answer = compute(rule, anchors, zone=zone, parameters=parameters)
    except BadRequest as error:  # a parameter was set to what the rule does not take
        raise LimitUnknownError(str(error)) from error
    if isinstance(answer, DeadlineResult):
        return microseconds(answer.due_at)
    raise LimitUnknownError(getattr(answer, "message", "the rule gives no date"))


def _numbers(parameters: Parameters, rule: str) -> tuple[tuple[str, int], ...]:
    """What is set of the rule's own parameters, by the names that the rule has for them."""
    names = {each.name for each in newest_of(rule).parameters}
    return tuple(
        sorted(
            (name.replace("-", "_"), each.value)
            for name, each in parameters.items()
            if name.replace("-", "_") in names and isinstance(each.value, int)
        )
    )


def described(parameter: Parameter) -> str:
    """A parameter as people read it: `24 hours`."""
    value = ", ".join(map(str, parameter.values)) if parameter.values else parameter.value
    parts = (value, parameter.unit or parameter.period)
    return " ".join(str(part) for part in parts if part is not None)
