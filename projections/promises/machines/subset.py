"""`subset`: what each event says must lie within what is allowed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ledger.events.promise import Condition, PromiseRule
from projections.promises.conditions import holds
from projections.promises.machines.telling import settled_at_once
from projections.promises.material import (
    BROKEN,
    KEPT,
    UNDETERMINABLE,
    Ask,
    Evidence,
    InForce,
    Segment,
    throughout,
)

_TELLING: Final = frozenset({"equals", "in", "any-in", "at-most", "at-least"})
"""Tests of which an event without a value tells nothing."""


@dataclass(frozen=True, slots=True)
class SubsetMachine:
    """Judges each event by itself."""

    rule: PromiseRule

    def judge(
        self, ask: Ask, known: Sequence[Sequence[Evidence]], in_force: InForce
    ) -> list[Segment]:
        """Broken if a condition fails; undeterminable if the event does not say."""
        del known  # no other event matters
        at_once = settled_at_once(self.rule, ask, in_force.parameters)
        if at_once is not None:
            return at_once
        silent: list[str] = []
        for condition in self.rule.where:
            values = ask.terms[condition.field]
            if not values and condition.test in _TELLING:
                silent.append(f"the event gives no {condition.field}")
                continue
            told = holds(condition, values, in_force.parameters)
            if told is None:
                silent.append(_unknown(condition))
            elif not told:
                shown = ", ".join(str(value) for value in values) or "missing"
                return throughout(ask.moment, BROKEN, f"{condition.field} is {shown}")
        if silent:
            return throughout(ask.moment, UNDETERMINABLE, "; ".join(silent))
        return throughout(ask.moment, KEPT)


def _unknown(condition: Condition) -> str:
    if condition.parameter is not None:
        return f"parameter {condition.parameter} is not set, or {condition.field} was erased"
    return f"{condition.field} was erased"
