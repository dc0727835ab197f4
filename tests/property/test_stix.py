"""Laws of bundles, over any blocks, ends and attempts in any order."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from hypothesis import given, settings
from hypothesis import strategies as st
from stix2validator import ValidationOptions, validate_string

from formats.export.stix import write
from formats.export.writing import Exported
from ledger.errors import BadRequest
from tests.timeline_records import exported, provenance, records, told

_BEGIN: Final = datetime(2026, 11, 22, tzinfo=UTC)
_ADDRESSES: Final = ("203.0.113.7", "2001:db8::5", "2001:DB8:0::5")
_ACTS: Final = st.tuples(
    st.sampled_from(["ip.blocked", "ip.unblocked", "intrusion.attempt_detected", "access.used"]),
    st.sampled_from(_ADDRESSES),
    st.integers(0, 3_000).map(lambda ms: _BEGIN + timedelta(milliseconds=ms)),
    st.none() | st.integers(0, 3_000).map(lambda ms: _BEGIN + timedelta(milliseconds=ms)),
)


def record_of(index: int, act: tuple[str, str, datetime, datetime | None]) -> Exported:
    kind, address, at, until = act
    fields: dict[str, Any] = {"ip": f"ip:{address}"}
    if kind == "access.used":
        fields = {"resource": "x"}
    elif kind != "intrusion.attempt_detected":
        fields["block_id"] = address
        if kind == "ip.blocked" and until is not None:
            fields["until"] = until.isoformat()
    return exported(index, told(kind, at.isoformat(), **fields), address)


@given(st.lists(_ACTS, max_size=8))
@settings(max_examples=20)
def test_a_bundle_is_valid_or_refused(
    acts: list[tuple[str, str, datetime, datetime | None]],
) -> None:
    """A late or strange fact would make a bundle that no other tool takes."""
    found = [record_of(index, act) for index, act in enumerate(acts)]
    blocks = sum(act[0] == "ip.blocked" for act in acts)
    try:
        text = b"".join(write(records(found), provenance(tlp="amber"))).decode()
    except BadRequest:
        assert blocks == 0
        return
    assert validate_string(text, ValidationOptions(version="2.1")).is_valid
    objects = json.loads(text)["objects"]
    indicators = [each for each in objects if each["type"] == "indicator"]
    assert len(indicators) == blocks
    assert len({each["id"] for each in objects}) == len(objects)
    for each in indicators:
        assert each.get("valid_until", "9") > each["valid_from"]
        assert each["modified"] >= each["created"]
