"""Whether the parameters of a promise are those that its rules ask for, and fit there."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from formats.statement_file.document import NONE, OpenParameter, PromiseEntry
from formats.statement_file.findings import Finding
from formats.statement_file.walking import PlacedRule, conditions_of, limits_of
from ledger.events.wording import Path, shown
from projections.deadlines.rule_book import rule_book


class Use(NamedTuple):
    """Where a rule asks for a parameter, and what for."""

    path: Path
    name: str
    is_number: bool
    """Whether it takes one number, not words."""
    needs_unit: bool


def parameter_findings(
    entry: PromiseEntry, placed: Sequence[PlacedRule], here: Path
) -> Iterator[Finding]:
    """What is wrong between the parameters of a promise and its rules."""
    known: dict[str, OpenParameter] = {}
    uses = [use for each in placed for use in uses_of(each)]
    asked = {use.name for use in uses} | _of_the_book(placed)
    for place, parameter in enumerate(entry.parameters):
        path = (*here, "parameters", place, "name")
        if parameter.name in known:
            yield Finding(path, "each parameter once", f"{shown(parameter.name)} again")
        elif parameter.name not in asked and parameter.name.replace("-", "_") not in asked:
            yield Finding(path, "a parameter that a rule asks for", shown(parameter.name))
        if (parameter.default is None) is not bool(parameter.defaults):
            found = "both" if parameter.defaults else "neither"
            yield Finding((*path[:-1], "default"), "default (a value, or none) or defaults", found)
        known.setdefault(parameter.name, parameter)
    for use in uses:
        declared = known.get(use.name)
        if declared is None:
            names = ", ".join(known) or "there is none"
            yield Finding(use.path, f"a parameter of this promise ({names})", shown(use.name))
        else:
            yield from _fit(use, declared)


def uses_of(placed: PlacedRule) -> Iterator[Use]:
    """Every place in a rule that asks for a parameter."""
    for path, limit, is_time in limits_of(placed):
        if limit.parameter is not None:
            needs_unit = is_time and limit.unit is None
            yield Use((*path, "parameter"), limit.parameter, is_number=True, needs_unit=needs_unit)
    for path, condition in conditions_of(placed):
        if condition.parameter is not None:
            is_number = condition.test in {"at-most", "at-least"}
            yield Use((*path, "parameter"), condition.parameter, is_number, needs_unit=False)
    for place, need in enumerate(placed.rule.needs):
        if need.at_least_parameter is not None:
            path = (*placed.path, "needs", place, "at_least_parameter")
            yield Use(path, need.at_least_parameter, is_number=True, needs_unit=False)


def _of_the_book(placed: Sequence[PlacedRule]) -> set[str]:
    """The parameters of the deadline rules that are named: a promise may bring their values.

    The book parts their words by `_`, a statement file may part them by `-`.
    """
    named = {limit.rule for each in placed for _, limit, _ in limits_of(each)}
    return {
        parameter.name
        for rule_id in named
        if rule_id is not None
        for rule in rule_book().get(rule_id, ())
        for parameter in rule.parameters
    }


def _fit(use: Use, parameter: OpenParameter) -> Iterator[Finding]:
    default = parameter.defaults or parameter.default
    is_whole = isinstance(default, int) and not isinstance(default, bool)
    if use.is_number and not is_whole and default != NONE:
        yield Finding(use.path, f"a parameter with a number ({parameter.name})", shown(default))
    elif use.needs_unit and parameter.unit is None:
        yield Finding(use.path, f"a unit, here or of the parameter {parameter.name}", "none")
