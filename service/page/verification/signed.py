"""What is signed of a log: checkpoints, keys, and who else saw them; read in a few statements."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from ledger.anchors.anchor import Anchor
from ledger.anchors.settings import AnchorSettings, read_anchor_settings
from ledger.errors import FormatError, VerificationError
from ledger.notes.checkpoint import KeyTerm, VerifiedCheckpoint, open_checkpoint
from ledger.opening import instant_of
from ledger.proving import published_note
from ledger.store.anchors import AnchorTable
from ledger.store.checkpoints import CheckpointTable
from ledger.stored import StoredCheckpoint
from service.page.verification.words import words_for_script
from service.page.visit import Visit

MOST_CHECKPOINTS: Final = 10
"""Shown; the command lists all."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Somebody else who saw a checkpoint."""

    kind: str
    """`witness` or `rfc3161`."""
    name: str
    at: datetime
    """By their own clock."""
    size: int


@dataclass(frozen=True, slots=True)
class SignedState:
    """The state of the signatures of a log."""

    origin: str
    size: int
    """Of the log, signed or not."""
    checkpoint: VerifiedCheckpoint | None
    """The newest one whose signature holds."""
    fault: str | None
    """Why the newest one does not hold."""
    note: str | None
    """Its bytes, with what witnesses cosigned."""
    signed_at: datetime | None
    terms: tuple[KeyTerm, ...]
    newest: tuple[tuple[StoredCheckpoint, datetime], ...]
    """The newest ones with when they were stored; not verified here."""
    seen: tuple[Seen, ...]
    """What each party of the settings saw last; kept evidence, verified when it came."""
    settings: AnchorSettings
    evidence: Mapping[str, Any]
    """What the browser verifies, as JSON."""

    @property
    def unsigned(self) -> int:
        """How many records no checkpoint covers yet."""
        return self.size - (0 if self.checkpoint is None else self.checkpoint.size)

    @property
    def keys(self) -> tuple[str, ...]:
        """Those that may sign the newest checkpoint, as verifier keys."""
        return tuple(self.evidence["keys"])


def signed_state(visit: Visit) -> SignedState:
    """What is signed, and what the page gives the browser to verify; blocking."""
    context = visit.context
    log = context.ledger.log
    settings = read_anchor_settings(context.home.all_settings(), context.home.folder)
    terms = tuple(context.terms())
    newest = CheckpointTable(log.engine, log.log_id).newest_first(MOST_CHECKPOINTS)
    checkpoint, fault, note = None, None, None
    if newest:
        note = newest[0].note.decode("utf-8", "replace")
        try:
            checkpoint = open_checkpoint(newest[0].note, [term.key for term in terms], terms=terms)
            note = published_note(log, checkpoint).decode()
        except (VerificationError, FormatError) as error:
            fault = str(error)
    size = newest[0].size if newest else 0
    anchors = AnchorTable(log.engine, log.log_id)
    seen = tuple(_seen(each) for each in _last_words(anchors, settings))
    return SignedState(
        origin=context.ledger.origin,
        size=context.ledger.head().size,
        checkpoint=checkpoint,
        fault=fault,
        note=note,
        signed_at=instant_of(newest[0].made_at_us) if newest else None,
        terms=terms,
        newest=tuple((each, instant_of(each.made_at_us)) for each in newest),
        seen=seen,
        settings=settings,
        evidence={
            "origin": context.ledger.origin,
            "checkpoint": note,
            "keys": [term.key.vkey for term in terms if term.covers(size)],
            "witnesses": [one.key.vkey for one in settings.witnesses],
            "words": words_for_script(visit.gettext),
        },
    )


def _last_words(anchors: AnchorTable, settings: AnchorSettings) -> list[Anchor]:
    """The newest anchor of each party that the settings name: one row for each of them."""
    found = [
        *(anchors.newest("rfc3161", one.name) for one in settings.authorities),
        *(anchors.newest("witness", one.key.name) for one in settings.witnesses),
    ]
    return [each for each in found if each is not None]


def _seen(anchor: Anchor) -> Seen:
    return Seen(anchor.kind, anchor.authority, anchor.anchored_at.astimezone(UTC), anchor.size)
