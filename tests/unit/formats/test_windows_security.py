"""What events of the Windows Security log become."""

import json
from typing import Any

import pytest

from formats.reading import Numbered, Outcome, Translated, Unreadable
from formats.windows_security import looks_like, read
from tests.golden import expected, golden, told
from tests.unit.formats.sources import facts, outcomes, reasons, skipped

ADMIN = {"SubjectUserSid": "S-1-5-21-1-2-3-500", "SubjectUserName": "beheer"}
MEMBER = {"MemberSid": "S-1-5-21-1-2-3-1104", "TargetUserName": "Readers", **ADMIN}
READERS = {**MEMBER, "TargetSid": "S-1-5-21-1-2-3-2201", "TargetDomainName": "EXAMPLE"}


def event(code: int, data: dict[str, str], **winlog: object) -> str:
    """One event as Winlogbeat writes it."""
    parts = {
        "event_id": code,
        "channel": "Security",
        "computer_name": "dc1.example.org",
        "record_id": 7,
        "event_data": data,
        **winlog,
    }
    return json.dumps({"@timestamp": "2026-03-12T06:17:02.123Z", "winlog": parts})


def one_fact(code: int, data: dict[str, str], **winlog: object) -> dict[str, Any]:
    (fact,) = facts(outcomes(read, event(code, data, **winlog)))
    return fact


def numbers(found: list[Outcome]) -> list[Numbered | None]:
    return [outcome.numbered for outcome in found]


@pytest.mark.parametrize("name", ["windows-winlogbeat", "windows-collector"])
def test_golden_files_stay_as_they_are_read(name: str) -> None:
    """A change of the reader would tell other facts, or under other ids, of the same source."""
    assert told(outcomes(read, golden(f"{name}.ndjson"))) == expected(f"{name}.told.ndjson")


def test_descriptors_of_security_are_not_kept() -> None:
    """Who has which right on a file would be sealed in a text that nobody takes apart."""
    kept = json.dumps(told(outcomes(read, golden("windows-winlogbeat.ndjson"))))
    assert "D:AI(A" not in kept


@pytest.mark.parametrize(("added", "removed"), [(4728, 4729), (4732, 4733), (4756, 4757)])
def test_a_member_is_removed_in_the_grant_that_added_it(added: int, removed: int) -> None:
    """A membership would stand for ever, and its end belong to none."""
    given, gone = one_fact(added, READERS), one_fact(removed, READERS)
    assert (given["kind"], gone["kind"]) == ("access.granted.v1", "access.revoked.v1")
    assert given["grant_id"] == gone["grant_id"]
    assert given["resource"] == gone["resource"] == "example/group/readers"
    assert given["grantee"] == "person:S-1-5-21-1-2-3-1104"


def test_groups_that_every_computer_has_are_told_apart() -> None:
    """An administrator of one server would count as one of all."""
    data = {**MEMBER, "TargetSid": "S-1-5-32-544", "TargetDomainName": "Builtin"}
    here, there = one_fact(4732, data), one_fact(4732, data, computer_name="files2")
    assert here["grant_id"] != there["grant_id"]
    assert (here["resource"], there["resource"]) == ("dc1/group/readers", "files2/group/readers")


def test_who_was_given_access_is_who_uses_it() -> None:
    """A grant and the logons under it would be of two people."""
    logon = {"TargetUserSid": MEMBER["MemberSid"], "TargetUserName": "anna", "LogonType": "10"}
    assert one_fact(4624, logon)["actor"] == one_fact(4728, READERS)["grantee"]


@pytest.mark.parametrize(
    ("code", "status"), [(4720, "active"), (4722, "active"), (4725, "left"), (4726, "left")]
)
def test_accounts_come_and_go(code: int, status: str) -> None:
    """Somebody whose account is closed would count as active."""
    fact = one_fact(code, {"TargetSid": "S-1-5-21-1-2-3-9", "TargetUserName": "bram", **ADMIN})
    assert (fact["person"], fact["status"]) == ("person:S-1-5-21-1-2-3-9", status)


