"""An archive: its segments as their signed manifests say, and the records in them.

Manifests are few and small, and read when the archive is opened; of a segment nothing is read
before somebody asks for it, and then its file must have the hash that its manifest says.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import pairwise

from ledger.archive.layout import FOLDER as SEGMENTS
from ledger.archive.layout import MANIFEST, RECORDS, SegmentRange, segment_of
from ledger.archive.manifest import SegmentManifest, open_manifest
from ledger.archive.place import ArchivePlace
from ledger.archive.segment_file import SegmentReader
from ledger.errors import FormatError, VerificationError
from ledger.notes.checkpoint import KeyTerm
from ledger.stored import RawRecord


class Archive:
    """The segments of one log in one place; made by `open_archive`."""

    def __init__(self, place: ArchivePlace, segments: tuple[SegmentManifest, ...]) -> None:
        """Takes manifests whose signatures hold."""
        self.place = place
        self.segments = segments
        """In the order of their first index; each begins where the one before it ends."""

    @property
    def url(self) -> str:
        """Where it is."""
        return self.place.url

    @property
    def first(self) -> int:
        """The lowest index that it holds; 0 of an empty one."""
        return self.segments[0].first if self.segments else 0

    @property
    def stop(self) -> int:
        """The index after the highest that it holds; 0 of an empty one."""
        return self.segments[-1].stop if self.segments else 0

    def rows(self, segment: SegmentManifest) -> Iterator[RawRecord]:
        """The records of a segment, in order; memory does not grow with its size.

        Raises:
            StoreUnavailable: its file is missing or cannot be read.
            VerificationError: its file is not the one that its manifest names (MODIFIED).
        """
        with opened_records(self.place, segment) as (reader, fault):
            if fault is not None:
                raise fault
            yield from reader.rows()


def open_archive(url: str, origin: str, terms: Iterable[KeyTerm]) -> Archive:
    """The archive of a log at a place, every manifest of it verified; no record is read yet.

    Args:
        url: A folder: a local path or whatever fsspec knows.
        origin: The log that it must be of.
        terms: The keys of that log.

    Raises:
        BadRequest: the place is none.
        StoreUnavailable: it cannot be reached.
        FormatError: a manifest is none.
        VerificationError: the log has not signed a manifest (BAD_SIGNATURE, UNKNOWN_KEY), it is of
            another log or segment (MODIFIED), or one is missing between others (MISSING).
    """
    place, known = ArchivePlace(url), tuple(terms)
    found = [opened_manifest(place, one, known) for one in manifests_at(place)]
    for one in found:
        if one.origin != origin:
            raise VerificationError(
                "MODIFIED",
                one.first,
                f"{place.url}/{one.records.manifest_path}: expected {origin}, found {one.origin}",
            )
    for before, after in pairwise(found):
        require_following(place.url, before, after)
    return Archive(place, tuple(found))


def manifests_at(place: ArchivePlace) -> list[SegmentRange]:
    """The segments that have a manifest, in order; of one that was replaced only the longest.

    Raises:
        StoreUnavailable: the place cannot be reached.
    """
    longest: dict[int, SegmentRange] = {}
    for path in place.paths(SEGMENTS):
        if path.endswith(MANIFEST):
            try:
                segment = segment_of(path)
            except FormatError:
                continue  # nobody of ours wrote it
            known = longest.get(segment.first)
            if known is None or known.stop < segment.stop:
                longest[segment.first] = segment
    return [longest[first] for first in sorted(longest)]


def require_following(url: str, before: SegmentManifest, after: SegmentManifest) -> None:
    """Returns only if a segment goes on where the one before it ends.

    Raises:
        VerificationError: segments are missing between them (MISSING), or the two tell of
            different histories (FORK).
    """
    if after.first != before.stop:
        message = f"{url}: expected a segment that begins there, found {after.records.stem}"
        raise VerificationError("MISSING", before.stop, message)
    if after.before != before.after:
        raise VerificationError(
            "FORK",
            after.first,
            f"{url}/{after.records.manifest_path}: expected what the segment before it ends with, "
            "found another frontier, leaf hash or time",
        )


@contextmanager
def opened_records(
    place: ArchivePlace, segment: SegmentManifest
) -> Iterator[tuple[SegmentReader, VerificationError | None]]:
    """The records of a segment, and why they are not those of its manifest; all of it was hashed.

    Raises:
        StoreUnavailable: the file is missing or cannot be read.
        VerificationError: it holds no records at all (MODIFIED, MISSING).
    """
    file = segment.file(RECORDS)
    if file is None:
        message = f"{segment.records.manifest_path}: expected a file of records, found none"
        raise VerificationError("MISSING", segment.first, message)
    name = f"{place.url.rstrip('/')}/{file.path}"
    with place.opened(file.path) as (handle, digest):
        fault = None
        if digest != file.sha256:
            fault = VerificationError(
                "MODIFIED",
                segment.first,
                f"{name}: expected SHA-256 {file.sha256.hex()}, found {digest.hex()}",
            )
        yield SegmentReader(handle, name), fault


def opened_manifest(
    place: ArchivePlace, segment: SegmentRange, terms: Iterable[KeyTerm]
) -> SegmentManifest:
    """The manifest of a segment, if the log has signed it for those records.

    Raises:
        StoreUnavailable: it is not there, or the place cannot be reached.
        FormatError: it is none.
        VerificationError: it is signed otherwise, or tells of other records.
    """
    path = segment.manifest_path
    try:
        manifest = open_manifest(place.read(path), terms)
    except FormatError as error:
        raise FormatError(f"{place.url}/{path}", "a manifest", str(error)) from error
    except VerificationError as error:
        message = f"{place.url}/{path}: {error}"
        raise VerificationError(error.verdict, segment.first, message) from error
    if manifest.records != segment:
        message = f"{place.url}/{path}: expected records {segment}, found {manifest.records}"
        raise VerificationError("MODIFIED", segment.first, message)
    return manifest
