"""Chosen fields of chosen records in one file, which verifies offline.

One JSON object: the checkpoint, and for each record its sealed bytes, its C2SP proof file and the
disclosures that were granted. It is a small bundle in one file: to verify it is to verify those
files, by the same rules.

Invariants: `decode_disclosure_file` of `encode_disclosure_file` gives the same back; a file has one
spelling, so that no two programs read two things from it; nothing in it makes the check raise.

Source: docs/reference/bundle.md §6; C2SP tlog-proof; RFC 9901 §4.2.
"""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Final

import msgspec
from msgspec import Struct

from ledger.errors import FormatError
from ledger.notes.checkpoint import KeyTerm
from ledger.notes.policy import Policy
from ledger.notes.spelling import decode_base64
from ledger.verification.bundle_check import check_bundle
from ledger.verification.bundle_layout import (
    CHECKPOINT,
    DISCLOSURES,
    MANIFEST,
    MANIFEST_FORMAT,
    FileEntry,
    Manifest,
    OpenedLine,
    encode_line,
    encode_manifest,
    proof_path,
    record_path,
)
from ledger.verification.bundle_report import BundleReport
from ledger.verification.error_findings import finding_of

DISCLOSURE_FILE_FORMAT: Final = "zegel/disclosures/v1"
MAX_DISCLOSURE_FILE_BYTES: Final = 1_073_741_824
_PLACE: Final = "disclosure file"


class ErasedField(Struct, frozen=True, forbid_unknown_fields=True):
    """A field that was asked for and can never be opened again; a statement of the sender."""

    field: str
    event: int
    """The index of the record that says so."""


class DisclosedRecord(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One record, with what its reader may open of it."""

    index: int
    sealed: str
    """The sealed bytes in base64."""
    proof: str
    """The proof file, C2SP tlog-proof, verbatim."""
    disclosures: tuple[str, ...]
    """RFC 9901 texts, as they were hashed."""
    erased: tuple[ErasedField, ...] = ()


class DisclosureFile(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a disclosure file says; nothing is verified yet."""

    format: str
    origin: str
    size: int
    """Of the tree that the checkpoint signs."""
    root: str
    """64 lower-case hexadecimal digits."""
    checkpoint: str
    """The signed note."""
    question: Mapping[str, str]
    """What was asked for, in words that name nobody; a statement, not evidence."""
    records: tuple[DisclosedRecord, ...]
    """Ascending by index."""


def encode_disclosure_file(file: DisclosureFile) -> bytes:
    """The bytes of the file, indented for people who look into it."""
    return msgspec.json.format(msgspec.json.encode(file), indent=1) + b"\n"


def decode_disclosure_file(raw: bytes) -> DisclosureFile:
    """What these bytes say; all of it is a claim until it is checked.

    Raises:
        FormatError: they are no disclosure file, or not in its one spelling.
    """
    if len(raw) > MAX_DISCLOSURE_FILE_BYTES:
        raise FormatError(_PLACE, f"at most {MAX_DISCLOSURE_FILE_BYTES} bytes", str(len(raw)))
    try:
        file = msgspec.json.decode(raw, type=DisclosureFile)
        spelled = encode_disclosure_file(file)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise FormatError(_PLACE, "the members of a disclosure file", str(error)[:200]) from error
    if file.format != DISCLOSURE_FILE_FORMAT:
        raise FormatError(_PLACE, DISCLOSURE_FILE_FORMAT, ascii(file.format)[:80])
    if spelled != raw:
        # A member given twice, for instance, of which programs take the first or the last.
        raise FormatError(_PLACE, "the one spelling of its members", "another")
    return file


def check_disclosure_file(
    raw: bytes, trust: Policy, *, terms: Iterable[KeyTerm] = ()
) -> BundleReport:
    """What verifying a disclosure file found; broken evidence is reported, never raised.

    Args:
        raw: The file.
        trust: Which logs and witnesses the caller believes.
        terms: Which sizes log keys of the policy may sign; a key without one may sign every size.
    """
    try:
        files = bundle_in(decode_disclosure_file(raw))
    except FormatError as error:
        return _unreadable(error)
    return check_bundle(files.__getitem__, trust, terms=terms, present=files)


def bundle_in(file: DisclosureFile) -> dict[str, bytes]:
    """The files of the bundle that a disclosure file is, by their paths.

    Raises:
        FormatError: sealed bytes are not base64.
    """
    files = {CHECKPOINT: file.checkpoint.encode()}
    for record in file.records:
        place = f"{_PLACE}, record {record.index}"
        files[record_path(record.index)] = decode_base64(record.sealed, f"{place}, sealed")
        files[proof_path(record.index)] = record.proof.encode()
    opened = (OpenedLine(each.index, each.disclosures) for each in file.records if each.disclosures)
    files[DISCLOSURES] = b"".join(map(encode_line, opened))
    manifest = Manifest(
        format=MANIFEST_FORMAT,
        origin=file.origin,
        size=file.size,
        root=file.root,
        question=dict(file.question),
        indexes=tuple(record.index for record in file.records),
        is_mirror=False,
        files=tuple(
            FileEntry(path, len(content), sha256(content).hexdigest())
            for path, content in files.items()
        ),
    )
    return files | {MANIFEST: encode_manifest(manifest)}


def _unreadable(error: FormatError) -> BundleReport:
    return BundleReport(
        checkpoint=None,
        manifest=None,
        records_checked=0,
        entries_checked=0,
        tiles_checked=0,
        disclosures_checked=0,
        tokens_checked=0,
        tokens_unchecked=0,
        findings=(finding_of(error, _PLACE),),
        counts={"MODIFIED": 1},
    )
