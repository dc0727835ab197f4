"""The members of an event's body that stand in columns too, compared with those columns.

A body is an event's if its `kind` is the kind of the header. Whatever else the eventsourcing
library stores has no such copies: its columns are empty. So a reader that does not know a kind
still verifies all of it.

Invariant: the bytes are the truth; where a column differs, the column is what is wrong.
"""

from collections.abc import Container, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import repeat
from operator import floordiv, sub
from typing import Annotated, Any, Final, NamedTuple

import msgspec
from msgspec.structs import astuple

from ledger.stored import RawRecord
from ledger.verification.findings import Finding, modified
from ledger.verification.uuid_texts import UUID_CHARACTERS, uuid_texts

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_UNREADABLE: Final = (msgspec.DecodeError, ValueError, RecursionError)


class BodyCopies(msgspec.Struct, frozen=True, gc=False):
    """What a body says that stands in columns too, and its digests; empty if it is no event's."""

    kind: str | None = None
    event_id: str | None = None
    occurred_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    system: str | None = None
    digests: list[str] = msgspec.field(default_factory=list, name="_sd")

    def event_id_bytes(self) -> bytes | None:
        """The event id as its column has it, 16 bytes.

        Raises:
            ValueError: the text is no UUID.
        """
        return None if self.event_id is None else bytes.fromhex(self.event_id.replace("-", ""))

    def occurred_at_us(self) -> int | None:
        """The instant as its column has it."""
        return None if self.occurred_at is None else microseconds_of(self.occurred_at)


class CopyColumns(NamedTuple):
    """The columns of a page that copy members of bodies."""

    event_ids: Sequence[bytes | None]
    occurred_at_us: Sequence[int | None]
    systems: Sequence[str | None]


class SealedDigests(NamedTuple):
    """What consecutive records say that their disclosures are compared with."""

    event_ids: Sequence[bytes | None]
    """16 bytes each; `None` if it is no event's."""
    digests: Sequence[Sequence[str]]
    """The `_sd` of each."""

    @classmethod
    def of(cls, copies: Sequence[BodyCopies]) -> "SealedDigests":
        """Those of records whose bodies were read."""
        return cls([one.event_id_bytes() for one in copies], [one.digests for one in copies])

    def joined(self, later: "SealedDigests") -> "SealedDigests":
        """Those of both."""
        return SealedDigests([*self.event_ids, *later.event_ids], [*self.digests, *later.digests])

    def without(self, first: int, indexes: Container[int]) -> "SealedDigests":
        """The same, but nothing of the records at these indexes.

        Args:
            first: The index of the first record.
            indexes: Whose digests are left out.
        """
        kept = [
            () if index in indexes else found for index, found in enumerate(self.digests, first)
        ]
        return SealedDigests(self.event_ids, kept)

    def parted(self) -> tuple["SealedDigests", "SealedDigests"]:
        """Those of all but the last record, and of the last."""
        return (
            SealedDigests(self.event_ids[:-1], self.digests[:-1]),
            SealedDigests(self.event_ids[-1:], self.digests[-1:]),
        )


_decode_copies: Final = msgspec.json.Decoder(BodyCopies).decode
_decode_object: Final = msgspec.json.Decoder(dict[str, Any]).decode
_NO_COPIES: Final = BodyCopies()


def microseconds_of(instant: datetime) -> int:
    """Microseconds since 1970-01-01T00:00:00Z of an aware instant, exact."""
    return (instant - _EPOCH) // _MICROSECOND


def read_copies(kind: str, body: bytes) -> BodyCopies | None:
    """What the body of a record of this kind says that stands in columns too.

    `None`: the body is an event's, but a member is not what every event has there.
    """
    try:
        copies = _decode_copies(body)
        copies.event_id_bytes()
    except _UNREADABLE:
        return None if _names_kind(kind, body) else _NO_COPIES
    return copies if copies.kind == kind else _NO_COPIES


def copy_findings(row: RawRecord, kind: str, copies: BodyCopies | None) -> Iterator[Finding]:
    """One finding for each column that is not what the body of the sealed bytes says."""
    if copies is None:
        members = "event_id, occurred_at, system and _sd as every event has them"
        yield modified(row.index, "event bytes", members, f"another {kind}")
        return
    event_id, occurred_at_us = copies.event_id_bytes(), copies.occurred_at_us()
    if event_id != row.event_id:
        yield modified(row.index, "column event_id", event_id, row.event_id)
    if occurred_at_us != row.occurred_at_us:
        yield modified(row.index, "column occurred_at_us", occurred_at_us, row.occurred_at_us)
    if copies.system != row.system:
        yield modified(row.index, "column system", copies.system, row.system)


def fitting_digests(
    kinds: Sequence[str], bodies: Sequence[bytes], columns: CopyColumns
) -> SealedDigests | None:
    """The digests in the bodies of a page of which all columns fit; `None` if any does not."""
    return _of_events(kinds, bodies, columns) or _of_any(kinds, bodies, columns)


def _of_events(
    kinds: Sequence[str], bodies: Sequence[bytes], columns: CopyColumns
) -> SealedDigests | None:
    """The same if every body is an event's as our encoder writes it, which most pages are."""
    event_ids, occurred_at_us, systems = columns
    try:
        said = zip(*map(astuple, map(_decode_copies, bodies)), strict=True)
        found_kinds, texts, occurred_at, found_systems, digests = said
        ids = [each for each in event_ids if each is not None]
        since = map(sub, occurred_at, repeat(_EPOCH))
        # Dividing by map stays in C, where one call for each record would not.
        are_copied = (
            len(ids) == len(bodies)
            and found_kinds == tuple(kinds)
            and found_systems == tuple(systems)
            # Each by itself, or one text could end in the next.
            and {*map(len, texts)} == {UUID_CHARACTERS}
            and "".join(texts).encode() == uuid_texts(ids)
            and [*map(floordiv, since, repeat(_MICROSECOND))] == [*occurred_at_us]
        )
    except (*_UNREADABLE, TypeError, OverflowError):
        return None
    return SealedDigests(ids, digests) if are_copied else None


def _of_any(
    kinds: Sequence[str], bodies: Sequence[bytes], columns: CopyColumns
) -> SealedDigests | None:
    found: list[BodyCopies] = []
    for kind, body, *copied in zip(kinds, bodies, *columns, strict=True):
        one = read_copies(kind, body)
        if one is None or copied != [one.event_id_bytes(), one.occurred_at_us(), one.system]:
            return None
        found.append(one)
    return SealedDigests.of(found)


def _names_kind(kind: str, body: bytes) -> bool:
    try:
        return bool(_decode_object(body).get("kind") == kind)
    except _UNREADABLE:
        return False
