"""An archive verifies by itself, holds every record of its range, and nothing can be left out."""

from dataclasses import replace
from typing import Final

import pytest

from formats.bundle.archive import Archive, archive_files
from formats.bundle.files import bundle_files
from ledger.errors import BadRequest, RecordsPruned, VerificationError
from ledger.notes.tiles import TileId, build_tile, is_pruned
from ledger.record import leaf_hash
from ledger.verification.bundle_layout import MANIFEST, decode_manifest
from tests.bundled_evidence import POLICY, checked, evidence_of, listed, note_over
from tests.vectors.records import chain

SIZE: Final = 1000
SEALED: Final = chain(SIZE)


def archive(first: int, stop: int) -> Archive:
    """An archive of a range of a log of 1,000 records that keeps nothing below its first one."""
    leaves = [leaf_hash(each) for each in SEALED]

    def fetch(tile: TileId) -> bytes:
        if is_pruned(tile, first):
            raise RecordsPruned(str(tile))
        return build_tile(tile, leaves[tile.first_leaf : tile.first_leaf + tile.leaf_count])

    return Archive(
        checkpoint=POLICY.open_checkpoint(note_over(SEALED)),
        policy=POLICY,
        fetch=fetch,
        read_records=lambda start, end: SEALED[start:end],
        first=first,
        stop=stop,
    )


@pytest.mark.parametrize(("first", "stop"), [(0, 256), (0, 768), (256, 512), (512, 768)])
def test_an_archive_verifies_by_itself(first: int, stop: int) -> None:
    """What was removed from the log could not be shown to anybody any more."""
    files = dict(archive_files(archive(first, stop)))
    report = checked(files)
    assert (report.outcome, report.findings) == ("valid", ())
    assert report.entries_checked == stop - first
    assert list(files)[-1] == MANIFEST


@pytest.mark.parametrize(("first", "stop"), [(256, 256), (512, 256), (0, 1024)])
def test_a_range_beyond_the_checkpoint_is_refused(first: int, stop: int) -> None:
    """Records would be exported that nobody has signed."""
    with pytest.raises(BadRequest, match="expected a range below the size 1000"):
        list(archive_files(archive(first, stop)))


def test_a_record_that_is_not_the_signed_one_is_not_exported() -> None:
    """The last copy of a record would be a wrong one."""

    def changed(start: int, stop: int) -> list[bytes]:
        return [each.replace(b"customer-file", b"customer-fact") for each in SEALED[start:stop]]

    with pytest.raises(VerificationError, match="MODIFIED: record 0"):
        list(archive_files(replace(archive(0, 512), read_records=changed)))


@pytest.mark.parametrize("path", ["tile/entries/001", "tile/0/001", "tile/1/000.p/3"])
def test_an_archive_from_which_something_was_taken_is_broken(path: str) -> None:
    """An archive could lose records without anybody noticing."""
    files = dict(archive_files(archive(0, 512)))
    del files[path]
    report = checked(listed(files))
    assert report.outcome == "broken"
    assert report.counts["MISSING"]


def test_a_changed_record_of_an_archive_is_found() -> None:
    """Removed history could be rewritten in its only copy."""
    files = dict(archive_files(archive(0, 512)))
    path = "tile/entries/001"
    files[path] = files[path].replace(b"customer-file", b"customer-fact", 1)
    report = checked(listed(files))
    assert report.outcome == "broken"
    assert [(one.verdict, one.index) for one in report.findings] == [("MODIFIED", 256)]


def test_a_bundle_from_a_pruned_log_verifies() -> None:
    """Evidence about kept records could not be handed out any more."""
    whole = evidence_of(SEALED, (600, 700))
    pruned = replace(whole, fetch=archive(512, 768).fetch, minimum_index=512)
    files = dict(bundle_files(pruned))
    assert "tile/0/000" not in files
    assert "tile/0/002" in files
    report = checked(files)
    assert (report.outcome, report.records_checked) == ("valid", 2)
    manifest = decode_manifest(files[MANIFEST])
    assert (manifest.minimum_index, manifest.archived_until) == (512, 0)
    assert decode_manifest(dict(bundle_files(whole))[MANIFEST]).minimum_index == 0
