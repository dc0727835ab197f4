"""How far from a judged event the events lie on which its verdict can depend."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from ledger.events import KINDS
from ledger.events.promise import Limit, Need
from projections.bitemporal import FOREVER
from projections.promises.editions import Edition
from projections.promises.limits import LimitUnknownError, amount_of, is_elapsed, span_after
from projections.promises.values import ENDINGS

EARLIEST: Final = -(2**63)
BEFORE: Final = frozenset({"required", "forbidden", "term"})
"""Needs that bear on what happens after them."""
AFTER: Final = frozenset({"answer", "extension", "end"})
"""Needs that bear on what came before them; the others bear on both."""
_WEEK: Final = 7 * 24 * 3_600_000_000
"""More than months and years differ from each other, or a local day from 24 hours."""


class Reach(NamedTuple):
    """How long before a judged event, and how long after it, something bears on it."""

    back: int
    ahead: int

    def around(self, moment: int) -> tuple[int, int]:
        """The first and the last moment of what bears on an event."""
        since = EARLIEST if self.back == FOREVER else max(moment - self.back, EARLIEST)
        return since, moment + self.ahead if self.ahead != FOREVER else FOREVER


def reach_of(need: Need, editions: Sequence[Edition]) -> Reach:
    """The reach of a need under whatever edition is in force."""
    if need.role in AFTER:
        return Reach(0, FOREVER)
    if need.role not in BEFORE:
        return Reach(FOREVER, FOREVER)
    if need.lasting is None or need.closes or need.once or _may_end_itself(need):
        return Reach(FOREVER, 0)
    lasting = _longest(need.lasting, editions)
    lead = 0 if need.within is None else _longest(need.within, editions)
    return Reach(min(lasting + lead, FOREVER), 0)


def _may_end_itself(need: Need) -> bool:
    """Whether an opening may say until when it stands, which counts instead of a number."""
    names = {name for one in need.opens for name in one.kinds}
    return any(
        not set(ENDINGS).isdisjoint(event.__struct_fields__)
        for kind, event in KINDS.items()
        if kind in names or kind.rpartition(".")[0] in names
    )


def _longest(limit: Limit, editions: Sequence[Edition]) -> int:
    """How long a limit is at most, in microseconds."""
    try:
        return max(_length(limit, each) for each in editions)
    except (LimitUnknownError, ValueError, OverflowError):
        return FOREVER


def _length(limit: Limit, edition: Edition) -> int:
    length = span_after(limit, 0, edition.parameters, "UTC")
    _, unit = amount_of(limit, edition.parameters)
    return length if is_elapsed(unit) else length + _WEEK
