"""Sealed records without a database around them: each one at its place, linked to the one before.

Invariants: index and origin come from the caller; a record is judged by its bytes alone, so there
are no columns and no head here (`log_check` has those).

Source: docs/reference/format.md §8.
"""

from collections.abc import Iterable

from ledger.errors import MalformedRecord, VerificationError
from ledger.record import (
    NO_PREVIOUS,
    SealedRecord,
    decode_record,
    format_recorded_at,
    leaf_hash,
)
from ledger.units import Hash32, Index


def read_at(sealed: bytes, index: int, origin: str) -> SealedRecord:
    """What the record says that must stand at this index of this log.

    Raises:
        VerificationError: the bytes are no record or of another log (MODIFIED), or the record says
            that it stands elsewhere (REORDERED).
    """
    try:
        record = decode_record(sealed)
    except MalformedRecord as error:
        raise VerificationError(error.verdict, index, str(error)) from error
    if record.index != index:
        message = f"index: expected {index}, found {record.index}"
        raise VerificationError("REORDERED", index, message)
    if record.origin != origin:
        message = f"origin: expected {origin}, found {record.origin}"
        raise VerificationError("MODIFIED", index, message)
    return record


def check_previous(record: SealedRecord, leaf: bytes) -> None:
    """Returns only if the record names this leaf hash as the one before it.

    Raises:
        VerificationError: it names another one (MODIFIED).
    """
    if record.previous != leaf:
        message = f"previous: expected {leaf.hex()}, found {record.previous.hex()}"
        raise VerificationError("MODIFIED", record.index, message)


def check_order(before: SealedRecord, record: SealedRecord) -> None:
    """Returns only if a record was not recorded before one with a lower index.

    Raises:
        VerificationError: it says so (MODIFIED).
    """
    if record.recorded_at < before.recorded_at:
        expected = f"not before {format_recorded_at(before.recorded_at)}"
        found = format_recorded_at(record.recorded_at)
        message = f"recorded_at: expected {expected}, found {found}"
        raise VerificationError("MODIFIED", record.index, message)


def verify_chain(origin: str, sealed: Iterable[bytes]) -> list[Hash32]:
    """The leaf hashes of a whole log, from index 0 on, if each record links to the one before.

    Raises:
        VerificationError: at the first record that does not.
    """
    leaves: list[Hash32] = []
    before: SealedRecord | None = None
    for index, each in enumerate(sealed):
        record = read_at(each, Index(index), origin)
        check_previous(record, leaves[-1] if leaves else NO_PREVIOUS)
        if before is not None:
            check_order(before, record)
        before = record
        leaves.append(leaf_hash(each))
    return leaves
