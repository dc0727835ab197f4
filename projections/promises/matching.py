"""Which events a selector of a rule means: its conditions made ready for many events."""

from collections.abc import Callable, Iterator
from typing import Final

from ledger.events import KINDS
from ledger.events.promise import Condition, Selector
from ledger.personal import WITHHELD
from projections.promises.conditions import holds
from projections.promises.values import EventValues

Matched = Callable[[EventValues], bool]

_AMONG: Final = frozenset({"equals", "in"})


def kinds_named(selector: Selector) -> Iterator[str]:
    """The kinds of a selector with their versions: `access.used` names every version of it."""
    for name in selector.kinds:
        if name in KINDS:
            yield name
        else:
            yield from (kind for kind in KINDS if kind.rpartition(".")[0] == name)


def matcher(selector: Selector) -> Matched:
    """Whether every condition of a selector holds for an event."""
    tests = [passes(condition) for condition in selector.where]
    if not tests:
        return _always
    if len(tests) == 1:
        return tests[0]

    def all_pass(values: EventValues) -> bool:
        for test in tests:  # noqa: SIM110 - asked of every event: a generator takes twice as long
            if not test(values):
                return False
        return True

    return all_pass


def passes(condition: Condition) -> Matched:
    """Whether a condition plainly holds."""
    path, wanted = condition.field, condition.values
    if condition.test in _AMONG and not _has_flags(condition):
        among = frozenset(wanted)

        def is_among(values: EventValues) -> bool:
            found = values[path]
            return bool(found) and among.issuperset(found)

        return is_among
    if condition.test == "at-most" and condition.parameter is None:
        return _at_most(condition)
    return lambda values: holds(condition, values[path], {}) is True


def _at_most(condition: Condition) -> Matched:
    """Whether a number plainly is at most another, which most events give as one number."""
    path = condition.field
    most = min((each for each in condition.values if type(each) is int), default=None)

    def is_at_most(values: EventValues) -> bool:
        found = values[path]
        if len(found) == 1 and type(found[0]) is int and most is not None:
            return found[0] <= most
        return holds(condition, found, {}) is True

    return is_at_most


def fails(condition: Condition) -> Matched:
    """Whether a condition plainly does not hold."""
    path, wanted = condition.field, condition.values
    if condition.test == "any-in" and not _has_flags(condition):
        unwanted = frozenset((*wanted, WITHHELD))
        return lambda values: unwanted.isdisjoint(values[path])
    return lambda values: holds(condition, values[path], {}) is False


def _has_flags(condition: Condition) -> bool:
    """Whether it names `true` or `false`, which equal 1 and 0 in a set."""
    return any(isinstance(each, bool) for each in condition.values)


def _always(_values: EventValues) -> bool:
    return True
