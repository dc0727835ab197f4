"""Timesketch: one row of a timeline for each record, as JSONL and CSV, and a last row about them.

Timesketch shows `message` at `datetime` and lets people filter by every other field. What it asks
for, and what follows here:

- `message`, `datetime` and `timestamp_desc` are mandatory; a file is lines of objects, never an
  array, and its name ends in `.jsonl` or `.csv`;
- the reader of CSV takes the form of all times of a file from its first row, and drops rows of
  another form: every time here has microseconds and `+00:00`;
- its index takes the type of a field from the first row that has it, and drops rows of another
  type: a field is a number only where no kind has a text there, and all else is text;
- no field may be longer than 32,766 bytes: a longer one goes on in `NAME_2`, `NAME_3`.

A record stands where it occurred, and where it was recorded if it is shown raw. The last row stands
at the time of the latest one, and says whether all records are there and of which log they are.

Source: timesketch, lib/utils.py `read_and_validate_jsonl` and `read_and_validate_csv`, and
    data/generic.mappings; Lucene, IndexWriter.MAX_TERM_LENGTH.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final

import msgspec

from formats.answers.record import short_kind
from formats.csv_cell import csv_cell, csv_line, json_text
from formats.export.writing import Exported, ExportFormat, Provenance, Records, closing_facts
from formats.formula_guard import guarded_json
from formats.json_form import encode_json
from formats.visible import visible_json, visible_lines
from ledger.events import KINDS

MOST_BYTES: Final = 32_000
"""Of one field: below the limit of the index, which counts a few bytes more."""
COLUMNS: Final = (
    *("message", "datetime", "timestamp", "timestamp_desc", "data_type", "tag", "index"),
    *("event_id", "system", "actor", "origin", "ip", "account", "resource", "outcome"),
    *("recorded_at", "observed_at", "leaf_hash", "log", "details"),
    *("details_2", "details_3", "details_4"),
)
MOST_DETAILS: Final = 4
"""Of the CSV file; `details` is the JSON of all other fields."""
DATA_TYPE: Final = "gdpr:audit"
ENDING_TYPE: Final = f"{DATA_TYPE}:export"

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_DETAILS: Final = "details"
_TOLD_ABOVE: Final = frozenset({"kind", "event_id", "occurred_at"})
_TOLD_BESIDE: Final = ("stream", "looked_at")
"""Of a record: the case that it belongs to; with `--looked-at`, how sure it is."""
_OWN: Final = frozenset(
    (*COLUMNS[:7], *_TOLD_BESIDE, "recorded_at", "leaf_hash", "log", "erased", "export")
)
"""What a row says itself: a field of an event of the same name is called `event_NAME`."""

Fields = dict[str, str | int | list[str]]


def write_jsonl(records: Records, provenance: Provenance) -> Iterator[bytes]:
    """One line of bytes for each record with all its fields, then the row of the ending; UTF-8."""
    for row in _rows(records, provenance):
        yield f"{visible_json(encode_json(row))}\n".encode()


def write_csv(records: Records, provenance: Provenance) -> Iterator[bytes]:
    """A header, one row for each record by `COLUMNS`, then the row of the ending; UTF-8."""
    yield csv_line(COLUMNS).encode()
    for row in _rows(records, provenance):
        yield csv_line([csv_cell(cell) for cell in _cells(row)]).encode()


def _rows(records: Records, provenance: Provenance) -> Iterator[Fields]:
    latest = _EPOCH
    for record in records:
        latest = max(latest, record.occurred_at or record.recorded_at)
        yield _row(record, provenance)
    yield _ending(records, provenance, latest)


def _row(record: Exported, provenance: Provenance) -> Fields:
    event = record.document["event"]
    kind = short_kind(record.kind)
    actor = f" by {record.actor}" if record.actor else ""
    told = _split("message", visible_lines(f"{kind}{actor}: {record.sentence}"))
    when = "Occurred" if record.occurred_at else "Recorded"
    row: Fields = told | _moment(record.occurred_at or record.recorded_at, when)
    row |= {
        "data_type": f"{DATA_TYPE}:{kind}",
        "tag": _tags(kind, event),
        "index": record.index,
        "recorded_at": _instant(record.recorded_at),
        "leaf_hash": record.leaf_hash.hex(),
        "log": provenance.origin,
    }
    if record.event_id is not None:
        row["event_id"] = str(record.event_id)
    row |= {name: str(record.document[name]) for name in _TOLD_BESIDE if name in record.document}
    for name, value in _flat(event):
        row |= _split(name, value) if isinstance(value, str) else {name: value}
    erased: Mapping[str, Any] = record.document.get("erased") or {}
    if erased:
        row["erased"] = "; ".join(f"{path} (by event {by['event']})" for path, by in erased.items())
    return row


def _ending(records: Records, provenance: Provenance, latest: datetime) -> Fields:
    """The row that says how the export ended, at the time of its latest record."""
    facts = closing_facts(provenance, records.ending)
    how = "complete" if facts["is_complete"] else "truncated"
    message = (
        f"Export of {provenance.origin}, {records.ending.text}; "
        f"of {provenance.size} records under root {provenance.root_hash.hex()}"
    )
    row: Fields = {"message": message} | _moment(latest, "Latest record of the export")
    row |= {"data_type": ENDING_TYPE, "tag": ["export", how], "log": provenance.origin}
    row["index"] = (
        provenance.size
    )  # readers of CSV make all of a column fractions where one is empty
    return row | _split("export", json_text(facts))


def _moment(instant: datetime, described: str) -> Fields:
    return {
        "datetime": _instant(instant),
        "timestamp": (instant - _EPOCH) // _MICROSECOND,
        "timestamp_desc": described,
    }


def _instant(instant: datetime) -> str:
    """An instant in the one form that every row has."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


