"""Asks a witness to cosign a checkpoint: C2SP `add-checkpoint`.

The witness remembers the largest checkpoint it cosigned. The client starts from the size it knows,
reads the witness's size from a 409, and sends the proof from there.

What an answer that is no success means, at v1.0.0 and on the main branch:

    409 with another size      start again from that size
    409 or 422, equal sizes    the witness holds another root for our size: FORK
    422 from a size above 0    our own proof was checked before: its older root is another: FORK
    409 with a larger size     it cosigned more of this log than we have: ROLLED_BACK
    400, 403, 404, other 422   it will not serve this log or key: a person must act
    anything else              try later

Source: C2SP tlog-witness v1.0.0, "add-checkpoint".
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from ledger.anchors.http_exchange import HttpAnswer, Post
from ledger.errors import AuthorityRefused, AuthorityUnavailable, FormatError, VerificationError
from ledger.notes.checkpoint import VerifiedCheckpoint
from ledger.notes.note_keys import VerifiedSignature, VerifierKey
from ledger.notes.signed_note import (
    NoteSignature,
    UnverifiedNote,
    decode_signature_lines,
    encode_note,
)
from ledger.notes.spelling import decode_decimal, encode_base64, shown
from ledger.notes.verified_note import verify_signatures
from ledger.proofs import MAX_PROOF_HASHES, verify_consistency
from ledger.units import Hash32, Size

SIZE_CONTENT_TYPE: Final = "text/x.tlog.size"
_REQUEST_CONTENT_TYPE: Final = "text/plain"
_OK: Final = 200
_CONFLICT: Final = 409
_UNPROCESSABLE: Final = 422
_REFUSED: Final = {
    400: "it cannot read our request",
    403: "it trusts none of the keys that signed",
    404: "it does not know the origin",
    422: "it does not take our proof",
}
_LAST_SECOND: Final = int(datetime(9999, 12, 31, tzinfo=UTC).timestamp())
_NOTHING: Final = Size(0)
_ROUNDS: Final = 4
"""Others may submit checkpoints of the same log at the same time; after this it is no accident."""


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness as it is configured."""

    key: VerifierKey
    """Of type cosignature; its name is the name of the witness."""
    url: str
    """The submission prefix, without the slash before `add-checkpoint`."""
    retired: bool = False
    """Whether its cosignatures still count, but none are asked for any more."""


@dataclass(frozen=True, slots=True)
class Growth:
    """That our tree continues an older one: what `ConsistencySource` gives."""

    old_root: Hash32
    proof: Sequence[Hash32]
    """At most 63 hashes."""


ConsistencySource = Callable[[Size], Growth]
"""Gives our own root at an older size, and the proof from there to the checkpoint's size."""


@dataclass(frozen=True, slots=True)
class Cosignature:
    """A verified cosignature and the line that carries it."""

    line: NoteSignature
    verified: VerifiedSignature


def cosign(
    witness: Witness,
    checkpoint: VerifiedCheckpoint,
    consistency: ConsistencySource,
    post: Post,
    *,
    known_size: Size = _NOTHING,
) -> Cosignature:
    """The witness's cosignature of the checkpoint.

    Args:
        witness: Whom to ask; cosignatures of others in its answer are ignored.
        checkpoint: Ours; it is sent with its log signatures alone.
        consistency: Gives our own proofs.
        post: Sends a request.
        known_size: The largest size that this witness is known to have cosigned.

    Raises:
        AuthorityUnavailable: no usable answer; nothing is known about the witness's opinion.
        AuthorityRefused: the witness does not serve this log.
        VerificationError: the witness holds another history (FORK) or more of it than we have
            (ROLLED_BACK), its cosignature fails (BAD_SIGNATURE) or is absent (UNKNOWN_KEY), or our
            own store does not lead to the checkpoint (FORK).
    """
    old = min(known_size, checkpoint.size)
    for _ in range(_ROUNDS):
        body = _request(checkpoint, old, consistency)
        answer = post(f"{witness.url.rstrip('/')}/add-checkpoint", _REQUEST_CONTENT_TYPE, body)
        if answer.status == _OK:
            return _cosignature(witness, checkpoint, answer)
        if answer.status != _CONFLICT:
            raise _failure(witness, checkpoint, old, answer)
        old = _size_after_conflict(witness, checkpoint, old, answer)
    raise AuthorityUnavailable(f"{witness.url}: its size changed {_ROUNDS} times while we asked")


