"""Where things stand in a bundle of evidence, and what its manifest says.

    checkpoint                 the signed note; with tile/ below it a mirror as of C2SP tlog-tiles
    tile/…, tile/entries/…     hash tiles of the whole tree, entry bundles that hold chosen records
    records/<index>.record     a chosen record, its sealed bytes
    records/<index>.tlog-proof its C2SP proof file
    disclosures.jsonl          what was opened of chosen records, one record a line
    policy                     the keys under which the sender says it verifies
    tsa/<name>.tsr             time stamps over the checkpoint
    dossier.html               the same for people
    manifest.json              the list of all of these

Nothing in here is trusted because it stands here: a verifier brings its own key or policy. The
manifest names what was chosen and finds files that were damaged on their way.
"""

import re
from collections.abc import Mapping
from typing import Final

import msgspec
from msgspec import Struct

from ledger.errors import FormatError

MANIFEST_FORMAT: Final = "zegel/bundle/v1"
CHECKPOINT: Final = "checkpoint"
POLICY: Final = "policy"
DISCLOSURES: Final = "disclosures.jsonl"
DOSSIER: Final = "dossier.html"
MANIFEST: Final = "manifest.json"
MAX_RECORDS: Final = 50_000
"""So many records may be chosen: a browser must be able to open the dossier."""
MAX_MANIFEST_BYTES: Final = 268_435_456

_PATH: Final = re.compile(r"[a-z0-9-][a-z0-9._-]*(?:/[a-z0-9-][a-z0-9._-]*)*")
_LONGEST_PATH: Final = 120
_LARGEST_INDEX: Final = 10**18 - 1


class FileEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """One file of a bundle."""

    path: str
    bytes: int
    sha256: str
    """64 lower-case hexadecimal digits."""


class Manifest(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """What a bundle says about itself."""

    format: str
    origin: str
    size: int
    """Of the tree that the checkpoint signs."""
    root: str
    """64 lower-case hexadecimal digits."""
    question: Mapping[str, str]
    """What was asked for, by which the records were chosen; a statement, not evidence."""
    indexes: tuple[int, ...]
    """The chosen records, ascending."""
    is_mirror: bool
    """Whether hash tiles and entry bundles are there too."""
    files: tuple[FileEntry, ...]
    """Every file but this one, in the order in which they were written."""
    minimum_index: int = 0
    """The records below were pruned before: they and hash tiles of level 0 below are not here."""
    archived_until: int = 0
    """Of an archive: every record from the minimum index up to here, exclusive, is in an entry
    bundle. 0: those beside chosen records only."""


def record_path(index: int) -> str:
    """Where the sealed bytes of a record stand."""
    return f"records/{index}.record"


def proof_path(index: int) -> str:
    """Where the proof file of a record stands."""
    return f"records/{index}.tlog-proof"


def token_path(name: str) -> str:
    """Where a time stamp stands.

    Args:
        name: Small letters, digits and dashes.
    """
    return f"tsa/{name}.tsr"


def is_bundle_path(path: str) -> bool:
    """Whether a bundle may have a file of this name: below it, without a step upwards."""
    return len(path) <= _LONGEST_PATH and _PATH.fullmatch(path) is not None


def encode_manifest(manifest: Manifest) -> bytes:
    """The bytes of a manifest, indented for people who look into it."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n"


def decode_manifest(raw: bytes) -> Manifest:
    """The manifest in these bytes; what it says is a claim.

    Raises:
        FormatError: they are no manifest, or it names what no bundle has.
    """
    if len(raw) > MAX_MANIFEST_BYTES:
        raise FormatError(MANIFEST, f"at most {MAX_MANIFEST_BYTES} bytes", str(len(raw)))
    try:
        manifest = msgspec.json.decode(raw, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError(MANIFEST, "the members of a manifest", str(error)[:200]) from error
    if manifest.format != MANIFEST_FORMAT:
        raise FormatError(MANIFEST, MANIFEST_FORMAT, ascii(manifest.format)[:80])
    _require_indexes(manifest.indexes)
    if not 0 <= manifest.minimum_index <= max(manifest.size, 0):
        raise FormatError(MANIFEST, "a minimum index up to the size", str(manifest.minimum_index))
    if manifest.archived_until and not (
        manifest.minimum_index < manifest.archived_until <= manifest.size and manifest.is_mirror
    ):
        raise FormatError(MANIFEST, "an archive of the mirror", str(manifest.archived_until))
    _require_paths([entry.path for entry in manifest.files])
    return manifest


def _require_indexes(indexes: tuple[int, ...]) -> None:
    if list(indexes) != sorted(set(indexes)):
        raise FormatError(MANIFEST, "ascending indexes", "others")
    if indexes and not 0 <= indexes[0] <= indexes[-1] <= _LARGEST_INDEX:
        raise FormatError(MANIFEST, f"indexes of 0 to {_LARGEST_INDEX}", "others")
    if len(indexes) > MAX_RECORDS:
        raise FormatError(MANIFEST, f"at most {MAX_RECORDS} records", str(len(indexes)))


def _require_paths(paths: list[str]) -> None:
    for path in paths:
        if not is_bundle_path(path) or path == MANIFEST:
            raise FormatError(MANIFEST, "paths below the bundle", ascii(path)[:80])
    if len(set(paths)) != len(paths):
        raise FormatError(MANIFEST, "each path once", "one twice")


class OpenedLine(Struct, frozen=True, forbid_unknown_fields=True):
    """One line of `disclosures.jsonl`: what may be read of one record."""

    index: int
    disclosures: tuple[str, ...]
    """RFC 9901 texts, as they were hashed."""


_decode_line = msgspec.json.Decoder(OpenedLine).decode


def encode_line(line: OpenedLine) -> bytes:
    """One line, with its line feed."""
    return msgspec.json.encode(line) + b"\n"


def decode_line(raw: bytes, place: str) -> OpenedLine:
    """What one line opens; nothing is compared yet.

    Raises:
        FormatError: it is no such line.
    """
    try:
        return _decode_line(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError(place, "an index and its disclosures", str(error)[:200]) from error
