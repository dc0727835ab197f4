"""What a reader sees of records that this version cannot show as events."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import pytest

from ledger.events.access import AccessGranted
from ledger.opening import PAGE_RECORDS, instant_of, open_pages
from ledger.personal import WITHHELD
from ledger.stored import StoredDisclosure, StoredRecord
from ledger.units import Index

_JAN = UUID("01a200f9-f5a5-72d0-bebd-5b0f05f4251b")
_GRANT = (
    b'{"kind":"access.granted.v1","occurred_at":"2026-01-01T10:00:00Z","resource":"file",'
    b'"grant_id":"01a200f9-f59c-723f-b865-49e3fecaed06"}'
)


def _row(kind: str, body: bytes, index: int = 0) -> StoredRecord:
    sealed = b"header\n\n" + body
    return StoredRecord(Index(index), sealed, bytes(32), _JAN, 1, kind, None, 1_000_000, None, None)


def _nothing(indexes: Sequence[int]) -> Mapping[int, Sequence[StoredDisclosure]]:
    assert len(indexes) <= PAGE_RECORDS
    return {}


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("access.granted.v9", b'{"kind":"access.granted.v9"}'),
        ("library:Topic", b"\x80 anything"),
        ("access.granted.v1", b"no JSON"),
        ("access.granted.v1", b'{"kind":"access.granted.v1"}'),
        ("access.granted.v1", b'{"kind":5}'),
    ],
)
def test_what_is_no_known_event_is_shown_raw(kind: str, body: bytes) -> None:
    """A reader would miss a record, or stop at it, for a newer kind or broken bytes."""
    (opened,) = open_pages([_row(kind, body)], _nothing, None)
    assert opened.event is None
    assert opened.stored.sealed.endswith(body)
    assert opened.recorded_at == instant_of(1_000_000)


def test_what_was_erased_is_withheld_and_marked() -> None:
    """An erased grantee would look like a grant to nobody."""
    (opened,) = open_pages([_row("access.granted.v1", _GRANT)], _nothing, None)
    assert isinstance(opened.event, AccessGranted)
    assert opened.event.grantee == WITHHELD
    assert opened.personal == {"grantee": "withheld", "grant_id": "token"}


def test_a_disclosure_of_an_unknown_field_is_passed_over() -> None:
    """A changed column would stop a reader; verification is there to report it."""
    stray = StoredDisclosure(Index(0), _JAN, "nonsense,grantee", b"")
    (opened,) = open_pages([_row("access.granted.v1", _GRANT)], lambda _: {0: [stray]}, None)
    assert isinstance(opened.event, AccessGranted)
    assert opened.event.grantee == f"person#{_JAN.hex}"


def test_pages_keep_the_order_of_their_rows() -> None:
    """A long answer would be shown in another order than it was asked in."""
    rows = [_row("access.granted.v1", _GRANT, index) for index in range(2 * PAGE_RECORDS + 1)]
    backwards = rows[::-1]
    assert [each.stored for each in open_pages(backwards, _nothing, None)] == backwards
