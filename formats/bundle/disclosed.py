"""Joins records, proofs and grants to a disclosure file."""

from collections.abc import Mapping, Sequence

from formats.bundle.files import require_root
from ledger.errors import VerificationError
from ledger.granting import Granted
from ledger.ledger import Ledger
from ledger.notes.checkpoint import VerifiedCheckpoint
from ledger.notes.proof_file import UnverifiedProof, encode_proof
from ledger.notes.spelling import encode_base64
from ledger.notes.tile_proofs import InclusionProofs
from ledger.proofs import verify_inclusion
from ledger.record import leaf_hash
from ledger.store.tiles import TileTable
from ledger.stored import StoredRecord
from ledger.units import Index
from ledger.verification.disclosure_file import (
    DISCLOSURE_FILE_FORMAT,
    DisclosedRecord,
    DisclosureFile,
    ErasedField,
)
from ledger.verification.sealed_chain import read_at


def disclosure_file(
    ledger: Ledger,
    checkpoint: VerifiedCheckpoint,
    rows: Sequence[StoredRecord],
    grants: Sequence[Granted],
    question: Mapping[str, str],
) -> DisclosureFile:
    """The file with these records, each proven here before its reader would.

    Args:
        ledger: The log.
        checkpoint: Over all of the records.
        rows: The records, ascending by index.
        grants: What opens of each, in the same order.
        question: What was asked for, in words that name nobody.

    Raises:
        VerificationError: a record is not the one that the checkpoint signs.
    """
    fetch = TileTable(ledger.log).fetch
    require_root(checkpoint, fetch)
    proofs = InclusionProofs(checkpoint.size, fetch)
    return DisclosureFile(
        format=DISCLOSURE_FILE_FORMAT,
        origin=checkpoint.origin,
        size=checkpoint.size,
        root=checkpoint.root.hex(),
        checkpoint=checkpoint.raw.decode(),
        question=dict(question),
        records=tuple(
            _disclosed(row, grant, checkpoint, proofs)
            for row, grant in zip(rows, grants, strict=True)
        ),
    )


def _disclosed(
    row: StoredRecord, grant: Granted, checkpoint: VerifiedCheckpoint, proofs: InclusionProofs
) -> DisclosedRecord:
    if grant.index != row.index:
        message = f"expected a grant for this record, found one for {grant.index}"
        raise VerificationError("DISCLOSURE_MISMATCH", row.index, message)
    read_at(row.sealed, row.index, checkpoint.origin)
    hashes = tuple(proofs.prove(row.index))
    verify_inclusion(leaf_hash(row.sealed), row.index, checkpoint.size, hashes, checkpoint.root)
    proof = encode_proof(UnverifiedProof(Index(row.index), hashes, checkpoint.raw))
    return DisclosedRecord(
        index=row.index,
        sealed=encode_base64(row.sealed),
        proof=proof.decode(),
        disclosures=tuple(text.decode("ascii") for text in grant.disclosures),
        erased=tuple(ErasedField(path, event) for path, event in sorted(grant.erased.items())),
    )
