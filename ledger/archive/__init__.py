"""Archives: sealed records in Parquet segments with signed manifests, in any folder or store.

Sealed bytes hold no personal data, so they may lie anywhere; what can be erased stays in the
database. A segment proves itself: its manifest is signed by the log, and says what comes before and
after it. `open_archive` gives the segments of a log and their records, `check_segment` verifies one
of them on any machine, `write_segments` adds what is missing.

Source: docs/reference/archive.md.
"""

from ledger.archive.archive import Archive, open_archive
from ledger.archive.checking import CheckedSegment, check_segment
from ledger.archive.layout import SEGMENT_RECORDS, SegmentRange
from ledger.archive.manifest import SegmentFile, SegmentManifest

__all__ = [
    "SEGMENT_RECORDS",
    "Archive",
    "CheckedSegment",
    "SegmentFile",
    "SegmentManifest",
    "SegmentRange",
    "check_segment",
    "open_archive",
]
