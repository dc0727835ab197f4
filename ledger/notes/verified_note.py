"""Decides which signatures of a note hold.

- A line is of a known key only if name and key id both match; every other line is ignored.
- A line of a known key that does not hold rejects the whole note, whatever else is signed.
- A note that no known key has signed is rejected.

Source: C2SP signed-note v1.0.0, "Signatures".
"""

from collections.abc import Iterable

from ledger.errors import BadRequest, VerificationError
from ledger.notes.note_keys import VerifiedSignature, VerifierKey
from ledger.notes.signed_note import UnverifiedNote
from ledger.notes.spelling import shown


def verify_signatures(
    note: UnverifiedNote, keys: Iterable[VerifierKey]
) -> tuple[VerifiedSignature, ...]:
    """The signatures of these keys, in the order of the note; at least one.

    Raises:
        VerificationError: a known key's line does not hold (BAD_SIGNATURE), or no line is of a
            known key (UNKNOWN_KEY).
        BadRequest: two different keys have the same name and id.
    """
    known = _by_pair(keys)
    verified = tuple(
        known[pair].verify(note.text, line)
        for line in note.signatures
        if (pair := (line.name, line.key_id)) in known
    )
    if not verified:
        names = ", ".join(f"{shown(one.name)} {one.key_id.hex()}" for one in note.signatures)
        raise VerificationError(
            "UNKNOWN_KEY",
            None,
            f"note: expected a signature by one of {len(known)} known keys, found {names}",
        )
    return verified


def _by_pair(keys: Iterable[VerifierKey]) -> dict[tuple[str, bytes], VerifierKey]:
    known: dict[tuple[str, bytes], VerifierKey] = {}
    for key in keys:
        if known.setdefault(key.pair, key) != key:
            raise BadRequest(f"keys: expected one key for {key.pair}, found two")
    return known
