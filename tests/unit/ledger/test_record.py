"""The sealed record: its layout, and what is refused."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Final
from uuid import UUID

import pytest

from ledger.errors import MalformedRecord, RecordingRefused
from ledger.record import (
    MAX_RECORD_BYTES,
    NO_PREVIOUS,
    SealedRecord,
    decode_record,
    encode_record,
    format_recorded_at,
    seal,
)
from ledger.units import Hash32, Index

RECORD: Final = SealedRecord(
    origin="log.example/zegel",
    index=Index(12),
    previous=Hash32(bytes(range(32))),
    recorded_at=datetime(2026, 3, 29, 1, 0, 0, 5, tzinfo=UTC),
    stream=UUID("0195e3a0-0000-7000-8000-00000000000c"),
    version=3,
    kind="access.used.v1",
    body=b'{"kind":"access.used.v1"}\n\n\xff',
)
SEALED: Final = (
    b"zegel/record/v1\n"
    b"log.example/zegel\n"
    b"12\n"
    b"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
    b"2026-03-29T01:00:00.000005Z\n"
    b"0195e3a0-0000-7000-8000-00000000000c 3\n"
    b"access.used.v1\n"
    b"\n"
    b'{"kind":"access.used.v1"}\n\n\xff'
)


def test_the_layout_is_the_documented_one() -> None:
    """Records would not be those that the format page describes."""
    assert encode_record(RECORD) == SEALED
    assert decode_record(SEALED) == RECORD


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"zegel/record/v1", b"zegel/record/v2"),
        (b"zegel/record/v1", b"Zegel/record/v1"),
        (b"log.example/zegel", b""),
        (b"log.example/zegel", b"log.example zegel"),
        (b"log.example/zegel", b"log.example+zegel"),
        (b"log.example/zegel", b"log.example\r"),
        (b"log.example/zegel", "lög".encode()),
        (b"log.example/zegel", b"x" * 256),
        (b"\n12\n", b"\n012\n"),
        (b"\n12\n", b"\n+12\n"),
        (b"\n12\n", b"\n-12\n"),
        (b"\n12\n", b"\n1_2\n"),
        (b"\n12\n", b"\n1" + b"0" * 18 + b"\n"),
        (b"\n12\n", b"\n12\n12\n"),
        (b"\n12\n", b"\n"),
        (b"AAEC", b"AAE"),
        (b"AAEC", b"AA!C"),
        (b"Hh8=", b"Hh9="),  # the same hash in another spelling
        (b"Hh8=", b"Hh8"),
        (b"Hh8=", b"HB8AAA=="),
        (b"000005Z", b"000005+00:00"),
        (b"000005Z", b"00000Z"),
        (b"000005Z", b"000005"),
        (b"000005Z", b"000005z"),
        (b"T01:00:00", b"T24:00:00"),
        (b"T01:00:00", b" 01:00:00"),
        (b"T01:00:00", b"T01:00:60"),
        (b"2026-03-29", b"2026-02-29"),
        (b"2026-03-29", b"20260329"),
        (b"2026-03-29", b"0000-03-29"),
        (b"0195e3a0", b"0195E3A0"),
        (b"0195e3a0-", b"0195e3a0"),
        (b"0195e3a0", b"{0195e3a0"),
        (b"00c 3", b"00c"),
        (b"00c 3", b"00c  3"),
        (b"00c 3", b"00c 03"),
        (b"00c 3", b"00c 3 "),
        (b"\naccess.used.v1\n\n", b"\n\n\n"),
        (b"\naccess.used.v1\n\n", b"\naccess used\n\n"),
        (b"\naccess.used.v1\n\n", b"\naccess.used.v1\n"),
        (b"\naccess.used.v1\n\n", b"\naccess.used.v1\r\n\r\n"),
    ],
)
def test_a_header_in_any_other_form_is_refused(old: bytes, new: bytes) -> None:
    """Two byte sequences could be one record, or a reader would guess."""
    assert old in SEALED
    with pytest.raises(MalformedRecord):
        decode_record(SEALED.replace(old, new, 1))


def test_a_record_of_the_greatest_length_passes_and_no_longer_one() -> None:
    """A record would not fit the tiles in which others read the log."""
    room = MAX_RECORD_BYTES - len(SEALED) + len(RECORD.body)
    longest = encode_record(replace(RECORD, body=bytes(room)))
    assert len(longest) == MAX_RECORD_BYTES
    assert len(decode_record(longest).body) == room
    with pytest.raises(RecordingRefused, match="found 65536"):
        encode_record(replace(RECORD, body=bytes(room + 1)))
    with pytest.raises(MalformedRecord, match="found 65536"):
        decode_record(longest + b"\x00")


@pytest.mark.parametrize(
    "record",
    [
        replace(RECORD, origin=""),
        replace(RECORD, origin="two words"),
        replace(RECORD, origin="a\nb"),
        replace(RECORD, origin="a+b"),
        replace(RECORD, index=Index(-1)),
        replace(RECORD, index=Index(10**18)),
        replace(RECORD, version=-1),
        replace(RECORD, previous=Hash32(bytes(31))),
        replace(RECORD, kind="läs"),
        replace(RECORD, kind="k" * 256),
        replace(RECORD, recorded_at=RECORD.recorded_at.replace(tzinfo=None)),
        replace(RECORD, recorded_at=RECORD.recorded_at.astimezone(timezone(timedelta(hours=1)))),
    ],
)
def test_what_has_no_form_in_a_header_is_not_sealed(record: SealedRecord) -> None:
    """A record would be written that nobody can read back."""
    with pytest.raises(RecordingRefused):
        encode_record(record)


def test_an_instant_is_written_with_all_its_microseconds() -> None:
    """Two records of one second would have headers of different length."""
    instant = datetime(1, 1, 1, tzinfo=UTC)
    assert format_recorded_at(instant) == "0001-01-01T00:00:00.000000Z"


def test_seal_gives_the_same_bytes_from_parts() -> None:
    """An append would write other records than those the format page describes."""
    found = seal(
        RECORD.origin,
        RECORD.index,
        RECORD.previous,
        "2026-03-29T01:00:00.000005Z",
        str(RECORD.stream),
        RECORD.version,
        RECORD.kind,
        RECORD.body,
    )
    assert found == SEALED


def test_the_first_record_names_no_previous_one() -> None:
    """The start of a log would have another form than the format page says."""
    first = encode_record(replace(RECORD, index=Index(0), previous=NO_PREVIOUS))
    assert first.split(b"\n")[3] == b"A" * 43 + b"="
