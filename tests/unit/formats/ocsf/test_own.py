"""What Zegel wrote as OCSF comes back, and what it did not show does not."""

import json
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

import pytest

from formats.export.ocsf import EXPORT
from formats.export.writing import Exported
from formats.ocsf.integrity import ChainCheck
from formats.ocsf.reading import read
from formats.reading import Outcome, Translated
from ledger.events import Event, complete_event, event_from_mapping
from tests.ocsf_records import PROVENANCE, exported, raw, records_of
from tests.unit.formats.sources import facts, outcomes, reasons, skipped, warnings

EVENT_ID: Final = UUID("0195e3a0-0000-7000-8000-000000000001")
TOKEN: Final = "person#0195e3a0000070008000000000000007"


def granted(**fields: Any) -> Event:  # noqa: ANN401 - any field
    """A grant as it is sealed."""
    known = {
        "kind": "access.granted",
        "event_id": str(EVENT_ID),
        "occurred_at": "2026-03-12T07:00:00.000123Z",
        "grant_id": "G-1",
        "grantee": "person:anna",
        "granted_by": "person:boss",
        "resource": "claims",
        "acts": ["read"],
        "purpose": "claim-handling",
    }
    values = {name: value for name, value in (known | fields).items() if value is not None}
    return complete_event(event_from_mapping(values), new_id=lambda: EVENT_ID)


def lines_of(*found: Exported) -> list[bytes]:
    return list(EXPORT.write(records_of(found), PROVENANCE))


def outcomes_of(lines: list[bytes]) -> list[Outcome]:
    return outcomes(read, b"".join(lines))


def test_an_event_comes_back_to_the_microsecond() -> None:
    """A log that takes in another one's export would hold other facts."""
    event = granted()
    (found, _) = outcomes_of(lines_of(exported(event)))
    assert isinstance(found, Translated)
    assert [found.event] == [event]


def test_the_last_line_is_no_fact() -> None:
    """An export would tell of itself as if something had happened."""
    assert skipped(outcomes_of(lines_of())) == ["what an export says of itself"]


def test_tokens_are_left_out_and_the_event_is_another_one() -> None:
    """A token of one log would pass for somebody's name in another, or contradict the original."""
    event = granted(grantee="person:anna", actor="person:clerk")
    shown = exported(
        event, personal={"grantee": "open", "actor": "token", "granted_by": "withheld"}
    )
    document = {**shown.document, "event": {**shown.document["event"], "actor": TOKEN}}
    found = outcomes_of(lines_of(replace(shown, document=document)))
    (fact,) = facts(found)
    assert fact["event_id"] != EVENT_ID
    assert {"actor", "granted_by"}.isdisjoint(fact)
    assert fact["grantee"] == "person:anna"
    assert warnings(found) == ["left out, as the export did not show it: actor, granted_by"]


def test_without_what_its_kind_needs_an_event_is_unreadable() -> None:
    """A grant to nobody would be recorded."""
    shown = exported(granted(), personal={"grantee": "token"})
    (reason,) = reasons(outcomes_of(lines_of(shown)))
    assert reason.startswith("access.granted.v1: field grantee: expected a person by account")


def test_a_record_that_was_raw_is_counted() -> None:
    """A damaged record of one log would come into another one as a fact."""
    assert skipped(outcomes_of(lines_of(raw())))[0].startswith("a record that nobody could read")


def test_a_line_that_was_changed_is_refused() -> None:
    """Whoever carries an export could put words into its mouth."""
    lines = lines_of(exported(granted()))
    lines[0] = lines[0].replace(b"person", b"Person").replace(b"anna", b"anya")
    (reason,) = reasons(outcomes_of(lines))
    assert reason == "event: expected the one that its fingerprint was made of, found a changed one"


def test_a_line_without_its_fingerprint_is_told() -> None:
    """Whoever changes a line would only have to take its fingerprint away."""
    event = json.loads(lines_of(exported(granted()))[0])
    del event["attestation_list"]
    (warning,) = warnings(outcomes(read, json.dumps(event)))
    assert warning == "it carries no fingerprint that can be checked"


def test_many_chains_are_followed_in_bounded_memory() -> None:
    """A hostile file would fill the memory of whoever reads it."""
    chains = ChainCheck()
    for number in range(1500):
        found = {"algorithm_id": 3, "serialization_id": 2, "value": "0"}
        chains.check({"attestation_list": [{"chain_uid": str(number), "fingerprint": found}]})
    assert len(chains._last) == 1000


def test_a_line_that_is_missing_is_told() -> None:
    """Somebody could leave out what does not suit them."""
    first, second, third, end = lines_of(*(exported(granted(), index) for index in range(3)))
    assert warnings(outcomes_of([first, second, third, end])) == []
    (warning,) = warnings(outcomes_of([first, third, end]))
    assert "the event before it in its chain" in warning


def test_another_spelling_of_the_same_json_is_the_same_event() -> None:
    """A tool that writes JSON its own way would make every event suspect."""
    lines = lines_of(exported(granted()))
    again = [json.dumps(json.loads(line), indent=None, sort_keys=False).encode() for line in lines]
    assert len(facts(outcomes(read, b"\n".join(again)))) == 1


@pytest.mark.parametrize("kind", ["access.granted", "access.revoked", "access.denied"])
@pytest.mark.parametrize("grantee", ["person:anna", "person:group ops"])
@pytest.mark.parametrize(
    "resource", ["claims", "sso/role/x", "aws/policy/y", "group/z", "a/group/b"]
)
def test_rights_of_every_sort_come_back(kind: str, grantee: str, resource: str) -> None:
    """A right would come back as another one: a member as a group, a role as a resource."""
    given_by = "person:boss" if kind == "access.granted" else None
    event = granted(kind=kind, grantee=grantee, resource=resource, granted_by=given_by)
    (found, _) = outcomes_of(lines_of(exported(event)))
    assert isinstance(found, Translated)
    assert [found.event] == [event]
