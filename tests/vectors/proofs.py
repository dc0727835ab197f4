"""Cases about proof files and policy files. Source: C2SP tlog-proof and tlog-policy, 2026-07."""

from collections.abc import Iterator
from typing import Final

from ledger.merkle import tree_root
from ledger.notes.proof_file import UnverifiedProof, encode_proof
from ledger.proofs import build_inclusion
from ledger.units import Hash32, Index
from tests.vectors.encoding import Case, case
from tests.vectors.notes import COSIGNED_AT, FORGER, LOG, OTHER, WITNESSES, checkpoint_text, signed
from tests.vectors.trees import LEAVES

_INDEX: Final = 9
_TEXT: Final = checkpoint_text(23, tree_root(LEAVES))
_NOTE: Final = signed(_TEXT, LOG.sign(_TEXT))
_HASHES: Final = tuple(build_inclusion(LEAVES, _INDEX))


def _proof(
    want: str, desc: str, raw: bytes, leaf: bytes = LEAVES[_INDEX], index: int = _INDEX
) -> Case:
    keys = [LOG.key.vkey]
    return case(
        *("proof_file", want, desc), file=raw, leaf=leaf.hex(), index=str(index), log_keys=keys
    )


def _file(index: int = _INDEX, hashes: tuple[Hash32, ...] = _HASHES, note: bytes = _NOTE) -> bytes:
    return encode_proof(UnverifiedProof(Index(index), hashes, note))


def proof_cases() -> Iterator[Case]:
    """Proof files; leaf and index are what the verifier knows, not what the file says."""
    good = _file()
    yield _proof("valid", "index 9 of 23", good)
    extra = encode_proof(UnverifiedProof(Index(_INDEX), _HASHES, _NOTE, extra=b"anything"))
    yield _proof("valid", "an extra line", extra)
    yield _proof("MODIFIED", "another record", good, leaf=LEAVES[8])
    yield _proof("MODIFIED", "the file names another index", _file(8))
    yield _proof("MODIFIED", "file and proof of another record", _other(), leaf=LEAVES[_INDEX])
    yield _proof("MODIFIED", "a hash too few", _file(hashes=_HASHES[:-1]))
    yield _proof("MODIFIED", "a hash too many", _file(hashes=(*_HASHES, _HASHES[0])))
    yield _proof("MODIFIED", "an older checkpoint", _file(note=_signed_size(22)))
    forged = signed(_TEXT, FORGER.sign(_TEXT))
    yield _proof("UNKNOWN_KEY", "a checkpoint of a forger", _file(note=forged))
    yield _proof(
        "UNKNOWN_KEY", "a key of another log", _file(note=signed(_TEXT, OTHER.sign(_TEXT)))
    )
    yield _proof(
        "BAD_SIGNATURE", "a checkpoint changed", _file(note=_NOTE.replace(b"\n23\n", b"\n24\n"))
    )
    for desc, old, new in (
        ("another first line", b"tlog-proof@v1", b"tlog-proof@v2"),
        ("no first line", b"c2sp.org/tlog-proof@v1\n", b""),
        ("no index", b"index 9\n", b""),
        ("an index with a leading zero", b"index 9", b"index 09"),
        ("a negative index", b"index 9", b"index -9"),
        ("an index beyond 64 bits", b"index 9", b"index 99999999999999999999"),
        ("an index in words", b"index 9", b"index nine"),
        ("extra that is not base64", b"index 9", b"extra !\nindex 9"),
        ("extra after the index", b"index 9\n", b"index 9\nextra AAAA\n"),
        ("carriage returns", b"\n", b"\r\n"),
        ("a short hash", b"index 9\n", b"index 9\nAAAA\n"),
        ("a hash that is not base64", b"index 9\n", b"index 9\n" + b"!" * 44 + b"\n"),
    ):
        yield _proof("MALFORMED", desc, good.replace(old, new))
    yield _proof("MALFORMED", "no checkpoint", good.split(b"\n\n", maxsplit=1)[0])
    yield _proof(
        "MALFORMED",
        "64 hashes",
        good.replace(b"index 9\n", b"index 9\n" + (b"A" * 43 + b"=\n") * 64),
    )
    yield _proof("MALFORMED", "no bytes", b"")


def _other() -> bytes:
    return _file(8, tuple(build_inclusion(LEAVES, 8)))


def _signed_size(size: int) -> bytes:
    text = checkpoint_text(size, tree_root(LEAVES[:size]))
    return signed(text, LOG.sign(text))


