"""The files of an archive: every record of a range that is about to be pruned, as a mirror.

It verifies by itself like a bundle of evidence, and opens nothing: disclosures are not in it. What
a later check of the removed records needs is here: their sealed bytes, and every leaf hash.

Source: C2SP tlog-tiles v0.1.0.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from formats.bundle.evidence import ReadRecords, TimeStamp
from formats.bundle.files import (
    File,
    entry_bundles,
    hash_tiles,
    require_root,
    token_files,
    with_manifest,
)
from ledger.errors import BadRequest
from ledger.notes.checkpoint import VerifiedCheckpoint
from ledger.notes.policy import Policy
from ledger.notes.policy_file import encode_policy
from ledger.notes.tile_proofs import FetchTile
from ledger.notes.tiles import TILE_WIDTH
from ledger.verification.bundle_layout import (
    CHECKPOINT,
    DISCLOSURES,
    MANIFEST_FORMAT,
    POLICY,
    Manifest,
)


@dataclass(frozen=True, slots=True)
class Archive:
    """What an archive is made of."""

    checkpoint: VerifiedCheckpoint
    """Covers the range."""
    policy: Policy
    fetch: FetchTile
    """Gives the hash tiles of the tree that the checkpoint signs."""
    read_records: ReadRecords
    first: int
    """The present minimum index."""
    stop: int
    """The minimum index to come; both are multiples of 256."""
    time_stamps: Sequence[TimeStamp] = ()


def archive_files(archive: Archive) -> Iterator[File]:
    """Path and content of each file of the archive, the manifest last; memory is one entry bundle.

    Raises:
        BadRequest: the range is not below the checkpoint.
        VerificationError: a record or tile is not the one that the checkpoint signs.
    """
    checkpoint = archive.checkpoint
    if not archive.first < archive.stop <= checkpoint.size:
        raise BadRequest(
            f"archive: expected a range below the size {checkpoint.size} of the checkpoint, found "
            f"{archive.first} to {archive.stop}"
        )
    manifest = Manifest(
        format=MANIFEST_FORMAT,
        origin=checkpoint.origin,
        size=checkpoint.size,
        root=checkpoint.root.hex(),
        question={"archive": f"records {archive.first} to {archive.stop - 1}"},
        indexes=(),
        is_mirror=True,
        files=(),
        minimum_index=archive.first,
        archived_until=archive.stop,
    )
    yield from with_manifest(_files(archive), manifest)


def _files(archive: Archive) -> Iterator[File]:
    checkpoint = archive.checkpoint
    yield CHECKPOINT, checkpoint.raw
    yield POLICY, encode_policy(archive.policy)
    require_root(checkpoint, archive.fetch)
    yield from hash_tiles(archive.fetch, checkpoint.size, archive.first)
    places = range(archive.first // TILE_WIDTH, archive.stop // TILE_WIDTH)
    yield from entry_bundles(archive.fetch, archive.read_records, checkpoint.size, places)
    yield DISCLOSURES, b""
    yield from token_files(archive.time_stamps)
