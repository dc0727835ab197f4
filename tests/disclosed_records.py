"""Disclosure files for tests: chosen records of the log of the vectors, opened in part."""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from ledger.merkle import tree_root
from ledger.notes.proof_file import UnverifiedProof, encode_proof
from ledger.notes.spelling import encode_base64
from ledger.notes.tile_proofs import inclusion_from_tiles
from ledger.notes.tiles import TileId, build_tile
from ledger.record import leaf_hash
from ledger.units import Index
from ledger.verification.bundle_report import BundleReport
from ledger.verification.disclosure_file import (
    DISCLOSURE_FILE_FORMAT,
    DisclosedRecord,
    DisclosureFile,
    check_disclosure_file,
    encode_disclosure_file,
)
from tests.bundled_evidence import KEY_ONLY, note_over
from tests.vectors.records import ORIGIN, chain, disclosures


def disclosed(size: int, opened: Mapping[int, int]) -> DisclosureFile:
    """A file about records of the chain.

    Args:
        size: Of the log.
        opened: How many of the two disclosures of each chosen record are granted.
    """
    sealed = chain(size)
    leaves = [leaf_hash(each) for each in sealed]

    def fetch(tile: TileId) -> bytes:
        return build_tile(tile, leaves[tile.first_leaf : tile.first_leaf + tile.leaf_count])

    note = note_over(sealed)
    return DisclosureFile(
        format=DISCLOSURE_FILE_FORMAT,
        origin=ORIGIN,
        size=size,
        root=tree_root(leaves).hex(),
        checkpoint=note.decode(),
        question={"records": " ".join(map(str, opened))},
        records=tuple(
            DisclosedRecord(
                index=index,
                sealed=encode_base64(sealed[index]),
                proof=encode_proof(
                    UnverifiedProof(
                        Index(index), tuple(inclusion_from_tiles(index, size, fetch)), note
                    )
                ).decode(),
                disclosures=tuple(text.decode() for text in disclosures(index)[:granted]),
            )
            for index, granted in opened.items()
        ),
    )


def checked(file: DisclosureFile) -> BundleReport:
    """The report on a file, under the key of the log."""
    return check_disclosure_file(encode_disclosure_file(file), KEY_ONLY)


def changed(
    file: DisclosureFile, place: int, change: Callable[[DisclosedRecord], Mapping[str, object]]
) -> DisclosureFile:
    """The file with members of one of its records replaced."""
    records = list(file.records)
    records[place] = msgspec.structs.replace(records[place], **change(records[place]))
    return msgspec.structs.replace(file, records=tuple(records))


def regranted(file: DisclosureFile, place: int, texts: Sequence[str]) -> DisclosureFile:
    """The file with other disclosures for one of its records."""
    return changed(file, place, lambda _record: {"disclosures": tuple(texts)})