@pytest.mark.parametrize(("domain", "method"), [("EXAMPLE", "active-directory"), ("DC1", "other")])
def test_a_local_account_is_not_one_of_the_directory(domain: str, method: str) -> None:
    """A promise about logons through the directory would be judged by others."""
    data = {"TargetUserSid": "S-1-5-21-9", "TargetUserName": "anna", "TargetDomainName": domain}
    assert one_fact(4624, data)["auth_method"] == method


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ({"TargetUserSid": "S-1-5-18", "TargetUserName": "SYSTEM"}, "a logon of Windows itself"),
        ({"TargetUserSid": "S-1-5-90-0-1", "TargetUserName": "DWM-1"}, "a logon of Windows itself"),
        ({"TargetUserSid": "S-1-5-7", "TargetUserName": "ANONYMOUS LOGON"}, "a logon of Windows"),
        ({"TargetUserSid": "S-1-5-21-1-9", "TargetUserName": "DESK7$"}, "a logon of a computer"),
        ({}, "a logon that names no account"),
    ],
)
def test_logons_that_nobody_made_are_counted_only(data: dict[str, str], reason: str) -> None:
    """Thousands of logons of machines would hide those of people."""
    (only,) = skipped(outcomes(read, event(4624, data)))
    assert only.startswith(reason)


@pytest.mark.parametrize(
    ("status", "rule"),
    [
        ({"SubStatus": "0xC0000064"}, "no-such-account"),
        ({"SubStatus": "0x0", "Status": "0xc000006d"}, "wrong-password-or-account"),
        ({"SubStatus": "0xc0000413"}, "0xc0000413"),
        ({}, "failed"),
    ],
)
def test_a_failed_logon_says_why(status: dict[str, str], rule: str) -> None:
    """A guess of names could not be told from a guess of passwords."""
    data = {"TargetUserName": "root", "IpAddress": "203.0.113.4", **status}
    fact = one_fact(4625, data)
    assert (fact["kind"], fact["detector_rule"]) == ("intrusion.attempt_detected.v1", rule)
    assert (fact["ip"], fact["account"]) == ("ip:203.0.113.4", "person:root")


@pytest.mark.parametrize(
    ("code", "status", "rule"),
    [
        (4771, "0x18", "wrong-password"),
        (4768, "0x6", "no-such-account"),
        (4768, "0x12", "account-revoked"),
    ],
)
def test_a_ticket_that_kerberos_refuses_is_an_attempt(code: int, status: str, rule: str) -> None:
    """Passwords of a directory could be guessed unseen: its members log on by Kerberos."""
    data = {"TargetUserName": "anna", "TargetSid": "S-1-5-21-1-2-3-1104", "Status": status}
    fact = one_fact(code, {**data, "IpAddress": "::ffff:203.0.113.4"})
    assert (fact["kind"], fact["detector_rule"]) == ("intrusion.attempt_detected.v1", rule)
    assert fact["account"] == "person:S-1-5-21-1-2-3-1104"


def test_a_ticket_that_is_given_is_told_by_the_logon_with_it() -> None:
    """Every logon would be counted twice."""
    given = event(4768, {"TargetUserName": "anna", "Status": "0x0"})
    assert skipped(outcomes(read, given)) == [
        "a ticket of Kerberos: the logon with it is told by its computer"
    ]


@pytest.mark.parametrize("code", [4625, 4771])
def test_an_attempt_on_the_account_of_a_computer_counts(code: int) -> None:
    """Whoever guesses at names that end in a dollar sign would stay unseen."""
    data = {"TargetUserName": "DESK7$", "Status": "0x18", "IpAddress": "203.0.113.4"}
    assert one_fact(code, data)["kind"] == "intrusion.attempt_detected.v1"


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ("%%8448", "inactive"),
        ("%%8449, %%8451", "active"),
        ("%%8449, %%8450", "inactive"),
        ("Success removed", "inactive"),
    ],
)
def test_auditing_that_is_switched_off_shows(changes: str, state: str) -> None:
    """The log could be silenced without a trace."""
    data = {"AuditPolicyChanges": changes, "SubcategoryGuid": "{0CCE923F-69AE}", **ADMIN}
    fact = one_fact(4719, data)
    assert (fact["kind"], fact["state"]) == ("measure.changed.v1", state)
    assert (fact["measure"], fact["scope"]) == ("audit-logging", "windows/dc1")


def test_a_log_that_was_cleared_is_a_failed_measure() -> None:
    """Whoever clears the log would leave no trace in ours."""
    fact = one_fact(1102, {}, user_data={"LogFileCleared": ADMIN})
    assert (fact["kind"], fact["measure"]) == ("measure.failed.v1", "audit-logging")
    assert fact["actor"] == "person:S-1-5-21-1-2-3-500"


