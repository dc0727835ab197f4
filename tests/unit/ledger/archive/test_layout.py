"""Segments cover a log once and in order, and a path says which segment a file is of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.archive.layout import (
    RECORDS,
    SEGMENT_RECORDS,
    SegmentRange,
    segment_of,
    segments_between,
)
from ledger.errors import FormatError

INDEXES = st.integers(0, 10 * SEGMENT_RECORDS)


@given(INDEXES, INDEXES)
def test_segments_cover_every_record_once(one: int, other: int) -> None:
    """A record would be in no file of the archive, or in two."""
    first, stop = sorted((one, other))
    found = list(segments_between(first, stop))
    edges = [first, *(each.stop for each in found)]
    assert [each.first for each in found] == edges[: len(found)]
    assert edges[-1] == stop
    assert all(each.is_full for each in found[:-1])
    assert all(each.size <= SEGMENT_RECORDS for each in found)


@given(INDEXES, st.integers(1, SEGMENT_RECORDS))
def test_a_path_gives_its_segment_again(first: int, size: int) -> None:
    """A file would be taken for one of other records."""
    (segment, *_) = segments_between(first, first + size)
    assert segment_of(segment.stem + RECORDS) == segment


def test_names_sort_as_records_do() -> None:
    """Whoever lists the folder would see the segments in another order."""
    found = [each.stem for each in segments_between(0, 12 * SEGMENT_RECORDS)]
    assert found == sorted(found)


@pytest.mark.parametrize(
    "path",
    [
        "segments/1.parquet",
        "segments/000000000000.p/65536.parquet",
        "segments/000000000000.p/0.parquet",
        "segments/../000000000000.parquet",
        "000000000000.parquet",
        "segments/000000000000",
    ],
)
def test_another_path_is_of_no_segment(path: str) -> None:
    """A file that nobody of ours wrote would count as evidence."""
    with pytest.raises(FormatError):
        segment_of(path)


def test_a_part_is_known_by_its_size() -> None:
    """A segment that is not full yet would stand where the full one belongs."""
    assert SegmentRange(65_536, 65_600).stem == "segments/000000065536.p/64"
    assert SegmentRange(65_536, 131_072).stem == "segments/000000065536"
