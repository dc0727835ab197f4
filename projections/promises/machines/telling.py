"""What an event must say before a rule can judge it."""

from ledger.events.promise import PromiseRule
from projections.promises.conditions import Parameters, any_holds
from projections.promises.material import KEPT, UNDETERMINABLE, Ask, Segment, throughout


def settled_at_once(rule: PromiseRule, ask: Ask, parameters: Parameters) -> list[Segment] | None:
    """The verdict where an event says too little or is in order without more ado, else nothing."""
    if not rule.told_by and not rule.unless:
        return None
    if rule.told_by and not any(ask.terms[path] for path in rule.told_by):
        fields = " nor ".join(rule.told_by)
        return throughout(ask.moment, UNDETERMINABLE, f"the event gives no {fields}")
    if rule.unless and any_holds(rule.unless, ask.terms, parameters):
        return throughout(ask.moment, KEPT)
    return None
