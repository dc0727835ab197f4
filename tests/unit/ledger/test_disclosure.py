"""Disclosures against the examples of RFC 9901, and what is refused."""

import base64
from typing import Final

import pytest

from ledger.disclosure import decode_disclosure, disclosure_digest, encode_disclosure
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
