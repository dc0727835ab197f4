"""What lines of sshd become."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from formats.openssh import looks_like, read
from formats.reading import SettingMissing, Skipped, Translated, Unreadable
from tests.shared_data import shared
from tests.unit.formats.sources import context_of, facts, outcomes, reasons, skipped, warnings

FAILED = "Mar 12 06:17:02 Gateway sshd[4101]: Failed password for "
LOGIN = (
    "Mar 12 08:42:00 gateway sshd[4150]: Accepted publickey for M.deVries from 192.0.2.14 "
    "port 49822 ssh2: ED25519 SHA256:q3n1bLw0nVhM7Yc5oT2Jd8sXkEwUo4rGfPzA6iBvC9E"
)


def one_fact(line: str) -> dict[str, object]:
    (fact,) = facts(outcomes(read, line))
    return fact


def test_a_failed_password_is_an_attempt_from_an_address() -> None:
    """An intruder would not be seen, or not with what is known of them."""
    fact = one_fact(FAILED + "root from 203.0.113.45 port 40112 ssh2")
    assert fact.pop("event_id")
    assert fact == {
        "kind": "intrusion.attempt_detected.v1",
        "occurred_at": datetime(2026, 3, 12, 5, 17, 2, tzinfo=UTC),
        "occurred_zone": "Europe/Amsterdam",
        "occurred_precision": "second",
        "system": "web-1",
        "host": "Gateway",
        "parser": "zegel-openssh/1",
        "action": "log-in",
        "outcome": "failure",
        "ip": "ip:203.0.113.45",
        "target": "ssh/gateway",
        "account": "person:root",
        "detector": "sshd",
        "detector_rule": "failed-password",
        "attempts": 1,
    }


def test_an_accepted_key_is_a_login_with_its_session() -> None:
    """Who came in could not be told."""
    fact = one_fact(LOGIN)
    assert fact.pop("event_id")
    assert fact == {
        "kind": "access.used.v1",
        "occurred_at": datetime(2026, 3, 12, 7, 42, tzinfo=UTC),
        "occurred_zone": "Europe/Amsterdam",
        "occurred_precision": "second",
        "system": "web-1",
        "host": "gateway",
        "origin": "ip:192.0.2.14",
        "parser": "zegel-openssh/1",
        "actor": "person:M.deVries",
        "actor_kind": "person",
        "action": "log-in",
        "act": "log-in",
        "outcome": "success",
        "auth_method": "public-key",
        "resource": "ssh/gateway",
        "session": "gateway sshd[4150] 2026-03-12T07:42:00Z",
        "note": "key: ED25519 SHA256:q3n1bLw0nVhM7Yc5oT2Jd8sXkEwUo4rGfPzA6iBvC9E",
    }


@pytest.mark.parametrize(
    ("method", "auth_method"),
    [
        ("password", "password"),
        ("publickey", "public-key"),
        ("keyboard-interactive/pam", "other"),
        ("gssapi-with-mic", "single-sign-on"),
    ],
)
def test_logins_say_how_people_proved_who_they_are(method: str, auth_method: str) -> None:
    """A login by password would pass for one by key."""
    line = f"Mar 12 08:42:00 g sshd[1]: Accepted {method} for anna from 192.0.2.14 port 4 ssh2"
    assert one_fact(line)["auth_method"] == auth_method


def test_a_certificate_is_no_plain_key() -> None:
    """A login by certificate could not be told from one by key."""
    line = LOGIN.replace("ED25519 SHA256", "ED25519-CERT SHA256")
    assert one_fact(line)["auth_method"] == "certificate"


@pytest.mark.parametrize(
    "header",
    [
        "Mar 12 06:17:02 sshd[4101]: ",
        "<38>Mar 12 06:17:02 sshd[4101]: ",
        "2026-03-12T06:17:02.000001+01:00 gateway sshd[4101]: ",
        "2026-03-12T06:17:02+0100 gateway sshd[4101]: ",
        "2026-03-12T05:17:02Z gateway sshd-session[4101]: ",
        "Mar 12 06:17:02 192.0.2.1 sshd: ",
    ],
)
def test_every_spelling_of_the_header_gives_the_same_instant(header: str) -> None:
    """Logs of some machines could not be read."""
    fact = one_fact(header + "Failed password for root from 203.0.113.45 port 40112 ssh2")
    assert fact["occurred_at"].replace(microsecond=0) == datetime(2026, 3, 12, 5, 17, 2, tzinfo=UTC)  # type: ignore[attr-defined] # a datetime


def test_a_host_that_is_an_address_is_not_sealed_in_public() -> None:
    """The address of a machine would stand in the name of a resource."""
    fact = one_fact(
        "Mar 12 06:17:02 192.0.2.1 sshd: Failed none for invalid user x from 203.0.113.4 port 4"
    )
    assert (fact["target"], fact["host"]) == ("ssh", "192.0.2.1")


def test_repeated_messages_count_all_their_attempts() -> None:
    """Five attempts would count as one."""
    found = outcomes(
        read,
        FAILED + "root from 203.0.113.45 port 1 ssh2\n"
        "Mar 12 06:17:03 gateway sshd[4101]: message repeated 5 times: "
        "[ Failed password for root from 203.0.113.45 port 1 ssh2]\n"
        "Mar 12 06:17:09 gateway last message repeated 2 times\n",
    )
    assert [fact["attempts"] for fact in facts(found)] == [1, 5, 2]


def test_a_repeated_line_of_another_program_is_no_attempt() -> None:
    """An attempt would be counted that never was."""
    found = outcomes(
        read,
        FAILED + "root from 203.0.113.45 port 1 ssh2\n"
        "Mar 12 06:17:03 gateway CRON[9]: something\n"
        "Mar 12 06:17:09 gateway last message repeated 2 times\n",
    )
    assert len(facts(found)) == 1
    assert skipped(found) == ["a line of another program"] * 2


def test_remarks_of_journalctl_are_no_damage() -> None:
    """Every log taken from the journal would have unreadable lines."""
    assert (
        skipped(outcomes(read, "-- Boot 0b7c2a3e --\n-- No entries --\n"))
        == ["a remark of journalctl"] * 2
    )


@pytest.mark.parametrize(
    ("user", "account", "note"),
    [
        (" 0101", "person:0101", "account as written: [ 0101]"),
        ("", None, "account as written: []"),
        ("x from 192.0.2.99 port 22 ssh2", "person:x from 192.0.2.99 port 22 ssh2", None),
        ("a  b", "person:a  b", None),
    ],
)
def test_accounts_are_kept_as_they_were_tried(
    user: str, account: str | None, note: str | None
) -> None:
    """A stranger could choose the address that gets blocked, or a blank would be lost."""
    fact = one_fact(f"{FAILED}invalid user {user} from 203.0.113.45 port 40112 ssh2")
    assert fact["ip"] == "ip:203.0.113.45"
    assert (fact.get("account"), fact.get("note")) == (account, note)


def test_a_key_description_cannot_forge_the_address() -> None:
    """A stranger's certificate could put somebody else's address on the list of intruders."""
    line = (
        "Mar 12 06:17:02 g sshd[1]: Failed publickey for invalid user x from 203.0.113.45 port 4 "
        "ssh2: RSA-CERT SHA256:abc ID e from 192.0.2.99 port 1 ssh2: y (serial 0) CA RSA SHA256:def"
    )
    assert reasons(outcomes(read, line)) == [
        "expected one address, found several: which is sshd's?"
    ]


def test_a_host_name_is_kept_as_personal_text() -> None:
    """A name would be taken for an address, or the attempt be lost."""
    fact = one_fact(FAILED + "root from host.example.org port 40112 ssh2")
    assert fact["kind"] == "access.attempt_denied.v1"
    assert (fact["actor"], fact["note"]) == ("person:root", "from host host.example.org")


@pytest.mark.parametrize(
    "message",
    [
        "Failed publickey for root from 203.0.113.45 port 1 ssh2: RSA SHA256:x",
        "Invalid user admin from 203.0.113.45 port 1",
        "pam_unix(sshd:auth): authentication failure; rhost=203.0.113.45  user=root",
        "PAM 2 more authentication failures; rhost=203.0.113.45",
        "Accepted key RSA SHA256:x found at /etc/ssh/keys:1",
        "Postponed publickey for root from 203.0.113.45 port 1 ssh2 [preauth]",
        "Server listening on 0.0.0.0 port 22.",
    ],
)
def test_lines_that_tell_no_fact_of_their_own_are_counted(message: str) -> None:
    """One attempt would count twice, or a line vanish without a count."""
    (only,) = outcomes(read, f"Mar 12 06:17:02 gateway sshd[4101]: {message}")
    assert isinstance(only, Skipped)


def test_equal_lines_are_distinct_facts_and_the_same_file_gives_the_same_ids() -> None:
    """Attempts would be lost, or every import record them once more."""
    log = (FAILED + "root from 203.0.113.45 port 1 ssh2\n") * 2
    first, again = facts(outcomes(read, log)), facts(outcomes(read, log))
    assert first[0]["event_id"] != first[1]["event_id"]
    assert [fact["event_id"] for fact in first] == [fact["event_id"] for fact in again]


def test_missing_year_and_zone_end_the_reading_once() -> None:
    """The same complaint would come once per line."""
    with pytest.raises(SettingMissing, match="--year"):
        outcomes(read, FAILED + "root from 203.0.113.45 port 1 ssh2", year=None)
    with pytest.raises(SettingMissing, match="--zone"):
        outcomes(read, FAILED + "root from 203.0.113.45 port 1 ssh2", zone=None)


def test_a_log_without_times_is_refused_with_the_reason() -> None:
    """Facts would get invented times."""
    (only,) = outcomes(read, "Failed password for root from 203.0.113.45 port 1 ssh2\r\n")
    assert isinstance(only, Unreadable)
    assert "sshd -E" in only.reason


def test_the_published_log_gives_the_published_counts() -> None:
    """Attempts would be missed or counted twice in a real log."""
    with shared("vectors/sshd/OpenSSH_2k.log").open("rb") as stream:
        found = list(read(stream, context_of(year=2015)))
    events = facts(found)
    attempts = [fact for fact in events if fact["kind"] == "intrusion.attempt_detected.v1"]
    passwords = [fact for fact in attempts if fact["detector_rule"] == "failed-password"]
    per_address = Counter(fact["ip"] for fact in passwords)
    assert len(found) == 2000
    assert not reasons(found)
    assert not warnings(found)
    assert len(passwords) == 520
    assert sum(fact["attempts"] == 1 for fact in passwords) == 518
    assert sum(fact["attempts"] for fact in passwords) == 528
    assert [fact["detector_rule"] for fact in attempts].count("failed-none") == 4
    assert len(per_address) == 23
    assert [count for _, count in per_address.most_common(2)] == [286, 80]
    assert sum(fact.get("note") == "account as written: [ 0101]" for fact in attempts) == 1
    (login,) = (fact for fact in events if fact["kind"] == "access.used.v1")
    assert login["occurred_at"] == datetime(2015, 12, 10, 8, 32, 20, tzinfo=UTC)
    assert login["origin"] not in per_address


def test_the_recorded_syslog_holds_one_login_and_one_upload() -> None:
    """A key that was looked up would count as a login, or a step of SFTP as an exchange."""
    with shared("vectors/samples/sftp-syslog.log").open("rb") as stream:
        found = list(read(stream, context_of(year=2026, zone="UTC")))
    login, upload = facts(found)  # the log ends before the name that the file keeps is told
    assert (login["kind"], login["actor"]) == ("access.used.v1", "person:root")
    assert login["note"] == "key: ED25519 SHA256:mwdoFAnHiw2JAcF4qthfYbRryVefO3DtnAwC3S7TfOg"
    assert upload["kind"] == "exchange.performed.v1"
    assert (upload["direction"], upload["size_bytes"]) == ("in", 6)
    assert (upload["sender_person"], upload["origin"]) == ("person:root", "ip:127.0.0.1")
    assert upload["causation_id"] == login["event_id"]
    assert Counter(skipped(found)) == {
        "a step of an SFTP session": 5,
        "an SFTP session that opened or closed": 1,
        "a key that was looked up, no login yet": 3,
        "a line of sshd that tells of no login": 2,
        "a session that opened or closed": 1,
    }


def test_the_recorded_log_without_times_is_refused_line_by_line() -> None:
    """Facts would get invented times."""
    with shared("vectors/samples/sshd-stderr.log").open("rb") as stream:
        found = list(read(stream, context_of()))
    assert len(found) == len(reasons(found)) == 9


def test_each_outcome_says_where_the_next_begins() -> None:
    """An import that stopped could not go on at the right line."""
    log = FAILED + "root from 203.0.113.45 port 1 ssh2\r\nnothing\nMar 12 06:17:02 g x[1]: y"
    ends = [outcome.end_offset for outcome in outcomes(read, log)]
    assert ends == [log.index("nothing"), log.index("Mar 12 06:17:02 g"), len(log)]


@pytest.mark.parametrize(
    ("head", "name", "likely"),
    [(LOGIN, "x", True), ("Server listening on 0.0.0.0", "x", True), ("hello", "auth.log", False)],
)
def test_logs_of_sshd_are_recognised(head: str, name: str, *, likely: bool) -> None:
    """People would have to name the format of every log."""
    assert bool(looks_like(head.encode(), name)) is likely


def test_a_login_said_to_be_repeated_is_recorded_once_with_a_warning() -> None:
    """A login would be invented, or its repetition pass in silence."""
    message = LOGIN.partition("]: ")[2].partition(" ssh2")[0]
    line = f"Mar 12 08:42:00 g sshd[1]: message repeated 2 times: [ {message}]"
    (only,) = outcomes(read, line)
    assert isinstance(only, Translated)
    assert only.warnings == ("repeated, recorded once",)
