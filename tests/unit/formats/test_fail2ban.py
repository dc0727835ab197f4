"""What lines of fail2ban's own log become."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from formats.fail2ban import looks_like, read
from formats.reading import SettingMissing
from tests.shared_data import shared
from tests.unit.formats.sources import context_of, facts, outcomes, reasons, skipped


def line(message: str, *, time: str = "2026-03-12 06:17:02,741", module: str = "actions") -> str:
    return f"{time} fail2ban.{module:<16}[812]: NOTICE  {message}\n"


FOUND = line("[sshd] Found 203.0.113.77 - 2026-03-12 06:17:01", module="filter")
BAN = line("[sshd] Ban 203.0.113.77")
UNBAN = line("[sshd] Unban 203.0.113.77", time="2026-03-12 06:27:02,100")
STOP = line("Shutdown in progress...", module="server")
START = line("Starting Fail2ban v1.0.2", module="server")


def test_a_failure_occurred_when_it_did_not_when_it_was_noticed() -> None:
    """Attempts would be dated by the polling of a program."""
    (fact,) = facts(outcomes(read, FOUND))
    assert fact.pop("event_id")
    assert fact == {
        "kind": "intrusion.attempt_detected.v1",
        "occurred_at": datetime(2026, 3, 12, 5, 17, 1, tzinfo=UTC),
        "occurred_zone": "Europe/Amsterdam",
        "occurred_precision": "second",
        "observed_at": datetime(2026, 3, 12, 5, 17, 2, 741_000, tzinfo=UTC),
        "system": "web-1",
        "parser": "zegel-fail2ban/1",
        "outcome": "failure",
        "ip": "ip:203.0.113.77",
        "target": "sshd",
        "detector": "fail2ban",
        "detector_rule": "sshd",
        "attempts": 1,
    }


def test_a_ban_names_the_attempts_that_led_to_it() -> None:
    """Nobody could tell why an address was blocked."""
    first, second, ban, unban = facts(outcomes(read, FOUND + FOUND + BAN + UNBAN))
    assert first["event_id"] != second["event_id"]
    assert ban["attempt_ids"] == (first["event_id"], second["event_id"])
    assert (ban["kind"], unban["kind"]) == ("ip.blocked.v1", "ip.unblocked.v1")
    assert ban["block_id"] == unban["block_id"]
    assert (ban["ip"], ban["scope"], ban["decided_by"]) == ("ip:203.0.113.77", "sshd", "automatic")
    assert ban["occurred_at"] == datetime(2026, 3, 12, 5, 17, 2, 741_000, tzinfo=UTC)


def test_a_second_ban_names_only_what_came_after_the_first() -> None:
    """An old attempt would justify every later block."""
    found = facts(outcomes(read, FOUND + BAN + UNBAN + FOUND + BAN))
    assert found[-1]["attempt_ids"] == (found[-2]["event_id"],)


def test_attempts_of_others_do_not_count() -> None:
    """An address would be blocked for what another one did."""
    other = FOUND.replace(".77", ".78")
    elsewhere = FOUND.replace("[sshd]", "[web]")
    *_, ban = facts(outcomes(read, other + elsewhere + BAN))
    assert "attempt_ids" not in ban


def test_a_ban_names_the_latest_attempts_up_to_a_limit() -> None:
    """One address could make an event too large to seal."""
    *attempts, ban = facts(outcomes(read, FOUND * 100 + BAN))
    assert ban["attempt_ids"] == tuple(fact["event_id"] for fact in attempts[-64:])


def test_stopping_and_starting_unblocks_nobody() -> None:
    """Every restart would look like an amnesty and a new wave of attacks."""
    restore = BAN.replace("Ban", "Restore Ban")
    found = outcomes(read, BAN + STOP + UNBAN + START + restore + UNBAN)
    assert [fact["kind"] for fact in facts(found)] == ["ip.blocked.v1", "ip.unblocked.v1"]
    assert Counter(skipped(found)) == {
        "a line of fail2ban about itself": 2,
        "an unban because fail2ban stops": 1,
        "a ban from before a restart, told when it was made": 1,
    }


def test_host_names_are_no_addresses() -> None:
    """A name would be taken for an address, or the attempt be lost."""
    found = outcomes(read, (FOUND + BAN).replace("203.0.113.77", "host.example.org"))
    (fact,) = facts(found)
    assert (fact["kind"], fact["resource"]) == ("access.attempt_denied.v1", "sshd")
    assert fact["note"] == "from host host.example.org"
    assert reasons(found) == ["expected an address, found a host name"]


def test_ipv6_and_foreign_jail_names_are_read() -> None:
    """Jails with capitals, or intruders over IPv6, would be missed."""
    (fact,) = facts(outcomes(read, line("[My_Jail] Ban 2001:db8::5")))
    assert (fact["ip"], fact["scope"]) == ("ip:2001:db8::5", "my_jail")


def test_other_lines_are_counted_and_strange_ones_reported() -> None:
    """Something would vanish without a count."""
    found = outcomes(read, line("[sshd] 203.0.113.77 already banned") + "\nsomething else\n")
    assert skipped(found) == ["a line of fail2ban about itself", "an empty line"]
    assert reasons(found) == ["expected a line of fail2ban that begins with a time"]


def test_a_missing_zone_is_said_once() -> None:
    """Local times would be taken for another zone's."""
    with pytest.raises(SettingMissing, match="--zone"):
        outcomes(read, FOUND, zone=None)


def test_the_recorded_log_gives_its_facts() -> None:
    """A real log would be misread."""
    with shared("vectors/samples/fail2ban.log").open("rb") as stream:
        found = list(read(stream, context_of(zone="UTC")))
    events = facts(found)
    assert Counter(fact["kind"] for fact in events) == {
        "intrusion.attempt_detected.v1": 4,
        "ip.blocked.v1": 1,
        "ip.unblocked.v1": 1,
    }
    assert {fact["ip"] for fact in events} == {"ip:203.0.113.77"}
    assert len({fact["event_id"] for fact in events}) == 6
    assert len(skipped(found)) == 15
    assert not reasons(found)


def test_logs_of_fail2ban_are_recognised() -> None:
    """People would have to name the format of every log."""
    assert looks_like(START.encode(), "x") > looks_like(b"", "fail2ban.log") > 0
    assert looks_like(b"hello", "x") == 0
