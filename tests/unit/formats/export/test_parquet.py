"""Parquet holds every record with its types, in one file or in folders by day."""

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from weakref import ref

import duckdb
import pyarrow.parquet as pq
import pytest

from formats.export import parquet
from formats.export.columns import COLUMNS
from formats.export.writing import Exported, Records
from tests.exported_records import exported_event, provenance, written, written_tree

FOLDER = "ext/zegel/region=local/accountId=zegel/eventDay="


def test_one_file_is_in_the_order_of_the_index_and_says_its_ending() -> None:
    """A reader would not know whether a file is whole."""
    found = [
        exported_event("file.received", 0, file_id="F-0", occurred_at="2026-03-02T09:00:00Z"),
        exported_event("file.received", 1, file_id="F-1"),
    ]
    file = pq.ParquetFile(io.BytesIO(written("parquet", found, more=True)))
    assert file.schema_arrow.names == [column.name for column in COLUMNS]
    rows = file.read().to_pylist()
    assert [row["index"] for row in rows] == [0, 1]
    assert [row["occurred_at"] for row in rows] == [each.occurred_at for each in found]
    assert json.loads(rows[0]["event"]) == found[0].document["event"]
    about = json.loads(file.metadata.metadata[b"zegel"])
    assert (about["ending"], about["size"]) == ("truncated at 2 records", 42)


def test_a_file_is_written_group_by_group(monkeypatch: pytest.MonkeyPatch) -> None:
    """A large export would have to fit into memory."""
    monkeypatch.setattr(parquet, "ROW_GROUP_RECORDS", 2)
    found = [exported_event("file.received", index, file_id=f"F-{index}") for index in range(5)]
    file = pq.ParquetFile(io.BytesIO(written("parquet", found)))
    assert file.num_row_groups == 3
    assert file.read().column("index").to_pylist() == [0, 1, 2, 3, 4]


def test_a_lake_has_a_folder_for_each_day_and_its_ending_beside() -> None:
    """A question about one day would read the files of all."""
    days = ("2026-03-02T09:00:00Z", "2026-03-01T23:59:59Z", "2026-03-02T00:00:00Z")
    found = [
        exported_event("file.received", index, file_id=f"F-{index}", occurred_at=day)
        for index, day in enumerate(days)
    ]
    files = written_tree("parquet", found)
    assert list(files) == [
        f"{FOLDER}20260301/000000000001-000000000001.parquet",
        f"{FOLDER}20260302/000000000000-000000000002.parquet",
        "_zegel.json",
    ]
    _first, raw, _ending = files.values()
    second = pq.ParquetFile(io.BytesIO(raw))
    assert second.read().column("index").to_pylist() == [2, 0]  # as they occurred
    assert json.loads(second.metadata.metadata[b"zegel"])["root"] == bytes(range(32)).hex()
    assert json.loads(files["_zegel.json"])["ending"] == "complete: 3 records"
    assert files == written_tree("parquet", found)


def test_when_many_wait_the_fullest_day_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lake of a long history would have to fit into memory, or a record would be lost."""
    monkeypatch.setattr(parquet, "MOST_WAITING", 3)
    days = ("01", "02", "02", "01", "02", "03")
    found = [
        exported_event(
            "file.received", index, file_id=f"F-{index}", occurred_at=f"2026-03-{day}T09:00:00Z"
        )
        for index, day in enumerate(days)
    ]
    files = written_tree("parquet", found)
    names = [path.partition("eventDay=")[2] for path in files][:-1]
    assert names == [
        "20260302/000000000001-000000000002.parquet",
        "20260301/000000000000-000000000003.parquet",
        "20260302/000000000004-000000000004.parquet",
        "20260303/000000000005-000000000005.parquet",
    ]


def test_what_waits_for_its_day_keeps_no_record_whole() -> None:
    """A lake of a long history would take gigabytes of memory: a whole record is large."""
    given: list[ref[_Watched]] = []
    most = 0

    def told() -> Iterator[Exported]:
        nonlocal most
        for index in range(20):
            record = exported_event("file.received", index, file_id=f"F-{index}")
            watched = _Watched(record.document)
            given.append(ref(watched))
            yield replace(record, document=watched)
            del record, watched
            most = max(most, sum(each() is not None for each in given))

    files = list(parquet.write_tree(Records(told()), provenance("parquet")))
    assert len(files) == 2
    assert most <= 2


class _Watched(dict[str, Any]):
    """A document of which one can see whether it is still held."""


def test_duckdb_reads_a_lake_by_its_folders(tmp_path: Path) -> None:
    """The layout would be one that only we understand."""
    found = [exported_event("file.received", index, file_id=f"F-{index}") for index in range(3)]
    for path, raw in written_tree("parquet", found).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(raw)
    connection = duckdb.connect()
    asked = connection.execute(
        "SELECT eventDay, region, accountId, max(occurred_at), count(*) "
        f"FROM read_parquet('{tmp_path}/**/*.parquet', hive_partitioning = true) GROUP BY ALL"
    )
    ((day, region, account, latest, records),) = asked.fetchall()
    assert (day, region, account, records) == (20260301, "local", "zegel", 3)
    assert latest == found[0].occurred_at
