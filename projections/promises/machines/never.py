"""`never`: broken by an event that shows any of the signs; nothing else can break it."""

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.events.promise import PromiseRule
from projections.promises.conditions import any_holds, holds
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


@dataclass(frozen=True, slots=True)
class NeverMachine:
    """Judges each event by itself."""

    rule: PromiseRule

    def judge(
        self, ask: Ask, known: Sequence[Sequence[Evidence]], in_force: InForce
    ) -> list[Segment]:
        """Broken if any condition holds; undeterminable if a value that decides is not there."""
        del known  # no other event matters
        at_once = settled_at_once(self.rule, ask, in_force.parameters)
        if at_once is not None:
            return at_once
        if not self.rule.where:  # the event itself is what must not happen
            return throughout(ask.moment, BROKEN, "it happened")
        told = any_holds(self.rule.where, ask.terms, in_force.parameters)
        if told is None:
            return throughout(
                ask.moment, UNDETERMINABLE, "a value that decides was erased or unset"
            )
        if not told:
            return throughout(ask.moment, KEPT)
        sign = next(
            each
            for each in self.rule.where
            if holds(each, ask.terms[each.field], in_force.parameters)
        )
        shown = ", ".join(str(value) for value in ask.terms[sign.field]) or "nothing"
        return throughout(ask.moment, BROKEN, f"{sign.field} is {shown}")
