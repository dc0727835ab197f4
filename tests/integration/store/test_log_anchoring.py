"""A stored log anchored at a real time-stamp authority and a witness, over HTTP on loopback."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from ledger.anchors.anchoring import AnchoringReport, require_quorum
from ledger.anchors.backoff import Backoff
from ledger.anchors.http_exchange import post
from ledger.anchors.kept_anchors import verify_anchor
from ledger.anchors.parties import TimestampAuthority
from ledger.anchors.settings import AnchorSettings
from ledger.anchors.time_stamps import TimestampTrust
from ledger.anchors.witnessing import Witness
from ledger.errors import BadRequest, VerificationError
from ledger.log_anchoring import anchor_log
from ledger.merkle import Frontier
from ledger.notes.checkpoint import Checkpoint, KeyTerm, encode_checkpoint, open_checkpoint
from ledger.notes.signed_note import UnverifiedNote, encode_note
from ledger.store import SealedLog
from ledger.store.anchors import AnchorTable
from ledger.store.checkpoints import CheckpointTable
from ledger.store.tiles import TileTable
from ledger.stored import StoredCheckpoint
from ledger.units import Hash32, Size
from tests.integration.store.databases import ORIGIN
from tests.integration.store.drafts import make_draft
from tests.loopback_server import Answer, Request, serving
from tests.signed_checkpoints import cosigner_named, signer_named
from tests.time_stamping import TimeStamping, authority_in
from tests.witnessing import TestWitness, WitnessState

SIGNER = signer_named(ORIGIN)
TERMS = (KeyTerm(SIGNER.key),)


@dataclass
class Surroundings:
    """Who anchors, and how they are configured."""

    authority: TimeStamping
    witness: TestWitness
    settings: AnchorSettings


@pytest.fixture
def around(tmp_path: Path) -> Iterator[Surroundings]:
    authority = authority_in(tmp_path / "tsa")
    state = WitnessState(tmp_path / "witness.json")
    witness = TestWitness(cosigner_named("one.example"), state, [SIGNER.key])
    with contextlib.ExitStack() as stack:
        trust = TimestampTrust((authority.root.certificate,))
        tsa_url = stack.enter_context(serving(authority.respond))
        witness_url = stack.enter_context(serving(witness.respond))
        settings = AnchorSettings(
            (TimestampAuthority("tsa", tsa_url, trust),),
            (Witness(witness.cosigner.key, witness_url),),
            quorum=1,
        )
        yield Surroundings(authority, witness, settings)


def seal(log: SealedLog, records: int) -> None:
    """Appends so many records and stores a checkpoint over all of them."""
    log.append([make_draft() for _ in range(records)])
    head = log.head()
    tree = Frontier(Size(head.size), tuple(map(Hash32, head.frontier)))
    TileTable(log).fill(tree)
    text = encode_checkpoint(Checkpoint(log.origin, Size(head.size), tree.root()))
    note = encode_note(UnverifiedNote(text, (SIGNER.sign(text),)))
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


def test_the_newest_checkpoint_is_anchored_and_the_evidence_kept(
    log: SealedLog, around: Surroundings
) -> None:
    """What parties said would be lost, or not verify when it is read back."""
    for records in (3, 400):
        seal(log, records)
        report = anchored(log, around.settings)
        assert [failure.error for failure in report.failures] == []
    kept = AnchorTable(log.engine, log.log_id).anchors_of(Size(403))
    assert [one.kind for one in kept] == ["rfc3161", "witness"]
    (row,) = CheckpointTable(log.engine, log.log_id).of_size(403)
    checkpoint = open_checkpoint(bytes(row.note), [SIGNER.key])
    for anchor in kept:
        assert verify_anchor(anchor, checkpoint, around.settings) == anchor.anchored_at
    require_quorum(around.settings.policy([SIGNER.key]), checkpoint, kept, TERMS)
    assert [one.old for one in around.witness.requests] == [0, 3]


def test_recording_goes_on_while_a_party_thinks(log: SealedLog, around: Surroundings) -> None:
    """A slow authority would stop the applications that record."""
    seal(log, 2)
    sizes: list[int] = []

    def record_first(request: Request) -> Answer:
        log.append([make_draft()])
        sizes.append(log.head().size)
        return around.authority.respond(request)

    with serving(record_first) as url:
        (authority,) = around.settings.authorities
        report = anchored(log, AnchorSettings((replace(authority, url=url),)))
    assert sizes == [3]
    assert [one.size for one in report.added] == [2]


def test_a_witness_that_saw_another_history_is_a_fork(log: SealedLog, around: Surroundings) -> None:
    """A rewritten and signed history would be anchored like an honest one."""
    seal(log, 3)
    around.witness.state.write({ORIGIN: (2, bytes(32))})
    (fault,) = anchored(log, around.settings).faults
    assert fault.verdict == "FORK"
    kept = AnchorTable(log.engine, log.log_id).anchors_of(Size(3))
    assert [one.kind for one in kept] == ["rfc3161"]


def test_a_witness_that_saw_more_means_a_rolled_back_log(
    log: SealedLog, around: Surroundings
) -> None:
    """A restored backup would go on as if nothing were missing."""
    seal(log, 3)
    around.witness.state.write({ORIGIN: (9, bytes(32))})
    assert [fault.verdict for fault in anchored(log, around.settings).faults] == ["ROLLED_BACK"]


def test_what_cannot_be_anchored_is_said(log: SealedLog, around: Surroundings) -> None:
    """The operator would believe that the log is anchored."""
    with pytest.raises(BadRequest, match="zegel seal"):
        anchored(log, around.settings)
    seal(log, 1)
    with pytest.raises(BadRequest, match="timestamp_authority"):
        anchored(log, AnchorSettings())


def test_a_stored_checkpoint_of_another_key_stays_in_the_house(
    log: SealedLog, around: Surroundings
) -> None:
    """A forged row would be stamped and shown to the world as ours."""
    seal(log, 1)
    with pytest.raises(VerificationError, match="UNKNOWN_KEY"):
        anchor_log(
            log,
            around.settings,
            [KeyTerm(signer_named("example.nl/another").key)],
            post=post(),
            sleep=lambda _: None,
            fraction=lambda: 0.0,
        )
    assert around.authority.requests == []
