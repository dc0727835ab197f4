"""Which addresses are kept out, until when, by whose decision, and the attempts that led to it.

A block ends when its address is let in again or at its own end. Blocking it anew while it stands
prolongs it: it goes on from when it first began. The attempts that led to a block are those of its
address from the block before it on: what the source named, and what the log itself saw. Of several
detectors that told of them the one counts that told of most.
"""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import BigInteger, ColumnElement, Text, and_, func, select
from sqlalchemy import Column as Field

from ledger.events.access import AccessAttemptDenied
from ledger.events.blocking import (
    IntrusionAttemptDetected,
    IpBlocked,
    IpRecorded,
    IpUnblocked,
)
from ledger.opening import OpenedRecord
from ledger.personal import WITHHELD
from ledger.store.requests import microseconds
from projections.batches import batched
from projections.bitemporal import FOREVER, Cell, Change, Rule, Segment
from projections.facts import Facts
from projections.instants import cell_instant, optional_microseconds
from projections.kept_addresses import (
    ATTEMPT,
    COLUMNS_OF_KEPT,
    KEPT,
    VERSION,
    kept_unrepeated,
    read_attempt,
    read_kept,
)
from projections.kinds import kind_name, kind_names
from projections.lines import Lines
from projections.reader import Reader, json_cell, listed
from projections.tables import line_tables
from projections.view import Column, Filter, Section, View

_BLOCK = line_tables(
    "blocks",
    VERSION,
    "block",
    Field("status", Text, nullable=False),
    Field("ip", Text),
    Field("scope", Text),
    Field("system", Text),
    Field("since", BigInteger, nullable=False),
    Field("until", BigInteger),
    Field("after", BigInteger),
    Field("decided_by", Text),
    Field("decider", Text),
    Field("attempt_ids", Text, nullable=False),
    Field("indexes", Text, nullable=False),
)
_BLOCKED: Final = kind_name(IpBlocked)
_STANDS: Final = "blocked"
_ASKED_AT_ONCE: Final = 500
_UNSEEN: Final = "let in, block not seen"


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """What stands of one block after its changes so far."""

    status: str
    ip: str | None
    scope: str | None
    system: str | None
    since: int
    until: int | None = None
    after: int | None = None
    """When the block before this one began: earlier attempts led to that one."""
    decided_by: str | None = None
    decider: str | None = None
    attempt_ids: tuple[str, ...] = ()
    lifted: bool = False
    indexes: tuple[int, ...] = ()


def read_change(record: OpenedRecord) -> tuple[str, int, dict[str, Any]] | None:
    """The block that an event changes, when, and to what."""
    event = record.event
    if not isinstance(event, IpBlocked | IpUnblocked):
        return None
    terms: dict[str, Any] = {
        "ip": event.ip,
        "scope": event.scope,
        "system": event.system,
        "decided_by": event.decided_by,
        "decider": event.decider or event.actor,
        "attempt_ids": [str(attempt_id) for attempt_id in event.attempt_ids],
        "until": optional_microseconds(event.until) if isinstance(event, IpBlocked) else None,
    }
    return event.block_id, microseconds(event.occurred_at), terms


def step(block: Block | None, change: Change) -> Block:
    """The block after one more change."""
    if change.kind != _BLOCKED:
        if block is not None:
            indexes = (block.indexes[0], change.index)
            return msgspec.structs.replace(block, lifted=True, indexes=indexes)
        unseen = {"status": _UNSEEN, "since": change.moment, "lifted": True}
        return msgspec.convert({**change.terms, **unseen, "indexes": [change.index]}, Block)
    fresh = {"status": _STANDS, "since": change.moment, "indexes": (change.index,)}
    if block is not None and block.status == _STANDS:
        ended = block.lifted or (block.until is not None and block.until <= change.moment)
        fresh["after"] = block.since if ended else block.after
        if not ended:
            fresh["since"] = block.since
            fresh["indexes"] = (block.indexes[0], change.index)
    return msgspec.convert({**change.terms, **fresh}, Block)


def segments(block: Block, valid_from: int, valid_to: int) -> list[Segment]:
    """The part of a stretch of time in which the block stands."""
    if block.lifted and block.status == _STANDS:
        return []
    end = min(valid_to, FOREVER if block.until is None else block.until)
    if valid_from >= end:
        return []
    values: tuple[Cell, ...] = (
        block.status,
        block.ip,
        block.scope,
        block.system,
        block.since,
        block.until,
        block.after,
        block.decided_by,
        block.decider,
        json_cell(block.attempt_ids),
        json_cell(block.indexes),
    )
    return [Segment(valid_from, end, values)]


def _attempt_figures(reader: Reader) -> list[ColumnElement[Any]]:
    """Per block, from the attempts of its address since the block before it."""
    attempt, block = ATTEMPT.c, _BLOCK.rows.c
    mine = and_(
        reader.counted(ATTEMPT),
        attempt.ip == block.ip,
        attempt.ip != WITHHELD,  # of two erased addresses nobody knows whether they are one
        attempt.occurred <= block.since,
        attempt.occurred > func.coalesce(block.after, -FOREVER),
    )
    by_time = select(attempt.idx).where(mine).limit(1)
    first = by_time.order_by(attempt.occurred, attempt.idx)
    last = by_time.order_by(attempt.occurred.desc(), attempt.idx.desc())
    told = func.sum(attempt.attempts)
    most = select(told).where(mine).group_by(attempt.told_by).order_by(told.desc()).limit(1)
    return [
        most.scalar_subquery().label("attempts"),
        first.scalar_subquery().label("first_attempt_index"),
        last.scalar_subquery().label("last_attempt_index"),
    ]


