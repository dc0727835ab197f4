"""Laws of timelines, over events of every kind."""

import json
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from formats.export.timesketch import COLUMNS, MOST_BYTES, write_csv, write_jsonl
from ledger.events import Event
from tests.strategies import completed_events
from tests.timeline_records import exported, provenance, records

_SOME = st.lists(completed_events(), min_size=2, max_size=4)
_RUNS = settings(max_examples=15)


def rows_of(events: list[Event]) -> list[dict[str, Any]]:
    found = [exported(index, event) for index, event in enumerate(events)]
    written = b"".join(write_jsonl(records(found), provenance()))
    return [json.loads(line) for line in written.splitlines()]


@given(_SOME)
@_RUNS
def test_a_field_has_one_type_whatever_the_kind(events: list[Event]) -> None:
    """The index of Timesketch drops a row whose field has another type than the first one had."""
    types: dict[str, type] = {}
    for row in rows_of(events):
        for name, value in row.items():
            assert types.setdefault(name, type(value)) is type(value), name
            assert type(value) in {str, int, list}


@given(_SOME)
@_RUNS
def test_every_field_of_every_event_is_there(events: list[Event]) -> None:
    """Something that happened would be missing in the timeline."""
    for event, row in zip(events, rows_of(events), strict=False):
        for name, value in msgspec.to_builtins(event).items():
            names = [f"{name}_{key}" for key in value] if isinstance(value, dict) else [name]
            known = {"occurred_at": "datetime", "kind": "data_type"}
            assert all(known.get(each, each) in row for each in names), name


@given(_SOME)
@_RUNS
def test_every_row_fits_the_index_and_the_header(events: list[Event]) -> None:
    """A row would be dropped, or its cells stand under other headings."""
    found = [exported(index, event) for index, event in enumerate(events)]
    for row in rows_of(events):
        texts = [value for value in row.values() if isinstance(value, str)]
        assert all(len(text.encode("utf-8", "surrogatepass")) <= MOST_BYTES for text in texts)
    header, *_ = b"".join(write_csv(records(found), provenance())).decode().splitlines()
    assert header.split(",") == list(COLUMNS)
