"""The files of a copy, one after the other: the same copy gives the same bytes each time."""

from collections.abc import Iterator
from datetime import tzinfo
from hashlib import sha256
from typing import Final

import msgspec
from msgspec import Struct

from formats.subject_copy.content import SUBJECT_COPY_FORMAT, SubjectCopy, encode_copy
from formats.subject_copy.page import copy_page
from formats.subject_copy.words import LANGUAGES
from ledger.verification.bundle_layout import MANIFEST, FileEntry
from ledger.verification.disclosure_file import DisclosureFile, encode_disclosure_file

COPY: Final = "copy.json"
EVIDENCE: Final = "disclosures.json"


class CopyManifest(Struct, frozen=True, kw_only=True):
    """The list of the files; its hash is what the log keeps of a copy."""

    format: str
    files: tuple[FileEntry, ...]


def copy_files(
    copy: SubjectCopy, evidence: DisclosureFile, zone: tzinfo
) -> Iterator[tuple[str, bytes]]:
    """Path and content of each file, the manifest last.

    Args:
        copy: What is recorded about the person.
        evidence: The same, sealed, with proofs.
        zone: In which the pages tell times.
    """
    entries: list[FileEntry] = []
    for path, raw in _files(copy, evidence, zone):
        entries.append(FileEntry(path, len(raw), sha256(raw).hexdigest()))
        yield path, raw
    manifest = CopyManifest(format=SUBJECT_COPY_FORMAT, files=tuple(entries))
    yield MANIFEST, msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n"


def _files(
    copy: SubjectCopy, evidence: DisclosureFile, zone: tzinfo
) -> Iterator[tuple[str, bytes]]:
    for language in LANGUAGES:
        yield f"copy.{language}.html", copy_page(copy, language, zone)
    yield COPY, encode_copy(copy)
    yield EVIDENCE, encode_disclosure_file(evidence)
