"""Bundles that hold, and bundles in which one thing was done: the finding names what and where."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import msgspec
import pytest

from ledger.errors import VerificationError
from ledger.merkle import tree_root
from ledger.notes.checkpoint import KeyTerm, VerifiedCheckpoint
from ledger.notes.policy import Policy, PolicyLog
from ledger.record import leaf_hash
from ledger.units import Size
from ledger.verification.bundle_check import check_bundle
from ledger.verification.bundle_layout import MANIFEST, Manifest, decode_manifest, encode_manifest
from tests.bundled_evidence import (
    KEY_ONLY,
    POLICY,
    Files,
    bundle_of,
    checked,
    evidence_of,
    listed,
    note_over,
)
from tests.vectors.notes import FORGER, LOG, OTHER, checkpoint_text, signed
from tests.vectors.records import chain, disclosures

GOOD: Final = bundle_of(300, [3, 4, 5, 260])
ALONE: Final = bundle_of(300, [3, 4, 5, 260], is_mirror=False)
_ENTRIES: Final = "tile/entries/000"


def with_manifest(**members: object) -> Files:
    """The good bundle with members of its manifest replaced."""
    manifest = decode_manifest(GOOD[MANIFEST])
    changed: Manifest = msgspec.structs.replace(manifest, **members)
    return GOOD | {MANIFEST: encode_manifest(changed)}


def changed(path: str, old: bytes, new: bytes, files: Files = GOOD) -> Files:
    """The bundle with bytes of one file replaced, and listed anew."""
    assert old in files[path]
    return listed(files | {path: files[path].replace(old, new, 1)})


@pytest.mark.parametrize("trust", [POLICY, KEY_ONLY])
@pytest.mark.parametrize("files", [GOOD, ALONE])
def test_a_good_bundle_is_valid(files: Files, trust: Policy) -> None:
    """Nobody could use a bundle."""
    report = checked(files, trust)
    assert (report.outcome, report.findings) == ("valid", ())
    assert (report.records_checked, report.disclosures_checked) == (4, 3)
    assert report.tokens_unchecked == 1


def test_a_mirror_is_hashed_again_as_a_whole() -> None:
    """Records beside the chosen ones could be anything."""
    report = checked(GOOD)
    assert (report.entries_checked, report.tiles_checked) == (300, 3)
    alone = checked(ALONE)
    assert (alone.entries_checked, alone.tiles_checked) == (0, 0)


_ACTOR: Final = disclosures(3)[0]
_FOREIGN: Final = disclosures(9)[0]

FORGERIES: Final[dict[str, tuple[str, int | None, Callable[[], Files]]]] = {
    "a record": (
        *("MODIFIED", 4),
        lambda: changed("records/4.record", b"customer-file", b"customer-mail"),
    ),
    "a record that is none": ("MODIFIED", 4, lambda: listed(GOOD | {"records/4.record": b"x"})),
    "a record at the place of another": (
        *("REORDERED", 4),
        lambda: listed(GOOD | {"records/4.record": GOOD["records/5.record"]}),
    ),
    "a record gone": (
        *("MISSING", 4),
        lambda: {path: raw for path, raw in GOOD.items() if path != "records/4.record"},
    ),
    "a proof of another record": (
        *("MODIFIED", 4),
        lambda: listed(GOOD | {"records/4.tlog-proof": GOOD["records/5.tlog-proof"]}),
    ),
    "a proof that is none": (
        *("MODIFIED", 4),
        lambda: changed("records/4.tlog-proof", b"index 4", b"index four"),
    ),
    "a disclosed value": (
        *("DISCLOSURE_MISMATCH", 3),
        lambda: changed("disclosures.jsonl", _ACTOR, _ACTOR[:-2] + b"AA"),
    ),
    "a disclosure of another record": (
        *("DISCLOSURE_MISMATCH", 3),
        lambda: changed("disclosures.jsonl", _ACTOR, _FOREIGN),
    ),
    "a disclosure twice": (
        *("DISCLOSURE_MISMATCH", 3),
        lambda: changed("disclosures.jsonl", disclosures(3)[1], _ACTOR),
    ),
    "disclosures moved to another record": (
        *("DISCLOSURE_MISMATCH", 5),
        lambda: changed("disclosures.jsonl", b'"index":4', b'"index":5'),
    ),
    "disclosures of a record that was not chosen": (
        *("DISCLOSURE_MISMATCH", 7),
        lambda: changed("disclosures.jsonl", b'"index":4', b'"index":7'),
    ),
    "a line that opens nothing": (
        *("MODIFIED", None),
        lambda: changed("disclosures.jsonl", b'"disclosures"', b'"disclosed"'),
    ),
    "a neighbour in an entry bundle": (
        *("MODIFIED", 0),
        lambda: changed(_ENTRIES, b"customer-file", b"customer-mail"),
    ),
    "an entry bundle cut off": (
        *("TILE_MISMATCH", 255),
        lambda: listed(GOOD | {_ENTRIES: GOOD[_ENTRIES][:-1]}),
    ),
    "a hash of a full tile": (
        *("TILE_MISMATCH", 0),
        lambda: listed(GOOD | {"tile/0/000": bytes(32) + GOOD["tile/0/000"][32:]}),
    ),
    "a hash of a partial tile": (
        *("TILE_MISMATCH", None),
        lambda: listed(GOOD | {"tile/0/001.p/44": bytes(32) + GOOD["tile/0/001.p/44"][32:]}),
    ),
    "a tile of another length": (
        *("TILE_MISMATCH", 256),
        lambda: listed(GOOD | {"tile/0/001.p/44": GOOD["tile/0/001.p/44"][32:]}),
    ),
    "a tile gone": (
        *("MISSING", 256),
        lambda: listed({path: raw for path, raw in GOOD.items() if path != "tile/0/001.p/44"}),
    ),
    "a checkpoint of other text": (
        *("BAD_SIGNATURE", None),
        lambda: changed("checkpoint", b"\n300\n", b"\n301\n"),
    ),
    "a checkpoint of a forger": (
        *("UNKNOWN_KEY", None),
        lambda: listed(GOOD | {"checkpoint": _signed_by_forger()}),
    ),
    "a checkpoint without witnesses": (
        *("UNKNOWN_KEY", None),
        lambda: listed(GOOD | {"checkpoint": _signed_alone()}),
    ),
    "a checkpoint that is none": ("MODIFIED", None, lambda: listed(GOOD | {"checkpoint": b"x"})),
    "an older checkpoint": (
        *("FORK", 3),
        lambda: listed(GOOD | {"checkpoint": note_over(chain(299))}),
    ),
    "a damaged file": ("MODIFIED", None, lambda: GOOD | {"dossier.html": b"<p>VALID</p>"}),
    "a file too many": ("INSERTED", None, lambda: GOOD | {"records/9.record": b"x"}),
    "no manifest": (
        *("MISSING", None),
        lambda: {path: raw for path, raw in GOOD.items() if path != MANIFEST},
    ),
    "a manifest that is none": ("MODIFIED", None, lambda: GOOD | {MANIFEST: b"{}"}),
    "a manifest of another size": ("MODIFIED", None, lambda: with_manifest(size=299)),
    "a manifest of another root": ("MODIFIED", None, lambda: with_manifest(root="0" * 64)),
    "a record more than there is": (
        *("MISSING", 9),
        lambda: with_manifest(indexes=(3, 4, 5, 9, 260)),
    ),
}


def _signed_by_forger() -> bytes:
    text = checkpoint_text(300, tree_root(map(leaf_hash, chain(300))))
    return signed(text, FORGER.sign(text))


def _signed_alone() -> bytes:
    text = checkpoint_text(300, tree_root(map(leaf_hash, chain(300))))
    return signed(text, LOG.sign(text))


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forgery_is_found_and_named(forgery: str) -> None:
    """Somebody could change evidence on its way without anybody noticing, or noticing where."""
    verdict, index, forge = FORGERIES[forgery]
    report = checked(forge())
    assert report.outcome == "broken"
    assert (verdict, index) in {(found.verdict, found.index) for found in report.findings}


def test_a_bundle_resealed_by_a_forger_is_not_believed() -> None:
    """Whoever makes a whole bundle with a key of their own would be believed."""
    assert checked(GOOD, Policy(logs=(PolicyLog(OTHER.key),))).outcome == "broken"
    report = checked(GOOD, Policy(logs=(PolicyLog(FORGER.key),)))
    assert (report.outcome, report.records_checked) == ("broken", 0)


def test_an_old_key_is_believed_for_its_sizes_only() -> None:
    """Whoever stole a key that was replaced long ago could still sign evidence."""
    for last_size, outcome in ((300, "valid"), (299, "broken")):
        terms = [KeyTerm(LOG.key, Size(0), Size(last_size))]
        report = check_bundle(GOOD.__getitem__, KEY_ONLY, terms=terms, present=GOOD)
        assert report.outcome == outcome


def test_nothing_checked_is_not_valid() -> None:
    """An empty bundle would count as evidence."""
    files = with_manifest(indexes=())
    lines = {path: b"" if path == "disclosures.jsonl" else raw for path, raw in files.items()}
    report = checked(listed(lines))
    assert (report.outcome, report.findings) == ("empty", ())


def test_a_bundle_of_another_order_of_time_is_broken() -> None:
    """A record put later than its neighbour says so itself would pass."""
    report = checked(listed(GOOD | {"records/5.record": GOOD["records/3.record"]}))
    assert report.first_fault is not None
    assert (report.first_fault.verdict, report.first_fault.index) == ("REORDERED", 5)


def test_time_stamps_are_checked_by_the_caller() -> None:
    """A token over something else would be shown as an anchor."""
    seen: list[tuple[bytes, VerifiedCheckpoint]] = []
    report = check_bundle(GOOD.__getitem__, POLICY, check_token=lambda *each: seen.append(each))
    assert (report.tokens_checked, report.tokens_unchecked) == (1, 0)
    assert [(token, seen_of.raw) for token, seen_of in seen] == [(b"token", GOOD["checkpoint"])]

    def refuse(_token: bytes, _checkpoint: VerifiedCheckpoint) -> None:
        raise VerificationError("TIMESTAMP_INVALID", None, "token: expected one, found another")

    refused = check_bundle(GOOD.__getitem__, POLICY, check_token=refuse)
    assert refused.counts == {"TIMESTAMP_INVALID": 1}


def test_a_proof_under_another_checkpoint_is_a_fork() -> None:
    """Two heads of one log in one bundle would both be believed."""
    evidence = evidence_of(chain(300), [3, 4, 5, 260])
    other = replace(evidence, checkpoint=_signed_alone())
    assert other.checkpoint != evidence.checkpoint
    files = listed(GOOD | {"checkpoint": _signed_alone()})
    assert checked(files, KEY_ONLY).counts == {"FORK": 4}
