"""An export knows how it ended once all of it was taken, and never before."""

import pytest

from formats.export import EXPORTS, export_format
from formats.export.settings import chosen_settings
from formats.export.writing import Ending, ExportFormat, Records, closing_facts
from ledger.errors import BadRequest
from tests.exported_records import exported_event, provenance, written


def _grants(number: int) -> list[object]:
    return [exported_event("file.received", index, file_id=f"F-{index}") for index in range(number)]


def _records(number: int, **given: object) -> Records:
    return Records(iter(_grants(number)), **given)  # type: ignore[arg-type]  # any of its arguments


def test_all_records_are_complete() -> None:
    """A reader would not know whether to look for more."""
    records = _records(3)
    assert [each.index for each in records] == [0, 1, 2]
    assert records.ending == Ending(count=3)
    assert records.ending.text == "complete: 3 records"
    assert records.first_index == 0


def test_as_many_as_the_limit_may_be_all() -> None:
    """An export of exactly so many records would be called cut off."""
    asked: list[int] = []

    def has_more(index: int) -> bool:
        asked.append(index)
        return False

    records = _records(2, has_more=has_more, limit=2)
    list(records)
    assert records.ending.truncated_at is None
    assert asked == [1]


def test_more_than_the_limit_is_cut_and_said() -> None:
    """A reader would take a part for the whole."""
    records = _records(2, has_more=lambda _index: True, limit=2)
    list(records)
    assert (records.ending.truncated_at, records.ending.text) == (2, "truncated at 2 records")


def test_below_the_limit_nobody_looks_for_more() -> None:
    """An export that ended early would be asked for what follows its last record."""
    records = _records(1, has_more=lambda _index: True, limit=2)
    list(records)
    assert records.ending.text == "complete: 1 record"


def test_nothing_is_complete_too() -> None:
    """A question that nothing answers would end in an error, or claim that more is there."""
    records = _records(0, has_more=lambda _index: True, limit=1)
    assert list(records) == []
    assert records.ending.text == "complete: 0 records"
    assert records.first_index is None


def test_the_ending_is_not_known_before_the_end() -> None:
    """A format could call a file complete whose records it has not seen."""
    records = _records(2)
    next(iter(records))
    with pytest.raises(RuntimeError, match="more to come"):
        _ = records.ending


def test_what_was_left_out_or_damaged_is_said() -> None:
    """Records that a format cannot hold, or that somebody changed, would be gone unnoticed."""
    records = _records(3)
    for record in records:
        if record.index:
            records.leave_out()
    assert records.ending.text == "complete: 3 records; 2 of them left out, without a form here"
    ending = Ending(count=1, damaged=1)
    assert ending.text == "complete: 1 record; 1 damaged and shown raw"
    facts = closing_facts(provenance("ndjson"), ending)
    assert (facts["damaged"], facts["is_complete"], facts["size"]) == (1, True, 42)


@pytest.mark.parametrize("name", EXPORTS)
def test_the_list_of_formats_says_what_they_say_themselves(name: str) -> None:
    """The help would promise another format than is written."""
    found = export_format(name)
    assert isinstance(found, ExportFormat)
    assert (found.name, found.title) == (name, EXPORTS[name].title)
    assert found.suffix.startswith(".")


@pytest.mark.parametrize("name", [name for name in EXPORTS if not export_format(name).needs_folder])
def test_a_format_takes_every_record_and_writes_the_same_again(name: str) -> None:
    """Two exports of the same records could not be compared."""
    found = [
        exported_event("ip.blocked", 0, block_id="B-1", ip="ip:203.0.113.9"),
        exported_event("file.received", 1, file_id="F-1"),
    ]
    first = written(name, found)
    assert first
    assert first == written(name, found)
    assert first != written(name, found, more=True)


def test_settings_have_defaults_and_refuse_what_is_none() -> None:
    """A lake would lie in a folder that nobody asked for."""
    parquet = export_format("parquet")
    chosen = chosen_settings(parquet, ())
    assert chosen == {"source": "zegel", "region": "local", "account": "zegel"}
    assert chosen_settings(parquet, ("account=acme",))["account"] == "acme"
    for wrong in ("account", "acount=acme", "account=../..", "account=", "region=a/b"):
        with pytest.raises(BadRequest, match="--set"):
            chosen_settings(parquet, (wrong,))
    with pytest.raises(BadRequest, match="none for this format"):
        chosen_settings(export_format("ndjson"), ("account=acme",))
