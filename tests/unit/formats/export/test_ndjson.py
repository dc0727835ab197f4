"""Native NDJSON is the history as it is shown, with one line more."""

import json

from formats.json_form import encode_json
from tests.exported_records import exported_event, written


def test_a_line_for_each_record_and_one_about_them() -> None:
    """A script that reads lines would miss a record, or not know that some are missing."""
    found = [exported_event("file.received", index, file_id=f"F-{index}") for index in range(2)]
    *lines, closing = written("ndjson", found, more=True).decode().splitlines()
    assert [json.loads(line) for line in lines] == [each.document for each in found]
    assert lines[0] == encode_json(found[0].document)
    about = json.loads(closing)["export"]
    assert (about["ending"], about["is_complete"]) == ("truncated at 2 records", False)
    assert (about["size"], about["root"]) == (42, bytes(range(32)).hex())


def test_acting_characters_are_escaped_and_stay_the_same_value() -> None:
    """An escape sequence in a file name would act on the terminal that shows the export."""
    name = "\x1b]0;owned\x07\u202e"
    raw = written("ndjson", [exported_event("file.received", file_id="F-1", name=name)])
    assert b"\x1b" not in raw
    assert "\u202e" not in raw.decode()
    assert json.loads(raw.splitlines()[0])["event"]["name"] == name
