"""Records read from archives are the rows that they were."""

from typing import Final
from uuid import UUID

import pytest

from ledger.archived_records import ArchivedRecords, OpenArchive, stored_again
from ledger.errors import RecordsPruned, VerificationError
from ledger.notes.entry_bundles import encode_bundle
from ledger.notes.tile_paths import decode_path
from ledger.notes.tiles import TILE_WIDTH, BundleId
from ledger.stored import RawRecord, StoredRecord
from tests.sealed_logs import small_log

ROWS: Final = small_log(1024, foreign_every=7).records


def archive(first: int, stop: int) -> OpenArchive:
    """An archive of a range."""

    def read(path: str) -> bytes:
        bundle = decode_path(path)
        assert isinstance(bundle, BundleId)
        start = bundle.first_leaf
        assert first <= start < stop
        return encode_bundle(row.sealed for row in ROWS[start : start + TILE_WIDTH])

    return OpenArchive(first, stop, read)


def raw(row: StoredRecord) -> RawRecord:
    """The same row with ids as bytes."""
    return RawRecord._make(part.bytes if isinstance(part, UUID) else part for part in row)


def test_a_record_has_the_columns_that_it_had() -> None:
    """A view that is built again would be another one."""
    assert [raw(stored_again(row.sealed)) for row in ROWS] == list(ROWS)


def test_archives_in_any_order_are_one_history() -> None:
    """Who has several archives would have to know their order."""
    records = ArchivedRecords([archive(512, 1024), archive(0, 256), archive(256, 512)], 1024)
    assert [raw(row) for row in records.scan(0, 1024)] == list(ROWS)
    assert [raw(row) for row in records.scan(200, 530)] == list(ROWS[200:530])
    assert list(records.scan(600, 600)) == []


@pytest.mark.parametrize(
    ("ranges", "missing"),
    [([], 0), ([(256, 1024)], 0), ([(0, 256), (512, 1024)], 256), ([(0, 768)], 768)],
)
def test_a_gap_is_refused_before_anything_is_read(
    ranges: list[tuple[int, int]], missing: int
) -> None:
    """A view would be built from a part of its history."""
    with pytest.raises(RecordsPruned, match=f"from 0 to 1023, found none of {missing}"):
        ArchivedRecords([archive(*one) for one in ranges], 1024)


def test_bytes_that_are_no_event_are_refused() -> None:
    """A damaged archive would give a record that never was."""
    with pytest.raises(VerificationError, match="MODIFIED"):
        stored_again(ROWS[1].sealed.replace(b'"event_id":"0195', b'"event_id":"zz95'))
