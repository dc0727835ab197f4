"""A security lake has a source for each class of OCSF, with the same columns in all its files."""

import io
import json
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from formats.export import export_format, ocsf_lake
from formats.export.writing import Exported
from formats.ocsf.integrity import ChainCheck
from ledger.errors import BadRequest
from tests.exported_records import exported_event, provenance, records, written, written_tree

FOUND = [
    exported_event(
        "access.used",
        index,
        actor=f"person:user{index}",
        occurred_at=f"2026-03-0{index % 2 + 1}T09:00:00Z",
        resource="customer-file",
        **({"origin": "ip:203.0.113.9"} if index == 3 else {}),
    )
    for index in range(4)
] + [exported_event("ip.blocked", 4, block_id="B-1", ip="ip:203.0.113.9")]


def _tables(found: list[Exported]) -> dict[str, Any]:
    files = written_tree("ocsf-lake", found)
    return {path: pq.ParquetFile(io.BytesIO(raw)) for path, raw in files.items() if "/" in path}


def test_each_class_is_a_source_with_folders_by_day() -> None:
    """A lake would refuse events of several classes below one source."""
    tables = _tables(FOUND)
    sources = {path.split("/")[1] for path in tables}
    assert {"zegel-event-log-activity"} < sources
    for path, table in tables.items():
        rows = table.read().to_pylist()
        (name,) = {row["class_name"] for row in rows}
        assert path.startswith(f"ext/zegel-{'-'.join(name.lower().split())}/region=local/")
        assert [row["time"] for row in rows] == sorted(row["time"] for row in rows)
    assert sum(table.metadata.num_rows for table in tables.values()) == len(FOUND) + 1


def test_all_files_of_a_class_have_the_same_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    """A question over several days would end in an error."""
    monkeypatch.setattr(ocsf_lake, "_PROBED", 1)
    monkeypatch.setattr(ocsf_lake, "MOST_EVENTS", 1)
    schemas: dict[str, list[Any]] = {}
    for path, table in _tables(FOUND).items():
        schemas.setdefault(path.split("/")[1], []).append(table.schema_arrow)
    assert max(map(len, schemas.values())) == 4
    assert all(each.equals(found[0]) for found in schemas.values() for each in found)


def test_the_events_are_those_of_ndjson_and_their_chain_holds() -> None:
    """Whoever asks the lake would be told something else than a SIEM, or could not check it."""
    lines = [json.loads(line) for line in written("ocsf", FOUND).splitlines()]
    rows = [row for table in _tables(FOUND).values() for row in table.read().to_pylist()]
    rows.sort(key=lambda row: row["metadata"]["sequence"])
    check = ChainCheck()
    for row, line in zip(rows, lines, strict=True):
        event = _without_nulls(row)
        event["unmapped"] = json.loads(event["unmapped"])
        if "export" in event["unmapped"]["zegel"]:  # each names the settings of its own format
            continue
        assert event == line
        assert list(check.check(event)) == []


def _without_nulls(value: Any) -> Any:  # noqa: ANN401 - any value of a row
    if isinstance(value, dict):
        return {name: _without_nulls(each) for name, each in value.items() if each is not None}
    if isinstance(value, list):
        return [_without_nulls(each) for each in value]
    return value


def test_duckdb_asks_a_source_over_its_days(tmp_path: Path) -> None:
    """The layout would be one that only we understand."""
    for path, raw in written_tree("ocsf-lake", FOUND).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(raw)
    (source,) = (
        each
        for each in (tmp_path / "ext").iterdir()
        if "event-log" not in each.name and len(list(each.rglob("*.parquet"))) == 2
    )
    asked = duckdb.connect().execute(
        "SELECT eventDay, count(*), max(actor.user.name) "
        f"FROM read_parquet('{source}/**/*.parquet', hive_partitioning = true) "
        "GROUP BY ALL ORDER BY ALL"
    )
    assert [row[:2] for row in asked.fetchall()] == [(20260301, 2), (20260302, 2)]


def test_it_says_where_it_ends_and_is_the_same_again() -> None:
    """A reader would take a part for the whole, and two exports could not be compared."""
    files = written_tree("ocsf-lake", FOUND)
    assert json.loads(files["_zegel.json"])["ending"] == f"complete: {len(FOUND)} records"
    assert files == written_tree("ocsf-lake", FOUND)


def test_one_file_cannot_hold_it() -> None:
    """A file would hold columns of which most belong to another class."""
    assert export_format("ocsf-lake").needs_folder
    with pytest.raises(BadRequest, match="expected a folder"):
        ocsf_lake.write(records(FOUND), provenance("ocsf-lake"))
