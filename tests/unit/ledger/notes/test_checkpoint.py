"""Checkpoints: their text, who may sign them, and what may follow them."""

from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.errors import BadRequest, FormatError, VerificationError
from ledger.merkle import EMPTY_ROOT, tree_root
from ledger.notes.checkpoint import (
    Checkpoint,
    KeyTerm,
    VerifiedCheckpoint,
    decode_checkpoint,
    encode_checkpoint,
    open_checkpoint,
    verify_extension,
)
from ledger.notes.note_signing import Cosigner, NoteSigner
from ledger.notes.signed_note import UnverifiedNote, decode_note, encode_note
from ledger.proofs import build_consistency
from ledger.units import Hash32, Size
from tests.published_notes import COSIGNED

ORIGIN: Final = "log.example/one"
LEAVES: Final = [Hash32(sha256(bytes([n])).digest()) for n in range(9)]
ROOT: Final = tree_root(LEAVES[:3])
ROOT_LINE: Final = b64encode(ROOT).decode()


def _private(seed: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes([seed] * 32))


LOG: Final = NoteSigner(ORIGIN, _private(1))
NEXT: Final = NoteSigner(ORIGIN, _private(2))
STRANGER: Final = NoteSigner("log.example/two", _private(3))
WITNESS: Final = Cosigner("witness.example", _private(4))


def _note(size: int, *signers: NoteSigner, root: Hash32 | None = None) -> bytes:
    found = root or tree_root(LEAVES[:size])
    text = encode_checkpoint(Checkpoint(ORIGIN, Size(size), found))
    return encode_note(UnverifiedNote(text, tuple(signer.sign(text) for signer in signers)))


def _opened(size: int, root: Hash32 | None = None) -> VerifiedCheckpoint:
    return open_checkpoint(_note(size, LOG, root=root), [LOG.key])


def test_the_text_has_three_lines() -> None:
    """No other reader of checkpoints would understand ours."""
    checkpoint = Checkpoint(ORIGIN, Size(3), ROOT)
    assert encode_checkpoint(checkpoint) == f"{ORIGIN}\n3\n{ROOT_LINE}\n"
    assert decode_checkpoint(encode_checkpoint(checkpoint)) == checkpoint


def test_the_published_checkpoint_is_read() -> None:
    """Checkpoints of other logs would be refused."""
    checkpoint = decode_checkpoint(decode_note(COSIGNED).text)
    assert (checkpoint.origin, checkpoint.size) == ("rome2026h1.example.org", 300)
    assert encode_checkpoint(checkpoint) == decode_note(COSIGNED).text


def test_the_empty_tree_has_a_checkpoint() -> None:
    """A new log could not be signed before its first record."""
    empty = Checkpoint(ORIGIN, Size(0), EMPTY_ROOT)
    assert decode_checkpoint(encode_checkpoint(empty)) == empty


def test_extension_lines_are_read_and_never_written() -> None:
    """A checkpoint of another log would be refused, or ours would hold what nobody checks."""
    extended = decode_checkpoint(f"{ORIGIN}\n3\n{ROOT_LINE}\nmore\neven more\n")
    assert extended.extension_lines == ("more", "even more")
    with pytest.raises(BadRequest, match="extension lines"):
        encode_checkpoint(extended)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "at least 3 lines"),
        (f"{ORIGIN}\n3\n", "at least 3 lines"),
        (f"{ORIGIN}\n3\n{ROOT_LINE}", "none of them empty"),
        (f"\n3\n{ROOT_LINE}\n", "none of them empty"),
        (f"{ORIGIN}\n3\n{ROOT_LINE}\n\n", "none of them empty"),
        (f"{ORIGIN}\n3\n{ROOT_LINE}\n\nmore\n", "none of them empty"),
        (f"{ORIGIN}\n03\n{ROOT_LINE}\n", "a decimal number"),
        (f"{ORIGIN}\n-3\n{ROOT_LINE}\n", "a decimal number"),
        (f"{ORIGIN}\n+3\n{ROOT_LINE}\n", "a decimal number"),
        (f"{ORIGIN}\n3 \n{ROOT_LINE}\n", "a decimal number"),
        (f"{ORIGIN}\n0x3\n{ROOT_LINE}\n", "a decimal number"),
        (f"{ORIGIN}\n\u0663\n{ROOT_LINE}\n", "a decimal number"),
        (f"{ORIGIN}\n{2**63}\n{ROOT_LINE}\n", "a decimal number"),
        (f"{ORIGIN}\n{10**30}\n{ROOT_LINE}\n", "a decimal number"),
        (f"{ORIGIN}\n3\n{ROOT_LINE[:-4]}\n", "32 bytes"),
        (f"{ORIGIN}\n3\n{ROOT.hex()}\n", "32 bytes, found 48"),
        (f"{ORIGIN}\n3\n {ROOT_LINE}\n", "base64"),
        (f"{ORIGIN}\n0\n{ROOT_LINE}\n", "the root of the empty tree"),
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str, message: str) -> None:
    """A size or root would be understood in two ways."""
    with pytest.raises(FormatError, match=message):
        decode_checkpoint(text)


