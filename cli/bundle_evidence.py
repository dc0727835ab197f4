"""Gathers from a log what a bundle is made of: which checkpoint, which anchors, what is opened."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from cli.asked import Asked, question_of
from formats.bundle.evidence import ChosenRecord, Evidence, TimeStamp
from ledger.anchors.anchor import Anchor, cosigned_note
from ledger.anchors.kept_anchors import verify_anchor
from ledger.anchors.settings import AnchorSettings
from ledger.errors import BadRequest, VerificationError
from ledger.granting import Granted
from ledger.ledger import Ledger
from ledger.notes.checkpoint import KeyTerm, VerifiedCheckpoint
from ledger.notes.policy import Policy
from ledger.notes.signed_note import encode_note
from ledger.store.anchors import AnchorTable
from ledger.store.checkpoints import CheckpointTable
from ledger.store.tiles import TileTable
from ledger.stored import StoredRecord

MOST_CHECKPOINTS: Final = 100
"""So far back a checkpoint with enough witnesses is looked for."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A checkpoint that is believed under the policy it is handed out with."""

    checkpoint: VerifiedCheckpoint
    policy: Policy
    anchors: tuple[Anchor, ...]
    """Those that hold: the first of each party."""
    left_out: tuple[VerificationError, ...]
    """Why other anchors are not handed out."""


def signed_checkpoint(
    ledger: Ledger,
    terms: Sequence[KeyTerm],
    settings: AnchorSettings,
    covering: int | None = None,
) -> Signed:
    """The newest checkpoint that has the cosignatures that the settings ask for.

    Args:
        ledger: The log.
        terms: Its keys.
        settings: Which witnesses are asked for.
        covering: The first checkpoint over at least so many records instead, if there is one: what
            was handed out of them is then the same however far the log has grown.

    Raises:
        BadRequest: there is none.
        VerificationError: a stored checkpoint is not what the signer signed.
    """
    table = CheckpointTable(ledger.log.engine, ledger.log.log_id)
    anchors = AnchorTable(ledger.log.engine, ledger.log.log_id)
    refused: VerificationError | None = None
    stored_ones = table.newest_first(MOST_CHECKPOINTS)
    if covering is not None:
        stored_ones = [*islice(table.scan(covering), MOST_CHECKPOINTS), *stored_ones]
    for stored in stored_ones:
        policy = settings.policy([term.key for term in terms if term.covers(stored.size)])
        bare = Policy(policy.logs).open_checkpoint(stored.note)
        kept, left_out = _first_of_each(anchors.anchors_of(bare.size), bare, settings)
        try:
            checkpoint = policy.open_checkpoint(encode_note(cosigned_note(bare, kept)))
        except VerificationError as error:
            refused = refused or error
            continue
        return Signed(checkpoint, policy, kept, left_out)
    if refused is not None:
        raise BadRequest(
            f"{ledger.origin}: expected a checkpoint with enough witnesses, found none "
            f"({refused}); `zegel anchor` asks them"
        )
    raise BadRequest(f"{ledger.origin}: expected a checkpoint, found none; `zegel seal` makes one")


def _first_of_each(
    anchors: Sequence[Anchor], checkpoint: VerifiedCheckpoint, settings: AnchorSettings
) -> tuple[tuple[Anchor, ...], tuple[VerificationError, ...]]:
    """The earliest anchor of each party that holds; it proves the most."""
    first: dict[tuple[str, str], Anchor] = {}
    wrong: list[VerificationError] = []
    for anchor in anchors:
        try:
            verify_anchor(anchor, checkpoint, settings)
        except VerificationError as error:
            wrong.append(error)
            continue
        first.setdefault((anchor.kind, anchor.authority), anchor)
    return tuple(first.values()), tuple(wrong)


def evidence_of(
    ledger: Ledger,
    asked: Asked,
    signed: Signed,
    rows: Sequence[StoredRecord],
    grants: Sequence[Granted],
) -> Evidence:
    """What the bundle is made of.

    Args:
        ledger: The log.
        asked: The question.
        signed: The checkpoint under which the records are.
        rows: The records, ascending by index.
        grants: What is opened of each, in the same order.
    """
    checkpoint = signed.checkpoint
    return Evidence(
        checkpoint=checkpoint.raw,
        policy=signed.policy,
        records=[
            ChosenRecord(row.index, row.sealed, grant.disclosures)
            for row, grant in zip(rows, grants, strict=True)
        ],
        fetch=TileTable(ledger.log).fetch,
        read_records=(
            (lambda start, stop: [row.sealed for row in ledger.log.scan_raw(start, stop)])
            if asked.is_mirror
            else None
        ),
        minimum_index=ledger.log.beginning().frontier.size,
        question=question_of(ledger, asked),
        time_stamps=[
            TimeStamp(anchor.authority, anchor.evidence)
            for anchor in signed.anchors
            if anchor.kind == "rfc3161"
        ],
    )
