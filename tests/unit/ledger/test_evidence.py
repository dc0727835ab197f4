"""Identifiers from keyed digests."""

from datetime import UTC, datetime, timedelta
from uuid import RFC_4122, UUID

from hypothesis import given
from hypothesis import strategies as st

from ledger.evidence import identifier

_MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


@given(
    st.datetimes(
        min_value=datetime(1970, 1, 1),  # noqa: DTZ001 - Hypothesis takes bounds without a zone
        max_value=datetime(9999, 12, 31),  # noqa: DTZ001
        timezones=st.just(UTC),
    ),
    st.binary(min_size=10, max_size=32),
)
def test_it_is_a_version_7_uuid_of_its_millisecond(instant: datetime, digest: bytes) -> None:
    """Other programs would refuse the id, or ids would not sort by time."""
    found = identifier(instant, digest)
    assert (found.version, found.variant) == (7, RFC_4122)
    since_1970 = instant - datetime(1970, 1, 1, tzinfo=UTC)
    assert found.int >> 80 == since_1970 // timedelta(milliseconds=1)


def test_the_layout_is_the_published_one() -> None:
    """Ids made by another version of this program would differ for the same fact."""
    assert identifier(_MOMENT, b"\xff" * 10) == UUID("019b76da-a800-7fff-bfff-ffffffffffff")
    assert identifier(_MOMENT, bytes(10)) == UUID("019b76da-a800-7000-8000-000000000000")


def test_every_bit_of_the_digest_that_fits_is_used() -> None:
    """Ids would meet sooner than 74 random bits allow."""
    bits = [(1 << place).to_bytes(10, "big") for place in range(80)]
    assert len({identifier(_MOMENT, digest) for digest in bits}) >= 74


def test_an_instant_before_1970_is_still_an_id() -> None:
    """An event with a wrong clock would be refused with an unexpected failure."""
    found = identifier(datetime(1969, 1, 1, tzinfo=UTC), b"\xff" * 10)
    assert found.int >> 80 == 0
