"""How the judged events of a promise lie in time: a row of equal stretches, each with a verdict."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from formats.promise_report.story import VERDICTS
from projections.promises.answers import Item, Verdict

STRETCHES: Final = 36


def strip_of(
    items: Iterable[Item], since: datetime, until: datetime, stretches: int = STRETCHES
) -> tuple[Verdict | None, ...]:
    """The worst verdict of the events in each stretch; `None` where none was judged.

    Args:
        items: In any order; those outside the time shown are left out.
        since: Where the first stretch begins.
        until: Where the last one ends, inclusive; not before `since`.
        stretches: How many there are, 1 or more.
    """
    found: list[Verdict | None] = [None] * stretches
    width = max((until - since) / stretches, timedelta(microseconds=1))
    for item in items:
        if since <= item.occurred_at <= until:
            place = min((item.occurred_at - since) // width, stretches - 1)
            found[place] = _worse(found[place], item.verdict)
    return tuple(found)


def _worse(one: Verdict | None, other: Verdict) -> Verdict:
    return other if one is None else min(one, other, key=VERDICTS.index)
