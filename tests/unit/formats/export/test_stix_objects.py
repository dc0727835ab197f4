"""The objects of STIX that a bundle is made of."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import stix2

from formats.export.stix_objects import LEVELS, Attempts, Author, Block, address_in

AT = datetime(2026, 11, 22, 10, tzinfo=UTC)
AUTHOR = Author("log.example/test", "amber")


def block(*, count: int = 1, ended_after: timedelta | None = None) -> Block:
    return Block(
        index=3,
        event_id=UUID(int=3),
        leaf_hash=bytes(32),
        recorded_at=AT,
        blocked_at=AT,
        address="203.0.113.7",
        scope="sshd",
        until=None,
        attempts=Attempts(AT, AT, count),
        ended_at=None if ended_after is None else AT + ended_after,
        end_recorded_at=None if ended_after is None else AT + timedelta(hours=1),
    )


@pytest.mark.parametrize(
    ("identity", "address"),
    [
        ("ip:203.0.113.7", "203.0.113.7"),
        ("ip:2001:DB8:0:0::5", "2001:db8::5"),
        ("ip#01a2053a0b227238bbde6ee97ec131a3", None),
        ("withheld", None),
        ("None", None),
    ],
)
def test_only_an_address_is_one_and_has_one_form(identity: str, address: str | None) -> None:
    """A token would be blocked, or one address be two."""
    assert address_in(identity) == address


def test_two_logs_name_their_objects_apart() -> None:
    """A block of one organisation would take back that of another."""
    other = Author("log.example/other", "amber")
    assert AUTHOR.identity_id != other.identity_id
    assert AUTHOR.indicator(block())["id"] != other.indicator(block())["id"]
    assert AUTHOR.address("203.0.113.7")["id"] == other.address("203.0.113.7")["id"]


@pytest.mark.parametrize("level", LEVELS)
def test_a_marking_is_that_of_the_standard(level: str) -> None:
    """A reader would not know who may read it."""
    marking = Author("log.example/test", level).marking()
    theirs = getattr(stix2, f"TLP_{level.upper()}")
    assert (marking["id"], marking["definition"]) == (theirs.id, {"tlp": level})
    assert marking["name"] == f"TLP:{level.upper()}"


@pytest.mark.parametrize(
    ("ended_after", "revoked"),
    [
        (None, False),
        (timedelta(0), True),
        (timedelta(microseconds=900), True),
        (timedelta(seconds=1), False),
    ],
)
def test_an_interval_has_a_length_or_is_revoked(
    ended_after: timedelta | None, *, revoked: bool
) -> None:
    """The standard refuses an interval that ends when it begins, to the millisecond."""
    made = AUTHOR.indicator(block(ended_after=ended_after))
    assert made.get("revoked", False) is revoked
    assert ("valid_until" in made) is (ended_after == timedelta(seconds=1))


def test_a_count_stays_within_the_standard() -> None:
    """A flood would make a bundle that nobody takes."""
    observed, sighting = AUTHOR.observed(block(), Attempts(AT, AT, 10**12))
    assert observed["number_observed"] == sighting["count"] == 999_999_999
