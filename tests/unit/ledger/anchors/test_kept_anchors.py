"""Kept anchors, verified again long after they came."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.anchors.anchor import Anchor
from ledger.anchors.kept_anchors import verify_anchor
from ledger.anchors.parties import TimestampAuthority
from ledger.anchors.settings import AnchorSettings
from ledger.anchors.time_stamps import (
    TimestampTrust,
    stamped_bytes,
    time_stamp_request,
    verify_time_stamp,
)
from ledger.anchors.witnessing import Witness
from ledger.errors import VerificationError
from ledger.notes.signed_note import encode_signature_line
from ledger.units import Size
from tests.signed_checkpoints import cosigner_named, signed_checkpoint
from tests.time_stamping import authority_in

CHECKPOINT, _ = signed_checkpoint(7)
COSIGNER = cosigner_named("one.example")
SEEN_AT = datetime(2026, 3, 29, 1, tzinfo=UTC)
WITNESSED = AnchorSettings(witnesses=(Witness(COSIGNER.key, "https://one.example"),), quorum=1)


def cosigned(size: int = 7, timestamp_s: int = int(SEEN_AT.timestamp())) -> bytes:
    """A cosignature line of our checkpoint of a size."""
    checkpoint, _ = signed_checkpoint(size)
    return encode_signature_line(COSIGNER.cosign(checkpoint.note.text, timestamp_s)).encode()


ANCHOR = Anchor("witness", "one.example", Size(7), cosigned(), SEEN_AT)


def verdict(anchor: Anchor, settings: AnchorSettings) -> str:
    """The verdict of the refusal."""
    with pytest.raises(VerificationError) as caught:
        verify_anchor(anchor, CHECKPOINT, settings)
    return caught.value.verdict


def test_a_cosignature_says_when() -> None:
    """A good witness would not count."""
    assert verify_anchor(ANCHOR, CHECKPOINT, WITNESSED) == SEEN_AT


def test_a_token_says_when(tmp_path: Path) -> None:
    """A good token would not count, or one of another authority would."""
    made = [authority_in(tmp_path / name) for name in ("first", "second")]
    answer = made[0].reply(time_stamp_request(stamped_bytes(CHECKPOINT)).body)
    trusts = [TimestampTrust((each.root.certificate,)) for each in made]
    settings = AnchorSettings(
        tuple(
            TimestampAuthority(name, "https://tsa.example", trust)
            for name, trust in zip(("first", "second"), trusts, strict=True)
        )
    )
    stamped_at = verify_time_stamp(answer, stamped_bytes(CHECKPOINT), trusts[0]).stamped_at
    anchor = Anchor("rfc3161", "first", Size(7), answer, stamped_at)
    assert verify_anchor(anchor, CHECKPOINT, settings) == stamped_at
    assert verdict(replace(anchor, authority="second"), settings) == "TIMESTAMP_INVALID"
    assert verdict(replace(anchor, authority="third"), settings) == "UNKNOWN_KEY"
    assert verdict(replace(anchor, evidence=answer[:-1]), settings) == "TIMESTAMP_INVALID"
    assert verdict(replace(anchor, anchored_at=SEEN_AT), settings) == "MODIFIED"


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        pytest.param(replace(ANCHOR, authority="two.example"), "UNKNOWN_KEY", id="stranger"),
        pytest.param(replace(ANCHOR, evidence=cosigned(6)), "BAD_SIGNATURE", id="another tree"),
        pytest.param(replace(ANCHOR, evidence=b"\xff"), "BAD_SIGNATURE", id="no line"),
        pytest.param(
            replace(ANCHOR, evidence=cosigned(7, 2**63 - 1)), "BAD_SIGNATURE", id="no time"
        ),
        pytest.param(replace(ANCHOR, size=Size(6)), "MODIFIED", id="size"),
        pytest.param(
            replace(ANCHOR, anchored_at=SEEN_AT - timedelta(days=1)), "MODIFIED", id="backdated"
        ),
    ],
)
def test_a_changed_row_is_found(changed: Anchor, expected: str) -> None:
    """Whoever writes to the database could make up or move anchors."""
    assert verdict(changed, WITNESSED) == expected


@given(st.binary(max_size=200), st.sampled_from(["rfc3161", "witness"]))
def test_arbitrary_evidence_is_refused(evidence: bytes, kind: str) -> None:
    """A damaged row would end verification with a traceback."""
    authority = TimestampAuthority("one.example", "https://tsa.example", TimestampTrust(()))
    settings = replace(WITNESSED, authorities=(authority,))
    anchor = replace(ANCHOR, kind="rfc3161" if kind == "rfc3161" else "witness", evidence=evidence)
    assert verdict(anchor, settings) in {"TIMESTAMP_INVALID", "BAD_SIGNATURE", "UNKNOWN_KEY"}
