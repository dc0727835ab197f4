"""A stored log anchored at a real time-stamp authority and a witness, over HTTP on loopback."""

from dataclasses import replace

import pytest

from ledger.anchors.anchoring import require_quorum
from ledger.anchors.http_exchange import post
from ledger.anchors.kept_anchors import verify_anchor
from ledger.anchors.settings import AnchorSettings
from ledger.errors import BadRequest, VerificationError
from ledger.log_anchoring import anchor_log
from ledger.notes.checkpoint import KeyTerm, open_checkpoint
from ledger.store import SealedLog
from ledger.store.anchors import AnchorTable
from ledger.store.checkpoints import CheckpointTable
from ledger.units import Size
from tests.integration.store.anchored_log import SIGNER, TERMS, Surroundings, anchored, seal
from tests.integration.store.databases import ORIGIN
from tests.integration.store.drafts import make_draft
from tests.loopback_server import Answer, Request, serving
from tests.signed_checkpoints import signer_named


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


def test_retired_parties_are_not_asked(log: SealedLog, around: Surroundings) -> None:
    """An authority that was given up would go on being asked and paid."""
    seal(log, 1)
    (authority,) = around.settings.authorities
    settings = replace(around.settings, authorities=(replace(authority, retired=True),))
    assert [one.kind for one in anchored(log, settings).added] == ["witness"]
    assert around.authority.requests == []
