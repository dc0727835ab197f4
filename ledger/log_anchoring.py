"""Anchors the newest stored checkpoint of a log: a step of its own, beside appending and sealing.

It reads a checkpoint and tiles and adds rows of anchors; no lock of the log is held while a party
is asked, so that recording goes on however long an answer takes.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from ledger.anchors.anchoring import AnchoringReport, anchor_checkpoint
from ledger.anchors.backoff import Backoff, Fraction, Sleep
from ledger.anchors.http_exchange import Post
from ledger.anchors.parties import stamping_party, witnessing_party
from ledger.anchors.settings import AnchorSettings
from ledger.anchors.witnessing import ConsistencySource, Growth
from ledger.errors import AuthorityRefused, BadRequest, RecordsPruned
from ledger.notes.checkpoint import KeyTerm, VerifiedCheckpoint, open_checkpoint
from ledger.notes.tile_proofs import consistency_from_tiles, root_from_tiles
from ledger.store.anchors import AnchorTable
from ledger.store.checkpoints import CheckpointTable
from ledger.store.sealed_log import SealedLog
from ledger.store.tiles import TileTable
from ledger.units import Size

_DEFAULT_BACKOFF: Final = Backoff()


def anchor_log(
    log: SealedLog,
    settings: AnchorSettings,
    terms: Iterable[KeyTerm],
    *,
    post: Post,
    sleep: Sleep,
    fraction: Fraction,
    backoff: Backoff = _DEFAULT_BACKOFF,
    renew_before: datetime | None = None,
) -> AnchoringReport:
    """What is anchored for the newest checkpoint, after every configured party was asked.

    Args:
        log: Whose checkpoint.
        settings: Who is asked, unless retired.
        terms: The keys of the log; the stored checkpoint is verified before it leaves the house.
        post: Sends a request.
        sleep: Waits between rounds.
        fraction: Spreads the waits.
        backoff: How often, and how long to wait.
        renew_before: Anchors from before this instant are not enough; without it any is.

    Raises:
        BadRequest: the settings name no party, or the log was never sealed.
        VerificationError: the stored checkpoint is not signed by the log's key.
        StoreUnavailable: the database cannot be used.
    """
    asked = settings.asked
    if not asked.authorities and not asked.witnesses:
        raise BadRequest(
            "settings: expected [[timestamp_authority]] or [[witness]] in zegel.toml, found neither"
        )
    checkpoint = _newest_checkpoint(log, tuple(terms))
    consistency = _consistency(log, checkpoint)
    parties = [
        *(stamping_party(authority, post) for authority in asked.authorities),
        *(witnessing_party(witness, consistency, post) for witness in asked.witnesses),
    ]
    return anchor_checkpoint(
        checkpoint,
        parties,
        AnchorTable(log.engine, log.log_id),
        sleep=sleep,
        fraction=fraction,
        backoff=backoff,
        renew_before=renew_before,
    )


def _newest_checkpoint(log: SealedLog, terms: tuple[KeyTerm, ...]) -> VerifiedCheckpoint:
    stored = CheckpointTable(log.engine, log.log_id).newest()
    if stored is None:
        raise BadRequest(
            f"{log.origin}: expected a checkpoint, found none; `zegel seal` makes the first"
        )
    return open_checkpoint(bytes(stored.note), [term.key for term in terms], terms=terms)


def _consistency(log: SealedLog, checkpoint: VerifiedCheckpoint) -> ConsistencySource:
    """Our own growth, from the stored tiles: what it costs does not grow with the log."""
    tiles = TileTable(log)

    def growth(old: Size) -> Growth:
        try:
            return Growth(
                root_from_tiles(old, tiles.fetch),
                consistency_from_tiles(old, checkpoint.size, tiles.fetch),
            )
        except RecordsPruned as error:  # asking again does not help, other parties can be asked
            raise AuthorityRefused(
                f"size {old}: expected one that can still be proven, found that records were "
                f"pruned since ({error}); a witness so far behind has to begin anew"
            ) from error

    return growth
