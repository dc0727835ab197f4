"""Notes, checkpoints, tiles, proofs and policies: inverses, and no traceback for any bytes."""

import contextlib
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from itertools import count
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import FormatError, VerificationError
from ledger.merkle import EMPTY_ROOT, Frontier, tree_root
from ledger.notes.checkpoint import (
    Checkpoint,
    decode_checkpoint,
    encode_checkpoint,
    open_checkpoint,
)
from ledger.notes.entry_bundles import MAX_ENTRY_BYTES, decode_bundle, encode_bundle
from ledger.notes.growing_tiles import GrowingTiles
from ledger.notes.note_keys import KeyType, VerifierKey
from ledger.notes.note_signing import Cosigner, NoteSigner
from ledger.notes.policy import Policy, PolicyGroup, PolicyLog, PolicyWitness
from ledger.notes.policy_file import decode_policy, encode_policy
from ledger.notes.proof_file import UnverifiedProof, decode_proof, encode_proof, verify_proof
from ledger.notes.signed_note import (
    NoteSignature,
    UnverifiedNote,
    decode_note,
    decode_signature_lines,
    encode_note,
    is_key_name,
)
from ledger.notes.tile_paths import decode_path, encode_path
from ledger.notes.tile_proofs import (
    consistency_from_tiles,
    frontier_from_tiles,
    inclusion_from_tiles,
    root_from_tiles,
)
from ledger.notes.tiles import MAX_TILE_INDEX, BundleId, TileId, decode_tile, encode_tile
from ledger.proofs import build_consistency, build_inclusion
from ledger.units import Hash32, Index, Size
from tests.published_notes import COSIGNED, NOTE, NOTE_VKEY, WITNESS_VKEY

LEAVES: Final = [Hash32(sha256(n.to_bytes(4, "big")).digest()) for n in range(1200)]
KEYS: Final = tuple(map(VerifierKey.from_vkey, (NOTE_VKEY, WITNESS_VKEY)))
LOG: Final = NoteSigner("log.example", Ed25519PrivateKey.from_private_bytes(bytes(32)))
WITNESS: Final = Cosigner("witness.example", Ed25519PrivateKey.from_private_bytes(bytes(32)))

hashes = st.binary(min_size=32, max_size=32).map(Hash32)
numbers = st.integers(0, 2**63 - 1)
key_names = st.text(
    st.characters(
        codec="utf-8", exclude_categories=["Zs", "Zl", "Zp", "Cc"], exclude_characters="+"
    ),
    min_size=1,
    max_size=20,
)
texts = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc"]) | st.just("\n"), max_size=60
)
signatures = st.builds(
    NoteSignature,
    key_names,
    st.binary(min_size=4, max_size=4),
    st.binary(min_size=1, max_size=90),
)
notes = st.builds(
    UnverifiedNote,
    texts.map(lambda text: f"{text}\n"),
    st.lists(signatures, min_size=1, max_size=5).map(tuple),
)
heads = st.builds(Checkpoint, key_names, st.integers(1, 2**63 - 1).map(Size), hashes) | st.builds(
    Checkpoint, key_names, st.just(Size(0)), st.just(EMPTY_ROOT)
)
tiles = st.builds(TileId, st.integers(0, 63), st.integers(0, MAX_TILE_INDEX), st.integers(1, 256))
bundles = st.builds(BundleId, st.integers(0, MAX_TILE_INDEX), st.integers(1, 256))
proofs = st.builds(
    UnverifiedProof,
    numbers.map(Index),
    st.lists(hashes, max_size=63).map(tuple),
    st.binary(max_size=100),
    st.none() | st.binary(max_size=100),
)
octets = [bytes([one]) for one in (*range(0x21, 0x7F), *range(0x80, 0x100))]
names = st.lists(st.sampled_from(octets), min_size=1, max_size=8).map(b"".join)
urls = st.none() | st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc"], exclude_characters=" "),
    min_size=1,
    max_size=20,
)


@given(notes)
def test_notes_survive_their_bytes(note: UnverifiedNote) -> None:
    """A note that was stored and given on would be another one."""
    raw = encode_note(note)
    assert decode_note(raw) == note
    assert encode_note(decode_note(raw)) == raw