@pytest.mark.parametrize(
    "checkpoint",
    [
        Checkpoint("", Size(3), ROOT),
        Checkpoint("log example", Size(3), ROOT),
        Checkpoint("log+example", Size(3), ROOT),
        Checkpoint(ORIGIN, Size(-1), ROOT),
        Checkpoint(ORIGIN, Size(2**63), ROOT),
        Checkpoint(ORIGIN, Size(3), Hash32(b"short")),
        Checkpoint(ORIGIN, Size(0), ROOT),
    ],
)
def test_what_no_log_can_say_is_not_written(checkpoint: Checkpoint) -> None:
    """We would sign something that no verifier accepts."""
    with pytest.raises(BadRequest):
        encode_checkpoint(checkpoint)


def test_a_signed_checkpoint_is_opened() -> None:
    """A true checkpoint would be refused, or its signatures forgotten."""
    raw = _note(3, LOG, STRANGER)
    text = decode_note(raw).text
    cosigned = encode_note(decode_note(raw).with_signatures([WITNESS.cosign(text, 17)]))
    opened = open_checkpoint(cosigned, [LOG.key], [WITNESS.key])
    assert (opened.origin, opened.size, opened.root) == (ORIGIN, 3, ROOT)
    assert [one.key for one in opened.log_signatures] == [LOG.key]
    assert [(one.key, one.timestamp_s) for one in opened.cosignatures] == [(WITNESS.key, 17)]
    assert opened.raw == cosigned


def test_only_opening_gives_a_verified_checkpoint() -> None:
    """A checkpoint would count as verified that nobody has verified."""
    opened = _opened(3)
    with pytest.raises(TypeError, match="only open_checkpoint"):
        replace(opened, size=Size(4), opened=None)


def test_another_log_cannot_sign_for_this_one() -> None:
    """Who operates one trusted log could speak for every other."""
    with pytest.raises(VerificationError) as failed:
        open_checkpoint(_note(3, STRANGER), [LOG.key, STRANGER.key])
    assert failed.value.verdict == "UNKNOWN_KEY"


def test_a_witness_cannot_sign_for_the_log() -> None:
    """A checkpoint would be believed that its log never signed."""
    text = decode_note(_note(3, LOG)).text
    for name in (ORIGIN, "witness.example"):
        witness = Cosigner(name, _private(4))
        raw = encode_note(UnverifiedNote(text, (witness.cosign(text, 1),)))
        with pytest.raises(VerificationError) as failed:
            open_checkpoint(raw, [LOG.key], [witness.key])
        assert failed.value.verdict == "UNKNOWN_KEY"


def test_a_bad_cosignature_rejects_the_checkpoint() -> None:
    """A checkpoint would be believed that a known witness contradicts."""
    raw = _note(3, LOG)
    bad = replace(WITNESS.cosign("else\n", 1))
    note = encode_note(decode_note(raw).with_signatures([bad]))
    with pytest.raises(VerificationError) as failed:
        open_checkpoint(note, [LOG.key], [WITNESS.key])
    assert failed.value.verdict == "BAD_SIGNATURE"
    assert open_checkpoint(note, [LOG.key]).cosignatures == ()


@pytest.mark.parametrize(
    ("size", "signers", "believed"),
    [
        (4, (LOG,), True),
        (5, (LOG, NEXT), True),
        (5, (NEXT,), True),
        (5, (LOG,), True),
        (6, (LOG,), False),
        (6, (NEXT,), True),
        (6, (LOG, NEXT), True),
        (4, (NEXT,), False),
    ],
)
def test_a_rotated_key_signs_its_own_sizes(
    size: int, signers: tuple[NoteSigner, ...], *, believed: bool
) -> None:
    """Who finds an old key could continue the log, or a new key could rewrite what came before."""
    terms = [KeyTerm(LOG.key, last_size=5), KeyTerm(NEXT.key, first_size=5)]
    raw = _note(size, *signers)
    if believed:
        assert open_checkpoint(raw, [LOG.key, NEXT.key], terms=terms).size == size
    else:
        with pytest.raises(VerificationError, match=f"may sign size {size}") as failed:
            open_checkpoint(raw, [LOG.key, NEXT.key], terms=terms)
        assert failed.value.verdict == "UNKNOWN_KEY"


def test_what_continues_the_history_passes() -> None:
    """An honest log would be called a fork."""
    verify_extension(_opened(3), _opened(9), build_consistency(LEAVES, 3))
    verify_extension(_opened(3), _opened(3), [])
    verify_extension(_opened(0), _opened(9), [])
    verify_extension(_opened(0), _opened(0), [])


def test_what_does_not_continue_the_history_is_named() -> None:
    """A fork or a restored backup would pass, or one would be taken for the other."""
    proof = build_consistency(LEAVES, 3)
    other = tree_root(LEAVES[1:4])
    cases = [
        ("ROLLED_BACK", _opened(9), _opened(3), proof),
        ("FORK", _opened(3, root=other), _opened(9), proof),
        ("FORK", _opened(3, root=other), _opened(3), []),
        ("FORK", _opened(3), _opened(9), []),
        ("FORK", _opened(0), _opened(9), proof),
    ]
    for verdict, older, newer, hashes in cases:
        with pytest.raises(VerificationError) as failed:
            verify_extension(older, newer, hashes)
        assert failed.value.verdict == verdict


def test_two_logs_do_not_continue_each_other() -> None:
    """A short log could be shown in the place of a long one."""
    text = encode_checkpoint(Checkpoint(STRANGER.name, Size(3), ROOT))
    raw = encode_note(UnverifiedNote(text, (STRANGER.sign(text),)))
    with pytest.raises(VerificationError, match="expected origin"):
        verify_extension(open_checkpoint(raw, [STRANGER.key]), _opened(3), [])
