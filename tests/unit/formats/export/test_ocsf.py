"""OCSF holds every record in its class, chained, and says how it ends."""

import hashlib
import json
from dataclasses import replace
from typing import Any, Final

import pytest
import rfc8785

from formats.export.ocsf import EXPORT
from formats.export.writing import Exported
from ledger.events import complete_event, event_from_mapping
from tests.ocsf_records import PROVENANCE, exported, leaf_hash, raw, records_of
from tests.ocsf_schema import problems_of
from tests.sealed_logs import uuid_of

WHEN: Final = "2026-03-12T07:00:00.000123Z"


def recorded(kind: str, index: int = 0, **fields: Any) -> Exported:  # noqa: ANN401 - any field
    """The record of an event of these fields."""
    event = event_from_mapping({"kind": kind, "occurred_at": WHEN, **fields})
    return exported(complete_event(event, new_id=lambda: uuid_of(index)), index)


def lines(*found: Exported, cut: bool = False) -> list[dict[str, Any]]:
    """The lines of an export, the one about it last."""
    records = records_of(found, limit=len(found) if cut else None, more=cut)
    return [json.loads(line) for line in EXPORT.write(records, PROVENANCE)]


def one(kind: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - likewise
    """The event of one record, which must be valid."""
    event, _ = lines(recorded(kind, **fields))
    assert problems_of(event) == []
    return event


def test_a_grant_is_user_management() -> None:
    """A SIEM would not find who was given access."""
    event = one(
        "access.granted",
        grant_id="G-1",
        grantee="person:anna",
        granted_by="person:boss",
        resource="claims",
        acts=["read", "write"],
        purpose="claim-handling",
        legal_basis="contract",
    )
    assert (event["class_uid"], event["activity_id"], event["type_uid"]) == (3007, 14, 300714)
    assert event["type_name"] == "User Management: Assign Privileges"
    assert event["user"] == {"name": "anna", "type_id": 1}
    assert event["actor"]["user"]["name"] == "boss"
    assert event["privileges"] == ["read", "write"]
    assert event["resources"] == [{"name": "claims"}]
    assert event["time"] == 1773298800000
    assert event["metadata"]["original_time"] == WHEN
    assert "message" not in event
    kept = event["unmapped"]["zegel"]["event"]
    assert (kept["purpose"], kept["legal_basis"]) == ("claim-handling", "contract")


@pytest.mark.parametrize(
    ("kind", "fields", "type_uid"),
    [
        ("access.denied", {"grant_id": "G", "resource": "x"}, 300714),
        ("access.revoked", {"grant_id": "G"}, 300715),
        (
            "access.granted",
            {"grant_id": "G", "grantee": "person:a", "resource": "group/x"},
            300603,
        ),
        (
            "access.revoked",
            {"grant_id": "G", "grantee": "person:a", "resource": "sso/group/x"},
            300604,
        ),
        (
            "access.granted",
            {"grant_id": "G", "grantee": "person:group x", "resource": "y"},
            300601,
        ),
        (
            "access.granted",
            {"grant_id": "G", "grantee": "person:a", "resource": "sso/role/x"},
            300716,
        ),
        ("access.denied", {"grant_id": "G", "resource": "aws/policy/x"}, 300710),
        ("access.used", {"resource": "x", "act": "log-in"}, 300201),
        ("access.used", {"resource": "x", "act": "read"}, 600501),
        ("access.used", {"resource": "x", "act": "print"}, 600599),
        ("access.attempt_denied", {"resource": "x", "act": "query"}, 600504),
        (
            "exchange.performed",
            {"direction": "out", "exchange_kind": "transfer", "channel": "sftp"},
            600602,
        ),
        (
            "exchange.performed",
            {
                "direction": "out",
                "exchange_kind": "disclosure",
                "channel": "e-mail",
                "recipient_person": "person:a@example.org",
            },
            400901,
        ),
        ("exchange.failed", {"direction": "in", "exchange_kind": "sync"}, 600106),
        ("intrusion.attempt_detected", {"ip": "ip:203.0.113.9", "detector": "sshd"}, 400705),
        ("intrusion.attempt_detected", {"ip": "ip:203.0.113.9"}, 200401),
        ("ip.blocked", {"block_id": "B", "ip": "ip:203.0.113.9"}, 700401),
        ("ip.unblocked", {"block_id": "B", "ip": "ip:203.0.113.9"}, 700403),
        ("data.deleted", {"dataset": "x"}, 600507),
        ("retention.rule_set", {"rule_id": "r", "category": "c"}, 300401),
        ("breach.suspected", {"breach_id": "B"}, 200601),
        ("breach.measure_taken", {"breach_id": "B", "aim": "containment"}, 200502),
        ("incident.closed", {"incident_id": "I"}, 200503),
        ("log.read", {"question": "q", "records": 1}, 100899),
        ("contact.requested", {"channel": "phone"}, 99),
    ],
)
def test_each_kind_has_its_class(kind: str, fields: dict[str, Any], type_uid: int) -> None:
    """A rule of a SIEM for one class would miss what belongs to it."""
    assert one(kind, **fields)["type_uid"] == type_uid


def test_what_failed_is_a_failure() -> None:
    """A refusal would count as access."""
    denied = one("access.attempt_denied", resource="x", act="log-in", outcome="denied")
    assert (denied["status_id"], denied["status"], denied["status_code"]) == (
        2,
        "Failure",
        "denied",
    )
    assert one("exchange.failed", direction="in", exchange_kind="sync")["status_id"] == 2


def test_a_token_never_stands_where_a_name_or_an_address_belongs() -> None:
    """A SIEM would look up a pseudonym as an account, or refuse it as an address."""
    record = recorded("access.used", resource="x", act="log-in", actor="person:a", origin="ip:::1")
    tokens = {"actor": f"person#{'a' * 32}", "origin": f"ip#{'b' * 32}"}
    document = {**record.document, "event": {**record.document["event"], **tokens}}
    event, _ = lines(replace(record, document=document))
    assert problems_of(event) == []
    assert event["user"] == {"uid": tokens["actor"], "type_id": 0}
    assert event["src_endpoint"] == {"uid": tokens["origin"]}


def test_what_was_erased_stays_erased_and_says_so() -> None:
    """An export would invent somebody where nobody is left."""
    record = recorded("access.granted", grant_id="G", grantee="person:a", resource="x")
    document = {
        **record.document,
        "event": {**record.document["event"], "grantee": "withheld"},
        "personal": {"grantee": "erased"},
        "erased": {"grantee": {"event": 7}},
    }
    event, _ = lines(replace(record, document=document))
    assert problems_of(event) == []
    assert event["user"]["name"] == "Unknown"
    assert event["unmapped"]["zegel"]["erased"] == {"grantee": {"event": 7}}


def test_every_line_is_canonical_and_names_the_one_before_it() -> None:
    """Nobody could check the chain with a program of their own."""
    found = [recorded("access.used", index, resource="x") for index in range(3)]
    written = list(EXPORT.write(records_of(found), PROVENANCE))
    previous = None
    uids = [*(leaf_hash(index).hex() for index in range(3)), PROVENANCE.root_hash.hex()]
    for line in written:
        event = json.loads(line)
        assert rfc8785.dumps(event) + b"\n" == line
        (attestation,) = event["attestation_list"]
        assert attestation.get("prev_event") == previous
        fingerprint = attestation.pop("fingerprint")
        digest = hashlib.sha256(rfc8785.dumps(event)).hexdigest()
        assert (fingerprint["value"], fingerprint["serialization_id"]) == (digest, 2)
        assert attestation["authority_uid"] == PROVENANCE.origin
        assert attestation["uid"] == uids.pop(0)
        previous = {
            "uid": event["metadata"]["uid"],
            "type_uid": event["type_uid"],
            "fingerprint": fingerprint,
        }


def test_our_own_chain_stands_in_the_event() -> None:
    """The fingerprint would prove the form, and nothing would lead to the sealed record."""
    event, _ = lines(recorded("access.used", 5, resource="x"))
    own = event["unmapped"]["zegel"]
    assert (own["index"], event["metadata"]["sequence"]) == (5, 5)
    assert own["leaf_hash"] == leaf_hash(5).hex()
    assert own["previous"] == leaf_hash(4).hex()


def test_the_last_line_says_how_it_ended() -> None:
    """A reader would take a part for the whole."""
    *_, whole = lines(recorded("access.used", resource="x"))
    *_, cut = lines(recorded("access.used", resource="x"), cut=True)
    assert problems_of(whole) == problems_of(cut) == []
    assert (whole["type_uid"], whole["message"]) == (100803, "complete: 1 record")
    assert cut["message"] == "truncated at 1 record"
    facts = cut["unmapped"]["zegel"]["export"]
    assert (facts["is_complete"], facts["size"]) == (False, 1000)
    assert facts["root"] == bytes(range(32)).hex()


def test_nothing_and_what_nobody_can_read_are_valid_too() -> None:
    """An export of no records, or of a damaged one, would be turned down whole."""
    assert [problems_of(line) for line in lines()] == [[]]
    event, _ = lines(raw(3))
    assert problems_of(event) == []
    assert (event["type_uid"], event["unmapped"]["zegel"]["event"]) == (99, "00ff")


def test_numbers_beyond_a_double_become_texts() -> None:
    """A fingerprint over them would be another one in every program that reads doubles."""
    record = recorded(
        "processing.performed",
        trace_id="1" * 32,
        span_id="1" * 16,
        status="ok",
        name="x",
        started_at=WHEN,
        ended_at=WHEN,
        attributes={"n": 2**60 + 1, "list": ["a"]},
    )
    event, _ = lines(record)
    kept = event["unmapped"]["zegel"]["event"]["attributes"]
    assert kept == {"n": str(2**60 + 1), "list": ["a"]}


def test_the_same_question_makes_the_same_bytes() -> None:
    """Two exports of the same records could not be compared; those of others would seem one."""
    found = [recorded("access.used", resource="x")]
    first = list(EXPORT.write(records_of(found), PROVENANCE))
    assert first == list(EXPORT.write(records_of(found), PROVENANCE))
    other = list(EXPORT.write(records_of(found), replace(PROVENANCE, question="all")))
    chains = {json.loads(line)["attestation_list"][0]["chain_uid"] for line in (*first, *other)}
    assert len(chains) == 2


def test_what_the_schema_takes_out_of_use_would_be_found() -> None:
    """The next version would refuse what this one still takes, and no test would say so."""
    event = one("access.granted", grant_id="G", grantee="person:anna", resource="team/group/x")
    assert event["class_uid"] == 3006
    old = {**event, "user": event["users"][0], "actor": {"app_name": "portal"}}
    assert sorted(each for each in problems_of(old) if "deprecated" in each) == [
        "group_management.actor.app_name: deprecated",
        "group_management.user: deprecated",
    ]
