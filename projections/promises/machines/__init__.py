"""The six kinds of rules, one state machine each.

A machine is pure: one judged event, what is known of the events that it needs, and what is in
force give its verdicts over time.
"""

from collections.abc import Callable, Mapping
from typing import Final

from ledger.events.promise import PromiseRule
from projections.promises.machines.deadline import DeadlineMachine
from projections.promises.machines.interval_state import IntervalStateMachine
from projections.promises.machines.metric import MetricMachine
from projections.promises.machines.never import NeverMachine
from projections.promises.machines.only_if import OnlyIfMachine
from projections.promises.machines.subset import SubsetMachine
from projections.promises.material import Machine

MACHINES: Final[Mapping[str, Callable[[PromiseRule], Machine]]] = {
    "never": NeverMachine,
    "subset": SubsetMachine,
    "only-if": OnlyIfMachine,
    "deadline": DeadlineMachine,
    "interval-state": IntervalStateMachine,
    "metric": MetricMachine,
}

__all__ = ["MACHINES"]
