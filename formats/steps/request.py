"""The steps of a data subject's request, from receipt to answer, by the names of their commands."""

from collections.abc import Mapping
from typing import Final

from formats.steps.plan import StepPlan

REQUEST_STEPS: Final[Mapping[str, StepPlan]] = {
    "receive": StepPlan("dsr.received"),
    "acknowledge": StepPlan("dsr.acknowledged"),
    "ask-identity": StepPlan("dsr.identity_requested"),
    "identity-verified": StepPlan("dsr.identity_verified"),
    "clarify": StepPlan("dsr.clarification_requested"),
    "clarified": StepPlan("dsr.clarified"),
    "extend": StepPlan("dsr.extended", decides=True),
    "fulfil": StepPlan("dsr.fulfilled", decides=True),
    "refuse": StepPlan("dsr.refused", decides=True),
    "withdraw": StepPlan("dsr.withdrawn"),
}
"""In the order in which a request usually takes them."""
