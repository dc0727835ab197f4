"""What rows of fail2ban's table of bans become."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from deploy.fail2ban import zegel
from formats import fail2ban
from formats.fail2ban_blocks import as_told_by, block_of, scope_of
from formats.fail2ban_database import looks_like, read
from tests.unit.formats.sources import facts, outcomes, reasons


def row(**columns: object) -> str:
    known: dict[str, object] = {
        "jail": "sshd",
        "ip": "203.0.113.77",
        "timeofban": 1773296222,
        "bantime": 600,
        "bancount": 1,
        "failures": 3,
    }
    return json.dumps(known | columns) + "\n"


def test_a_ban_is_a_block_from_the_failure_on() -> None:
    """A block would be dated by something else, or have no end."""
    (fact,) = facts(outcomes(read, row()))
    assert fact.pop("event_id")
    assert fact == {
        "kind": "ip.blocked.v1",
        "occurred_at": datetime(2026, 3, 12, 6, 17, 2, tzinfo=UTC),
        "occurred_precision": "second",
        "system": "web-1",
        "parser": "zegel-fail2ban-database/1",
        "block_id": "fail2ban web-1 sshd 203.0.113.77",
        "ip": "ip:203.0.113.77",
        "scope": "sshd",
        "decided_by": "automatic",
        "reason": "3 failures",
        "until": datetime(2026, 3, 12, 6, 27, 2, tzinfo=UTC),
    }


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"bantime": -1}, {"until": None, "note": None}),
        ({"bantime": -2}, {"until": None, "note": "its end is not known"}),
        ({"failures": None}, {"decided_by": None, "reason": "by command"}),
        ({"bancount": 4}, {"reason": "3 failures, ban number 4"}),
    ],
)
def test_what_is_not_known_is_not_said(columns: dict[str, Any], said: dict[str, Any]) -> None:
    """An end, or a machine's decision, would be invented."""
    (fact,) = facts(outcomes(read, row(**columns)))
    assert {name: fact.get(name) for name in said} == said


def test_log_database_and_action_name_the_same_block() -> None:
    """One ban would be two blocks, of which one never ends."""
    line = "2026-03-12 06:17:02,741 fail2ban.actions [812]: NOTICE  [My_Jail] Ban 2001:DB8::5\n"
    (told,) = facts(outcomes(fail2ban.read, line))
    (listed,) = facts(outcomes(read, row(jail="My_Jail", ip="2001:db8:0::5")))
    assert told["block_id"] == listed["block_id"] == "fail2ban web-1 My_Jail 2001:db8::5"
    assert told["scope"] == listed["scope"] == "my_jail"
    assert told["event_id"] != listed["event_id"]


@pytest.mark.parametrize("jail", ["sshd", "My_Jail", "a--b.", "web [4]", "é"])
def test_the_action_says_the_same_words_without_this_code(jail: str) -> None:
    """The action, which is installed alone, would name another scope."""
    action = object.__new__(zegel.Action)
    action._jail = type("Jail", (), {"name": jail})()
    assert action._scope() == scope_of(jail)


def test_a_block_is_found_under_the_name_of_the_machine_too() -> None:
    """An action without a system would tell of bans that nobody finds."""
    here = block_of("gateway", "sshd", "ip:192.0.2.1")
    assert as_told_by("gw.example", here, "gateway") == block_of("gw.example", "sshd", "192.0.2.1")
    assert as_told_by("gw", block_of(None, "a b", "::1"), None) == "fail2ban gw a b ::1"


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"ip": "192.0.2.0/24"}, "ip: expected one address, found a network or a host name"),
        ({"jail": ""}, "jail: expected text, found nothing"),
        ({"timeofban": "soon"}, "timeofban: expected a whole number, 0 or more, found other text"),
        ({"timeofban": 10**12}, "timeofban: expected seconds since 1970, found a larger number"),
        ({"timeofban": 4 * 10**9}, "timeofban: expected a time that is not in the future, found"),
        ({"bantime": None}, "bantime: expected a whole number, 0 or more, found nothing"),
    ],
)
def test_strange_rows_are_refused(columns: dict[str, Any], reason: str) -> None:
    """A ban of nobody, or of no time, would stand in the log."""
    (found,) = reasons(outcomes(read, row(**columns)))
    assert found.startswith(reason)


def test_the_same_ban_is_the_same_fact_wherever_it_stands() -> None:
    """Each look at a database that grows would tell its bans anew."""
    alone = facts(outcomes(read, row(ip="192.0.2.1")))
    assert facts(outcomes(read, row() + row(ip="192.0.2.1")))[1:] == alone


def test_rows_of_bans_are_recognised() -> None:
    """People would have to name the format."""
    assert looks_like(row().encode(), "x") == 95
    assert looks_like(b"[" + row().encode(), "x") == 95
    assert looks_like(b'{"jail": 1}', "fail2ban.json") == 30
    assert looks_like(b"hello", "x") == 0
