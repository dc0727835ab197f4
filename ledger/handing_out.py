"""What a part of a log is handed out under: the newest checkpoint that its reader can believe.

Invariant: that a part was handed out is recorded before whoever asked for it gets it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from ledger.anchors.anchor import Anchor, cosigned_note
from ledger.anchors.kept_anchors import verify_anchor
from ledger.anchors.settings import AnchorSettings
from ledger.errors import BadRequest, VerificationError
from ledger.events.log_integrity import LogExportIssued
from ledger.ledger import Ledger
from ledger.notes.checkpoint import KeyTerm, VerifiedCheckpoint
from ledger.notes.policy import Policy
from ledger.notes.signed_note import encode_note
from ledger.store.anchors import AnchorTable
from ledger.store.checkpoints import CheckpointTable

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


def record_handing_out(
    ledger: Ledger, facts: Mapping[str, Any], actor: str, **fields: object
) -> None:
    """Records `log.export_issued`.

    Args:
        ledger: The log.
        facts: `manifest_sha256`, `first_index`, `size`, `root`, `records`.
        actor: Who hands it out, `person:…`.
        fields: What is known beside that: recipient, reason, request.
    """
    known: dict[str, Any] = {name: value for name, value in fields.items() if value}
    ledger.record(
        LogExportIssued(
            occurred_at=ledger.clock(),
            actor=actor,
            manifest_sha256=facts["manifest_sha256"],
            first_index=facts["first_index"],
            tree_size=facts["size"],
            root_sha256=facts["root"].hex(),
            records=facts["records"],
            **known,
        )
    )
