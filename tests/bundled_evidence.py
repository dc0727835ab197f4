"""Bundles for tests: the log of the vectors, signed with throw-away keys, as files in memory."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Final

import msgspec

from formats.bundle.evidence import ChosenRecord, Evidence, TimeStamp
from formats.bundle.files import bundle_files
from ledger.merkle import tree_root
from ledger.notes.policy import Policy, PolicyGroup, PolicyLog, PolicyWitness
from ledger.notes.tiles import TileId, build_tile
from ledger.record import leaf_hash
from ledger.verification.bundle_check import check_bundle
from ledger.verification.bundle_layout import MANIFEST, decode_manifest, encode_manifest
from ledger.verification.bundle_report import BundleReport
from tests.vectors.notes import COSIGNED_AT, LOG, WITNESSES, checkpoint_text, signed
from tests.vectors.records import chain, disclosures

Files = dict[str, bytes]

POLICY: Final = Policy(
    logs=(PolicyLog(LOG.key),),
    witnesses=tuple(PolicyWitness(witness.name.encode(), witness.key) for witness in WITNESSES),
    groups=(PolicyGroup(b"two", 2, tuple(witness.name.encode() for witness in WITNESSES)),),
    quorum=b"two",
)
KEY_ONLY: Final = Policy(logs=(PolicyLog(LOG.key),))


def note_over(sealed: Sequence[bytes]) -> bytes:
    """The checkpoint over these records, signed by the log and two witnesses."""
    text = checkpoint_text(len(sealed), tree_root(map(leaf_hash, sealed)))
    cosigned = [witness.cosign(text, COSIGNED_AT) for witness in WITNESSES[:2]]
    return signed(text, LOG.sign(text), *cosigned)


def evidence_of(
    sealed: Sequence[bytes], chosen: Sequence[int], *, is_mirror: bool = True
) -> Evidence:
    """Evidence about some records of a log; the first of them opened wholly, the second in part."""
    leaves = [leaf_hash(each) for each in sealed]

    def fetch(tile: TileId) -> bytes:
        return build_tile(tile, leaves[tile.first_leaf : tile.first_leaf + tile.leaf_count])

    opened = {index: disclosures(index)[: 2 - place] for place, index in enumerate(chosen[:2])}
    records = [ChosenRecord(one, sealed[one], tuple(opened.get(one, ()))) for one in chosen]
    return Evidence(
        checkpoint=note_over(sealed),
        policy=POLICY,
        records=records,
        fetch=fetch,
        read_records=(lambda start, stop: sealed[start:stop]) if is_mirror else None,
        question={"since": "2026-03-28"},
        time_stamps=[TimeStamp("TSA One, Ltd.", b"token")],
    )


def bundle_of(size: int, chosen: Sequence[int], *, is_mirror: bool = True) -> Files:
    """The files of a bundle."""
    return dict(bundle_files(evidence_of(chain(size), chosen, is_mirror=is_mirror)))


def listed(files: Files) -> Files:
    """The files with a manifest that lists them as they are: a careful forger writes it again."""
    manifest = decode_manifest(files[MANIFEST])
    entries = tuple(
        msgspec.structs.replace(
            entry, bytes=len(files[entry.path]), sha256=sha256(files[entry.path]).hexdigest()
        )
        for entry in manifest.files
        if entry.path in files
    )
    return files | {MANIFEST: encode_manifest(msgspec.structs.replace(manifest, files=entries))}


def checked(files: Mapping[str, bytes], trust: Policy = POLICY) -> BundleReport:
    """The report on these files."""
    return check_bundle(files.__getitem__, trust, present=files)
