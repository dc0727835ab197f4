"""Logs in a database that are sealed and anchored at parties on loopback."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, text

from ledger.anchors.anchoring import AnchoringReport
from ledger.anchors.backoff import Backoff
from ledger.anchors.http_exchange import post
from ledger.anchors.settings import AnchorSettings
from ledger.log_anchoring import anchor_log
from ledger.merkle import Frontier
from ledger.notes.checkpoint import Checkpoint, KeyTerm, encode_checkpoint
from ledger.notes.signed_note import UnverifiedNote, encode_note
from ledger.store import SealedLog
from ledger.store.checkpoints import CheckpointTable
from ledger.store.tiles import TileTable
from ledger.stored import StoredCheckpoint
from ledger.units import Hash32, Size
from tests.integration.store.databases import ORIGIN
from tests.integration.store.drafts import make_draft
from tests.signed_checkpoints import signer_named
from tests.time_stamping import TimeStamping
from tests.witnessing import TestWitness

SIGNER = signer_named(ORIGIN)
TERMS = (KeyTerm(SIGNER.key),)


@dataclass
class Surroundings:
    """Who anchors, and how they are configured."""

    authority: TimeStamping
    witness: TestWitness
    settings: AnchorSettings


def seal(log: SealedLog, records: int) -> None:
    """Appends so many records and stores a checkpoint over all of them."""
    log.append([make_draft() for _ in range(records)])
    head = log.head()
    tree = Frontier(Size(head.size), tuple(map(Hash32, head.frontier)))
    TileTable(log).fill(tree)
    signed_text = encode_checkpoint(Checkpoint(log.origin, Size(head.size), tree.root()))
    note = encode_note(UnverifiedNote(signed_text, (SIGNER.sign(signed_text),)))
    table = CheckpointTable(log.engine, log.log_id)
    table.add(StoredCheckpoint(head.size, head.size, tree.root(), note))


def anchored(log: SealedLog, settings: AnchorSettings) -> AnchoringReport:
    """Anchors the newest checkpoint without waiting."""
    return anchor_log(
        log,
        settings,
        TERMS,
        post=post(),
        sleep=lambda _: None,
        fraction=lambda: 0.0,
        backoff=Backoff(attempts=1),
    )


@contextmanager
def unguarded(log: SealedLog) -> Iterator[Connection]:
    """A connection of an administrator, to which the triggers say nothing any more."""
    with log.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        else:
            named = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            for name in connection.execute(text(named)).scalars().all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        yield connection
