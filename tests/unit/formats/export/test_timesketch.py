"""Timelines as Timesketch reads them."""

import csv
import dataclasses
import io
import json
import re
from datetime import datetime
from typing import Any

import pytest

from formats.export import export_format
from formats.export.timesketch import COLUMNS, MOST_BYTES, write_csv, write_jsonl
from formats.export.writing import Exported
from tests.timeline_records import exported, provenance, raw, records, told

MANDATORY = ("message", "datetime", "timestamp_desc")
ONE_FORM = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00")
MOST_OF_THE_INDEX = 32_766
TIMES = {"datetime", "recorded_at", "observed_at"}
USED = told(
    "access.used",
    "2026-11-22T10:00:00.5+01:00",
    actor="person:anna",
    system="portal",
    resource="customer-file",
    purpose="contract",
    outcome="success",
    records_count=3,
    note="=1+1",
)
SOME = (
    USED,
    told(
        "exchange.performed",
        "2026-11-22T10:00:01Z",
        direction="out",
        exchange_kind="transfer",
        recipient={"role": "third-party", "organisation": "carrier", "country": "NL"},
        content_classes=["orders", "invoices"],
        size_bytes=6,
        encrypted=True,
    ),
    told(
        "ip.blocked",
        "2026-11-22T10:00:02Z",
        block_id="a",
        ip="ip:203.0.113.7",
        until="2026-11-23T10:00:02+01:00",
        observed_at="2026-11-22T10:00:03.25+01:00",
    ),
    told(
        "promise.parameter_set",
        "2026-11-22T10:00:03Z",
        promise_id="INF-08",
        params=[{"name": "attempts", "value": 2}],
        effective_from="2026-11-22T10:00:03Z",
    ),
)


def lines(*found: Exported, cut: bool = False) -> list[dict[str, Any]]:
    """The rows of the JSONL file."""
    written = b"".join(write_jsonl(records(found, cut=cut), provenance()))
    return [json.loads(line) for line in written.splitlines()]


def cells(*found: Exported) -> list[dict[str, str]]:
    """The rows of the CSV file by column."""
    text = b"".join(write_csv(records(found), provenance())).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def some() -> list[Exported]:
    """Records of several kinds, with objects, lists, numbers and times inside."""
    return [exported(index, event) for index, event in enumerate(SOME)]


def test_a_record_is_a_row_with_what_people_look_for() -> None:
    """An analyst would have to know our fields to find out who did what."""
    row, _ = lines(exported(7, USED))
    assert row["message"].startswith("access.used by person:anna: ")
    assert (row["datetime"], row["timestamp"]) == (
        "2026-11-22T09:00:00.500000+00:00",
        1795338000500000,
    )
    assert (row["timestamp_desc"], row["data_type"]) == ("Occurred", "gdpr:audit:access.used")
    assert row["tag"] == ["access", "success"]
    assert (row["index"], row["system"], row["records_count"]) == (7, "portal", 3)
    assert row["recorded_at"] == "2026-11-22T12:00:07.000000+00:00"
    assert len(bytes.fromhex(row["leaf_hash"])) == 32


def test_times_and_numbers_agree() -> None:
    """A row would stand at another place of the timeline than its text says."""
    for row in lines(*some()):
        instant = datetime.fromisoformat(row["datetime"])
        assert round(instant.timestamp() * 1_000_000) == row["timestamp"]


def test_every_kind_has_all_that_a_row_needs() -> None:
    """Timesketch would refuse the whole file because of one row."""
    for row in (*lines(*some()), *cells(*some())):
        assert all(row[name] for name in MANDATORY)


def test_all_times_have_one_form() -> None:
    """The reader of CSV takes the form of the first row, and drops rows of another one."""
    rows = (*lines(*some(), raw(900)), *cells(*some(), raw(900)))
    times = {name: row[name] for row in rows for name in row if name in TIMES and row[name]}
    assert set(times) == TIMES
    for row in rows:
        assert all(ONE_FORM.fullmatch(row[name]) for name in TIMES if row.get(name))


def test_objects_and_lists_become_fields_that_can_be_searched() -> None:
    """An analyst could not ask to whom data went."""
    row = lines(*some())[1]
    assert (row["recipient_organisation"], row["recipient_role"]) == ("carrier", "third-party")
    assert (row["content_classes"], row["size_bytes"]) == ("orders; invoices", 6)
    assert row["encrypted"] == "true"


