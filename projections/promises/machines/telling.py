"""What an event must say before a rule can judge it."""

from collections.abc import Sequence

from ledger.events.promise import PromiseRule
from projections.promises.conditions import Parameters, any_holds
from projections.promises.material import KEPT, UNDETERMINABLE, Ask, Segment, throughout
from projections.promises.values import Terms


def tells(told_by: Sequence[str], terms: Terms) -> bool:
    """Whether an event says anything in one of some fields."""
    for path in told_by:  # noqa: SIM110 - asked of every event: a generator takes twice as long
        if terms[path]:
            return True
    return False


def settled_at_once(rule: PromiseRule, ask: Ask, parameters: Parameters) -> list[Segment] | None:
    """The verdict where an event says too little or is in order without more ado, else nothing."""
    if rule.told_by and not tells(rule.told_by, ask.terms):
        fields = " nor ".join(rule.told_by)
        return throughout(ask.moment, UNDETERMINABLE, f"the event gives no {fields}")
    if rule.unless and any_holds(rule.unless, ask.terms, parameters):
        return throughout(ask.moment, KEPT)
    return None
