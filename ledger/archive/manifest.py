"""The manifest of a segment: what its files are and where its records stand, signed by the log.

    zegel-archive-segment/v1
    origin <origin>
    first <index of the first record>
    size <number of records>
    previous-leaf-hash <base64>
    previous-recorded-at <instant, or - at index 0>
    frontier-before <base64> …
    last-leaf-hash <base64>
    last-recorded-at <instant>
    frontier-after <base64> …
    checkpoint <size of the checkpoint beside it>
    consistency <base64> …
    file <path> <bytes> <SHA-256, hexadecimal>

It is the text of a signed note. Invariants: lines in this order, one `file` line for each file in
the order of their paths, a list without hashes is `-`; one spelling, so that encode and decode are
inverses byte for byte. The first line is never an origin, and the second never a number: no
manifest can be taken for a checkpoint, nor the other way round.

Source: docs/reference/archive.md; C2SP signed-note v1.0.0; RFC 9162 §2.1.4.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from ledger.archive.layout import MANIFEST, SegmentRange
from ledger.errors import BadRequest, FormatError, VerificationError
from ledger.merkle import Frontier
from ledger.notes.checkpoint import KeyTerm
from ledger.notes.note_signing import NoteSigner
from ledger.notes.signed_note import UnverifiedNote, decode_note, encode_note
from ledger.notes.spelling import decode_decimal, decode_hash, encode_base64, shown
from ledger.notes.verified_note import verify_signatures
from ledger.units import Hash32, Size
from ledger.verification.body_copies import microseconds_of
from ledger.verification.header_columns import instant_text
from ledger.verification.start import BEFORE_ALL_TIME, Start

FORMAT: Final = "zegel-archive-segment/v1"
_NONE: Final = "-"
_WORDS: Final = (
    *("origin", "first", "size", "previous-leaf-hash", "previous-recorded-at", "frontier-before"),
    *("last-leaf-hash", "last-recorded-at", "frontier-after", "checkpoint", "consistency"),
)
_SHA256_HEX: Final = re.compile(r"[0-9a-f]{64}")
_FILE_WORDS: Final = 3


@dataclass(frozen=True, slots=True)
class SegmentFile:
    """One file of a segment."""

    path: str
    """Inside the archive, such as `segments/000000000000.parquet`."""
    length: int
    """In bytes."""
    sha256: bytes


@dataclass(frozen=True, slots=True)
class SegmentManifest:
    """What a manifest says of a segment."""

    origin: str
    records: SegmentRange
    before: Start
    """The tree of the records before it, and what its first record must follow."""
    after: Start
    """The same once its records are added."""
    checkpoint_size: int
    """Of the checkpoint beside it: at least `stop`."""
    consistency: tuple[Hash32, ...]
    """That the tree of that checkpoint continues the tree after this segment."""
    files: tuple[SegmentFile, ...]

    @property
    def first(self) -> int:
        """The index of the first record."""
        return self.records.first

    @property
    def stop(self) -> int:
        """The index after the last record."""
        return self.records.stop

    @property
    def size(self) -> int:
        """How many records."""
        return self.records.size

    @property
    def frontier_before(self) -> Frontier:
        """Of the tree of the records before."""
        return self.before.frontier

    @property
    def frontier_after(self) -> Frontier:
        """Of the tree of the records up to its last."""
        return self.after.frontier

    @property
    def previous(self) -> Hash32:
        """The leaf hash of the record before; 32 zero bytes at index 0."""
        return self.before.last_leaf

    @property
    def last_leaf_hash(self) -> Hash32:
        """The leaf hash of the last record."""
        return self.after.last_leaf

    def file(self, ending: str) -> SegmentFile | None:
        """The file with an ending, such as `.parquet`; `None` without one."""
        path = self.records.stem + ending
        return next((one for one in self.files if one.path == path), None)


def encode_manifest(manifest: SegmentManifest) -> str:
    """The text of a manifest, ready to be signed.

    Raises:
        BadRequest: the log has the name of the format.
    """
    if manifest.origin == FORMAT:
        raise BadRequest(f"origin: expected another than {FORMAT}, which begins every manifest")
    before, after = manifest.before, manifest.after
    values = (
        manifest.origin,
        manifest.first,
        manifest.size,
        encode_base64(before.last_leaf),
        _NONE if before.recorded_at_us == BEFORE_ALL_TIME else instant_text(before.recorded_at_us),
        _hashes(before.frontier.hashes),
        encode_base64(after.last_leaf),
        instant_text(after.recorded_at_us),
        _hashes(after.frontier.hashes),
        manifest.checkpoint_size,
        _hashes(manifest.consistency),
    )
    lines = [f"{word} {value}\n" for word, value in zip(_WORDS, values, strict=True)]
    files = sorted(manifest.files, key=lambda one: one.path)
    lines += [f"file {one.path} {one.length} {one.sha256.hex()}\n" for one in files]
    return f"{FORMAT}\n{''.join(lines)}"


def decode_manifest(text: str) -> SegmentManifest:
    """What the text of a manifest says; all of it is a claim.

    Raises:
        FormatError: it is no manifest, or not in its one spelling.
    """
    head, *lines = text.removesuffix("\n").split("\n")
    if head != FORMAT:
        raise FormatError("manifest, line 1", FORMAT, shown(head))
    values = [_value(line, word, at) for at, (line, word) in enumerate(zip(lines, _WORDS), 2)]  # noqa: B905 - counted next
    if len(values) < len(_WORDS):
        raise FormatError("manifest", f"{len(_WORDS) + 1} lines or more", f"{len(lines) + 1} lines")
    try:
        manifest = _manifest(values, [_file(line) for line in lines[len(_WORDS) :]])
        spelled = encode_manifest(manifest)
    except (VerificationError, BadRequest, OverflowError) as error:
        raise FormatError("manifest", "what a segment can be", str(error)) from error
    if spelled != text:
        raise FormatError("manifest", "its one spelling", "another")
    return manifest


def sign_manifest(manifest: SegmentManifest, signer: NoteSigner) -> bytes:
    """The signed note of a manifest."""
    text = encode_manifest(manifest)
    return encode_note(UnverifiedNote(text, (signer.sign(text),)))


def read_manifest(raw: bytes) -> SegmentManifest:
    """What the bytes of a manifest say, whoever signed it.

    Raises:
        FormatError: they are no signed manifest.
    """
    return decode_manifest(decode_note(raw).text)


def open_manifest(raw: bytes, terms: Iterable[KeyTerm]) -> SegmentManifest:
    """What the bytes of a manifest say, if the log that it names has signed it.

    A manifest may be signed long after its records: by every key of the log but those that had
    been replaced before the log had so many records.

    Args:
        raw: The note, from anywhere.
        terms: The keys that are trusted, each for the origin that is its name.

    Raises:
        FormatError: the bytes are no signed manifest.
        VerificationError: a known key's signature fails (BAD_SIGNATURE), or no key signed that may
            (UNKNOWN_KEY).
    """
    note = decode_note(raw)
    manifest = decode_manifest(note.text)
    able = [
        term.key
        for term in terms
        if term.key.name == manifest.origin
        and (term.last_size is None or manifest.stop <= term.last_size)
    ]
    verify_signatures(note, able)
    return manifest


def _hashes(hashes: Sequence[bytes]) -> str:
    return " ".join(map(encode_base64, hashes)) or _NONE


def _value(line: str, word: str, number: int) -> str:
    start = f"{word} "
    if not line.startswith(start):
        raise FormatError(f"manifest, line {number}", f"the line {word}", shown(line))
    return line.removeprefix(start)


def _manifest(values: Sequence[str], files: Sequence[SegmentFile]) -> SegmentManifest:
    origin, first, size, previous, previous_at, before, last, last_at, after, signed, proof = values
    start = decode_decimal(first, "manifest, first")
    records = SegmentRange(start, start + decode_decimal(size, "manifest, size"))
    checkpoint_size = decode_decimal(signed, "manifest, checkpoint")
    if not records.first < records.stop <= checkpoint_size:
        raise FormatError(
            "manifest", "records that its checkpoint covers", f"{records} and {checkpoint_size}"
        )
    _require_paths(records, files)
    return SegmentManifest(
        origin=origin,
        records=records,
        before=_start(records.first, before, previous, previous_at, "before"),
        after=_start(records.stop, after, last, last_at, "after"),
        checkpoint_size=checkpoint_size,
        consistency=_decode_hashes(proof, "manifest, consistency"),
        files=tuple(files),
    )


def _start(size: int, hashes: str, last: str, recorded_at: str, which: str) -> Start:
    frontier = Frontier(Size(size), _decode_hashes(hashes, f"manifest, frontier-{which}"))
    leaf = decode_hash(last, f"manifest, leaf hash {which}")
    place = f"manifest, recorded-at {which}"
    is_none = recorded_at == _NONE
    if is_none != (size == 0):
        raise FormatError(place, "- at index 0 and nowhere else", shown(recorded_at))
    return Start(frontier, leaf, BEFORE_ALL_TIME if is_none else _microseconds(recorded_at, place))


def _microseconds(text: str, place: str) -> int:
    try:
        instant = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise FormatError(place, "an instant in UTC with microseconds", shown(text)) from error
    return microseconds_of(instant)


def _decode_hashes(text: str, place: str) -> tuple[Hash32, ...]:
    return () if text == _NONE else tuple(decode_hash(one, place) for one in text.split(" "))


def _file(line: str) -> SegmentFile:
    words = _value(line, "file", len(_WORDS) + 2).split(" ")
    if len(words) != _FILE_WORDS or not _SHA256_HEX.fullmatch(words[2]):
        raise FormatError("manifest, file", "a path, a length and a SHA-256", shown(line))
    path, length, digest = words
    return SegmentFile(path, decode_decimal(length, f"manifest, {path}"), bytes.fromhex(digest))


def _require_paths(records: SegmentRange, files: Sequence[SegmentFile]) -> None:
    """No manifest names a file outside its own segment, nor itself."""
    for one in files:
        ending = one.path.removeprefix(records.stem)
        if ending == one.path or not ending.startswith(".") or "/" in ending or ending == MANIFEST:
            raise FormatError("manifest, file", f"a file {records.stem}.…", shown(one.path))
