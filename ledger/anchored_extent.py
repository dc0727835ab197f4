"""Up to where independent parties vouch for a log, by evidence that holds now.

A witness policy asks for several witnesses; a time stamp of one authority is enough by itself. So
the records that are anchored are those under the newest checkpoint that either one authority
stamped, or as many witnesses cosigned as the settings ask for.
"""

from collections.abc import Iterator
from datetime import datetime

from ledger.anchors.anchor import Anchor
from ledger.anchors.kept_anchors import verify_anchor
from ledger.anchors.settings import AnchorSettings
from ledger.errors import FormatError, VerificationError
from ledger.levels import Trust
from ledger.notes.checkpoint import open_checkpoint
from ledger.store.anchors import AnchorTable
from ledger.store.checkpoints import CheckpointTable
from ledger.store.requests import instant_of
from ledger.store.sealed_log import SealedLog
from ledger.verification_record import Anchored, AnchoredBy, SeenThrough


def anchored_extent(log: SealedLog, settings: AnchorSettings, trust: Trust) -> Anchored | None:
    """What the parties of the settings saw last; `None` where the settings name none.

    Args:
        log: Whose checkpoints.
        settings: The parties.
        trust: The keys of the log.

    Raises:
        StoreUnavailable: the database cannot be read.
    """
    asked = len(settings.authorities) + len(settings.witnesses)
    if not asked:
        return None
    by = tuple(_newest(log, settings, trust))
    reached = [one for one in by if one.kind == "rfc3161"]
    cosigned = sorted((one for one in by if one.kind == "witness"), key=lambda one: -one.size)
    quorum = max(1, settings.quorum)
    if len(cosigned) >= quorum:
        reached.append(cosigned[quorum - 1])
    last = max(reached, key=lambda one: (one.size, one.anchored_at), default=None)
    size = 0 if last is None else last.size
    return Anchored(
        asked=asked,
        size=size,
        anchored_at=None if last is None else last.anchored_at,
        by=by,
        waiting_since=_recorded_at(log, size),
    )


def anchored_through(
    log: SealedLog, own: Anchored | None, through: SeenThrough | None
) -> Anchored | None:
    """The same where a log of checkpoints anchors more of the log than its own anchors do.

    Args:
        log: Whose checkpoints.
        own: What anchors of its own cover.
        through: What a log of checkpoints covers; verified by whoever found it.
    """
    if through is None or (own is not None and own.size >= through.size):
        return own
    return Anchored(
        asked=through.parties if own is None else own.asked,
        size=through.size,
        anchored_at=through.anchored_at,
        by=() if own is None else own.by,
        waiting_since=_recorded_at(log, through.size),
    )


def _recorded_at(log: SealedLog, index: int) -> datetime | None:
    """When the record at an index was recorded; `None`: there is none."""
    found = next(iter(log.scan(index, index + 1)), None)
    return None if found is None else instant_of(found.recorded_at_us)


def _newest(log: SealedLog, settings: AnchorSettings, trust: Trust) -> Iterator[AnchoredBy]:
    """The newest anchor of each party, if it holds; one that does not is a finding elsewhere."""
    table = AnchorTable(log.engine, log.log_id)
    newest = [
        *(table.newest("rfc3161", one.name) for one in settings.authorities),
        *(table.newest("witness", one.key.name) for one in settings.witnesses),
    ]
    for anchor in newest:
        if anchor is not None and _holds(log, anchor, settings, trust):
            yield AnchoredBy(
                kind=anchor.kind,
                authority=anchor.authority,
                size=anchor.size,
                anchored_at=anchor.anchored_at,
            )


def _holds(log: SealedLog, anchor: Anchor, settings: AnchorSettings, trust: Trust) -> bool:
    """Whether the evidence of an anchor holds for a checkpoint that the log signed."""
    keys = [term.key for term in trust.terms]
    for row in CheckpointTable(log.engine, log.log_id).of_size(anchor.size):
        try:
            checkpoint = open_checkpoint(bytes(row.note), keys, terms=trust.terms)
            verify_anchor(anchor, checkpoint, settings)
        except (FormatError, VerificationError):
            continue
        return True
    return False
