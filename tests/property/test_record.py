"""Encoding and decoding of records and disclosures are inverses, and nothing else decodes."""

import contextlib
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ledger.disclosure import decode_disclosure, disclosure_digest, encode_disclosure
from ledger.errors import MalformedRecord, VerificationError
from ledger.record import SealedRecord, decode_record, encode_record, leaf_hash
from ledger.units import Hash32, Index

VISIBLE: Final = st.characters(min_codepoint=0x21, max_codepoint=0x7E)
NUMBERS: Final = st.integers(0, 10**18 - 1)

records = st.builds(
    SealedRecord,
    origin=st.text(VISIBLE.filter(lambda char: char != "+"), min_size=1, max_size=255),
    index=NUMBERS.map(Index),
    previous=st.binary(min_size=32, max_size=32).map(Hash32),
    recorded_at=st.datetimes(timezones=st.just(UTC)),
    stream=st.uuids(),
    version=NUMBERS,
    kind=st.text(VISIBLE, min_size=1, max_size=255),
    body=st.binary(max_size=400),
)


@given(records)
@example(
    SealedRecord(
        *("%", Index(0), Hash32(bytes(32)), datetime(1, 1, 1, tzinfo=UTC)),
        *(UUID(int=0), 0, "~", b""),
    )
)
def test_a_record_survives_its_bytes(record: SealedRecord) -> None:
    """What a record says would not be what was sealed."""
    sealed = encode_record(record)
    assert decode_record(sealed) == record
    assert encode_record(decode_record(sealed)) == sealed


@given(records, st.data())
def test_a_changed_byte_is_refused_or_another_record(
    record: SealedRecord, data: st.DataObject
) -> None:
    """Two byte sequences would be one record: the hash would not decide what was recorded."""
    sealed = encode_record(record)
    place = data.draw(st.integers(0, len(sealed) - 1))
    new = sealed[place] ^ data.draw(st.integers(1, 255))
    changed = sealed[:place] + bytes([new]) + sealed[place + 1 :]
    assert leaf_hash(changed) != leaf_hash(sealed)
    with contextlib.suppress(MalformedRecord):
        found = decode_record(changed)
        assert found != record
        assert encode_record(found) == changed


@given(records, st.data())
def test_lost_or_added_bytes_are_refused_or_another_record(
    record: SealedRecord, data: st.DataObject
) -> None:
    """A record could lose or gain bytes and still say the same."""
    sealed = encode_record(record)
    place = data.draw(st.integers(0, len(sealed)))
    end = data.draw(st.integers(place, len(sealed)))
    changed = sealed[:place] + data.draw(st.binary(max_size=3)) + sealed[end:]
    if changed == sealed:
        return
    with contextlib.suppress(MalformedRecord):
        assert decode_record(changed) != record


HEADER_LIKE: Final = st.one_of(
    st.binary(max_size=300),
    st.builds(
        lambda lines, body: b"\n".join([b"zegel/record/v1", *lines, b"", body]),
        st.lists(
            st.sampled_from(
                (
                    *(b"a", b"0", b"A" * 43 + b"=", b"2026-01-01T00:00:00.000000Z", b"", b"\xff"),
                    b"00000000-0000-0000-0000-000000000000 1",
                )
            ),
            min_size=4,
            max_size=8,
        ),
        st.binary(max_size=20),
    ),
)


@given(HEADER_LIKE)
def test_any_bytes_are_a_record_or_our_error(raw: bytes) -> None:
    """Hostile bytes would crash a verifier, or be a second spelling of a record."""
    with contextlib.suppress(MalformedRecord):
        assert encode_record(decode_record(raw)) == raw


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(st.binary(min_size=16, max_size=16), st.text(), json_values)
def test_a_disclosure_gives_back_name_and_value(salt: bytes, name: str, value: object) -> None:
    """A personal value would come back changed."""
    text = encode_disclosure(salt, name, value)
    assert decode_disclosure(text)[1:] == (name, value)


@given(st.binary(min_size=16, max_size=16), st.text(), json_values, st.data())
def test_a_changed_disclosure_has_another_digest(
    salt: bytes, name: str, value: object, data: st.DataObject
) -> None:
    """A value could be exchanged beneath its digest."""
    text = encode_disclosure(salt, name, value)
    place = data.draw(st.integers(0, len(text) - 1))
    new = text[place] ^ data.draw(st.integers(1, 255))
    changed = text[:place] + bytes([new]) + text[place + 1 :]
    assert disclosure_digest(changed) != disclosure_digest(text)
    assert len(disclosure_digest(changed)) == 43
    with contextlib.suppress(VerificationError):
        decode_disclosure(changed)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_disclosure_or_our_error(raw: bytes) -> None:
    """Hostile bytes would crash a verifier."""
    with contextlib.suppress(VerificationError):
        salt, name, _ = decode_disclosure(raw)
        assert isinstance(salt, str)
        assert isinstance(name, str)


def test_a_record_of_another_version_says_so() -> None:
    """A reader would not know that it is too old."""
    with pytest.raises(MalformedRecord, match="expected format zegel/record/v1, found"):
        decode_record(b"zegel/record/v9\na\n0\nb\nc\nd\ne\n\n")
