"""Cases about verifier keys, signed notes and checkpoints, with throw-away keys made from a text.

Source: C2SP signed-note v1.0.0, tlog-checkpoint v1.0.0 and tlog-cosignature v1.0.1.
"""

from base64 import b64encode
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.merkle import EMPTY_ROOT, tree_root
from ledger.notes.checkpoint import Checkpoint, encode_checkpoint
from ledger.notes.note_keys import VerifierKey
from ledger.notes.note_signing import Cosigner, NoteSigner
from ledger.notes.signed_note import NoteSignature, UnverifiedNote, encode_note
from ledger.units import Hash32, Size
from tests.vectors.encoding import Case, case
from tests.vectors.records import ORIGIN
from tests.vectors.trees import LEAVES


def _private(text: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(sha256(text.encode()).digest())


LOG: Final = NoteSigner(ORIGIN, _private("log"))
FORGER: Final = NoteSigner(ORIGIN, _private("forger"))
OTHER: Final = NoteSigner("log.example/other", _private("other"))
WITNESSES: Final = [Cosigner(f"witness{n}.example", _private(f"witness {n}")) for n in (1, 2, 3)]
COSIGNED_AT: Final = 1_774_746_000


def signed(text: str, *signatures: NoteSignature) -> bytes:
    """A note."""
    return encode_note(UnverifiedNote(text, signatures))


def checkpoint_text(size: int, root: bytes, origin: str = ORIGIN) -> str:
    """The text of a checkpoint."""
    return encode_checkpoint(Checkpoint(origin, Size(size), Hash32(root)))


_TEXT: Final = checkpoint_text(23, tree_root(LEAVES))
_GOOD: Final = signed(_TEXT, LOG.sign(_TEXT))


def key_cases() -> Iterator[Case]:
    """Verifier keys, in their one spelling and in others."""
    good = LOG.key.vkey
    name, key_id, key = good.split("+", 2)
    yield case("vkey", "valid", "a key of a log", vkey=good)
    yield case("vkey", "valid", "a key of a witness", vkey=WITNESSES[0].key.vkey)
    example = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    yield case("vkey", "valid", "the example of Go's note package", vkey=example)
    for desc, vkey in (
        ("no key", f"{name}+{key_id}"),
        ("no name", f"+{key_id}+{key}"),
        ("a space in the name", f"log example+{key_id}+{key}"),
        ("a no-break space in the name", f"log\N{NO-BREAK SPACE}example+{key_id}+{key}"),
        ("an id of another key", f"{name}+{FORGER.key.key_id.hex()}+{key}"),
        ("an id in capitals", f"{name}+{key_id.upper()}+{key}"),
        ("an id of 6 digits", f"{name}+{key_id[:6]}+{key}"),
        ("another name", f"{name}x+{key_id}+{key}"),
        ("a key without its type", f"{name}+{key_id}+{_base64(LOG.key.public_key)}"),
        ("type 2", f"{name}+{key_id}+{_base64(bytes([2]) + LOG.key.public_key)}"),
        (
            "a key of 31 bytes",
            f"{name}+{key_id}+{_base64(bytes([1]) + LOG.key.public_key[:31])}",
        ),
        ("no padding where it belongs", f"{example[:-2]}"),
        ("a line feed behind", f"{good}\n"),
        ("no text", ""),
    ):
        yield case("vkey", "MALFORMED", desc, vkey=vkey)


def _base64(raw: bytes) -> str:
    return b64encode(raw).decode()


def _note(want: str, desc: str, note: bytes, *keys: VerifierKey) -> Case:
    return case("note", want, desc, note=note, keys=[key.vkey for key in keys or (LOG.key,)])


def note_cases() -> Iterator[Case]:
    """Notes with every kind of signature line, and texts that are no notes."""
    line = LOG.sign(_TEXT)
    yield _note("valid", "signed by the log", _GOOD)
    yield _note("valid", "one of two keys signed", _GOOD, OTHER.key, LOG.key)
    yield _note(
        "valid", "a line of an unknown key beside it", signed(_TEXT, OTHER.sign(_TEXT), line)
    )
    stamped = WITNESSES[0].cosign(_TEXT, COSIGNED_AT)
    yield _note("valid", "a witness alone", signed(_TEXT, stamped), WITNESSES[0].key)
    empty = "text\n\nmore\n"
    yield _note("valid", "an empty line in the text", signed(empty, LOG.sign(empty)))
    yield _note("valid", "64 lines", signed(_TEXT, line, *_strangers(63)))
    yield _note("UNKNOWN_KEY", "signed by another", signed(_TEXT, OTHER.sign(_TEXT)))
    yield _note("UNKNOWN_KEY", "the name with another key", signed(_TEXT, FORGER.sign(_TEXT)))
    renamed = NoteSignature("log.example/third", line.key_id, line.signature)
    yield _note("UNKNOWN_KEY", "the key id under another name", signed(_TEXT, renamed))
    bad = "BAD_SIGNATURE"
    yield _note(bad, "a text changed after signing", _GOOD.replace(b"\n23\n", b"\n22\n", 1))
    borrowed = NoteSignature(ORIGIN, LOG.key.key_id, FORGER.sign(_TEXT).signature)
    yield _note(bad, "a forger's signature under the known id", signed(_TEXT, borrowed))
    yield _note(bad, "a good line and a forged one of the same key", signed(_TEXT, line, borrowed))
    for length in (63, 65):
        cut = NoteSignature(ORIGIN, LOG.key.key_id, (line.signature + b"\0")[:length])
        yield _note(bad, f"a signature of {length} bytes", signed(_TEXT, cut))
    for desc, signature in (
        (
            "another time than was signed",
            (COSIGNED_AT + 1).to_bytes(8, "big") + stamped.signature[8:],
        ),
        ("a time beyond 2^63", b"\x80" + stamped.signature[1:]),
        ("no time", stamped.signature[8:]),
        ("the witness signed the bare text", bytes(8) + LOG.sign(_TEXT).signature),
    ):
        wrong = NoteSignature(stamped.name, stamped.key_id, signature)
        yield _note(bad, desc, signed(_TEXT, line, wrong), LOG.key, WITNESSES[0].key)
    dash = "\N{EM DASH}".encode()
    for desc, raw in (
        ("no bytes", b""),
        ("no signature", _TEXT.encode()),
        ("an empty line and no signature", f"{_TEXT}\n".encode()),
        ("no empty line", _GOOD.replace(b"\n\n", b"\n")),
        ("no line feed at the end", _GOOD[:-1]),
        ("an empty line at the end", _GOOD + b"\n"),
        ("a hyphen for the em dash", _GOOD.replace(dash, b"-")),
        ("a carriage return", _GOOD.replace(b"\n23\n", b"\r\n23\n")),
        ("a tab", _GOOD.replace(b"\n23\n", b"\n\t23\n")),
        ("a byte that is not UTF-8", _GOOD.replace(b"\n23\n", b"\n\xff\n")),
        ("two spaces before the signature", _GOOD.replace(b"vectors ", b"vectors  ")),
        ("a signature of 4 bytes", signed(_TEXT, line).rsplit(b" ", 1)[0] + b" AAAAAA==\n"),
        ("a signature that is not base64", _GOOD[:-5] + b"!!==\n"),
        ("65 lines", signed(_TEXT, *_strangers(64)) + _GOOD.split(b"\n\n")[1]),
    ):
        yield _note("MALFORMED", desc, raw)


def _strangers(count: int) -> list[NoteSignature]:
    return [NoteSignature(f"stranger{n}.example", b"\1\2\3\4", b"\0") for n in range(count)]


def _checkpoint(want: str, desc: str, text: str, by: Sequence[NoteSigner] = (LOG,)) -> Case:
    note = signed(text, *(signer.sign(text) for signer in by))
    return _opened(want, desc, note)


def _opened(want: str, desc: str, note: bytes) -> Case:
    keys = [LOG.key.vkey, OTHER.key.vkey]
    witnesses = [witness.key.vkey for witness in WITNESSES]
    return case("checkpoint", want, desc, note=note, log_keys=keys, witness_keys=witnesses)


def checkpoint_cases() -> Iterator[Case]:
    """Checkpoints, all of them properly signed: what is wrong is what they say, or who signed."""
    root = b64encode(tree_root(LEAVES)).decode()
    empty = b64encode(EMPTY_ROOT).decode()
    yield _checkpoint("valid", "size 23", _TEXT)
    yield _checkpoint("valid", "the empty tree", f"{ORIGIN}\n0\n{empty}\n")
    yield _checkpoint("valid", "the largest size", f"{ORIGIN}\n{2**63 - 1}\n{root}\n")
    yield _checkpoint("valid", "an extension line", f"{_TEXT}extra\n")
    yield _checkpoint("UNKNOWN_KEY", "signed by the key of another log", _TEXT, (OTHER,))
    yield _checkpoint(
        "UNKNOWN_KEY", "an origin of no known key", f"log.example/third\n23\n{root}\n"
    )
    yield _checkpoint("UNKNOWN_KEY", "signed by nobody known", _TEXT, (FORGER,))
    alone = signed(_TEXT, WITNESSES[0].cosign(_TEXT, COSIGNED_AT))
    yield _opened("UNKNOWN_KEY", "witnessed, not signed by the log", alone)
    for desc, text in (
        ("no root", f"{ORIGIN}\n23\n"),
        ("a size with a leading zero", f"{ORIGIN}\n023\n{root}\n"),
        ("a size with a plus sign", f"{ORIGIN}\n+23\n{root}\n"),
        ("a size beyond 63 bits", f"{ORIGIN}\n{2**63}\n{root}\n"),
        ("a size in hexadecimal", f"{ORIGIN}\n0x17\n{root}\n"),
        ("a size in Arabic digits", f"{ORIGIN}\n٢٣\n{root}\n"),
        ("an empty size", f"{ORIGIN}\n\n{root}\n"),
        ("a root of 31 bytes", f"{ORIGIN}\n23\n{b64encode(bytes(31)).decode()}\n"),
        ("a root of 33 bytes", f"{ORIGIN}\n23\n{b64encode(bytes(33)).decode()}\n"),
        ("a root without padding", f"{ORIGIN}\n23\n{root[:-1]}\n"),
        ("a root in hexadecimal", f"{ORIGIN}\n23\n{tree_root(LEAVES).hex()}\n"),
        ("another root at size 0", f"{ORIGIN}\n0\n{root}\n"),
        ("zeros as root at size 0", f"{ORIGIN}\n0\n{b64encode(bytes(32)).decode()}\n"),
        ("an empty extension line", f"{_TEXT}\nmore\n"),
    ):
        yield _checkpoint("MALFORMED", desc, text)
