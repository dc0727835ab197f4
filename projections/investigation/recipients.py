"""Which recipients were no approved sub-processors when data went to them.

Judged is each exchange against the approval that stood at its own moment, not the one of today. A
recipient that is a third party by a contract or a specification is in the answer too, with its
role: the log knows what was approved, not what ought to have been.

Source: GDPR art. 28(2).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from ledger.ledger import Ledger
from ledger.units import Index
from projections.query import state

_NEVER_ONE: Final = frozenset(
    {
        "controller",
        "joint-controller",
        "customer",
        "data-subject",
        "user",
        "authority",
        "public",
    }
)
"""Roles of recipients that process on nobody's behalf."""


@dataclass(slots=True)
class Recipient:
    """One recipient to which data went without an approval, for one reason."""

    sender: str | None
    recipient: str
    role: str | None
    why: str
    count: int
    bytes: int
    first_at: datetime
    last_at: datetime
    rests_on: list[Index]
    """The exchanges, then the records that tell of the sub-processor."""


def unapproved_recipients(
    ledger: Ledger,
    *,
    as_of: datetime | None = None,
    as_known: datetime | None = None,
    **filters: str | Sequence[str],
) -> list[Recipient]:
    """Recipients of outgoing exchanges that no approval covered, the most frequent first.

    Args:
        ledger: The log.
        as_of: Exchanges up to this moment; the present if not given.
        as_known: Only what was recorded by then counts; all, if not given.
        filters: Of the view of exchanges: `sender`, `recipient`, `system`.

    Raises:
        BadRequest: there is no such filter.
        StoreUnavailable: the database cannot be used.
    """
    asked: Any = {"as_of": as_of, "as_known": as_known}
    chosen: Any = {**filters, "direction": "out"}
    exchanges = state(ledger, "exchanges", only="each", **asked, **chosen).rows
    stretches = state(ledger, "agreements", only="sub-processor-history", **asked).rows
    found: dict[tuple[str | None, ...], Recipient] = {}
    for exchange in exchanges:
        if exchange["outcome"] != "performed" or exchange["recipient_role"] in _NEVER_ONE:
            continue
        if exchange["recipient"] is None:
            continue
        mine = [each for each in stretches if _concerns(each, exchange)]
        why = standing_against(mine, exchange["occurred_at"])
        if why is not None:
            _add(found, exchange, why, mine)
    return sorted(found.values(), key=lambda each: (-each.count, each.rests_on[0]))


def standing_against(stretches: Iterable[dict[str, Any]], moment: datetime) -> str | None:
    """Why a sub-processor was not approved at a moment; `None` if it was.

    Args:
        stretches: Its rows of the view `agreements`, over all time.
        moment: When data went to it.
    """
    rows = list(stretches)
    then = [row for row in rows if row["since"] <= moment < (row["until"] or _after(moment))]
    if any(_is_approved(row) for row in then):
        return None
    if then:
        return _what_stood(then[-1])
    approved = [row["approved_at"] for row in rows if row["approved_at"] is not None]
    return "approved only later" if approved else "never proposed or approved"


def _concerns(stretch: dict[str, Any], exchange: dict[str, Any]) -> bool:
    processor = stretch["processor"]
    return stretch["sub_processor"] == exchange["recipient"] and (
        processor is None or processor == exchange["sender"]
    )


def _is_approved(row: dict[str, Any]) -> bool:
    approved, objected = row["approved_at"], row["objected_at"]
    if row["status"] == "removed" or approved is None:
        return False
    return objected is None or objected < approved


def _what_stood(row: dict[str, Any]) -> str:
    if row["status"] == "removed":
        return "removed before"
    if row["objected_at"] is not None:
        return "objected to"
    return "engaged without approval" if row["engaged_at"] else "proposed, not approved"


def _after(moment: datetime) -> datetime:
    """A bound that no moment reaches, for a stretch without an end."""
    return moment.max.replace(tzinfo=moment.tzinfo)


def _add(
    found: dict[tuple[str | None, ...], Recipient],
    exchange: dict[str, Any],
    why: str,
    stretches: Sequence[dict[str, Any]],
) -> None:
    key = (exchange["sender"], exchange["recipient"], exchange["recipient_role"], why)
    moment, size = exchange["occurred_at"], exchange["bytes"] or 0
    known = found.get(key)
    if known is None:
        told = sorted({Index(index) for row in stretches for index in row["indexes"]})
        found[key] = Recipient(
            *key,
            1,
            size,
            moment,
            moment,
            [Index(exchange["index"]), *told],
        )
        return
    known.count += 1
    known.bytes += size
    known.last_at = max(known.last_at, moment)
    known.rests_on.insert(known.count - 1, Index(exchange["index"]))
