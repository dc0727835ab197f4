"""Checks a whole page of records at once: does every byte of it fit what came before?

The answer is yes or no. Nearly all pages fit, so this is where the time of a verification goes:
each step runs over a column of the page, and nothing is worked out that only a finding would need.
A page that does not fit is judged record by record, in `ledger.verification.chain`.
"""

from binascii import b2a_base64
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from operator import eq
from struct import unpack
from typing import Final

from ledger.record import FORMAT_LINE
from ledger.stored import RawRecord
from ledger.verification.body_copies import CopyColumns, SealedDigests, fitting_digests
from ledger.verification.header_columns import instant_text
from ledger.verification.uuid_texts import UUID_CHARACTERS, uuid_texts

_STREAM_TEXT: Final = f"{UUID_CHARACTERS}s"


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the records before a page ask of it."""

    origin: str
    index: int
    previous: bytes
    """The leaf hash of the record before."""
    recorded_at_us: int
    """When the record before was recorded: no later one is older."""


@dataclass(frozen=True, slots=True)
class FittingPage:
    """What a page gave that is needed further on."""

    leaves: list[bytes]
    sealed: SealedDigests


def fit_page(page: Sequence[RawRecord], expected: Expectation) -> FittingPage | None:
    """The leaves and digests of a page of which every column fits; `None` if any does not."""
    try:
        return _fit(page, expected)
    except (TypeError, ValueError, AttributeError, OverflowError):  # of a damaged column
        return None


def _fit(page: Sequence[RawRecord], expected: Expectation) -> FittingPage | None:
    columns = tuple(zip(*page, strict=True))
    indexes, sealed, leaf_columns, streams, versions, kinds, event_ids, times = columns[:8]
    if {*map(type, indexes), *map(type, versions), *map(type, times)} != {int}:
        return None  # a fraction would be cut off where a whole number is written
    leaves = [sha256(b"\x00" + one).digest() for one in sealed]
    if tuple(leaves) != leaf_columns:
        return None
    if indexes != tuple(range(expected.index, expected.index + len(page))):
        return None
    if times[0] < expected.recorded_at_us or list(times) != sorted(times):
        return None
    links = map(b2a_base64, [expected.previous, *leaves[:-1]])
    parts = indexes, links, _instants(times), _streams(streams), _endings(versions, kinds)
    headers = list(map(_template(expected.origin).__mod__, zip(*parts, strict=True)))
    bodies = list(map(bytes.removeprefix, sealed, headers))
    if any(map(eq, bodies, sealed)):  # nothing was removed
        return None
    found = fitting_digests(kinds, bodies, CopyColumns(event_ids, *columns[8:]))
    return FittingPage(leaves, found) if found else None


def _template(origin: str) -> bytes:
    """The header as a format of index, link, time, stream, and version with kind."""
    name = origin.encode().replace(b"%", b"%%")
    return FORMAT_LINE.encode() + b"\n%b\n%%d\n%%b%%b\n%%b %%b\n\n" % name


def _instants(times: Sequence[int]) -> list[bytes]:
    # One batch has one time, so a page has few.
    texts = {time: instant_text(time).encode() for time in set(times)}
    if len(texts) == 1:
        return [*texts.values()] * len(times)
    return [texts[time] for time in times]


def _streams(ids: Sequence[bytes]) -> Sequence[bytes]:
    return unpack(_STREAM_TEXT * len(ids), uuid_texts(ids))


def _endings(versions: Sequence[int], kinds: Sequence[str]) -> list[bytes]:
    # Most records are the first of their stream, and there are few kinds.
    return list(map(_Endings().__getitem__, zip(versions, kinds, strict=True)))


class _Endings(dict[tuple[int, str], bytes]):
    """The end of the header by version and kind, worked out when it is first asked for."""

    def __missing__(self, pair: tuple[int, str]) -> bytes:
        version, kind = pair
        text = self[pair] = b"%d\n%b" % (version, kind.encode())
        return text
