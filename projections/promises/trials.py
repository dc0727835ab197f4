"""How rules meet the events of one kind from one system: looked up once, used for each of them."""

from collections.abc import Sequence
from typing import NamedTuple

from projections.promises.matching import Matched
from projections.promises.program import JudgedRule, Trigger


class Trial(NamedTuple):
    """How one rule meets them."""

    rule: JudgedRule
    triggers: Sequence[Trigger]
    is_certain: bool
    """Whether all of them are the promise's own."""
    keeping: tuple[Matched, ...]
    """What an event passes that plainly keeps the rule; nothing, where that cannot be said so."""


def trial_of(rule: JudgedRule, kind: str, system: str | None) -> Trial | None:
    """How a rule meets events of a kind from a system, if it judges any of them."""
    if kind not in rule.triggers or not rule.may_judge(system):
        return None
    return Trial(rule, rule.triggers[kind], rule.judges_all_of(system), rule.keeping)
