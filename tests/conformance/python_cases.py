"""Runs cases of `tests/vectors` with the verifier of the ledger: a case in, one word out."""

from base64 import b64decode
from collections.abc import Callable, Mapping
from typing import Any, Final

from ledger.disclosure import decode_disclosure, disclosure_digest
from ledger.errors import FormatError, VerificationError
from ledger.merkle import tree_root
from ledger.notes.checkpoint import open_checkpoint
from ledger.notes.entry_bundles import decode_bundle
from ledger.notes.note_keys import VerifierKey
from ledger.notes.policy_file import decode_policy
from ledger.notes.proof_file import decode_proof, verify_proof
from ledger.notes.signed_note import decode_note
from ledger.notes.tile_paths import encode_path
from ledger.notes.tiles import BundleId, TileId, decode_tile
from ledger.notes.verified_note import verify_signatures
from ledger.proofs import verify_consistency, verify_inclusion
from ledger.record import decode_record
from ledger.verification.bundle_check import check_bundle
from ledger.verification.sealed_chain import verify_chain
from tests.vectors.encoding import Case

Input = Mapping[str, Any]


def python_answer(case: Case) -> str:
    """`valid`, the verdict, or MALFORMED."""
    try:
        _OPERATIONS[case["operation"]](case["input"])
    except VerificationError as error:
        return error.verdict
    except FormatError:
        return "MALFORMED"
    return "valid"


def _keys(vkeys: list[str]) -> list[VerifierKey]:
    return [VerifierKey.from_vkey(vkey) for vkey in vkeys]


def _require(holds: bool) -> None:  # noqa: FBT001 - the condition itself
    if not holds:
        raise VerificationError("MODIFIED", None, "another answer than the case has")


def _open_disclosures(given: Input) -> None:
    waiting = set(given["digests"])
    for text in given["disclosures"]:
        disclosure = text.encode()
        name = decode_disclosure(disclosure)[1]
        digest = disclosure_digest(disclosure)
        if digest not in waiting:
            raise VerificationError("DISCLOSURE_MISMATCH", None, name)
        waiting.remove(digest)


def _inclusion(given: Input) -> None:
    proof = [bytes.fromhex(each) for each in given["proof"]]
    leaf, root = (bytes.fromhex(given[name]) for name in ("leaf", "root"))
    verify_inclusion(leaf, int(given["index"]), int(given["size"]), proof, root)


def _consistency(given: Input) -> None:
    old_root, root = (bytes.fromhex(given[name]) for name in ("old_root", "root"))
    proof = [bytes.fromhex(each) for each in given["proof"]]
    verify_consistency(int(given["old_size"]), old_root, int(given["size"]), root, proof)


def _proof_file(given: Input) -> None:
    keys = _keys(given["log_keys"])
    verify_proof(
        decode_proof(b64decode(given["file"])),
        bytes.fromhex(given["leaf"]),
        int(given["index"]),
        lambda note: open_checkpoint(note, keys),
    )


def _bundle(given: Input) -> None:
    files = {path: b64decode(raw) for path, raw in given["files"].items()}
    trust = decode_policy(given["policy"].encode())
    report = check_bundle(files.__getitem__, trust)
    if report.outcome != "valid":
        verdict = report.first_fault.verdict if report.first_fault else report.outcome
        raise VerificationError(verdict, None, "bundle: expected a valid one, found another")


_OPERATIONS: Final[Mapping[str, Callable[[Input], object]]] = {
    "record": lambda given: decode_record(b64decode(given["sealed"])),
    "chain": lambda given: verify_chain(given["origin"], map(b64decode, given["sealed"])),
    "disclosures": _open_disclosures,
    "root": lambda given: _require(
        tree_root(map(bytes.fromhex, given["leaves"])).hex() == given["root"]
    ),
    "inclusion": _inclusion,
    "consistency": _consistency,
    "vkey": lambda given: VerifierKey.from_vkey(given["vkey"]),
    "note": lambda given: verify_signatures(
        decode_note(b64decode(given["note"])), _keys(given["keys"])
    ),
    "checkpoint": lambda given: open_checkpoint(
        b64decode(given["note"]), _keys(given["log_keys"]), _keys(given["witness_keys"])
    ),
    "tile_path": lambda given: _require(
        encode_path(TileId(given["level"], given["index"], given["width"])) == given["path"]
    ),
    "tile": lambda given: decode_tile(TileId(0, 0, given["width"]), b64decode(given["raw"])),
    "entries": lambda given: decode_bundle(BundleId(0, given["width"]), b64decode(given["raw"])),
    "proof_file": _proof_file,
    "bundle": _bundle,
    "policy": lambda given: decode_policy(given["policy"].encode()).open_checkpoint(
        b64decode(given["note"])
    ),
}
