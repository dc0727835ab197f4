"""What events of OCSF become that other products wrote."""

import json
from typing import Any

import pytest

from formats.ocsf.reading import looks_like, read
from tests.golden import expected, golden
from tests.golden import told as golden_told
from tests.unit.formats.ocsf_events import EVENTS, of_class
from tests.unit.formats.sources import facts, outcomes, reasons, skipped, warnings


def told(*events: dict[str, Any]) -> list[dict[str, Any]]:
    """The facts of events, one per line."""
    return facts(outcomes(read, "\n".join(map(json.dumps, events))))


def one(event: dict[str, Any]) -> dict[str, Any]:
    (fact,) = told(event)
    return fact


def test_rights_that_are_given_are_grants_of_their_own() -> None:
    """One right that is taken away would end all others."""
    first, second = told(EVENTS[0])
    assert first.pop("event_id") != second.pop("event_id")
    assert first.pop("occurred_at").isoformat() == "2026-03-12T07:17:02.123000+00:00"
    assert first == {
        "kind": "access.granted.v1",
        "occurred_precision": "millisecond",
        "system": "web-1",
        "parser": "zegel-ocsf/1",
        "actor": "person:boss@example.org",
        "actor_kind": "person",
        "origin": "ip:203.0.113.9",
        "outcome": "success",
        "grant_id": "ocsf key-desk person:anna claims-portal read",
        "grantee": "person:anna",
        "resource": "claims-portal",
        "acts": ("read",),
    }
    assert second["acts"] == ("write",)


def test_a_right_that_is_taken_away_names_the_same_grant() -> None:
    """Who has access would never end."""
    given = of_class(3007, 16, user={"name": "anna"}, iam_roles=[{"name": "Clerk"}])
    taken = {**given, "activity_id": 17, "metadata": {**given["metadata"], "uid": "e-2"}}
    granted, revoked = told(given, taken)
    assert (granted["kind"], revoked["kind"]) == ("access.granted.v1", "access.revoked.v1")
    assert granted["grant_id"] == revoked["grant_id"]
    assert granted["resource"] == revoked["resource"] == "key-desk/role/clerk"


def test_a_grant_that_failed_was_denied() -> None:
    """Somebody would seem to have access that they were refused."""
    assert one({**EVENTS[2], "status_id": 2})["kind"] == "access.denied.v1"


def test_an_account_that_is_disabled_has_left() -> None:
    """Somebody who left would seem to work here still."""
    fact = one(EVENTS[3])
    assert (fact["kind"], fact["person"], fact["status"]) == (
        "identity.status_changed.v1",
        "person:anna",
        "left",
    )


def test_each_member_of_a_group_is_a_grant() -> None:
    """Of several who joined a group only one would be known."""
    found = told(EVENTS[4])
    assert [fact["grantee"] for fact in found] == ["person:anna", "person:bob"]
    assert {fact["resource"] for fact in found} == {"key-desk/group/claims-desk"}


def test_rights_of_groups_and_roles_are_grants_of_theirs() -> None:
    """What everybody in a group may do could not be told."""
    given = of_class(3006, 1, group={"name": "ops"}, privileges=["Read"])
    fact = one(given)
    assert (fact["kind"], fact["grantee"]) == ("access.granted.v1", "person:group ops")
    taken = one(of_class(3008, 9, iam_role={"name": "clerk"}, policies=[{"name": "Read Only"}]))
    assert (taken["kind"], taken["grantee"]) == ("access.revoked.v1", "person:role clerk")
    assert taken["resource"] == "key-desk/policy/read-only"


def test_a_removal_that_failed_ends_nothing() -> None:
    """Somebody would seem to have lost what they still have."""
    assert one({**EVENTS[1], "status_id": 2})["kind"] == "access.attempt_denied.v1"


