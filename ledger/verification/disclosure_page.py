"""Checks all disclosures beside a page of records at once: do they open, and are they sealed there?

The answer is yes or no, as for the records themselves (`page_check`). What does not fit is judged
row by row, in `ledger.verification.disclosure_check`, whose rules are the same.
"""

from binascii import a2b_base64, b2a_base64
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from itertools import chain, repeat
from operator import attrgetter, itemgetter
from typing import Any, Final

import msgspec

from ledger.stored import RawDisclosure
from ledger.units import HASH_BYTES
from ledger.verification.body_copies import SealedDigests

OpenPage = Callable[[Sequence[RawDisclosure], Sequence[bytes]], list[bytes] | None]
"""Decrypts rows, each for the event id at its place; `None` if any does not open."""

_SEPARATOR: Final = b"~"
_NAMES_PARTED_BY: Final = ","
_URL_ALPHABET: Final = bytes.maketrans(b"+/", b"-_")
_STANDARD_ALPHABET: Final = bytes.maketrans(b"-_", b"+/")
_ENOUGH_PADDING: Final = b"=="
_DIGEST_CHARACTERS: Final = 43
_index_of: Final = itemgetter(0)
_fields_of: Final = itemgetter(2)
_name_of: Final = attrgetter("name")


class _Disclosure(
    msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False
):
    """The three elements of a disclosure; as a tuple, each would be looked at by the collector."""

    salt: str
    name: str
    value: Any


_decode: Final = msgspec.json.Decoder(_Disclosure).decode


def fits(
    open_page: OpenPage, first: int, sealed: SealedDigests, rows: Sequence[RawDisclosure]
) -> bool:
    """Whether every row opens to what its record and its column say, and no digest is left over.

    Args:
        open_page: Decrypts the rows.
        first: The index of the first record.
        sealed: What consecutive records say.
        rows: All rows beside them, plain tuples in the order of the index.
    """
    try:
        return _fits(open_page, first, sealed, rows)
    except (TypeError, ValueError, AttributeError, IndexError, RecursionError):
        return False  # a damaged column, or no disclosure: the check row by row says which


def _fits(
    open_page: OpenPage, first: int, sealed: SealedDigests, rows: Sequence[RawDisclosure]
) -> bool:
    indexes = list(map(_index_of, rows))
    if not rows or indexes[0] < first:
        return not rows and not any(sealed.digests)
    ids = [sealed.event_ids[index - first] for index in indexes]
    if None in ids:
        return False
    opened = open_page(rows, ids)
    if opened is None:
        return False
    fields = list(map(_fields_of, rows))
    further = [one.count(_SEPARATOR) for one in opened]
    if further != [one.count(_NAMES_PARTED_BY) for one in fields]:
        return False
    whole = _SEPARATOR.join(opened)
    if _names_in(whole) != _NAMES_PARTED_BY.join(fields).split(_NAMES_PARTED_BY):
        return False
    owners: Iterable[int] = indexes
    if any(further):
        owners = chain.from_iterable(
            repeat(at, 1 + more) for at, more in zip(indexes, further, strict=True)
        )
    return _are_sealed(_digests_of(whole.split(_SEPARATOR)), owners, first, sealed)


def _are_sealed(
    found: Sequence[str], owners: Iterable[int], first: int, sealed: SealedDigests
) -> bool:
    """Whether each digest is sealed in the record it belongs to, and no other is sealed."""
    counts = list(map(len, sealed.digests))
    places = chain.from_iterable(map(repeat, range(first, first + len(counts)), counts))
    by_digest = dict(zip(found, owners, strict=True))
    # A digest that stands there twice would leave one of the two unexplained.
    is_once = len(by_digest) == len(found) == sum(counts)
    return is_once and by_digest == dict(
        zip(chain.from_iterable(sealed.digests), places, strict=True)
    )


def _names_in(whole: bytes) -> list[str] | None:
    """The field names inside disclosures joined by `~`; `None` if one is in another spelling.

    Raises:
        ValueError: one is no disclosure.

    Source: RFC 9901 §4.2; RFC 4648 §5 (base64url).
    """
    texts = whole.translate(_STANDARD_ALPHABET).split(_SEPARATOR)
    raws = [a2b_base64(text + _ENOUGH_PADDING) for text in texts]
    again = _SEPARATOR.join([b2a_base64(raw, newline=False) for raw in raws])
    if again.replace(b"=", b"").translate(_URL_ALPHABET) != whole:
        return None
    return list(map(_name_of, map(_decode, raws)))


def _digests_of(texts: Sequence[bytes]) -> list[str]:
    """The digest of each disclosure, 43 characters of base64url."""
    hashes = [sha256(text).digest() for text in texts]
    # One byte after each hash, and every one is written as 43 characters and a 44th to leave out.
    joined = b"".join([one + b"\x00" for one in hashes])
    characters = b2a_base64(joined, newline=False).translate(_URL_ALPHABET).decode("ascii")
    width = (HASH_BYTES + 1) // 3 * 4
    return [characters[at : at + _DIGEST_CHARACTERS] for at in range(0, len(characters), width)]
