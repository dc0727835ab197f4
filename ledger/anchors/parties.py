"""The parties that anchor, each as one question: give me your word about this checkpoint."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ledger.anchors.anchor import Anchor
from ledger.anchors.http_exchange import HttpAnswer, Post
from ledger.anchors.time_stamps import (
    TimestampTrust,
    stamped_bytes,
    time_stamp_request,
    verify_time_stamp,
)
from ledger.anchors.witnessing import ConsistencySource, Witness, cosign, cosigned_at
from ledger.errors import AuthorityRefused, AuthorityUnavailable
from ledger.events.log_integrity import AnchorKind
from ledger.notes.checkpoint import VerifiedCheckpoint
from ledger.notes.signed_note import encode_signature_line
from ledger.notes.spelling import shown
from ledger.units import Size

_QUERY: Final = "application/timestamp-query"
_REPLY: Final = "application/timestamp-reply"
_OK: Final = 200
_CLIENT_ERRORS: Final = range(400, 500)
_WORTH_ANOTHER_TRY: Final = {408, 425, 429}


@dataclass(frozen=True, slots=True)
class TimestampAuthority:
    """A time-stamp authority as it is configured."""

    name: str
    """Under which its tokens are kept; ours, not the authority's."""
    url: str
    trust: TimestampTrust
    retired: bool = False
    """Whether its tokens still count, but none are asked for any more."""


Ask = Callable[[VerifiedCheckpoint, Size], Anchor]
"""Asks for an anchor of a checkpoint, given the largest size this party anchored before."""


@dataclass(frozen=True, slots=True)
class Party:
    """Who is asked, and how.

    Asking raises `AuthorityUnavailable` when asking again may help, `AuthorityRefused` when it
    does not, and `VerificationError` when the answer is evidence of a fault.
    """

    kind: AnchorKind
    name: str
    url: str
    ask: Ask


def stamping_party(authority: TimestampAuthority, post: Post) -> Party:
    """The party that stamps checkpoints by RFC 3161.

    Source: RFC 3161 §3.4 (HTTP).
    """

    def ask(checkpoint: VerifiedCheckpoint, _known_size: Size) -> Anchor:
        message = stamped_bytes(checkpoint)
        request = time_stamp_request(message)
        answer = post(authority.url, _QUERY, request.body)
        _require_reply(authority, answer)
        stamp = verify_time_stamp(answer.body, message, authority.trust, nonce=request.nonce)
        return Anchor("rfc3161", authority.name, checkpoint.size, answer.body, stamp.stamped_at)

    return Party("rfc3161", authority.name, authority.url, ask)


def witnessing_party(witness: Witness, consistency: ConsistencySource, post: Post) -> Party:
    """The party that cosigns checkpoints by C2SP `add-checkpoint`."""

    def ask(checkpoint: VerifiedCheckpoint, known_size: Size) -> Anchor:
        found = cosign(witness, checkpoint, consistency, post, known_size=known_size)
        evidence = encode_signature_line(found.line).encode()
        seen_at = cosigned_at(found.verified)
        if seen_at is None:
            raise AuthorityUnavailable(
                f"{witness.url}: expected a cosignature with a time, "
                f"found {found.verified.timestamp_s}"
            )
        return Anchor("witness", witness.key.name, checkpoint.size, evidence, seen_at)

    return Party("witness", witness.key.name, witness.url, ask)


def _require_reply(authority: TimestampAuthority, answer: HttpAnswer) -> None:
    if answer.status == _OK and answer.content_type == _REPLY:
        return
    found = f"status {answer.status}, content type {shown(answer.content_type)}"
    message = f"{authority.url}: expected status {_OK}, content type {_REPLY}, found {found}"
    if answer.status in _CLIENT_ERRORS and answer.status not in _WORTH_ANOTHER_TRY:
        raise AuthorityRefused(message)
    raise AuthorityUnavailable(message)