def _request(checkpoint: VerifiedCheckpoint, old: Size, consistency: ConsistencySource) -> bytes:
    hashes: Sequence[Hash32] = ()
    if 0 < old < checkpoint.size:
        growth = consistency(old)
        # Ours is checked here, so that a refusal can only be about what the witness holds.
        verify_consistency(old, growth.old_root, checkpoint.size, checkpoint.root, growth.proof)
        hashes = growth.proof
    lines = "".join(f"{encode_base64(each)}\n" for each in hashes[:MAX_PROOF_HASHES])
    own = [(one.key.name, one.key.key_id) for one in checkpoint.log_signatures]
    return f"old {old}\n{lines}\n".encode() + encode_note(checkpoint.note.signed_by(own))


def _cosignature(
    witness: Witness, checkpoint: VerifiedCheckpoint, answer: HttpAnswer
) -> Cosignature:
    try:
        lines = decode_signature_lines(answer.body)
    except FormatError as error:
        raise AuthorityUnavailable(f"{witness.url}: expected cosignatures, {error}") from error
    verified = verify_signatures(UnverifiedNote(checkpoint.note.text, lines), [witness.key])
    line = next(one for one in lines if (one.name, one.key_id) == witness.key.pair)
    return Cosignature(line, verified[0])


def _size_after_conflict(
    witness: Witness, checkpoint: VerifiedCheckpoint, old: Size, answer: HttpAnswer
) -> Size:
    size = _told_size(answer)
    if size == old or size is None:
        if old == checkpoint.size:
            raise _fork(witness, checkpoint, old)
        raise AuthorityUnavailable(
            f"{witness.url}: expected the size of its latest checkpoint beside status 409, "
            f"found {shown(answer.body)}"
        )
    if size > checkpoint.size:
        raise VerificationError(
            "ROLLED_BACK",
            None,
            f"witness {witness.key.name} cosigned size {size} of this log, "
            f"expected at most the size {checkpoint.size} of our checkpoint",
        )
    return size


def _told_size(answer: HttpAnswer) -> Size | None:
    if answer.content_type != SIZE_CONTENT_TYPE or not answer.body.endswith(b"\n"):
        return None
    try:
        return Size(decode_decimal(answer.body[:-1].decode("ascii"), "size of the witness"))
    except (FormatError, UnicodeDecodeError):
        return None


def _failure(
    witness: Witness, checkpoint: VerifiedCheckpoint, old: Size, answer: HttpAnswer
) -> VerificationError | AuthorityRefused | AuthorityUnavailable:
    said = shown(answer.body.decode("utf-8", "replace"))
    if answer.status == _UNPROCESSABLE and old > 0:
        return _fork(witness, checkpoint, old)
    if answer.status in _REFUSED:
        meaning = _REFUSED[answer.status]
        return AuthorityRefused(f"{witness.url}: status {answer.status}, {meaning}: {said}")
    return AuthorityUnavailable(
        f"{witness.url}: expected status 200, found {answer.status}: {said}"
    )


def _fork(witness: Witness, checkpoint: VerifiedCheckpoint, size: Size) -> VerificationError:
    return VerificationError(
        "FORK",
        None,
        f"witness {witness.key.name} holds another history of {checkpoint.origin} at size {size}: "
        f"keep our checkpoint of size {checkpoint.size} and the witness's as evidence",
    )


def cosigned_at(cosignature: VerifiedSignature) -> datetime | None:
    """When the witness signed, aware and in UTC; `None` without a time that a calendar has."""
    timestamp_s = cosignature.timestamp_s
    if timestamp_s is None or not 0 < timestamp_s <= _LAST_SECOND:
        return None
    return datetime.fromtimestamp(timestamp_s, UTC)
