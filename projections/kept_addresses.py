"""Which addresses were kept or kept out, and which of them had tried repeatedly before.

An address is personal data; keeping it can be justified by repeated attempts to get in. Repeated
are two attempts that lie at most a day apart, by what the log itself saw of the address.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final, NamedTuple

from sqlalchemy import BigInteger, Text, select
from sqlalchemy import Column as Field

from ledger.events.access import AccessAttemptDenied
from ledger.events.blocking import IntrusionAttemptDetected, IpBlocked, IpRecorded
from ledger.opening import OpenedRecord
from ledger.personal import WITHHELD
from projections.batches import batched
from projections.bitemporal import Cell
from projections.instants import cell_instant
from projections.reader import Reader
from projections.tables import fact_table
from projections.view import Column

VERSION: Final = 3
"""Of the view of blocks, which has these tables."""

ATTEMPT = fact_table(
    "blocks",
    VERSION,
    "attempt",
    Field("ip", Text, nullable=False),
    Field("attempts", BigInteger, nullable=False),
    search="ip",
    counted=("attempts",),
)
"""Attempts to get in, by address."""
KEPT = fact_table(
    "blocks",
    VERSION,
    "kept",
    Field("ip", Text, nullable=False),
    Field("kind", Text, nullable=False),
    Field("system", Text),
    Field("target", Text),
    Field("purpose", Text),
    Field("named", BigInteger, nullable=False),
)
"""Addresses that were kept or kept out."""
_ASKED_AT_ONCE: Final = 500
_DAY: Final = 24 * 60 * 60 * 1_000_000
"""In microseconds: the window in which a second attempt makes the first one repeated."""


class Attempts(NamedTuple):
    """One fact about attempts of an address: when, in microseconds, and how many."""

    at: int
    count: int


def read_attempt(record: OpenedRecord) -> tuple[Cell, ...] | None:
    """The cells of an attempt to get in; nothing when its address is unknown or erased."""
    event = record.event
    if isinstance(event, IntrusionAttemptDetected):
        ip: str | None = event.ip
    elif isinstance(event, AccessAttemptDenied):
        ip = event.origin
    else:
        return None
    if ip is None or ip == WITHHELD:
        return None
    return (ip, 1 if event.attempts is None else event.attempts)


def read_kept(record: OpenedRecord) -> tuple[Cell, ...] | None:
    """The cells of an address that was kept or kept out, with how many attempts were named."""
    event = record.event
    if not isinstance(event, IpRecorded | IpBlocked) or event.ip == WITHHELD:
        return None
    target = event.target if isinstance(event, IpRecorded) else event.scope
    kind = record.stored.kind.removesuffix(".v1")
    return (event.ip, kind, event.system, target, event.purpose, len(event.attempt_ids))


def is_repeated(attempts: Sequence[Attempts]) -> bool:
    """Whether two attempts, in the order of their moments, lie at most a day apart."""
    return any(each.count > 1 for each in attempts) or any(
        later.at - earlier.at <= _DAY for earlier, later in pairwise(attempts)
    )


def kept_unrepeated(reader: Reader) -> list[dict[str, Any]]:
    """Every address that was kept, or kept out, though it had not tried twice within a day."""
    kept = KEPT.c
    query = (
        select(KEPT)
        .where(
            reader.counted(KEPT),
            kept.ip != WITHHELD,  # of the erased nobody knows who tried before
            reader.matching(ip=[kept.ip], scope=[kept.target], system=[kept.system]),
        )
        .order_by(kept.occurred, kept.idx)
    )
    rows = reader.rows(query)
    attempts = _attempts_of(reader, sorted({row["ip"] for row in rows}))
    found = []
    for row in rows:
        before = [each for each in attempts.get(row["ip"], []) if each.at <= row["occurred"]]
        if not is_repeated(before):
            found.append(
                {
                    "kept_at": cell_instant(row["occurred"]),
                    "ip": row["ip"],
                    "kind": row["kind"],
                    "system": row["system"],
                    "target": row["target"],
                    "purpose": row["purpose"],
                    "attempts": sum(each.count for each in before),
                    "named": row["named"],
                    "index": row["idx"],
                }
            )
    return found


def _attempts_of(reader: Reader, addresses: Sequence[str]) -> dict[str, list[Attempts]]:
    """The attempts of some addresses in the order of the world."""
    attempt = ATTEMPT.c
    found: dict[str, list[Attempts]] = {}
    for some in batched(addresses, _ASKED_AT_ONCE):
        query = (
            select(attempt.ip, attempt.occurred, attempt.attempts)
            .where(reader.counted(ATTEMPT), attempt.ip.in_(some))
            .order_by(attempt.occurred, attempt.idx)
        )
        for row in reader.rows(query):
            found.setdefault(row["ip"], []).append(Attempts(row["occurred"], row["attempts"]))
    return found


COLUMNS_OF_KEPT: Final = (
    Column("kept_at", "kept at", "instant"),
    Column("ip", "address", "token"),
    Column("kind", "kind"),
    Column("system", "system"),
    Column("target", "where"),
    Column("purpose", "purpose"),
    Column("attempts", "attempts before", "count"),
    Column("named", "attempts named", "count"),
    Column("index", "rests on", "index"),
)