def test_a_login_and_a_login_that_failed() -> None:
    """Who came in, and from where somebody tried to, could not be told."""
    fact = one(EVENTS[5])
    assert (fact["kind"], fact["actor"], fact["act"]) == (
        "access.used.v1",
        "person:anna",
        "log-in",
    )
    assert (fact["resource"], fact["session"]) == ("vpn", "s-1")
    failed = one({**EVENTS[5], "status_id": 2, "count": 3})
    assert failed["kind"] == "intrusion.attempt_detected.v1"
    assert (failed["ip"], failed["account"]) == ("ip:203.0.113.9", "person:anna")
    assert (failed["target"], failed["attempts"]) == ("vpn", 3)
    nowhere = one({**EVENTS[5], "status_id": 2, "src_endpoint": {"hostname": "laptop"}})
    assert (nowhere["kind"], nowhere["actor"]) == ("access.attempt_denied.v1", "person:anna")


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (7, {"kind": "access.used.v1", "act": "query", "resource": "claims"}),
        (
            8,
            {
                "kind": "exchange.performed.v1",
                "direction": "out",
                "object_id": "list.csv",
                "size_bytes": 512,
            },
        ),
        (9, {"kind": "exchange.performed.v1", "content_classes": ("report",)}),
        (10, {"kind": "access.used.v1", "resource": "api/claims", "action": "getclaim"}),
        (
            11,
            {
                "kind": "exchange.performed.v1",
                "sender_person": "person:a@example.org",
                "recipient_person": "person:b@example.net",
                "channel": "e-mail",
            },
        ),
        (12, {"kind": "intrusion.attempt_detected.v1", "target": "gateway"}),
        (
            13,
            {
                "kind": "intrusion.attempt_detected.v1",
                "account": "person:root",
                "detector": "key-desk",
                "detector_rule": "password-spraying",
            },
        ),
        (14, {"kind": "incident.signalled.v1", "source": "siem", "summary": "Malware"}),
        (15, {"kind": "ip.blocked.v1", "ip": "ip:198.51.100.3"}),
        (16, {"kind": "incident.signalled.v1", "summary": "a log was cleared: Security"}),
    ],
)
def test_every_class_becomes_its_kind(place: int, expected: dict[str, Any]) -> None:
    """A class of events would be told as something else."""
    fact = one(EVENTS[place])
    assert {name: fact.get(name) for name in expected} == expected


def test_a_block_and_its_end_are_one_case() -> None:
    """An address that was let in again would seem to be kept out."""
    blocked, unblocked = told(
        EVENTS[15], {**EVENTS[15], "activity_id": 3, "metadata": {"version": "1.9.0", "uid": "2"}}
    )
    assert (blocked["kind"], unblocked["kind"]) == ("ip.blocked.v1", "ip.unblocked.v1")


def test_uses_that_were_refused_are_attempts() -> None:
    """A refusal would be told as access."""
    for place in (7, 10):
        assert one({**EVENTS[place], "status_id": 2})["kind"] == "access.attempt_denied.v1"
    assert one({**EVENTS[8], "status_id": 2})["kind"] == "exchange.failed.v1"


def test_names_that_may_be_somebodys_stay_out_of_public_fields() -> None:
    """The mailbox of a person would be sealed for good."""
    event = of_class(6005, 1, table={"name": "home/j.jansen@example.org", "uid": "t"})
    fact = one(event)
    assert (fact["resource"], fact["object_id"]) == ("resource", "home/j.jansen@example.org")


def test_other_classes_are_counted() -> None:
    """Events would be dropped, and nobody would know how many."""
    assert skipped(outcomes(read, json.dumps(EVENTS[17]))) == [
        "an event of class 1007, which has no form here"
    ]


def test_what_has_no_time_or_another_version_is_refused() -> None:
    """A fact would stand at a time that nobody stated."""
    timeless = {name: each for name, each in EVENTS[5].items() if name != "time"}
    assert reasons(outcomes(read, json.dumps(timeless))) == [
        "time: expected a whole number, 0 or more, found nothing"
    ]
    other = {**EVENTS[5], "metadata": {"version": "0.9.0"}}
    (reason,) = reasons(outcomes(read, json.dumps(other)))
    assert reason.startswith("metadata.version: expected a version 1")


