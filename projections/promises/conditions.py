"""Whether a condition of a rule holds for the values of a field."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from ledger.events.promise import Condition, Parameter, Scalar
from ledger.personal import WITHHELD
from projections.promises.values import Terms, Value, Values

Parameters = Mapping[str, Parameter]
"""What is set of the open parameters of a promise at a moment, by name."""


NUMERIC: Final = frozenset({"at-most", "at-least"})


def parameter_values(name: str, parameters: Parameters) -> tuple[Scalar, ...] | None:
    """The values of a parameter; `None` while nobody has set it."""
    found = parameters.get(name)
    if found is None:
        return None
    if found.values:
        return found.values
    return None if found.value is None else (found.value,)


def holds(condition: Condition, values: Values, parameters: Parameters) -> bool | None:
    """Whether a condition holds; `None` if that cannot be told.

    It cannot while its parameter is unset, or where a value that decides was erased.
    """
    if condition.test == "present":
        return bool(values)
    if condition.test == "absent":
        return not values
    wanted: tuple[Scalar, ...] | None = condition.values
    if condition.parameter is not None:
        wanted = parameter_values(condition.parameter, parameters)
    if wanted is None or WITHHELD in values:
        return None
    if condition.test in NUMERIC and not _numbers(wanted):
        return None  # what was set as its parameter is no number
    return _COMPARISONS[condition.test](values, wanted)


def _among(value: Value, wanted: tuple[Scalar, ...]) -> bool:
    # True equals 1 in Python, but no flag is a number here.
    return any(
        value == each and isinstance(value, bool) == isinstance(each, bool) for each in wanted
    )


def _all_among(values: Values, wanted: tuple[Scalar, ...]) -> bool:
    return bool(values) and all(_among(value, wanted) for value in values)


def _any_among(values: Values, wanted: tuple[Scalar, ...]) -> bool:
    return any(_among(value, wanted) for value in values)


def _none_among(values: Values, wanted: tuple[Scalar, ...]) -> bool:
    return not _any_among(values, wanted)


def _at_most(values: Values, wanted: tuple[Scalar, ...]) -> bool:
    return bool(_numbers(values)) and max(_numbers(values)) <= min(_numbers(wanted))


def _at_least(values: Values, wanted: tuple[Scalar, ...]) -> bool:
    return bool(_numbers(values)) and min(_numbers(values)) >= max(_numbers(wanted))


def _numbers(values: Iterable[Value]) -> list[int]:
    return [each for each in values if isinstance(each, int) and not isinstance(each, bool)]


_COMPARISONS: Final[Mapping[str, Callable[[Values, tuple[Scalar, ...]], bool]]] = {
    "equals": _all_among,
    "in": _all_among,
    "any-in": _any_among,
    "not-in": _none_among,
    "at-most": _at_most,
    "at-least": _at_least,
}


def all_hold(conditions: Iterable[Condition], terms: Terms, parameters: Parameters) -> bool | None:
    """Whether every condition holds; `None` if one cannot be told and none fails."""
    told: bool | None = True
    for condition in conditions:
        found = holds(condition, terms[condition.field], parameters)
        if found is False:
            return False
        told = None if found is None else told
    return told


def any_holds(conditions: Iterable[Condition], terms: Terms, parameters: Parameters) -> bool | None:
    """Whether one of the conditions holds; `None` if one cannot be told and none holds."""
    told: bool | None = False
    for condition in conditions:
        found = holds(condition, terms[condition.field], parameters)
        if found is True:
            return True
        told = None if found is None else told
    return told
