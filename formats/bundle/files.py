"""The files of a bundle, one after the other: the same evidence gives the same bytes each time.

Each record is proven here before it is given, so that a bundle that its reader could not verify is
never made. Memory grows with the chosen records, not with the log.

Source: C2SP tlog-tiles v0.1.0, tlog-proof and tlog-policy.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import Final

from msgspec.structs import replace

from formats.bundle.evidence import ChosenRecord, Evidence, ReadRecords, TimeStamp
from formats.dossier.page import DossierRecord, dossier_data, dossier_page
from ledger.errors import BadRequest, VerificationError
from ledger.notes.checkpoint import VerifiedCheckpoint
from ledger.notes.entry_bundles import check_bundle, encode_bundle
from ledger.notes.policy_file import encode_policy
from ledger.notes.proof_file import UnverifiedProof, encode_proof
from ledger.notes.tile_paths import encode_path
from ledger.notes.tile_proofs import FetchTile, InclusionProofs, root_from_tiles
from ledger.notes.tiles import TILE_WIDTH, BundleId, TileId, decode_tile, is_pruned, tiles_of
from ledger.proofs import verify_inclusion
from ledger.record import leaf_hash
from ledger.units import HASH_BYTES, Hash32, Index
from ledger.verification.bundle_layout import (
    CHECKPOINT,
    DISCLOSURES,
    DOSSIER,
    MANIFEST,
    MANIFEST_FORMAT,
    MAX_RECORDS,
    POLICY,
    FileEntry,
    Manifest,
    OpenedLine,
    encode_line,
    encode_manifest,
    proof_path,
    record_path,
    token_path,
)
from ledger.verification.sealed_chain import read_at

File = tuple[str, bytes]

_NOT_IN_A_NAME: Final = re.compile(r"[^a-z0-9]+")


def bundle_files(evidence: Evidence) -> Iterator[File]:
    """Path and content of each file of the bundle, the manifest last.

    Raises:
        BadRequest: no records were chosen, more than 50,000, or some beyond the checkpoint.
        VerificationError: the checkpoint is not signed as the policy asks for, or a record is not
            the one that it signs.
    """
    checkpoint = evidence.policy.open_checkpoint(evidence.checkpoint)
    _require_few(evidence.records, checkpoint)
    manifest = Manifest(
        format=MANIFEST_FORMAT,
        origin=checkpoint.origin,
        size=checkpoint.size,
        root=checkpoint.root.hex(),
        question=dict(evidence.question),
        indexes=tuple(record.index for record in evidence.records),
        is_mirror=evidence.read_records is not None,
        files=(),
        minimum_index=evidence.minimum_index if evidence.read_records is not None else 0,
    )
    yield from with_manifest(_files(evidence, checkpoint), manifest)


def with_manifest(files: Iterable[File], manifest: Manifest) -> Iterator[File]:
    """The files as they come, and at the end the manifest, which lists them."""
    entries: list[FileEntry] = []
    for path, raw in files:
        entries.append(FileEntry(path, len(raw), sha256(raw).hexdigest()))
        yield path, raw
    yield MANIFEST, encode_manifest(replace(manifest, files=tuple(entries)))


def _require_few(records: Sequence[ChosenRecord], checkpoint: VerifiedCheckpoint) -> None:
    if not 0 < len(records) <= MAX_RECORDS:
        found = len(records) or "none"
        raise BadRequest(f"bundle: expected 1 to {MAX_RECORDS} records, found {found}")
    indexes = [record.index for record in records]
    if indexes != sorted(set(indexes)):
        raise BadRequest("bundle: expected records in the order of their index, each once")
    if indexes[-1] >= checkpoint.size:
        raise BadRequest(
            f"bundle: expected records below the size {checkpoint.size} of the checkpoint, "
            f"found {indexes[-1]}"
        )


def _files(evidence: Evidence, checkpoint: VerifiedCheckpoint) -> Iterator[File]:
    yield CHECKPOINT, evidence.checkpoint
    policy = encode_policy(evidence.policy)
    yield POLICY, policy
    require_root(checkpoint, evidence.fetch)
    if evidence.read_records is not None:
        yield from hash_tiles(evidence.fetch, checkpoint.size, evidence.minimum_index)
        yield from entry_bundles(
            evidence.fetch,
            evidence.read_records,
            checkpoint.size,
            sorted({record.index // TILE_WIDTH for record in evidence.records}),
        )
    shown: list[DossierRecord] = []
    proofs = InclusionProofs(checkpoint.size, evidence.fetch)
    for record in evidence.records:
        proof = _prove(record, checkpoint, proofs)
        shown.append(DossierRecord(record.index, record.sealed, proof, record.disclosures))
        yield record_path(record.index), record.sealed
        unverified = UnverifiedProof(Index(record.index), tuple(proof), evidence.checkpoint)
        yield proof_path(record.index), encode_proof(unverified)
    yield DISCLOSURES, b"".join(_opened_lines(evidence.records))
    yield from token_files(evidence.time_stamps)
    data = dossier_data(
        origin=checkpoint.origin,
        checkpoint=evidence.checkpoint,
        policy=policy,
        records=shown,
        question=evidence.question,
        anchors=[stamp.authority for stamp in evidence.time_stamps],
    )
    yield DOSSIER, dossier_page(data)


def require_root(checkpoint: VerifiedCheckpoint, fetch: FetchTile) -> None:
    """Returns only if the tiles lead to the root of the checkpoint.

    Raises:
        VerificationError: they do not (TILE_MISMATCH).
    """
    found = root_from_tiles(checkpoint.size, fetch)
    if found != checkpoint.root:
        message = f"tiles: expected root {checkpoint.root.hex()}, found {found.hex()}"
        raise VerificationError("TILE_MISMATCH", None, message)


def hash_tiles(fetch: FetchTile, size: int, minimum: int) -> Iterator[File]:
    """The hash tiles of the tree of `size` leaves, but those below a minimum index."""
    for tile in tiles_of(size):
        if is_pruned(tile, minimum):
            continue
        raw = fetch(tile)[: tile.width * HASH_BYTES]
        decode_tile(tile, raw)  # refuses one that is too short
        yield encode_path(tile), raw


def entry_bundles(
    fetch: FetchTile, read_records: ReadRecords, size: int, places: Iterable[int]
) -> Iterator[File]:
    """The entry bundles at these places of a log of `size` records, each record as committed.

    Raises:
        VerificationError: a record is missing or another than the tree has.
    """
    for place in places:
        bundle = BundleId(place, min(TILE_WIDTH, size - place * TILE_WIDTH))
        raw = encode_bundle(read_records(bundle.first_leaf, bundle.first_leaf + bundle.width))
        leaves = TileId(0, place, bundle.width)
        check_bundle(bundle, raw, decode_tile(leaves, fetch(leaves)))
        yield encode_path(bundle), raw


def _prove(
    record: ChosenRecord, checkpoint: VerifiedCheckpoint, proofs: InclusionProofs
) -> Sequence[Hash32]:
    """The proof of one record, which holds: what is wrong is found here and not by the reader."""
    read_at(record.sealed, record.index, checkpoint.origin)
    proof = proofs.prove(record.index)
    leaf = leaf_hash(record.sealed)
    verify_inclusion(leaf, record.index, checkpoint.size, proof, checkpoint.root)
    return proof


def _opened_lines(records: Iterable[ChosenRecord]) -> Iterator[bytes]:
    for record in records:
        if record.disclosures:
            texts = tuple(disclosure.decode("ascii") for disclosure in record.disclosures)
            yield encode_line(OpenedLine(record.index, texts))


def token_files(time_stamps: Iterable[TimeStamp]) -> Iterator[File]:
    """The files of time stamps, each under a name of its own."""
    taken: set[str] = set()
    for stamp in time_stamps:
        name = _NOT_IN_A_NAME.sub("-", stamp.authority.lower()).strip("-")[:60] or "authority"
        if name in taken:
            name = f"{name}-{len(taken) + 1}"
        taken.add(name)
        yield token_path(name), stamp.raw
