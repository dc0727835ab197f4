"""The steps of a breach, from the first signal to its end, by the names of their commands."""

from collections.abc import Mapping
from typing import Final

from formats.steps.plan import StepPlan

_INITIAL: Final = {"notice_kind": "initial"}
_LATER: Final = {"notice_kind": "supplement"}
_LAST: Final = {
    "final": {"notice_kind": "final"},
    "withdrawal": {"notice_kind": "withdrawal"},
}

BREACH_STEPS: Final[Mapping[str, StepPlan]] = {
    "open": StepPlan("breach.suspected"),
    "signal": StepPlan("incident.signalled"),
    "facts": StepPlan("breach.facts_updated"),
    "assess": StepPlan(
        "breach.assessed",
        made_apart=frozenset({"scores", "score_reasons", "method"}),
        decides=True,
    ),
    "aware": StepPlan("breach.awareness_determined", decides=True),
    "decide": StepPlan("breach.notification_decided", decides=True),
    "notify": StepPlan("breach.authority_notified", _INITIAL),
    "notify-controller": StepPlan("breach.controller_notified", _INITIAL),
    "supplement": StepPlan("breach.authority_notified", _LATER, _LAST),
    "supplement-controller": StepPlan("breach.controller_notified", _LATER, _LAST),
    "inform-subjects": StepPlan("breach.subjects_notified"),
    "answer": StepPlan("breach.authority_responded"),
    "measure": StepPlan("breach.measure_taken"),
    "rule-out": StepPlan("breach.ruled_out", decides=True),
    "close": StepPlan("breach.closed", decides=True),
}
"""In the order in which a case usually takes them."""