def _tags(kind: str, event: object) -> list[str]:
    """The group of a kind and the outcome, by which people filter with one click."""
    tags = [kind.partition(".")[0]]
    if isinstance(event, Mapping) and isinstance(outcome := event.get("outcome"), str):
        tags.append(outcome)
    return tags


def _flat(event: object) -> Iterator[tuple[str, str | int]]:
    """The fields of an event, each of its one type; those of an object inside as `NAME_FIELD`."""
    if not isinstance(event, Mapping):  # bytes that are no JSON
        yield "raw", str(event)
        return
    numbers = _number_fields()
    for name, value in event.items():
        if name in _TOLD_ABOVE:
            continue
        is_object = isinstance(value, Mapping)
        inner = {f"{name}_{key}": item for key, item in value.items()} if is_object else {}
        for flat, item in (inner or {name: value}).items():
            is_number = type(item) is int and flat in numbers
            own_name = f"event_{flat}" if flat in _OWN else flat
            yield own_name, item if is_number else _text(flat, item)


def _text(name: str, value: object) -> str:
    if name.endswith("_at") and isinstance(value, str):
        return _instant_text(value)
    if isinstance(value, (list, tuple)) and all(isinstance(item, str) for item in value):
        return "; ".join(visible_lines(item) for item in value)
    return visible_lines(value) if isinstance(value, str) else json_text(value)


def _instant_text(value: str) -> str:
    """A time of an event in the form that all times have, anything else as it is."""
    try:
        return _instant(datetime.fromisoformat(value))
    except ValueError:
        return visible_lines(value)


@cache
def _number_fields() -> frozenset[str]:
    """The fields that are whole numbers in every kind that has them."""
    numbers: set[str] = set()
    others: set[str] = set()
    for event_class in KINDS.values():
        for field in msgspec.structs.fields(event_class):
            (numbers if _is_whole(msgspec.inspect.type_info(field.type)) else others).add(
                field.name
            )
    return frozenset(numbers - others)


def _is_whole(found: msgspec.inspect.Type) -> bool:
    if isinstance(found, msgspec.inspect.UnionType):
        return all(
            isinstance(each, msgspec.inspect.NoneType) or _is_whole(each) for each in found.types
        )
    if isinstance(found, msgspec.inspect.Metadata):
        return _is_whole(found.type)
    return isinstance(found, msgspec.inspect.IntType)


def _split(name: str, text: str) -> dict[str, str]:
    """A text under its name; one that is too long goes on under the same name with numbers."""
    raw = text.encode(errors="replace")
    if len(raw) <= MOST_BYTES:
        return {name: text}
    parts: dict[str, str] = {}
    start = 0
    while start < len(raw):
        piece = raw[start : start + MOST_BYTES].decode(errors="ignore")  # whole characters only
        parts[name if not parts else f"{name}_{len(parts) + 1}"] = piece
        start += len(piece.encode())
    return parts


def _cells(row: Fields) -> Iterator[object]:
    """The cells of a row by `COLUMNS`; what has no column of its own is in the details."""
    shown = {name: value for name, value in row.items() if name in COLUMNS}
    rest = {name: value for name, value in row.items() if name not in COLUMNS}
    details = _split(_DETAILS, guarded_json(json_text(rest))) if rest else {}
    if len(details) > MOST_DETAILS:
        details[COLUMNS[-1]] = f"cut, too long for {MOST_DETAILS} cells: {JSONL.name} has all of it"
    for name in COLUMNS:
        value = (shown | details).get(name)
        yield ",".join(value) if isinstance(value, list) else value


JSONL: Final = ExportFormat(
    name="timesketch",
    title="Timesketch, a timeline as JSONL",
    suffix=".jsonl",
    media_type="application/x-ndjson",
    write=write_jsonl,
)
CSV: Final = ExportFormat(
    name="timesketch-csv",
    title="Timesketch, a timeline as CSV",
    suffix=".csv",
    media_type="text/csv",
    write=write_csv,
)
