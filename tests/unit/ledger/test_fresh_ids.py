"""Ids that are made here."""

import uuid

from ledger.fresh_ids import fresh_id


def test_ids_are_of_version_7_and_in_order() -> None:
    """Neighbours in time would lie far apart in an index, and appends would slow down."""
    made = [fresh_id() for _ in range(1000)]
    assert {(each.version, each.variant) for each in made} == {(7, uuid.RFC_4122)}
    assert made == sorted(set(made))


def test_an_id_is_an_ordinary_uuid() -> None:
    """It would not equal the same id read back from a database or a text."""
    made = fresh_id()
    assert type(made) is uuid.UUID
    assert made == uuid.UUID(str(made)) == uuid.UUID(bytes=made.bytes)
    assert made.is_safe is uuid.SafeUUID.unknown