def test_a_computer_that_is_named_by_an_address_is_not_named_in_public() -> None:
    """The address of somebody's computer would be sealed in public, or the fact be refused."""
    cleared = one_fact(
        1102, {}, user_data={"LogFileCleared": ADMIN}, computer_name="x-203-0-113-77.example.org"
    )
    assert (cleared["measure_id"], cleared["scope"]) == ("audit-log", "windows")


def test_every_outcome_carries_the_running_number_of_its_channel() -> None:
    """A gap in the log would not show, or what is skipped would look like one."""
    found = outcomes(
        read,
        "\n".join(
            (
                event(4672, {}, record_id=7),
                event(4728, READERS, record_id="8"),
                event(4625, {"TargetUserName": "x" * 400}, record_id=9),
                event(7036, {}, channel="System", record_id=3),
                event(4728, READERS, record_id=-1),
            )
        ),
    )
    security = "dc1.example.org security"
    assert numbers(found) == [
        Numbered(security, 7),
        Numbered(security, 8),
        Numbered(security, 9),
        Numbered("dc1.example.org system", 3),
        None,
    ]
    assert isinstance(found[-1], Unreadable)


def test_both_collectors_tell_the_same_of_an_event() -> None:
    """The choice of a collector would change what the log says."""
    beat = json.loads(event(4728, READERS))["winlog"]
    body = {
        "event_id": {"id": 4728, "qualifiers": 0},
        "computer": beat["computer_name"],
        "channel": "Security",
        "record_id": 7,
        "system_time": "2026-03-12T06:17:02.123Z",
    }
    pairs = [{name: value} for name, value in READERS.items()]
    flat = json.dumps(body | {"event_data": READERS})
    listed = json.dumps(body | {"event_data": {"data": pairs, "binary": ""}})
    first, *others = (facts(outcomes(read, text)) for text in (event(4728, READERS), flat, listed))
    assert others == [first, first]


def test_a_log_that_was_made_anew_tells_new_facts() -> None:
    """Events of a new log would be taken for those that had the same numbers before."""
    later = event(4728, READERS).replace("06:17", "06:18")
    assert one_fact(4728, READERS)["event_id"] != facts(outcomes(read, later))[0]["event_id"]


def test_what_is_odd_is_refused_by_name() -> None:
    """A damaged event would be read as something it does not say."""
    texts = (
        event(4728, READERS, computer_name=None),
        event(4728, READERS, event_data=[]),
        '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"<Event/>"}}]}]}]}',
        '{"channel":"Security","event_id":4728}',
        "7",
    )
    assert reasons(outcomes(read, "\n".join(texts))) == [
        "computer_name: expected text, found nothing",
        "event_data: expected an object, found an array",
        "body: expected named values (the receiver's raw: false), found text",
        "computer: expected text, found nothing",
        "expected an object, found another value",
    ]


def test_values_inside_each_other_have_an_end() -> None:
    """One message could exhaust the stack."""
    body: dict[str, Any] = {"stringValue": "x"}
    for _ in range(100):
        body = {"arrayValue": {"values": [body]}}
    text = json.dumps({"resourceLogs": [{"scopeLogs": [{"logRecords": [{"body": body}]}]}]})
    assert reasons(outcomes(read, text)) == [
        "body: expected at most 32 values inside each other, found more"
    ]


def test_a_message_of_several_records_gives_each_its_place() -> None:
    """Nobody could find the record that is meant."""
    found = outcomes(read, golden("windows-collector.ndjson"))
    places = [each.place for each in found if isinstance(each, Translated)]
    assert "line 4, event 1" in places


def test_other_json_is_not_taken_for_windows() -> None:
    """Files of other languages would be read in this one."""
    assert looks_like(b'{"record_id":1}', "events.json") == 0
    assert looks_like(b"winlog", "") == 0
    assert looks_like(event(4728, READERS).encode(), "events.ndjson") > 90


@pytest.mark.parametrize("nanoseconds", ["9" * 20, "1805000000000000000"])
def test_what_a_collector_saw_in_the_future_is_refused(nanoseconds: str) -> None:
    """A collector with a wrong clock would date what it saw after the present, in silence."""
    parts = {
        "event_id": {"id": 4728},
        "channel": "Security",
        "computer": "dc1.example.org",
        "record_id": 7,
        "system_time": "2026-03-12T06:17:02.123Z",
        "event_data": READERS,
        "observedTimeUnixNano": nanoseconds,
    }
    (reason,) = reasons(outcomes(read, json.dumps(parts)))
    assert reason.startswith("observedTimeUnixNano: expected a time that is not in the future")
