"""An anchor: the kept word of an independent party that it saw a checkpoint of this size.

kind      authority                 evidence
rfc3161   name of the settings      the whole TimeStampResp, DER, as it came
witness   name of its key           its cosignature line, UTF-8, with newline
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ledger.events.log_integrity import AnchorKind, LogCheckpointAnchored
from ledger.notes.checkpoint import VerifiedCheckpoint
from ledger.notes.signed_note import UnverifiedNote, decode_signature_lines
from ledger.units import Clock, Size


@dataclass(frozen=True, slots=True)
class Anchor:
    """Evidence that was verified when it came; who reads it back verifies it again."""

    kind: AnchorKind
    authority: str
    size: Size
    """Of the checkpoint; a log has one checkpoint of a size that counts."""
    evidence: bytes
    anchored_at: datetime
    """By the clock of the authority; aware, UTC."""


class AnchorStore(Protocol):
    """Where anchors are kept, append-only."""

    def add(self, anchor: Anchor) -> None:
        """Keeps an anchor, durable on return; the very same once more changes nothing.

        An authority may anchor one size several times: an idle log's checkpoint stays the same,
        and each later time says that nothing was added until then.
        """

    def anchors_of(self, size: Size) -> Iterable[Anchor]:
        """The anchors of the checkpoint of this size."""

    def newest(self, kind: AnchorKind, authority: str) -> Anchor | None:
        """The anchor of this authority with the largest size."""


def cosigned_note(checkpoint: VerifiedCheckpoint, anchors: Iterable[Anchor]) -> UnverifiedNote:
    """The checkpoint's note with the lines of its witnesses below those of the log.

    Of a witness that cosigned several times, the last line: a note has room for 64.

    Raises:
        FormatError: kept evidence is no signature line.
    """
    last: dict[str, Anchor] = {}
    for anchor in sorted(anchors, key=lambda one: one.anchored_at):
        if anchor.kind == "witness" and anchor.size == checkpoint.size:
            last[anchor.authority] = anchor
    lines = [line for one in last.values() for line in decode_signature_lines(one.evidence)]
    return checkpoint.note.with_signatures(lines)


def anchored_event(
    anchor: Anchor,
    checkpoint: VerifiedCheckpoint,
    *,
    clock: Clock,
    url: str | None = None,
) -> LogCheckpointAnchored:
    """The event that records an anchor in the log itself.

    Args:
        anchor: What was kept.
        checkpoint: That of the anchor's size.
        clock: Gives `occurred_at`: when we heard of it; the authority's time is `anchored_at`.
        url: Where the authority answered; without user, password or query.
    """
    return LogCheckpointAnchored(
        occurred_at=clock(),
        root_sha256=checkpoint.root.hex(),
        tree_size=anchor.size,
        anchor=anchor.kind,
        anchor_uri=url,
        anchored_at=anchor.anchored_at,
        token_sha256=hashlib.sha256(anchor.evidence).hexdigest(),
    )