def test_nobody_is_nobody_however_it_is_written() -> None:
    """A dash would be an account that never existed."""
    event = of_class(
        3002,
        1,
        status_id=2,
        status_detail="bad password",
        actor={"user": {"name": "-", "uid": "NULL SID"}, "session": {"issuer": None}},
        user={"name": "Administrator", "uid": "S-1-0-0"},
        src_endpoint={"ip": "-", "name": "DESK"},
        dst_endpoint={"hostname": "DESK"},
    )
    fact = one(event)
    assert (fact["kind"], fact["actor"], fact["resource"], fact["note"]) == (
        "access.attempt_denied.v1",
        "person:Administrator",
        "desk",
        "bad password",
    )


def test_one_account_has_one_name_in_an_event() -> None:
    """Somebody who logs in would be another person than the one who acts."""
    account = {"name": "anna", "uid": "arn:aws:iam::1:user/anna"}
    event = of_class(3002, 1, actor={"user": account}, user={"uid": account["uid"]})
    assert one(event)["actor"] == "person:anna"


def test_the_finer_time_counts_where_there_is_one() -> None:
    """Two events of one millisecond would stand in no order."""
    fact = one({**EVENTS[5], "time_dt": "2026-03-12T07:17:02.123456Z"})
    assert fact["occurred_at"].microsecond == 123456


def test_an_address_of_another_shape_is_no_address() -> None:
    """One odd observable would end an import with a trace."""
    odd = {**EVENTS[15], "observables": [{"type_id": [], "value": {}}], "src_endpoint": []}
    (reason,) = reasons(outcomes(read, json.dumps(odd)))
    assert reason == "observables: expected the address that is concerned, found none"


def test_an_event_without_an_id_is_known_by_its_content() -> None:
    """A file that is read twice would give two facts of one."""
    nameless = {**EVENTS[5], "metadata": {"version": "1.3.0"}}
    assert one(nameless)["event_id"] == one(dict(reversed(nameless.items())))["event_id"]
    assert one(nameless)["event_id"] != one({**nameless, "time": 1773299822124})["event_id"]


def test_a_fingerprint_of_another_event_is_told() -> None:
    """A changed event of others would pass without a word."""
    fingerprint = {"algorithm_id": 3, "serialization_id": 2, "value": "0" * 64}
    event = {**EVENTS[5], "attestation_list": [{"fingerprint": fingerprint}]}
    (warning,) = warnings(outcomes(read, json.dumps(event)))
    assert "fingerprint" in warning


def test_an_array_is_read_as_its_events() -> None:
    """What an interface answers could not be imported as it comes."""
    assert len(facts(outcomes(read, json.dumps([EVENTS[5], EVENTS[7]], indent=1)))) == 2


def test_only_what_looks_like_ocsf_is_taken_for_it() -> None:
    """Events of another language would be read as OCSF."""
    assert looks_like(json.dumps(EVENTS[0]).encode(), "") > 60
    assert looks_like(b'{"kind":"access.used"}', "ocsf.json") == 0


def test_golden_files_stay_as_they_are_read() -> None:
    """A change of the reader would tell other facts, or under other ids, of the same source."""
    assert golden_told(outcomes(read, golden("ocsf.ndjson"))) == expected("ocsf.told.ndjson")


def test_a_product_of_rights_is_refused() -> None:
    """One event with two long lists would fill the memory of whoever reads it."""
    many = [f"right-{each}" for each in range(101)]
    event = of_class(
        3007,
        14,
        user={"name": "anna"},
        privileges=many,
        resources=[{"name": f"thing-{each}"} for each in range(100)],
    )
    found = outcomes(read, json.dumps(event))
    assert reasons(found) == ["privileges: expected at most 10000 rights in one event, found 10100"]


def test_a_deep_event_is_refused_and_stops_nothing() -> None:
    """One event that anybody may send would end the reading of its source for good."""
    event = {**EVENTS[0], "metadata": {**EVENTS[0]["metadata"], "uid": None}}
    deep = json.dumps(event)[:-1] + f',"x":{"[" * 800}{"]" * 800}}}'
    found = outcomes(read, f"{deep}\n{json.dumps(EVENTS[0])}")
    assert reasons(found) == ["expected JSON, found too deep a nesting"]
    assert len(facts(found)) == 2
