"""Replaces the signing key of a log: recorded, signed by the old key, sealed by both.

Crash order: new key file, record, boundary checkpoint, terms. The new key counts only with the last
step; until then the old one goes on signing. A rotation that was interrupted is continued by the
next one: the key file without a term is its new key.
"""

from dataclasses import dataclass

from ledger.errors import StoreUnavailable
from ledger.events.log_keeping import LogKeyRotated
from ledger.ledger import Ledger
from ledger.notes.checkpoint import KeyTerm
from ledger.notes.note_keys import VerifierKey
from ledger.notes.note_signing import NoteSigner
from ledger.query import EventQuery
from ledger.signing.key_terms import write_terms
from ledger.signing.signer import Sealed, Signer
from ledger.signing.signing_folder import SigningFolder
from ledger.signing.signing_key import Passphrase, fresh_key, read_signing_key, write_signing_key
from ledger.units import Size

KIND = "log.key_rotated"


@dataclass(frozen=True, slots=True)
class Rotation:
    """What a rotation did."""

    old: VerifierKey
    new: VerifierKey
    index: int
    """Of the record that names the new key."""
    boundary: Sealed
    """The checkpoint that both keys signed: the last of the old one, the first of the new one."""


def rotate_key(
    ledger: Ledger, folder: SigningFolder, passphrase: Passphrase, reason: str | None = None
) -> Rotation:
    """The rotation to a new key, durable on return.

    Args:
        ledger: The log that the keys sign for.
        folder: Where they are.
        passphrase: Opens the old key file and closes the new one.
        reason: Why, in words; stored encrypted.

    Raises:
        VerificationError: the log is not a sound continuation of what was signed.
        StoreUnavailable: a key, the state or the database cannot be used.
    """
    old = folder.current(passphrase)
    new = _successor(folder, ledger.origin, passphrase)
    index = _recorded(ledger, new.key, reason)
    signer = Signer(ledger.log, lambda: old, folder.state, ledger.clock)
    boundary = signer.seal_boundary(new, lambda sealed: _hand_over(folder, new.key, sealed))
    return Rotation(old.key, new.key, index, boundary)


def _successor(folder: SigningFolder, origin: str, passphrase: Passphrase) -> NoteSigner:
    """The key of an interrupted rotation, otherwise a fresh one."""
    used = {folder.key_file(term.key) for term in folder.terms()}
    waiting = sorted(path for path in folder.keys.glob("*.pem") if path not in used)
    if len(waiting) > 1:
        names = ", ".join(path.name for path in waiting)
        raise StoreUnavailable(
            f"{folder.keys}: expected at most one key of an interrupted rotation, found {names}"
        )
    if waiting:
        return read_signing_key(waiting[0], origin, passphrase)
    successor = fresh_key(origin)
    write_signing_key(folder.key_file(successor.key), successor, passphrase)
    return successor


def _recorded(ledger: Ledger, key: VerifierKey, reason: str | None) -> int:
    """The index of the record that names the new key; recorded unless it is there already."""
    for opened in ledger.read(EventQuery(kinds=(KIND,), reverse=True)):
        if isinstance(opened.event, LogKeyRotated) and opened.event.verifier_key == key.vkey:
            return opened.stored.index
    event = LogKeyRotated(
        occurred_at=ledger.clock(), key_role="signing", verifier_key=key.vkey, reason=reason
    )
    return ledger.record(event).index


def _hand_over(folder: SigningFolder, new: VerifierKey, sealed: Sealed) -> None:
    """Ends the open term at the boundary, where that of the new key begins."""
    boundary = Size(sealed.checkpoint.size)
    *before, last = folder.terms()
    ended = KeyTerm(last.key, last.first_size, boundary)
    write_terms(folder.terms_file, (*before, ended, KeyTerm(new, boundary)))
