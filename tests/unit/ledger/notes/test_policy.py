"""Policies: which checkpoints they believe, and which policies are none."""

from dataclasses import replace
from hashlib import sha256
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.errors import FormatError, VerificationError
from ledger.merkle import tree_root
from ledger.notes.checkpoint import Checkpoint, KeyTerm, encode_checkpoint
from ledger.notes.note_keys import KeyType, VerifierKey
from ledger.notes.note_signing import Cosigner, NoteSigner
from ledger.notes.policy import MAX_OF_A_KIND, Policy, PolicyGroup, PolicyLog, PolicyWitness
from ledger.notes.policy_file import MAX_POLICY_BYTES, decode_policy, encode_policy
from ledger.notes.signed_note import UnverifiedNote, encode_note
from ledger.units import Hash32, Size


def _private(name: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(sha256(name.encode()).digest())


LOG: Final = NoteSigner("log.example", _private("log"))
NAMES: Final = ("X1", "X2", "X3", "Y1", "Y2", "Y3")
COSIGNERS: Final = {name: Cosigner(f"{name}.example", _private(name)) for name in NAMES}
KEYS: Final = {name: one.key.vkey for name, one in COSIGNERS.items()}
LOG_LINE: Final = f"log {LOG.key.vkey}\n"
WITNESS_LINES: Final = "".join(f"witness {name} {vkey}\n" for name, vkey in KEYS.items())
TWO_LEVELS: Final = (
    f"{LOG_LINE}\n# one organisation\n{WITNESS_LINES}"
    "group X 2 X1 X2 X3\ngroup Y any Y1 Y2 Y3\ngroup both all X Y\nquorum both\n"
)
ROOT: Final = tree_root([Hash32(bytes(32))])


def _note(*cosigners: str) -> bytes:
    text = encode_checkpoint(Checkpoint(LOG.name, Size(1), ROOT))
    lines = [COSIGNERS[name].cosign(text, 1) for name in cosigners]
    return encode_note(UnverifiedNote(text, (LOG.sign(text), *lines)))


def _read(text: str) -> Policy:
    return decode_policy(text.encode())


@pytest.mark.parametrize(
    ("quorum", "cosigners", "believed"),
    [
        ("none", "", True),
        ("X1", "", False),
        ("X1", "X1", True),
        ("X1", "X2 Y1", False),
        ("X", "X1", False),
        ("X", "X1 X3", True),
        ("X", "X1 X2 X3", True),
        ("Y", "Y3", True),
        ("Y", "X1 X2 X3", False),
        ("both", "X1 X2", False),
        ("both", "Y1 Y2 Y3", False),
        ("both", "X1 Y1 Y2", False),
        ("both", "X2 X3 Y1", True),
    ],
)
def test_a_checkpoint_needs_its_quorum(quorum: str, cosigners: str, *, believed: bool) -> None:
    """A checkpoint would be believed that too few have seen, or a good one refused."""
    policy = _read(TWO_LEVELS.replace("quorum both", f"quorum {quorum}"))
    raw = _note(*cosigners.split())
    if believed:
        assert len(policy.open_checkpoint(raw).cosignatures) == len(cosigners.split())
    else:
        with pytest.raises(VerificationError, match="quorum") as failed:
            policy.open_checkpoint(raw)
        assert failed.value.verdict == "UNKNOWN_KEY"


def test_one_witness_counts_once() -> None:
    """A witness could make a quorum alone, by signing twice."""
    policy = _read(TWO_LEVELS.replace("quorum both", "quorum X"))
    with pytest.raises(VerificationError, match="quorum"):
        policy.open_checkpoint(_note("X1", "X1"))


def test_witnesses_cannot_replace_the_log() -> None:
    """A checkpoint would be believed that its log never signed."""
    text = encode_checkpoint(Checkpoint(LOG.name, Size(1), ROOT))
    lines = tuple(one.cosign(text, 1) for one in COSIGNERS.values())
    with pytest.raises(VerificationError) as failed:
        _read(TWO_LEVELS).open_checkpoint(encode_note(UnverifiedNote(text, lines)))
    assert failed.value.verdict == "UNKNOWN_KEY"


def test_a_policy_respects_the_terms_of_its_keys() -> None:
    """A key that was rotated out could sign on."""
    policy = _read(f"{LOG_LINE}quorum none\n")
    assert policy.open_checkpoint(_note(), [KeyTerm(LOG.key, 1, 1)]).size == 1
    with pytest.raises(VerificationError, match="may sign size 1"):
        policy.open_checkpoint(_note(), [KeyTerm(LOG.key, 2)])


def test_a_policy_without_logs_believes_nothing() -> None:
    """An empty trust file would accept whatever it is shown."""
    with pytest.raises(VerificationError, match="UNKNOWN_KEY"):
        _read("quorum none\n").open_checkpoint(_note())


def test_the_file_is_read_as_it_is_written() -> None:
    """A policy that was given away would trust others than the one it was made from."""
    policy = _read(TWO_LEVELS)
    assert [group.threshold for group in policy.groups] == [2, 1, 2]
    assert policy.log_keys == (LOG.key,)
    assert policy.quorum == b"both"
    assert decode_policy(encode_policy(policy)) == policy


def test_space_comments_and_addresses() -> None:
    """A policy that others write by hand would be refused."""
    policy = _read(
        f" \t\n\t#quorum none\n  log\t{LOG.key.vkey} \thttps://log.example/ \n"
        f"witness é# {KEYS['X1']} https://é.example\nquorum \t é# \n#\n"
    )
    assert policy.logs == (PolicyLog(LOG.key, "https://log.example/"),)
    x1 = COSIGNERS["X1"].key
    assert policy.witnesses == (PolicyWitness("é#".encode(), x1, "https://é.example"),)
    assert decode_policy(encode_policy(policy)) == policy


def test_names_are_octets() -> None:
    """Two names that only look alike, or are no UTF-8, would be taken for one, or refused."""
    raw = b"witness \xff %b\nwitness K %b\nwitness \xe2\x84\xaa %b\nquorum \xff\n"
    policy = decode_policy(raw % tuple(KEYS[name].encode() for name in ("X1", "X2", "X3")))
    assert [one.name for one in policy.witnesses] == [b"\xff", b"K", "\u212a".encode()]
    assert decode_policy(encode_policy(policy)) == policy


def test_so_many_are_accepted_at_least() -> None:
    """A policy that every reader should support would be refused."""
    lines = [
        f"log {NoteSigner(f'log{n}.example', _private(f'l{n}')).key.vkey}\n"
        f"witness w{n} {Cosigner(f'w{n}.example', _private(f'w{n}')).key.vkey}\n"
        f"group g{n} any w{n}\n"
        for n in range(MAX_OF_A_KIND)
    ]
    policy = _read("".join(lines) + "quorum g31\n")
    assert len(policy.logs) == len(policy.witnesses) == len(policy.groups) == MAX_OF_A_KIND
    one_more = NoteSigner("more.example", _private("more")).key
    with pytest.raises(FormatError, match="at most 256"):
        replace(policy, logs=(*policy.logs, PolicyLog(one_more)))


X1, X2 = KEYS["X1"], KEYS["X2"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "quorum <name>"),
        ("quorum none", "a newline at the end"),
        ("quorum none\r\n", "no control character"),
        ("#\x7f\nquorum none\n", "no control character"),
        ("quorum\n", "quorum <name>"),
        ("quorum none none\n", "quorum <name>"),
        ("quorum none\nquorum none\n", "one quorum"),
        ("quorum X1\n", "a line above"),
        (f"quorum X1\nwitness X1 {X1}\n", "a line above"),
        ("Quorum none\n", "log, witness, group or quorum"),
        ("policy\n", "log, witness, group or quorum"),
        ("log\n", "log <vkey>"),
        (f"log {LOG.key.vkey} a b\n", "log <vkey>"),
        ("log nothing\n", "line 1, verifier key"),
        ("log \xff\n", "verifier key"),
        (f"log {X1}\nquorum none\n", "type 0x01, found 0x04"),
        (f"{LOG_LINE}{LOG_LINE}quorum none\n", "twice"),
        (f"witness X1 {LOG.key.vkey}\nquorum none\n", "type 0x04, found 0x01"),
        (f"witness {X1}\n", "witness <name>"),
        (f"witness X1 {X1} a b\n", "witness <name>"),
        (f"witness none {X1}\n", "not taken"),
        (f"witness X1 {X1}\nwitness X1 {X2}\n", "not taken"),
        (f"witness X1 {X1}\nwitness X2 {X1}\nquorum none\n", "twice"),
        (f"witness X1 {X1}\ngroup X1 any X1\n", "not taken"),
        (f"witness X1 {X1}\ngroup none any X1\n", "not taken"),
        (f"witness X1 {X1}\ngroup g any\n", "group <name>"),
        (f"witness X1 {X1}\ngroup g some X1\n", "a decimal number"),
        (f"witness X1 {X1}\ngroup g 01 X1\n", "a decimal number"),
        (f"witness X1 {X1}\ngroup g \xb2 X1\n", "a decimal number"),
        (f"witness X1 {X1}\ngroup g 0 X1\nquorum g\n", "from 1 to 1, found 0"),
        (f"witness X1 {X1}\ngroup g 2 X1\nquorum g\n", "from 1 to 1, found 2"),
        (f"witness X1 {X1}\ngroup g any X1 X1\nquorum g\n", "twice"),
        (f"witness X1 {X1}\ngroup g any X1\ngroup h any X1\nquorum g\n", "twice"),
        (f"witness X1 {X1}\ngroup g any X1 g\n", "a line above"),
        (f"witness X1 {X1}\ngroup g any X1 none\n", "a line above"),
        (f"witness X1 {X1}\ngroup g any h\ngroup h any X1\n", "a line above"),
        ("#" * MAX_POLICY_BYTES + "\n", "at most 1048576 bytes"),
    ],
)
def test_what_is_no_policy_is_refused(text: str, message: str) -> None:
    """A verifier would trust others than the author of the file meant."""
    with pytest.raises(FormatError, match=message):
        decode_policy(text.encode("latin-1"))


