"""What would settle a promise that cannot be determined: the one thing to do next."""

import re
from typing import Final

from projections.promises.answers import CoverageGap

_PARAMETER: Final = re.compile(r"parameter ([a-z0-9._-]+)")


def settle_of(promise_id: str, reason: str | None) -> str | None:
    """What somebody could do about a reason for which an event cannot be judged."""
    if reason is None:
        return None
    parameter = _PARAMETER.search(reason)
    if parameter is not None:
        return f"set it: zegel policy set {promise_id} {parameter[1]}=VALUE --reason WHY"
    if "erased" in reason:
        return "nothing: the value was erased"
    if reason.startswith("the event gives no"):
        return "record the event again with that field, superseding this one"
    if "on record" in reason:
        return "record what was agreed or declared, with the moment from which it holds"
    return "read the rule: it names no term that can be computed"


def settle_gap(gap: CoverageGap) -> str:
    """How a gap in what was declared of a source is closed."""
    if gap.lost_index is not None:
        return f"import the lines of {gap.system} that record {gap.lost_index} says are missing"
    until = "" if gap.until is None else f" until {gap.until:%Y-%m-%d %H:%M} UTC"
    return (
        f"declare that {gap.system} was connected from {gap.since:%Y-%m-%d %H:%M} UTC{until}: "
        "zegel record log.source_coverage_declared"
    )


def settle_reading(promise_id: str, names: tuple[str, ...]) -> str:
    """How a choice between readings is made."""
    return f"decide: zegel policy interpret {promise_id} {'|'.join(names)} --reason WHY"


def settle_waiver(index: int) -> str:
    """How what happened during a waiver comes to be judged after all."""
    return f"take back record {index}, and what happened meanwhile is judged"
