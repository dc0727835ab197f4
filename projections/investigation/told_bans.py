"""Which bans of another's list the log tells of, which it lacks, and which it alone tells of.

A ban is found by the case of its block, so that no identity is opened: the list names addresses,
the log gives tokens. One ban may be told several times, by a log, by an action, by the list itself:
all facts of its block between its beginning and its end tell of this one ban, because an address
that is kept out is not banned again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from ledger.events.blocking import IpBlocked, IpUnblocked
from ledger.query import EventQuery

if TYPE_CHECKING:
    from ledger.ledger import Ledger
    from ledger.opening import OpenedRecord

ROUNDING: Final = timedelta(seconds=1)
"""A list in whole seconds may name a beginning that is later than the one that was told."""

UNCERTAIN: Final = timedelta(hours=1)
"""How far off a fact may be that was told in the hour that comes twice."""

_FOREVER: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ListedBan:
    """One ban of the list."""

    block_ids: tuple[str, ...]
    """What sources call its block."""
    scope: str | None
    began_at: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class ToldBlock:
    """One fact of the log: an address was kept out."""

    index: int
    event_id: UUID | None
    stream: UUID
    scope: str | None
    ip: str
    """A token."""
    occurred_at: datetime
    uncertainty: timedelta
    is_erased: bool
    """Whose address it was is erased, and with it which block."""

    def fits(self, begins: datetime, ends: datetime) -> bool:
        """Whether it happened in a stretch of time, as far as is known when it happened."""
        # Between instants: what an uncertainty of ages makes of one may lie beyond all dates.
        early, late = begins - self.occurred_at, self.occurred_at - ends
        return max(early, late) <= self.uncertainty


@dataclass(frozen=True, slots=True)
class ComparedBan:
    """One ban of the list, and the facts of the log that tell of it."""

    listed: ListedBan
    told: tuple[ToldBlock, ...] = ()
    may_be_erased: bool = False
    """No fact tells of it, but one that fits is about an address that was erased."""


@dataclass(frozen=True, slots=True)
class ComparedBans:
    """The list beside the log."""

    bans: list[ComparedBan] = field(default_factory=list)
    """Every ban of the list, in its order."""
    only_told: list[ToldBlock] = field(default_factory=list)
    """Facts of no ban of the list."""
    ended: list[ToldBlock] = field(default_factory=list)
    """The same where the address was let in again since: a list forgets what was ended by hand."""


def compare_bans(
    ledger: "Ledger",
    bans: Sequence[ListedBan],
    *,
    system: str | None,
    parsers: tuple[str, ...],
    since: datetime | None = None,
    until: datetime | None = None,
) -> ComparedBans:
    """The bans of a list beside the blocks that the log tells of.

    Args:
        ledger: the log.
        bans: the list.
        system: the system that reports the blocks; `None` for all.
        parsers: beginnings of the names of those who tell of bans of such a list; blocks that
            others tell of are not missed in it.
        since: facts before this are not missed in the list; without it, before its first ban.
        until: facts from then on are not missed in it either.
    """
    starts = since or min((ban.began_at for ban in bans), default=None)
    query = EventQuery(
        kinds=("ip.blocked", "ip.unblocked"),
        system=system,
        since=None if starts is None else starts - ROUNDING - UNCERTAIN,
    )
    blocks: dict[UUID, list[ToldBlock]] = {}
    erased: list[ToldBlock] = []
    ends: dict[UUID, datetime] = {}
    judged: list[ToldBlock] = []
    for opened in ledger.read(query):
        event, stream = opened.event, opened.stored.stream
        if isinstance(event, IpUnblocked):
            ends[stream] = max(event.occurred_at, ends.get(stream, event.occurred_at))
        if not isinstance(event, IpBlocked):
            continue
        block = _told(opened, event)
        (erased if block.is_erased else blocks.setdefault(stream, [])).append(block)
        is_theirs = (event.parser or "").startswith(parsers) and not block.is_erased
        if is_theirs and starts is not None and block.occurred_at >= starts - ROUNDING:
            judged.append(block)
    found = ComparedBans(_compared(ledger, bans, blocks, erased))
    known = {block.index for each in found.bans for block in each.told}
    for block in judged:
        if block.index not in known and (until is None or block.occurred_at < until):
            has_ended = ends.get(block.stream, block.occurred_at) > block.occurred_at
            (found.ended if has_ended else found.only_told).append(block)
    return found


def _told(opened: "OpenedRecord", event: IpBlocked) -> ToldBlock:
    return ToldBlock(
        index=opened.stored.index,
        event_id=event.event_id,
        stream=opened.stored.stream,
        scope=event.scope,
        ip=event.ip,
        occurred_at=event.occurred_at,
        uncertainty=event.occurred_uncertainty or timedelta(),
        is_erased=opened.personal.get("ip") == "erased",
    )


def _compared(
    ledger: "Ledger",
    bans: Sequence[ListedBan],
    blocks: dict[UUID, list[ToldBlock]],
    erased: list[ToldBlock],
) -> list[ComparedBan]:
    """Each ban of the list with its facts, in the order of the list."""
    streams = [_streams(ledger, ban) for ban in bans]
    next_at = _next_of_the_same(bans)
    compared = []
    for ban, mine, later in zip(bans, streams, next_at, strict=True):
        begins = ban.began_at - ROUNDING
        ends = min(ban.until or _FOREVER, later - ROUNDING - timedelta(microseconds=1))
        told = tuple(
            block for stream in mine for block in blocks.get(stream, ()) if block.fits(begins, ends)
        )
        gone = not told and any(
            block.scope == ban.scope and block.fits(begins, ends) for block in erased
        )
        compared.append(ComparedBan(ban, told, gone))
    return compared


def _streams(ledger: "Ledger", ban: ListedBan) -> list[UUID]:
    found = (ledger.case_stream("block", block_id) for block_id in ban.block_ids)
    return [stream for stream in found if stream is not None]


def _next_of_the_same(bans: Sequence[ListedBan]) -> list[datetime]:
    """For each ban, when the next one of the same block begins; far ahead where there is none."""
    following: dict[tuple[str, ...], datetime] = {}
    by_time = sorted(range(len(bans)), key=lambda at: bans[at].began_at, reverse=True)
    found = [_FOREVER] * len(bans)
    for at in by_time:
        found[at] = following.get(bans[at].block_ids, _FOREVER)
        following[bans[at].block_ids] = bans[at].began_at
    return found
