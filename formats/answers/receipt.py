"""What a sender gets for a fact that is durable."""

from ledger.draft import Receipt


def receipt_document(receipt: Receipt, kind: str) -> dict[str, object]:
    """The receipt as one JSON object: place, leaf hash, time of recording, stream and version."""
    return {
        "index": receipt.index,
        "kind": kind,
        "event_id": receipt.event_id,
        "leaf_hash": receipt.leaf_hash,
        "recorded_at": receipt.recorded_at,
        "stream": receipt.stream,
        "version": receipt.version,
        "duplicate": receipt.duplicate,
    }
