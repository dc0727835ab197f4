"""Checks a whole page of records at once: does every byte of it fit what came before?

The answer is yes or no. Nearly all pages fit, so this is where the time of a verification goes:
each step runs over a column of the page, and nothing is worked out that only a finding would need.
A page that does not fit is judged record by record, in `ledger.verification.chain`.
"""

from binascii import b2a_base64, hexlify
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from struct import iter_unpack
from typing import Final

from ledger.record import FORMAT_LINE
from ledger.stored import RawRecord
from ledger.verification.body_copies import BodyCopies, CopyColumns, fitting_copies
from ledger.verification.header_columns import instant_text

# The five groups of a UUID in hexadecimal.
_UUID_GROUPS: Final = "8s4s4s4s12s"
_UUID_BYTES: Final = 16


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
    copies: list[BodyCopies]


def fit_page(page: Sequence[RawRecord], expected: Expectation) -> FittingPage | None:
    """The leaves and copies of a page of which every column fits; `None` if anything does not."""
    try:
        return _fit(page, expected)
    except (TypeError, ValueError, AttributeError, OverflowError):  # of a damaged column
        return None


def _fit(page: Sequence[RawRecord], expected: Expectation) -> FittingPage | None:
    columns = tuple(zip(*page, strict=True))
    indexes, sealed, leaf_columns, streams, versions, kinds, event_ids, times = columns[:8]
    leaves = [sha256(b"\x00" + one).digest() for one in sealed]
    if tuple(leaves) != leaf_columns:
        return None
    if indexes != tuple(range(expected.index, expected.index + len(page))):
        return None
    if times[0] < expected.recorded_at_us or list(times) != sorted(times):
        return None
    previous = map(b2a_base64, [expected.previous, *leaves[:-1]])
    rest = _instants(times), _uuid_groups(streams), versions, _ascii(kinds)
    header = _template(expected.origin)
    headers = [
        header % (index, link, time, *stream, version, kind)
        for index, link, time, stream, version, kind in zip(indexes, previous, *rest, strict=True)
    ]
    if not all(map(bytes.startswith, sealed, headers)):
        return None
    bodies = [one[len(start) :] for one, start in zip(sealed, headers, strict=True)]
    copies = fitting_copies(kinds, bodies, CopyColumns(event_ids, *columns[8:]))
    return FittingPage(leaves, copies) if copies else None


def _template(origin: str) -> bytes:
    """The header as a format of index, link, time, five UUID groups, version and kind."""
    name = origin.encode().replace(b"%", b"%%")
    return FORMAT_LINE.encode() + b"\n%b\n%%d\n%%b%%b\n%%b-%%b-%%b-%%b-%%b %%d\n%%b\n\n" % name


def _instants(times: Sequence[int]) -> list[bytes]:
    # One batch has one time, so a page has few.
    texts = {time: instant_text(time).encode() for time in set(times)}
    return [texts[time] for time in times]


def _uuid_groups(ids: Sequence[bytes]) -> Iterator[tuple[bytes, ...]]:
    if set(map(len, ids)) != {_UUID_BYTES}:
        raise ValueError("ids: expected 16 bytes each")
    return iter_unpack(_UUID_GROUPS, hexlify(b"".join(ids)))


def _ascii(kinds: Sequence[str]) -> list[bytes]:
    texts = {kind: kind.encode() for kind in set(kinds)}
    return [texts[kind] for kind in kinds]
