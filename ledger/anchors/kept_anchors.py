"""Verifies a kept anchor again: does its evidence still say what the row says?"""

from datetime import datetime

from ledger.anchors.anchor import Anchor
from ledger.anchors.settings import AnchorSettings
from ledger.anchors.time_stamps import stamped_bytes, verify_time_stamp
from ledger.anchors.witnessing import cosigned_at
from ledger.errors import FormatError, VerificationError
from ledger.notes.checkpoint import VerifiedCheckpoint
from ledger.notes.signed_note import decode_signature_lines
from ledger.notes.verified_note import verify_signatures


def verify_anchor(
    anchor: Anchor, checkpoint: VerifiedCheckpoint, settings: AnchorSettings
) -> datetime:
    """When the party saw the checkpoint, by its own clock; aware, UTC.

    Args:
        anchor: A row from a database, nothing of it trusted.
        checkpoint: One of the anchor's size; at the boundary of a key rotation there may be two,
            and a token covers only one of them.
        settings: Whose word counts, with roots and keys.

    Raises:
        VerificationError: the party is not configured (UNKNOWN_KEY), the token does not hold
            (TIMESTAMP_INVALID), the cosignature fails or is none (BAD_SIGNATURE), or the row is
            of another size or time than its evidence (MODIFIED).
    """
    if anchor.size != checkpoint.size:
        raise _modified(anchor, f"size {checkpoint.size}", f"{anchor.size}")
    seen_at = (
        _stamped_at(anchor, checkpoint, settings)
        if anchor.kind == "rfc3161"
        else _cosigned_at(anchor, checkpoint, settings)
    )
    if seen_at != anchor.anchored_at:
        raise _modified(anchor, seen_at.isoformat(), anchor.anchored_at.isoformat())
    return seen_at


def _stamped_at(
    anchor: Anchor, checkpoint: VerifiedCheckpoint, settings: AnchorSettings
) -> datetime:
    trusted = [one.trust for one in settings.authorities if one.name == anchor.authority]
    if not trusted:
        raise _unknown(anchor)
    return verify_time_stamp(anchor.evidence, stamped_bytes(checkpoint), trusted[0]).stamped_at


def _cosigned_at(
    anchor: Anchor, checkpoint: VerifiedCheckpoint, settings: AnchorSettings
) -> datetime:
    keys = [one.key for one in settings.witnesses if one.key.name == anchor.authority]
    if not keys:
        raise _unknown(anchor)
    try:
        lines = decode_signature_lines(anchor.evidence)
        note = checkpoint.note.signed_by(()).with_signatures(lines)
    except FormatError as error:
        raise VerificationError("BAD_SIGNATURE", None, f"{_place(anchor)}: {error}") from error
    seen_at = cosigned_at(verify_signatures(note, keys)[0])
    if seen_at is None:
        message = f"{_place(anchor)}: expected a cosignature with a time, found none"
        raise VerificationError("BAD_SIGNATURE", None, message)
    return seen_at


def _place(anchor: Anchor) -> str:
    return f"anchor of {anchor.authority} for size {anchor.size}"


def _unknown(anchor: Anchor) -> VerificationError:
    message = f"{_place(anchor)}: expected a configured party, found none of this name"
    return VerificationError("UNKNOWN_KEY", None, message)


def _modified(anchor: Anchor, expected: str, found: str) -> VerificationError:
    message = f"{_place(anchor)}: expected {expected}, found {found}"
    return VerificationError("MODIFIED", None, message)
