"""Cases about bundles of evidence, each with a manifest that lists its files as they are.

The wanted verdict is that of the fault with the lowest index; faults about files come last.
"""

from collections.abc import Callable, Iterator
from typing import Final

import msgspec

from ledger.notes.policy_file import encode_policy
from ledger.verification.bundle_layout import DOSSIER, MANIFEST, decode_manifest, encode_manifest
from tests.bundled_evidence import KEY_ONLY, POLICY, Files, bundle_of, listed, note_over
from tests.vectors.encoding import Case, case
from tests.vectors.notes import FORGER, signed
from tests.vectors.records import chain, disclosures

_SIZE: Final = 5
_ENTRIES: Final = f"tile/entries/000.p/{_SIZE}"
_TILE: Final = f"tile/0/000.p/{_SIZE}"


def _bundle(*, is_mirror: bool = True) -> Files:
    files = bundle_of(_SIZE, [1, 2], is_mirror=is_mirror)
    del files[DOSSIER]  # it is for people, and large
    return listed(files)


def _with(path: str, old: bytes, new: bytes) -> Files:
    good = _bundle()
    assert old in good[path]
    return listed(good | {path: good[path].replace(old, new, 1)})


def _without(path: str) -> Files:
    return listed({name: raw for name, raw in _bundle().items() if name != path})


def _claiming(**members: object) -> Files:
    good = _bundle()
    changed = msgspec.structs.replace(decode_manifest(good[MANIFEST]), **members)
    return good | {MANIFEST: encode_manifest(changed)}


def _swapped(path: str, other: str) -> Files:
    good = _bundle()
    return listed(good | {path: good[other]})


def _forged() -> Files:
    text = note_over(chain(_SIZE)).decode().partition("\n\n")[0] + "\n"
    return listed(_bundle() | {"checkpoint": signed(text, FORGER.sign(text))})


def _older() -> Files:
    return listed(_bundle(is_mirror=False) | {"checkpoint": note_over(chain(_SIZE - 1))})


_ACTOR: Final = disclosures(1)[0]
_PARTS: Final[tuple[tuple[str, str, Callable[[], Files]], ...]] = (
    ("valid", "a mirror with two chosen records", _bundle),
    ("valid", "two records alone", lambda: _bundle(is_mirror=False)),
    ("MODIFIED", "a record", lambda: _with("records/1.record", b"customer", b"customes")),
    ("REORDERED", "a record", lambda: _swapped("records/1.record", "records/2.record")),
    ("MISSING", "a record", lambda: _without("records/1.record")),
    ("MISSING", "a proof", lambda: _without("records/1.tlog-proof")),
    ("MODIFIED", "a proof", lambda: _swapped("records/1.tlog-proof", "records/2.tlog-proof")),
    ("MODIFIED", "index of a proof", lambda: _with("records/1.tlog-proof", b"index 1", b"index 2")),
    (
        *("DISCLOSURE_MISMATCH", "a value"),
        lambda: _with("disclosures.jsonl", _ACTOR, _ACTOR[:-2] + b"AA"),
    ),
    (
        *("DISCLOSURE_MISMATCH", "a value of another record"),
        lambda: _with("disclosures.jsonl", _ACTOR, disclosures(4)[0]),
    ),
    (
        *("DISCLOSURE_MISMATCH", "values of a record that was not chosen"),
        lambda: _with("disclosures.jsonl", b'"index":2', b'"index":3'),
    ),
    ("MODIFIED", "disclosures", lambda: _with("disclosures.jsonl", b'{"index"', b'{"at"')),
    ("MODIFIED", "a neighbour", lambda: _with(_ENTRIES, b"customer", b"customes")),
    ("TILE_MISMATCH", "an entry bundle cut off", lambda: _with(_ENTRIES, b"]}", b"]")),
    ("TILE_MISMATCH", "a tile", lambda: listed(_bundle() | {_TILE: bytes(32 * _SIZE)})),
    ("TILE_MISMATCH", "a tile too short", lambda: listed(_bundle() | {_TILE: bytes(32)})),
    ("MISSING", "a tile", lambda: _without(_TILE)),
    ("BAD_SIGNATURE", "the checkpoint", lambda: _with("checkpoint", b"\n5\n", b"\n6\n")),
    ("UNKNOWN_KEY", "a forger's checkpoint", _forged),
    ("FORK", "an older checkpoint", _older),
    ("MODIFIED", "a damaged file", lambda: _bundle() | {"tsa/tsa-one-ltd.tsr": b"x"}),
    ("MODIFIED", "another size in the manifest", lambda: _claiming(size=4)),
    ("MISSING", "a record that is listed only", lambda: _claiming(indexes=(1, 2, 3))),
    ("MODIFIED", "records out of order", lambda: _claiming(indexes=(2, 1))),
    ("MODIFIED", "no manifest", lambda: _bundle() | {MANIFEST: b"{}"}),
)


def bundle_cases() -> Iterator[Case]:
    """Good bundles, and bundles in which one thing was done."""
    for want, desc, make in _PARTS:
        yield _case(want, desc, make())
    key_only = encode_policy(KEY_ONLY).decode()
    yield case("bundle", "valid", "a reader with a key alone", files=_bundle(), policy=key_only)
    nobody = "quorum none\n"
    yield case(
        "bundle", "UNKNOWN_KEY", "a reader who trusts nobody", files=_bundle(), policy=nobody
    )


def _case(want: str, desc: str, files: Files) -> Case:
    return case("bundle", want, desc, files=files, policy=encode_policy(POLICY).decode())
