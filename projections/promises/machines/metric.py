"""`metric`: what is measured of each event, and whether it lies above a limit.

Of counts (`events`, `distinct`) a single event has no verdict: the groups have, when asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.events.promise import Measure, PromiseRule
from ledger.personal import WITHHELD
from projections.bitemporal import FOREVER
from projections.promises.limits import LimitUnknownError, amount_of, due_after
from projections.promises.machines.telling import settled_at_once
from projections.promises.material import (
    BROKEN,
    KEPT,
    PENDING,
    UNDETERMINABLE,
    Ask,
    Evidence,
    InForce,
    Segment,
    throughout,
)
from projections.promises.standing import pairs_hold


@dataclass(frozen=True, slots=True)
class MetricMachine:
    """Measures each event."""

    rule: PromiseRule

    @property
    def measure(self) -> Measure:
        """What is measured."""
        return self.rule.measure or Measure(of="events")

    def judge(
        self, ask: Ask, known: Sequence[Sequence[Evidence]], in_force: InForce
    ) -> list[Segment]:
        """The value with its verdict; of a time that still runs, pending."""
        at_once = settled_at_once(self.rule, ask, in_force.parameters)
        if at_once is not None:
            return at_once
        if self.measure.of == "field":
            return self._of_field(ask, in_force)
        if self.measure.of == "elapsed":
            return self._of_time(ask, known, in_force)
        return [Segment(ask.moment, FOREVER, KEPT, None, 1)]

    def _of_field(self, ask: Ask, in_force: InForce) -> list[Segment]:
        path = self.measure.field or ""
        value = next((each for each in ask.terms[path] if isinstance(each, int)), None)
        if value is None:
            return throughout(ask.moment, UNDETERMINABLE, f"the event gives no {path}")
        try:
            limit = self._amount(in_force)
        except LimitUnknownError as error:
            return [Segment(ask.moment, FOREVER, UNDETERMINABLE, None, value, str(error))]
        above = limit is not None and value > limit
        reason = f"{value} is more than {limit}" if above else None
        return [Segment(ask.moment, FOREVER, BROKEN if above else KEPT, None, value, reason)]

    def _of_time(
        self, ask: Ask, known: Sequence[Sequence[Evidence]], in_force: InForce
    ) -> list[Segment]:
        met = [
            (each, pairs_hold(need.pairs, ask, each.terms))
            for place, need in enumerate(self.rule.needs)
            for each in known[place]
            if need.role == "answer"
            and each.effect == "opens"
            and each.moment >= ask.moment
            and each.index != ask.index
        ]
        answers = [each for each, meets in met if meets]
        first = min(answers, key=lambda each: (each.moment, each.index), default=None)
        if self._is_hidden(ask) or (first is None and any(meets is None for _, meets in met)):
            return throughout(ask.moment, UNDETERMINABLE, "who or what it is about was erased")
        due: int | None = None
        reason: str | None = None
        try:
            if self.measure.limit is not None:
                limit = self.measure.limit
                due = due_after(limit, ask.moment, in_force.parameters, in_force.zone)
        except LimitUnknownError as error:
            reason = str(error)
        if first is None:
            return [Segment(ask.moment, FOREVER, PENDING, due, None, reason)]
        seconds = (first.moment - ask.moment) // 1_000_000
        verdict = UNDETERMINABLE if reason else KEPT
        if due is not None and first.moment >= due:
            verdict, reason = BROKEN, f"it took {seconds} seconds"
        found = [
            Segment(ask.moment, first.moment, PENDING, due),
            Segment(first.moment, FOREVER, verdict, due, seconds, reason, (first.index,)),
        ]
        return [one for one in found if one.valid_from < one.valid_to]

    def _is_hidden(self, ask: Ask) -> bool:
        """Whether what would have to meet the answer was erased."""
        pairs = [pair for need in self.rule.needs if need.role == "answer" for pair in need.pairs]
        return any(WITHHELD in ask.terms[pair.field] for pair in pairs)

    def _amount(self, in_force: InForce) -> int | None:
        if self.measure.limit is None:
            return None
        return amount_of(self.measure.limit, in_force.parameters)[0]