@given(key_names, st.sampled_from(KeyType), st.binary(min_size=32, max_size=32))
def test_keys_survive_their_text(name: str, key_type: KeyType, public_key: bytes) -> None:
    """A published key would not verify what its own half signs."""
    key = VerifierKey(name, key_type, public_key)
    assert VerifierKey.from_vkey(key.vkey) == key


@given(heads)
def test_checkpoints_survive_their_text(head: Checkpoint) -> None:
    """A signed size or root would be read as another one."""
    assert decode_checkpoint(encode_checkpoint(head)) == head


@given(proofs)
def test_proofs_survive_their_bytes(proof: UnverifiedProof) -> None:
    """A proof that was given away would prove something else."""
    assert decode_proof(encode_proof(proof)) == proof


@given(tiles | bundles)
def test_tiles_survive_their_paths(what: TileId | BundleId) -> None:
    """A tile would be written to one place and looked for at another."""
    assert decode_path(encode_path(what)) == what


@given(st.lists(hashes, min_size=1, max_size=256))
def test_tiles_survive_their_bytes(content: list[Hash32]) -> None:
    """A mirror would hold other hashes than the log."""
    tile = TileId(0, 0, len(content))
    assert list(decode_tile(tile, encode_tile(tile, content))) == content


@given(st.lists(st.binary(max_size=300) | st.just(bytes(MAX_ENTRY_BYTES)), min_size=1, max_size=9))
def test_bundles_survive_their_bytes(entries: list[bytes]) -> None:
    """A mirror would hold other records than the log."""
    assert decode_bundle(BundleId(0, len(entries)), encode_bundle(entries)) == entries


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """Any policy of which the file can be written."""
    fresh = (sha256(b"%d" % n).digest() for n in count())
    named = draw(
        st.lists(names.filter(lambda name: name != b"none"), unique=True, min_size=1, max_size=12)
    )
    cut = draw(st.integers(0, len(named)))
    witnesses = tuple(
        PolicyWitness(
            name, VerifierKey(draw(key_names), KeyType.COSIGNATURE, next(fresh)), draw(urls)
        )
        for name in named[:cut]
    )
    free, groups = list(named[:cut]), list[PolicyGroup]()
    for name in named[cut:] if cut else ():
        members = tuple(free.pop() for _ in range(draw(st.integers(1, len(free)))))
        groups.append(PolicyGroup(name, draw(st.integers(1, len(members))), members))
        free.append(name)
    logs = tuple(
        PolicyLog(VerifierKey(name, KeyType.ED25519, next(fresh)), draw(urls))
        for name in draw(st.lists(key_names, max_size=3))
    )
    known = [b"none", *(one.name for one in witnesses), *(group.name for group in groups)]
    return Policy(logs, witnesses, tuple(groups), draw(st.sampled_from(known)))


@given(policies())
def test_policies_survive_their_bytes(policy: Policy) -> None:
    """An auditor would trust others than the author of the policy meant."""
    assert decode_policy(encode_policy(policy)) == policy


@given(st.data())
def test_proofs_from_tiles_are_those_from_all_leaves(data: st.DataObject) -> None:
    """A proof from tiles would not verify, at some size, for some record."""
    size = data.draw(st.integers(1, len(LEAVES)))
    index = data.draw(st.integers(0, size - 1))
    split = data.draw(st.integers(0, size))
    grown = GrowingTiles()
    shelf = dict(grown.extend(LEAVES[:split]))
    shelf.update(grown.extend(LEAVES[split:size]))
    shelf.update(grown.partial_tiles())
    leaves = LEAVES[:size]
    fetch = shelf.__getitem__
    assert inclusion_from_tiles(index, size, fetch) == build_inclusion(leaves, index)
    assert consistency_from_tiles(index + 1, size, fetch) == build_consistency(leaves, index + 1)
    assert root_from_tiles(size, fetch) == tree_root(leaves)
    assert frontier_from_tiles(size, fetch) == Frontier.empty().extended(leaves)