def _occurrences(reader: Reader, indexes: Sequence[int]) -> dict[int, int]:
    """When the attempts at some indexes occurred."""
    attempt = ATTEMPT.c
    found: dict[int, int] = {}
    for some in batched(indexes, _ASKED_AT_ONCE):
        query = select(attempt.idx, attempt.occurred).where(
            reader.counted(ATTEMPT), attempt.idx.in_(some)
        )
        found.update((row["idx"], row["occurred"]) for row in reader.rows(query))
    return found


def _blocks(reader: Reader, *conditions: ColumnElement[bool]) -> list[dict[str, Any]]:
    block = _BLOCK.rows.c
    narrowed = reader.matching(
        ip=[block.ip], scope=[block.scope], system=[block.system], block=[block.entity]
    )
    query = (
        select(_BLOCK.rows, *_attempt_figures(reader))
        .where(*conditions, narrowed)
        .order_by(block.since, block.ip, block.entity, block.valid_from)
    )
    blocks = reader.rows(query)
    ends = ("first_attempt_index", "last_attempt_index")
    occurred = _occurrences(reader, sorted({row[end] for row in blocks for end in ends} - {None}))
    return [
        {
            "ip": row["ip"],
            "scope": row["scope"],
            "system": row["system"],
            "status": row["status"],
            "since": cell_instant(row["since"]),
            "until": cell_instant(row["until"]),
            "stood_from": cell_instant(row["valid_from"]),
            "stood_until": cell_instant(row["valid_to"]),
            "decided_by": row["decided_by"],
            "decider": row["decider"],
            "attempts": int(row["attempts"] or 0),
            "first_attempt": cell_instant(occurred.get(row["first_attempt_index"])),
            "last_attempt": cell_instant(occurred.get(row["last_attempt_index"])),
            "first_attempt_index": row["first_attempt_index"],
            "last_attempt_index": row["last_attempt_index"],
            "attempt_ids": listed(row["attempt_ids"]),
            "block": row["entity"],
            "indexes": listed(row["indexes"]),
        }
        for row in blocks
    ]


def blocks_standing(reader: Reader) -> list[dict[str, Any]]:
    """Every address that is kept out."""
    return _blocks(reader, reader.standing(_BLOCK.rows), _BLOCK.rows.c.status == _STANDS)


def blocks_newest(reader: Reader, most: int) -> tuple[list[dict[str, Any]], int]:
    """The addresses that were kept out last, the newest first, and how many are in all.

    Args:
        reader: What is asked about.
        most: So many at most.
    """
    block = _BLOCK.rows.c
    stands = and_(reader.standing(_BLOCK.rows), block.status == _STANDS)
    total = reader.connection.scalar(select(func.count()).select_from(_BLOCK.rows).where(stands))
    order = (block.since.desc(), block.entity)
    newest = select(block.entity).where(stands).order_by(*order).limit(most)
    named = list(reader.connection.scalars(newest))
    rows = _blocks(reader, stands, block.entity.in_(named))
    return rows[::-1], int(total or 0)


def block_history(reader: Reader) -> list[dict[str, Any]]:
    """Every stretch of time in which an address was kept out on the same terms."""
    return _blocks(reader, reader.begun(_BLOCK.rows), _BLOCK.rows.c.status == _STANDS)


def blocks_unseen(reader: Reader) -> list[dict[str, Any]]:
    """Addresses that were let in again though no block of them was seen."""
    return _blocks(reader, reader.standing(_BLOCK.rows), _BLOCK.rows.c.status == _UNSEEN)


_COLUMNS: Final = (
    Column("ip", "address", "token"),
    Column("scope", "kept out of"),
    Column("system", "system"),
    Column("since", "since", "instant"),
    Column("until", "until", "instant"),
    Column("decided_by", "decided by"),
    Column("decider", "decider", "token"),
    Column("attempts", "attempts", "count"),
    Column("first_attempt", "first attempt", "instant"),
    Column("last_attempt", "last attempt", "instant"),
    Column("first_attempt_index", "first attempt's record", "index"),
    Column("last_attempt_index", "last attempt's record", "index"),
    Column("attempt_ids", "attempts named by the source", "list"),
    Column("block", "block", "token"),
    Column("indexes", "rests on", "indexes"),
)

BLOCKS: Final = View(
    name="blocks",
    title="Which addresses are kept out, and why",
    version=VERSION,
    parts=(
        Lines(_BLOCK, kind_names(IpBlocked, IpUnblocked), read_change, Rule(step, segments)),
        Facts(ATTEMPT, kind_names(IntrusionAttemptDetected, AccessAttemptDenied), read_attempt),
        Facts(KEPT, kind_names(IpRecorded, IpBlocked), read_kept),
    ),
    sections={
        "standing": Section("addresses kept out", _COLUMNS, blocks_standing),
        "history": Section(
            "when each address was kept out",
            (
                Column("stood_from", "from", "instant"),
                Column("stood_until", "to", "instant"),
                *_COLUMNS,
            ),
            block_history,
        ),
        "unseen": Section("addresses let in, block not seen", _COLUMNS, blocks_unseen),
        "unrepeated": Section(
            "addresses kept or kept out that had not tried twice within 24 hours",
            COLUMNS_OF_KEPT,
            kept_unrepeated,
        ),
    },
    filters={
        "ip": Filter("address", "identity", "ip"),
        "scope": Filter("where it is kept out"),
        "system": Filter("system that reported the block"),
        "block": Filter("one block, by its source's id or its stream", "case", "block"),
    },
)
