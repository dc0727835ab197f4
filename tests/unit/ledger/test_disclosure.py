"""Disclosures against the examples of RFC 9901, and what is refused."""

import base64
from hashlib import sha256
from typing import Final

import pytest

from ledger.disclosure import (
    decode_disclosure,
    digest_texts,
    disclosure_digest,
    encode_disclosure,
    encode_disclosures,
    salt_texts,
)
from ledger.errors import VerificationError

# RFC 9901 §4.2.1 and §4.2.3: its own salt, name and value.
PUBLISHED: Final = b"WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0"


def test_the_published_disclosure_has_the_published_digest() -> None:
    """Our digests would not be those of RFC 9901."""
    assert disclosure_digest(PUBLISHED) == "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"


def test_the_published_disclosure_opens() -> None:
    """A disclosure that somebody else made could not be read."""
    assert decode_disclosure(PUBLISHED) == ("_26bc4LT-ac6q2KI6cBW5es", "family_name", "Möbius")


def test_a_disclosure_is_written_as_documented() -> None:
    """Our disclosures would not be those that the format page describes."""
    found = encode_disclosure(bytes(16), "subjects/0", "data-subject:BSN:1")
    assert base64.urlsafe_b64decode(found + b"==") == (
        b'["AAAAAAAAAAAAAAAAAAAAAA","subjects/0","data-subject:BSN:1"]'
    )


@pytest.mark.parametrize("count", [0, 1, 2, 7])
def test_many_are_written_as_each_by_itself(count: int) -> None:
    """What a batch seals would differ from what one event seals."""
    salts = [sha256(bytes([number])).digest()[:16] for number in range(count)]
    values = ["line\nfeed", "Zoë ~ =", "x", "xy", {"a": [1, None]}, "\r\u2028", "+/"][:count]
    named = list(zip(salt_texts(b"".join(salts)), "abcdefg", values, strict=False))
    together = encode_disclosures(named)
    assert together == [
        encode_disclosure(salt, name, value)
        for salt, name, value in zip(salts, "abcdefg", values, strict=False)
    ]
    digests = [sha256(text).digest() for text in together]
    assert digest_texts(digests) == [disclosure_digest(text) for text in together]


def _text(raw: bytes) -> bytes:
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


@pytest.mark.parametrize(
    "found",
    [
        b"!",
        b"W",
        PUBLISHED + b"=",
        PUBLISHED + b"\n",
        b" " + PUBLISHED,
        PUBLISHED[:-1] + b"1",  # the same bytes, other unused bits
        base64.b64encode(b'["??>","a","\xc3\xbb\xc3\xbf"]'),  # the alphabet with plus and slash
        _text(b""),
        _text(b"{}"),
        _text(b'["salt","name"]'),
        _text(b'["salt","name",1,2]'),
        _text(b'[1,"name","value"]'),
        _text(b'["salt","name","\xff"]'),
        _text(b"[" * 100_000),
        b"\xff\xff\xff\xff",
    ],
)
def test_what_is_no_disclosure_is_refused(found: bytes) -> None:
    """A value could have two digests, or hostile bytes would crash a verifier."""
    with pytest.raises(VerificationError, match="DISCLOSURE_MISMATCH"):
        decode_disclosure(found)
