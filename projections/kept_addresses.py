"""Which addresses were kept or kept out, and which of them had tried repeatedly before.

An address is personal data; keeping it can be justified by repeated attempts to get in. Repeated
are two attempts that lie at most a day apart, by what the log itself saw of the address and one
detector told of: two that watch the same door tell of the same attempt.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any, Final, NamedTuple

from sqlalchemy import BigInteger, Text, select
from sqlalchemy import Column as Field

from ledger.events.access import AccessAttemptDenied
from ledger.events.blocking import IntrusionAttemptDetected, IpBlocked, IpRecorded
from ledger.opening import OpenedRecord
from ledger.personal import WITHHELD
from projections.batches import batched
from projections.bitemporal import Cell
from projections.detectors import detector_of, most_told
from projections.instants import cell_instant
from projections.reader import Reader
from projections.tables import fact_table
from projections.view import Column

VERSION: Final = 4
"""Of the view of blocks, which has these tables."""

ATTEMPT = fact_table(
    "blocks",
    VERSION,
    "attempt",
    Field("ip", Text, nullable=False),
    Field("attempts", BigInteger, nullable=False),
    Field("told_by", Text, nullable=False),
    search="ip",
    counted=("told_by", "attempts"),
)
"""Attempts to get in, by address, and the detector that told of them."""
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
    times: int
    told_by: str = ""
    """The detector."""


class Tried(NamedTuple):
    """How an address tried to get in."""

    before: tuple[Attempts, ...]
    """Up to the moment from which it counts as repeated, in the order of the world."""
    repeated_at: int | None
    """From when on it had tried repeatedly; `None`: never."""


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
    return (ip, 1 if event.attempts is None else event.attempts, detector_of(event))


def read_kept(record: OpenedRecord) -> tuple[Cell, ...] | None:
    """The cells of an address that was kept or kept out, with how many attempts were named."""
    event = record.event
    if not isinstance(event, IpRecorded | IpBlocked) or event.ip == WITHHELD:
        return None
    target = event.target if isinstance(event, IpRecorded) else event.scope
    kind = record.stored.kind.removesuffix(".v1")
    return (event.ip, kind, event.system, target, event.purpose, len(event.attempt_ids))


def tried(attempts: Iterable[Attempts]) -> Tried:
    """From when on an address had tried twice within a day, as one detector told.

    Args:
        attempts: In the order of the world; what comes after that moment is not read.
    """
    before: list[Attempts] = []
    latest: dict[str, int] = {}
    for attempt in attempts:
        earlier = latest.get(attempt.told_by)
        if attempt.times > 1 or (earlier is not None and attempt.at - earlier <= _DAY):
            return Tried(tuple(before), attempt.at)
        before.append(attempt)
        latest[attempt.told_by] = attempt.at
    return Tried(tuple(before), None)


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
    known = _tried(reader, sorted({row["ip"] for row in rows}))
    found = []
    for row in rows:
        before, repeated_at = known.get(row["ip"], Tried((), None))
        if repeated_at is not None and repeated_at <= row["occurred"]:
            continue
        found.append(
            {
                "kept_at": cell_instant(row["occurred"]),
                "ip": row["ip"],
                "kind": row["kind"],
                "system": row["system"],
                "target": row["target"],
                "purpose": row["purpose"],
                "attempts": most_told(
                    (each.told_by, each.times) for each in before if each.at <= row["occurred"]
                ),
                "named": row["named"],
                "index": row["idx"],
            }
        )
    return found


def _tried(reader: Reader, addresses: Sequence[str]) -> dict[str, Tried]:
    """How each of some addresses tried."""
    attempt = ATTEMPT.c
    found: dict[str, Tried] = {}
    for some in batched(addresses, _ASKED_AT_ONCE):
        query = (
            select(attempt.ip, attempt.occurred, attempt.attempts, attempt.told_by)
            .where(reader.counted(ATTEMPT), attempt.ip.in_(some))
            .order_by(attempt.ip, attempt.occurred, attempt.idx)
        )
        rows = reader.connection.execute(query)
        for ip, mine in groupby(rows, key=attrgetter("ip")):
            found[ip] = tried(Attempts(row.occurred, row.attempts, row.told_by) for row in mine)
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