_LOG_LINE: Final = f"log {LOG.key.vkey}\n"
_WITNESS_LINES: Final = "".join(
    f"witness w{n} {witness.key.vkey} https://{witness.name}/\n"
    for n, witness in enumerate(WITNESSES, 1)
)
_TWO_OF_THREE: Final = f"{_LOG_LINE}{_WITNESS_LINES}group g 2 w1 w2 w3\nquorum g\n"


def _policy(want: str, desc: str, policy: str, *witnesses: int) -> Case:
    cosigned = (WITNESSES[number - 1].cosign(_TEXT, COSIGNED_AT) for number in witnesses)
    note = signed(_TEXT, LOG.sign(_TEXT), *cosigned)
    return case("policy", want, desc, policy=policy, note=note)


def policy_cases() -> Iterator[Case]:
    """Policy files, and checkpoints with more or fewer witnesses."""
    yield _policy("valid", "a log and no witnesses", f"{_LOG_LINE}quorum none\n")
    spaced = f"# trust\n\n \t{_LOG_LINE}  # more\nquorum\tnone\n"
    yield _policy("valid", "remarks, tabs and empty lines", spaced)
    yield _policy("valid", "two of three", _TWO_OF_THREE, 1, 3)
    yield _policy("valid", "three of three", _TWO_OF_THREE, 1, 2, 3)
    yield _policy("UNKNOWN_KEY", "one of three", _TWO_OF_THREE, 2)
    yield _policy("UNKNOWN_KEY", "none of three", _TWO_OF_THREE)
    single = f"{_LOG_LINE}{_WITNESS_LINES}quorum w2\n"
    yield _policy("valid", "one named witness", single, 2)
    yield _policy("UNKNOWN_KEY", "another than the named witness", single, 1, 3)
    nested = f"{_LOG_LINE}{_WITNESS_LINES}group a any w1 w2\ngroup b all a w3\nquorum b\n"
    yield _policy("valid", "a group of groups", nested, 1, 3)
    yield _policy("UNKNOWN_KEY", "a group of groups not met", nested, 1, 2)
    yield _policy(
        "UNKNOWN_KEY", "a policy about another log", f"log {OTHER.key.vkey}\nquorum none\n"
    )
    yield _policy("UNKNOWN_KEY", "a policy about no log", "quorum none\n")
    for desc, text in (
        ("no quorum", _LOG_LINE),
        ("two quorums", f"{_LOG_LINE}quorum none\nquorum none\n"),
        ("a quorum that nothing defines", f"{_LOG_LINE}quorum w1\n"),
        ("a quorum above its group", f"quorum g\n{_TWO_OF_THREE}"),
        ("a member that nothing defines", f"{_LOG_LINE}group g any w1\nquorum g\n"),
        ("a member twice", f"{_LOG_LINE}{_WITNESS_LINES}group g 2 w1 w1\nquorum g\n"),
        ("a member of two groups", f"{_WITNESS_LINES}group a any w1\ngroup b any w1\nquorum a\n"),
        ("a threshold of zero", f"{_WITNESS_LINES}group g 0 w1\nquorum g\n"),
        ("a threshold too high", f"{_WITNESS_LINES}group g 4 w1 w2 w3\nquorum g\n"),
        ("a threshold with a leading zero", f"{_WITNESS_LINES}group g 02 w1 w2 w3\nquorum g\n"),
        ("a group without members", f"{_LOG_LINE}group g any\nquorum none\n"),
        ("a witness called none", f"witness none {WITNESSES[0].key.vkey}\nquorum none\n"),
        ("a name twice", f"{_WITNESS_LINES}group w1 any w2\nquorum w3\n"),
        ("a key twice", f"{_LOG_LINE}{_LOG_LINE}quorum none\n"),
        ("a log with the key of a witness", f"log {WITNESSES[0].key.vkey}\nquorum none\n"),
        ("a witness with the key of a log", f"witness w {LOG.key.vkey}\nquorum none\n"),
        ("a key that is none", "log log.example\nquorum none\n"),
        ("an unknown word", f"{_LOG_LINE}trust me\nquorum none\n"),
        ("a remark behind an item", f"{_LOG_LINE}quorum none # all\n"),
        ("a carriage return", f"{_LOG_LINE}quorum none\r\n"),
        ("no line feed at the end", f"{_LOG_LINE}quorum none"),
    ):
        yield _policy("MALFORMED", desc, text)
