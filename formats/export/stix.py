"""STIX 2.1: a bundle of the addresses that were blocked, for those who block them too.

One `indicator` for each block, valid from the block until the unblock, or until when it was meant
to end; a `sighting` with the attempts before it, where those are among the records; a `note` that
says whether all is there and of which log. Accounts, reasons and everything else stay behind: who
blocks an address needs none of it.

An address is an identity. A bundle of tokens says nothing to anybody else, so one is made only for
a reader who may see identities, and a bundle without a single address is refused.

The blocks are held in memory until the last record was read, because an unblock may be that one.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from operator import attrgetter
from typing import Final

from formats.export.stix_ends import Cases, End
from formats.export.stix_objects import LEVELS, Attempts, Author, Block, Object, address_in
from formats.export.writing import (
    Exported,
    ExportFormat,
    Provenance,
    Records,
    Setting,
    closing_facts,
)
from formats.json_form import encode_json
from formats.visible import visible_json
from ledger.errors import BadRequest
from projections.detectors import detector_in

BLOCKED: Final = "ip.blocked.v1"
UNBLOCKED: Final = "ip.unblocked.v1"
ATTEMPTED: Final = "intrusion.attempt_detected.v1"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def write(records: Records, provenance: Provenance) -> Iterator[bytes]:
    """The bundle, one object a line; UTF-8.

    Raises:
        BadRequest: the reader sees tokens only, or no record says that an address was blocked.
    """
    if not provenance.identities:
        raise BadRequest(
            "--as stix: expected a reader who may see identities, with --identities --purpose TEXT "
            "(an address is one), found one who gets tokens"
        )
    gathered = _Gathered()
    for record in records:
        if not gathered.take(record):
            records.leave_out()
    if not gathered.cases:
        raise BadRequest(
            "--as stix: expected records that say which address was blocked (ip.blocked), found "
            f"none that still has one: {records.ending.text}"
        )
    yield from _bundle(gathered, records, provenance)


def _bundle(gathered: "_Gathered", records: Records, provenance: Provenance) -> Iterator[bytes]:
    blocks = gathered.cases.ended()
    facts = closing_facts(provenance, records.ending)
    facts["attempts_without_block"] = gathered.attempts_without_block
    facts["unblocks_without_block"] = gathered.cases.unblocks_without_block
    name = encode_json(facts)
    author = Author(provenance.origin, provenance.settings.get("tlp", _TLP.default))
    abstract = (
        f"Blocked addresses of {provenance.origin}: {records.ending.text}; of {provenance.size} "
        f"records under root {provenance.root_hash.hex()}"
    )
    yield f'{{"type":"bundle","id":"{author.bundle_id(name)}","objects":[\n'.encode()
    yield _line(author.marking())
    yield _line(author.identity())
    told: set[str] = set()
    for block in blocks:
        yield from map(_line, _objects(author, block, told))
    yield _line(author.note(name, gathered.latest, abstract, name), is_last=True)
    yield b"]}\n"


def _objects(author: Author, block: Block, told: set[str]) -> Iterator[Object]:
    """The objects of one block; its address only where it was not told before."""
    if block.address not in told:
        told.add(block.address)
        yield author.address(block.address)
    yield author.indicator(block)
    if block.attempts is not None:
        yield from author.observed(block, block.attempts)


def _line(made: Object, *, is_last: bool = False) -> bytes:
    return f"{visible_json(encode_json(made))}{'' if is_last else ','}\n".encode()


class _Gathered:
    """The blocks that the records told of so far, each with the attempts before it."""

    def __init__(self) -> None:
        self.cases = Cases()
        self.latest = _EPOCH
        """When the latest record was recorded."""
        self._attempts: dict[str, dict[str, Attempts]] = {}
        """Those since the last block, by address and the detector that told of them."""

    @property
    def attempts_without_block(self) -> int:
        """How many attempts led to no block among the records; their addresses stay behind."""
        return sum(_most_told(each).count for each in self._attempts.values())

    def take(self, record: Exported) -> bool:
        """Whether a record says something here; then it is taken in."""
        self.latest = record.recorded_at
        event = record.document["event"]
        if not isinstance(event, Mapping) or record.occurred_at is None or record.event_id is None:
            return False
        address = address_in(str(event.get("ip")))
        stream = str(record.document["stream"])
        if record.kind == UNBLOCKED:
            self.cases.end(stream, End(record.occurred_at, record.index, record.recorded_at))
            return True
        if address is None:
            return False
        if record.kind == ATTEMPTED:
            told = self._attempts.setdefault(address, {})
            _add(told, detector_in(event), record.occurred_at, int(event.get("attempts", 1)))
            return True
        if record.kind != BLOCKED:
            return False
        until = event.get("until")
        before = self._attempts.pop(address, None)
        block = Block(
            index=record.index,
            event_id=record.event_id,
            leaf_hash=record.leaf_hash,
            recorded_at=record.recorded_at,
            blocked_at=record.occurred_at,
            address=address,
            scope=event.get("scope"),
            until=None if until is None else datetime.fromisoformat(until),
            attempts=None if before is None else _most_told(before),
        )
        self.cases.begin(stream, block)
        return True


def _add(told: dict[str, Attempts], detector: str, at: datetime, count: int) -> None:
    """Notes attempts that a detector told of."""
    seen = told.get(detector)
    told[detector] = (
        Attempts(at, at, count)
        if seen is None
        else Attempts(min(seen.first_at, at), max(seen.last_at, at), seen.count + count)
    )


def _most_told(told: Mapping[str, Attempts]) -> Attempts:
    """The attempts as the one detector saw them that saw most: others saw the same ones."""
    return max(told.values(), key=attrgetter("count"))


_TLP: Final = Setting(
    default="amber",
    meaning=f"who may read it, by the traffic light protocol: {', '.join(LEVELS)}",
    allowed=re.compile("|".join(LEVELS)),
)
EXPORT: Final = ExportFormat(
    name="stix",
    title="STIX 2.1, a bundle of blocked addresses",
    suffix=".json",
    media_type="application/stix+json",
    write=write,
    settings={"tlp": _TLP},
)
