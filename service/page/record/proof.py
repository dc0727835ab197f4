"""What a browser verifies a record with: stored bytes, hashes and a signed note, as they are.

Nothing of it is left out where it does not fit together: then the browser refuses it, and the
service says so too. The service's own finding stands beside it for whoever has no script.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ledger.anchors.settings import read_anchor_settings
from ledger.errors import FormatError, NotFound, VerificationError
from ledger.notes.checkpoint import VerifiedCheckpoint
from ledger.proofs import Step, climb, verify_inclusion
from ledger.proving import covering, published_note
from ledger.reading import Opening, open_texts
from ledger.record import leaf_hash
from ledger.stored import StoredRecord, stored_bytes
from service.context import Context


@dataclass(frozen=True, slots=True)
class Proof:
    """The way from one record to a signed checkpoint, and what the service found on it."""

    state: Literal["holds", "unsigned", "broken"]
    fault: str | None
    """Why it does not hold."""
    checkpoint: VerifiedCheckpoint | None
    """The newest one, if it is signed by the log."""
    note: str | None
    """Its bytes with what witnesses cosigned."""
    hashes: tuple[bytes, ...] = ()
    steps: tuple[Step, ...] = ()
    """As the service computed them from the stored bytes."""


@dataclass(frozen=True, slots=True)
class Trust:
    """Whose signatures count, as verifier keys."""

    keys: tuple[str, ...]
    """Of the log, those that may sign a tree of this size."""
    witnesses: tuple[str, ...]


def proof_of(context: Context, stored: StoredRecord) -> Proof:
    """What the log proves a record with; blocking."""
    log = context.ledger.log
    try:
        found = covering(log, stored.index, context.terms())
    except NotFound:
        return Proof("unsigned", None, None, None)
    except (VerificationError, FormatError) as error:
        return Proof("broken", str(error), None, None)
    checkpoint = found.checkpoint
    note = published_note(log, checkpoint).decode()
    leaf = leaf_hash(stored_bytes(stored.sealed))
    steps: list[Step] = []
    state: Literal["holds", "broken"] = "holds"
    fault = None
    try:
        steps.extend(climb(leaf, stored.index, checkpoint.size, found.hashes))
        verify_inclusion(leaf, stored.index, checkpoint.size, found.hashes, checkpoint.root)
    except VerificationError as error:
        state, fault = "broken", str(error)
    return Proof(state, fault, checkpoint, note, found.hashes, tuple(steps))


def trust_of(context: Context, size: int) -> Trust:
    """The keys that may sign a tree of a size, and those of the witnesses of the settings."""
    settings = read_anchor_settings(context.home.all_settings(), context.home.folder)
    keys = tuple(term.key.vkey for term in context.terms() if term.covers(size))
    return Trust(keys, tuple(one.key.vkey for one in settings.witnesses))


def neighbours_of(context: Context, index: int) -> tuple[bytes | None, bytes | None]:
    """The sealed bytes of the records before and after one; `None` where there is none."""
    log = context.ledger.log
    found = (log.record_at(index - 1) if index else None, log.record_at(index + 1))
    before, after = (None if one is None else stored_bytes(one.sealed) for one in found)
    return before, after


def opened_texts(context: Context, stored: StoredRecord, opening: Opening | None) -> Sequence[str]:
    """The disclosures that a reading allows to open, as their digests were made of them."""
    if opening is None:
        return ()
    ledger = context.ledger
    found: list[str] = []
    for each in ledger.log.disclosures_of([stored.index]).get(stored.index, []):
        try:
            texts = open_texts(ledger, stored, each, opening)
        except VerificationError:
            continue  # the inspection of the record tells of it
        found += [text.decode("ascii") for text in texts or ()]
    return found