@given(heads, st.integers(0, 10**6), st.integers(0, 7))
def test_a_signed_checkpoint_opens_and_a_changed_one_does_not(
    head: Checkpoint, place: int, bit: int
) -> None:
    """A single changed bit would leave a checkpoint believed as something that nobody signed."""
    log, text = replace(LOG, name=head.origin), encode_checkpoint(head)
    note = UnverifiedNote(text, (log.sign(text), WITNESS.cosign(text, 7)))
    raw = encode_note(note)
    opened = open_checkpoint(raw, [log.key], [WITNESS.key])
    assert (opened.origin, opened.size, opened.root) == (head.origin, head.size, head.root)
    changed = bytearray(raw)
    changed[place % len(raw)] ^= 1 << bit
    with contextlib.suppress(FormatError, VerificationError):
        # Only lines that thereby became those of an unknown key may have changed.
        again = open_checkpoint(bytes(changed), [log.key], [WITNESS.key])
        assert again.note.text == text
        assert again.cosignatures != opened.cosignatures


fragments = st.sampled_from(
    [
        *(
            NOTE,
            COSIGNED,
            b"\n",
            b"\n\n",
            b"\xe2\x80\x94 ",
            b" ",
            b"+",
            b"\xff",
            b"\x00",
            b"0",
            b"9" * 30,
        ),
        *(b"log.example\n", b"AAAA", b"A" * 43 + b"=\n", b"c2sp.org/tlog-proof@v1\n", b"index 0\n"),
        *(b"extra ", b"log ", b"witness a ", b"group g all a\n", b"quorum none\n", b"quorum a\n"),
        *(
            NOTE_VKEY.encode(),
            WITNESS_VKEY.encode(),
            b"tile/",
            b"0/",
            b"x001/",
            b"entries/",
            b".p/1",
        ),
    ]
)
POLICY: Final = Policy((PolicyLog(KEYS[0]),), (PolicyWitness(b"w", KEYS[1]),))
VALID: Final = [
    *(NOTE, COSIGNED, encode_policy(POLICY), b"tile/0/x001/234.p/5", bytes(64), b"\0\1a\0\1b"),
    encode_proof(UnverifiedProof(Index(1), (LEAVES[0],), NOTE, b"extra")),
]


def _spliced(raw: bytes, start: int, length: int, inside: bytes) -> bytes:
    """The bytes with a part of them replaced."""
    start %= len(raw) + 1
    return raw[:start] + inside + raw[start + length :]


arbitrary = st.one_of(
    st.binary(max_size=200),
    st.lists(fragments | st.binary(max_size=8), max_size=12).map(b"".join),
    st.builds(
        _spliced,
        st.sampled_from(VALID),
        st.integers(0, 1000),
        st.integers(0, 40),
        fragments | st.binary(max_size=8),
    ),
)
READERS: Final[dict[str, Callable[[bytes], object]]] = {
    "note": decode_note,
    "signature lines": decode_signature_lines,
    "verifier key": lambda raw: VerifierKey.from_vkey(raw.decode("utf-8", "surrogateescape")),
    "checkpoint text": lambda raw: decode_checkpoint(raw.decode("utf-8", "surrogateescape")),
    "checkpoint": lambda raw: open_checkpoint(raw, KEYS[:1], KEYS[1:]),
    "checkpoint by policy": POLICY.open_checkpoint,
    "proof": lambda raw: verify_proof(decode_proof(raw), bytes(32), 0, POLICY.open_checkpoint),
    "policy": decode_policy,
    "path": lambda raw: decode_path(raw.decode("utf-8", "surrogateescape")),
    "tile": lambda raw: decode_tile(TileId(0, 0, 2), raw),
    "bundle": lambda raw: decode_bundle(BundleId(0, 2), raw),
    "root from tiles": lambda raw: root_from_tiles(300, lambda _: raw),
}


@pytest.mark.parametrize("reader", READERS)
@given(arbitrary)
def test_no_bytes_end_in_a_traceback(reader: str, raw: bytes) -> None:
    """Somebody could stop a verifier with a file of their own making."""
    with contextlib.suppress(FormatError, VerificationError):
        READERS[reader](raw)


@given(st.text(max_size=12))
def test_every_key_name_can_stand_in_a_note(name: str) -> None:
    """A log could have a name under which nothing can be signed."""
    note = UnverifiedNote("a\n", (NoteSignature(name, bytes(4), b"a"),))
    if is_key_name(name):
        assert decode_note(encode_note(note)) == note
    else:
        with pytest.raises(FormatError):
            encode_note(note)
