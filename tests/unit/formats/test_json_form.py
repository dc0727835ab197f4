"""Every answer has one JSON form, whoever asks."""

import json
from datetime import datetime, timedelta, timezone

from formats.json_form import encode_json


def test_a_nested_instant_is_in_utc_too() -> None:
    """A time deep in an answer would carry the zone of whoever asked."""
    instant = datetime(2026, 1, 1, 1, tzinfo=timezone(timedelta(hours=1)))
    assert json.loads(encode_json({"rows": [{"at": instant}]})) == {
        "rows": [{"at": "2026-01-01T00:00:00Z"}]
    }


def test_bytes_are_hexadecimal_wherever_they_stand() -> None:
    """A hash could not be compared with that of another answer."""
    assert json.loads(encode_json([{"root": b"\x01\xff"}])) == [{"root": "01ff"}]
