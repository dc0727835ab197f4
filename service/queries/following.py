"""The records of a live tail: each once, in order of index, whatever is recorded meanwhile.

A tail is a position in the log and nothing else, so a reader that comes back with the last index it
saw misses nothing and gets nothing twice. Only a page is read ahead; while a reader is slow nothing
is read, no transaction is open, and no writer waits.

Source: WHATWG HTML §9.2 (server-sent events: `id`, `data`, comments, `Last-Event-ID`).
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from ledger.ledger import Ledger
from ledger.opening import OpenedRecord
from ledger.store.query import RecordQuery
from service.context import Context
from service.queries.answers import BLOCK_BYTES, json_text
from service.queries.bell import Bell
from service.queries.event_rows import told_record
from service.threads import reading

PAGE_RECORDS: Final = 100
RETRY_MS: Final = 1_000
"""After how long a client comes back."""
PAUSE_S: Final = 0.05
"""Between two looks: a log that is written to all the time is read by pages, not by records."""
STOP_LOOK_S: Final = 0.5
"""How often a silent tail looks whether the service stops."""


class Looked(NamedTuple):
    """What one look at the log found."""

    frames: tuple[tuple[int, bytes], ...]
    """Index and bytes of each record."""
    position: int
    """The first index that was not looked at yet."""
    is_all: bool
    """Whether that is where the log ended."""


def told(opened: OpenedRecord) -> object:
    """One record as programs get it."""
    return told_record(opened, looked_at=False)


@dataclass(slots=True)
class Tail:
    """One tail: what it follows, and how far it is."""

    query: RecordQuery
    """What is followed, from whichever index on."""
    position: int
    """The first index that was not given yet."""
    tell: Callable[[OpenedRecord], object] = told
    """What is given of a record, as JSON; blocking."""
    given: int = 0
    """How many records were."""


def look(ledger: Ledger, tail: Tail) -> Looked:
    """The next records of a tail; blocking."""
    size = int(ledger.head().size)
    asked = replace(tail.query, start=tail.position, stop=size, limit=PAGE_RECORDS, reverse=False)
    opened = list(ledger.open_records(ledger.log.find(asked)))
    frames = tuple(
        (int(each.stored.index), frame(int(each.stored.index), tail.tell(each))) for each in opened
    )
    is_all = len(frames) < PAGE_RECORDS
    return Looked(frames, max(size, tail.position) if is_all else frames[-1][0] + 1, is_all)


def frame(index: int, document: object) -> bytes:
    """One record as a server-sent event; JSON has no line breaks."""
    return f"id: {index}\ndata: {json_text(document)}\n\n".encode()


def heartbeat(position: int) -> bytes:
    """A comment, and how far the tail is: whoever comes back does not look there again."""
    reached = f"id: {position - 1}\n" if position else ""
    return f": {position} records\n{reached}\n".encode()


async def frames_of(
    context: Context, tail: Tail, bell: Bell, still_allowed: Callable[[], Awaitable[None]]
) -> AsyncIterator[bytes]:
    """What a tail sends until the service stops, or its reader may not see more.

    Args:
        context: What is served.
        tail: How far it is; moved on after what was given was taken.
        bell: Rings when the log grew.
        still_allowed: Raises once the reader may not follow any more.
    """
    beat_s = context.settings.tail_heartbeat_s
    yield f"retry: {RETRY_MS}\n".encode() + heartbeat(tail.position)
    said = checked = time.monotonic()
    while not context.operations.stopping.is_set():
        bell.hush()
        found = await reading(context, look, context.ledger, tail)
        for block in _blocks(found.frames):
            yield block.content
            tail.position, tail.given = block.last + 1, tail.given + block.records
            said = time.monotonic()
        tail.position = found.position
        if time.monotonic() - checked >= beat_s:
            await still_allowed()
            checked = time.monotonic()
        if not found.is_all:
            continue
        if time.monotonic() - said >= beat_s:
            yield heartbeat(tail.position)
            said = time.monotonic()
        if await bell.rings(min(beat_s, STOP_LOOK_S)):
            await asyncio.sleep(PAUSE_S)


class _Block(NamedTuple):
    content: bytes
    last: int
    """The index of its last record."""
    records: int


def _blocks(frames: Sequence[tuple[int, bytes]]) -> Iterator[_Block]:
    parts: list[bytes] = []
    size = 0
    for place, (index, content) in enumerate(frames, 1):
        parts.append(content)
        size += len(content)
        if size >= BLOCK_BYTES or place == len(frames):
            yield _Block(b"".join(parts), index, len(parts))
            parts, size = [], 0
