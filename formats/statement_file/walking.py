"""The rules of a promise, and the limits, conditions and selectors in them, with their places."""

from collections.abc import Iterator
from typing import NamedTuple

from formats.statement_file.document import PromiseEntry
from ledger.events.promise import Condition, Limit, PromiseRule, Selector
from ledger.events.wording import Path


class PlacedRule(NamedTuple):
    """A rule of a promise, or of one of its readings."""

    path: Path
    rule: PromiseRule


class PlacedLimit(NamedTuple):
    """A limit, and whether it is one of time."""

    path: Path
    limit: Limit
    is_time: bool


class PlacedSelector(NamedTuple):
    """A selector of judged events, or of those that a need names."""

    path: Path
    selector: Selector


class PlacedCondition(NamedTuple):
    """A condition and the selectors whose events it tests."""

    path: Path
    condition: Condition


def rules_of(entry: PromiseEntry, here: Path) -> Iterator[PlacedRule]:
    """Every rule of a promise: its own parts and those of its readings."""
    for place, rule in enumerate(entry.rules):
        yield PlacedRule((*here, "rules", place), rule)
    for number, reading in enumerate(entry.readings):
        for place, rule in enumerate(reading.rules):
            yield PlacedRule((*here, "readings", number, "rules", place), rule)


def limits_of(placed: PlacedRule) -> Iterator[PlacedLimit]:
    """Every limit in a rule."""
    path, rule = placed
    if rule.within is not None:
        yield PlacedLimit((*path, "within"), rule.within, is_time=True)
    if rule.measure is not None and rule.measure.limit is not None:
        is_time = rule.measure.of == "elapsed"
        yield PlacedLimit((*path, "measure", "limit"), rule.measure.limit, is_time)
    for place, need in enumerate(rule.needs):
        for name, limit in (("lasting", need.lasting), ("within", need.within)):
            if limit is not None:
                yield PlacedLimit((*path, "needs", place, name), limit, is_time=True)


def need_selectors(placed: PlacedRule) -> Iterator[PlacedSelector]:
    """Every selector of what a rule needs."""
    for place, need in enumerate(placed.rule.needs):
        for name, selectors in (("opens", need.opens), ("closes", need.closes)):
            for number, selector in enumerate(selectors):
                yield PlacedSelector((*placed.path, "needs", place, name, number), selector)


def selectors_of(placed: PlacedRule) -> Iterator[PlacedSelector]:
    """Every selector in a rule."""
    for place, selector in enumerate(placed.rule.for_each):
        yield PlacedSelector((*placed.path, "for_each", place), selector)
    yield from need_selectors(placed)


def conditions_of(placed: PlacedRule) -> Iterator[PlacedCondition]:
    """Every condition in a rule: of selectors, and about the judged event."""
    for path, selector in selectors_of(placed):
        for place, condition in enumerate(selector.where):
            yield PlacedCondition((*path, "where", place), condition)
    for name, conditions in (("unless", placed.rule.unless), ("where", placed.rule.where)):
        for place, condition in enumerate(conditions):
            yield PlacedCondition((*placed.path, name, place), condition)
