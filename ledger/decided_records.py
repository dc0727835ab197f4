"""Records what somebody decides about the oldest sealed records, before it is carried out."""

from typing import TYPE_CHECKING

from ledger.draft import Receipt
from ledger.events.log_keeping import LogRetentionExecuted
from ledger.notes.tile_proofs import root_from_tiles
from ledger.own_records import PRUNINGS
from ledger.store.tiles import TileTable

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from ledger.ledger import Ledger


def record_decision(
    ledger: "Ledger",
    rule: str,
    stop: int,
    *,
    manifest_sha256: bytes,
    decided_by: str,
    reason: str | None,
    note: "Callable[[Connection, int], None]",
    minimum_index: int | None = None,
    archived_index: int | None = None,
    erasure_index: int | None = None,
) -> Receipt:
    """The receipt of the recorded decision; durable, and nothing is carried out yet.

    Args:
        ledger: The log.
        rule: `pruning` or `archiving`.
        stop: The records below this index are meant; the root of that size is recorded.
        manifest_sha256: Of what holds them afterwards, 32 bytes.
        decided_by: `person:…`
        reason: In their own words.
        note: Writes the row of the decision, in the transaction that records it at this index.
        minimum_index: From where on records stay.
        archived_index: From where on sealed bytes stay.
        erasure_index: Where it was asked that personal values left below be erased.
    """
    root = root_from_tiles(stop, TileTable(ledger.log).fetch)
    event = LogRetentionExecuted(
        occurred_at=ledger.clock(),
        system=PRUNINGS,
        actor=decided_by,
        actor_kind="person",
        rule_id=rule,
        minimum_index=minimum_index,
        archived_index=archived_index,
        root_sha256=root.hex(),
        manifest_sha256=manifest_sha256.hex(),
        decided_by=decided_by,
        reason=reason,
        erasure_index=erasure_index,
    )
    (receipt,) = ledger.record_own_many(
        [event], also=lambda connection, outcomes: note(connection, outcomes[0].index)
    )
    return receipt
