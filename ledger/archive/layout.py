"""Where the files of an archive stand, and into which segments a log is cut.

    segments/<first>.parquet             the sealed records of a segment
    segments/<first>.checkpoint          the checkpoint that covers it, verbatim
    segments/<first>.disclosures.json    what was opened of it, where somebody asked for that
    segments/<first>.manifest            what the files are; written last
    segments/<first>.p/<size>.*          the same of a segment that is not full yet

`<first>` is the index of the first record in 12 digits, so that names sort as records do.

Source: docs/reference/archive.md.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ledger.errors import FormatError

SEGMENT_RECORDS: Final = 65_536
"""256², so that a full segment is one hash of the tiles of level 2."""

ROW_GROUP_RECORDS: Final = 8_192

FOLDER: Final = "segments"
RECORDS: Final = ".parquet"
CHECKPOINT: Final = ".checkpoint"
DISCLOSURES: Final = ".disclosures.json"
MANIFEST: Final = ".manifest"

_PATH: Final = re.compile(
    r"segments/(?P<first>\d{12})(\.p/(?P<size>[1-9]\d{0,4}))?(?P<suffix>\.[a-z.]+)"
)


@dataclass(frozen=True, slots=True, order=True)
class SegmentRange:
    """The records of a segment: `first` up to `stop`, exclusive."""

    first: int
    stop: int

    @property
    def size(self) -> int:
        """How many records it holds."""
        return self.stop - self.first

    @property
    def is_full(self) -> bool:
        """Whether no record will ever be added: it ends where the next segment begins."""
        return self.stop % SEGMENT_RECORDS == 0

    @property
    def stem(self) -> str:
        """The path of its files without their endings."""
        part = "" if self.is_full else f".p/{self.size}"
        return f"{FOLDER}/{self.first:012d}{part}"

    @property
    def manifest_path(self) -> str:
        """Where its manifest stands."""
        return self.stem + MANIFEST


def segments_between(first: int, stop: int) -> Iterator[SegmentRange]:
    """The segments of the records from an index up to another; the last may not be full.

    Args:
        first: Of the first segment: a multiple of 65,536, or where the log begins after a pruning.
        stop: The first index that is not among them.
    """
    while first < stop:
        end = min((first // SEGMENT_RECORDS + 1) * SEGMENT_RECORDS, stop)
        yield SegmentRange(first, end)
        first = end


def segment_of(path: str) -> SegmentRange:
    """The records of the segment that a path belongs to.

    Raises:
        FormatError: no file of a segment has that path.
    """
    found = _PATH.fullmatch(path)
    if found is None:
        raise FormatError("archive", "a file of a segment", ascii(path)[:80])
    first = int(found["first"])
    size = found["size"]
    stop = (first // SEGMENT_RECORDS + 1) * SEGMENT_RECORDS if size is None else first + int(size)
    segment = SegmentRange(first, stop)
    if segment.stem + found["suffix"] != path:
        raise FormatError("archive", segment.stem + found["suffix"], ascii(path)[:80])
    return segment
