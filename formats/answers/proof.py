"""Proofs about the tree as JSON objects, for clients that read no notes."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ledger.proving import Continued, Proven


def inclusion_document(proven: "Proven") -> dict[str, Any]:
    """That a checkpoint covers a record: hashes from the sibling of the leaf up."""
    return {
        "index": proven.proof.index,
        "leaf_hash": proven.leaf_hash,
        "size": proven.checkpoint.size,
        "root": proven.checkpoint.root,
        "hashes": list(proven.proof.hashes),
        "checkpoint": proven.proof.checkpoint.decode(),
    }


def consistency_document(continued: "Continued") -> dict[str, Any]:
    """That a tree begins with an older one."""
    return {
        "from": continued.old_size,
        "from_root": continued.old_root,
        "to": continued.size,
        "to_root": continued.root,
        "hashes": list(continued.hashes),
    }