def test_addresses_and_keys_are_utf8() -> None:
    """A damaged address would end in a traceback, far from the file."""
    for line in (b"log \xff\n", b"%blog2 \xff\n", b"log %b \xff\n"):
        raw = line.replace(b"%b", LOG.key.vkey.encode())
        with pytest.raises(FormatError):
            decode_policy(raw + b"quorum none\n")


@pytest.mark.parametrize(
    "policy",
    [
        Policy((PolicyLog(LOG.key, "a b"),)),
        Policy((PolicyLog(LOG.key, ""),)),
        Policy((PolicyLog(LOG.key, "a\nb"),)),
        Policy((PolicyLog(LOG.key, "\ud800"),)),
        Policy(witnesses=(PolicyWitness(b"a b", COSIGNERS["X1"].key),)),
        Policy(witnesses=(PolicyWitness(b"", COSIGNERS["X1"].key),)),
        Policy(witnesses=(PolicyWitness(b"a\x00", COSIGNERS["X1"].key),)),
    ],
)
def test_what_could_not_be_read_again_is_not_written(policy: Policy) -> None:
    """We would give an auditor a trust file that says something else."""
    with pytest.raises(FormatError):
        encode_policy(policy)


def test_a_policy_is_checked_however_it_is_made() -> None:
    """A policy made by a program could hold what the file may not."""
    x1 = PolicyWitness(b"X1", COSIGNERS["X1"].key)
    other = VerifierKey("other.example", KeyType.COSIGNATURE, COSIGNERS["X1"].key.public_key)
    wrong = [
        {"witnesses": (x1, replace(x1, name=b"X2"))},
        {"witnesses": (x1, PolicyWitness(b"X2", other))},
        {"witnesses": (x1, PolicyWitness(b"X1", COSIGNERS["X2"].key))},
        {"witnesses": (replace(x1, name=b"none"),)},
        {"witnesses": (x1,), "quorum": b"X2"},
        {"witnesses": (x1,), "groups": (PolicyGroup(b"g", 1, (b"X2",)),)},
        {"witnesses": (x1,), "groups": (PolicyGroup(b"g", 1, ()),)},
        {"witnesses": (x1,), "groups": (PolicyGroup(b"X1", 1, (b"X1",)),)},
    ]
    for parts in wrong:
        with pytest.raises(FormatError):
            Policy(**parts)  # type: ignore[arg-type]  # a mapping of parts has no types of its own
