"""A segment file gives the very rows that were written, and the same rows give the same bytes."""

import io
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.archive import segment_file
from ledger.archive.segment_file import COLUMNS, SegmentReader, SegmentWriter
from ledger.errors import VerificationError
from ledger.stored import RawRecord

IDS = st.binary(min_size=16, max_size=16)
NUMBERS = st.integers(-(2**63), 2**63 - 1)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)
ROWS = st.lists(
    st.builds(
        RawRecord,
        *(NUMBERS, st.binary(max_size=200), st.binary(min_size=32, max_size=32), IDS, NUMBERS),
        *(TEXTS, st.none() | IDS, NUMBERS, st.none() | NUMBERS, st.none() | TEXTS),
    ),
    max_size=40,
)


def written(rows: list[RawRecord], path: Path) -> bytes:
    """The bytes of a file of these rows."""
    with SegmentWriter(path) as writer:
        assert list(writer.passing(rows)) == rows
    return path.read_bytes()


@given(rows=ROWS, start=st.integers(0, 50))
@settings(max_examples=40)
def test_rows_are_read_as_they_were_written(
    rows: list[RawRecord], start: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A column would come back as something else, and verification would blame the record."""
    raw = written(rows, tmp_path_factory.mktemp("segment") / "a")
    reader = SegmentReader(io.BytesIO(raw), "a")
    assert reader.records == len(rows)
    assert list(reader.rows()) == rows
    assert list(reader.rows(start)) == rows[start:]


def test_rows_are_read_across_row_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A record behind the first row group would be another one."""
    monkeypatch.setattr(segment_file, "ROW_GROUP_RECORDS", 4)
    rows = [some_row(at) for at in range(11)]
    reader = SegmentReader(io.BytesIO(written(rows, tmp_path / "a")), "a")
    assert [list(reader.rows(start)) for start in range(12)] == [rows[at:] for at in range(12)]
    for number, row in enumerate(rows):
        group, place = reader.place_of(number)
        assert reader.sealed(group)[place] == row.sealed
    with pytest.raises(VerificationError):
        reader.sealed(3)


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    """Nobody could tell an archive that was written anew from one that was changed."""
    rows = [some_row(at) for at in range(300)]
    first = written(rows, tmp_path / "a")
    time.sleep(2.1)  # a file that holds a time of making would differ
    assert written(rows, tmp_path / "b") == first


def test_other_files_are_refused(tmp_path: Path) -> None:
    """A file of other columns would be read as records."""
    import pyarrow as pa  # noqa: PLC0415 - what the other file is written with
    import pyarrow.parquet as pq  # noqa: PLC0415 - likewise

    pq.write_table(pa.table({"idx": [1]}), tmp_path / "other")
    with (tmp_path / "other").open("rb") as handle, pytest.raises(VerificationError, match="idx"):
        SegmentReader(handle, "other")
    with pytest.raises(VerificationError, match="a: expected a segment in Parquet"):
        SegmentReader(io.BytesIO(b"no Parquet"), "a")


def test_every_column_of_the_store_is_there() -> None:
    """What verification compares would be lost in the archive."""
    assert ("idx", *RawRecord._fields[1:]) == COLUMNS


def some_row(at: int) -> RawRecord:
    """A row that can be."""
    return RawRecord(
        *(at, bytes([at % 256]) * 50, bytes(32), bytes(16), 1, "access.used.v1"),
        *(None, at, None, "web"),
    )