def test_a_field_that_is_a_text_somewhere_is_a_text_everywhere() -> None:
    """The index drops a row whose field has another type than in the first row that had it."""
    parameters = lines(*some())[3]["params"]
    assert json.loads(parameters) == [{"name": "attempts", "value": 2}]


def test_long_texts_go_on_in_further_fields() -> None:
    """The index would drop the row, or somebody cut the text in silence."""
    long = "ë" * 8_000
    event = told("access.used", "2026-11-22T10:00:00Z", resource="x", note=long)
    made = exported(0, event)
    twice = f"{long * 3}"
    made = dataclasses.replace(made, document={**made.document, "event": {"note": twice}})
    row, _ = lines(made)
    parts = [row["note"], row["note_2"]]
    assert "".join(parts) == twice
    assert all(len(part.encode()) <= MOST_BYTES < MOST_OF_THE_INDEX for part in parts)


def test_a_record_that_nobody_can_read_stands_where_it_was_recorded() -> None:
    """What somebody damaged would be missing in the timeline."""
    row, _ = lines(raw(5))
    assert (row["timestamp_desc"], row["raw"]) == ("Recorded", "00ff")
    assert row["datetime"] == row["recorded_at"]


def test_how_sure_a_reading_is_and_its_case_are_told() -> None:
    """A reading that may have shown somebody would pass for one that did."""
    made = exported(0, USED, "case-1")
    sure = dataclasses.replace(made, document={**made.document, "looked_at": "possibly"})
    assert (lines(sure)[0]["looked_at"], lines(sure)[0]["stream"]) == ("possibly", "case-1")
    assert "looked_at" not in lines(made)[0]


def test_what_was_erased_is_said() -> None:
    """A field that is gone would look like one that never was."""
    made = exported(0, USED)
    gone = dataclasses.replace(made, document={**made.document, "erased": {"note": {"event": 12}}})
    assert lines(gone)[0]["erased"] == "note (by event 12)"


@pytest.mark.parametrize(
    ("cut", "word", "text"),
    [(False, "complete", "complete: 1 record"), (True, "truncated", "truncated at 1 record")],
)
def test_the_last_row_says_whether_all_is_there(*, cut: bool, word: str, text: str) -> None:
    """A timeline that was cut off would look like a quiet night."""
    _, last = lines(exported(0, USED), cut=cut)
    assert (last["tag"], last["data_type"]) == (["export", word], "gdpr:audit:export")
    assert text in last["message"]
    assert json.loads(last["export"])["size"] == last["index"] == 40
    assert last["datetime"] == "2026-11-22T09:00:00.500000+00:00"


def test_an_export_of_nothing_still_says_so() -> None:
    """An empty file would be refused, or mean that the export failed."""
    (only,) = lines()
    assert "complete: 0 records" in only["message"]


def test_csv_holds_the_same_as_jsonl() -> None:
    """Whoever uploads the one would see another history than with the other."""
    for row, cell in zip(lines(*some()), cells(*some()), strict=True):
        details = json.loads("".join(cell[name] for name in COLUMNS if name.startswith("details")))
        assert cell["message"].lstrip("'") == row["message"].lstrip("'")
        assert (cell["datetime"], cell["tag"]) == (row["datetime"], ",".join(row["tag"]))
        assert details == {name: value for name, value in row.items() if name not in COLUMNS}


def test_no_cell_is_run_as_a_formula() -> None:
    """Opening the timeline in a spreadsheet would run what an attacker typed."""
    event = told(
        "intrusion.attempt_detected",
        "2026-11-22T10:00:00Z",
        ip="ip:203.0.113.7",
        account="person:x",
    )
    made = exported(0, event)
    typed = {**made.document["event"], "account": "=cmd|' /C calc'!A0"}
    made = dataclasses.replace(made, document={**made.document, "event": typed})
    assert cells(made)[0]["account"] == "'=cmd|' /C calc'!A0"


def test_details_that_fit_in_no_row_are_said_to_be_cut() -> None:
    """The rest of a record would be missing without a word."""
    made = exported(0, USED)
    many = {f"field_{number}": "x" * 30_000 for number in range(6)}
    made = dataclasses.replace(made, document={**made.document, "event": many})
    assert cells(made)[0]["details_4"].startswith("cut, too long")


def test_the_file_names_end_as_timesketch_asks() -> None:
    """The import would refuse the file by its name."""
    assert export_format("timesketch").suffix == ".jsonl"
    assert export_format("timesketch-csv").suffix == ".csv"
