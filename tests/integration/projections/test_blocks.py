"""The blocks view: addresses kept out, and what led to it."""

from uuid import UUID

from ledger.ledger import Ledger
from projections import state
from projections.erasing import erase_subject
from tests.histories import day, event, shown, tokens, told

IP = "ip:203.0.113.7"


def test_a_block_is_shown_with_the_attempts_that_led_to_it(ledger: Ledger) -> None:
    """Nobody could tell why an address is blocked, by what, or until when."""
    attempt = UUID(int=7 << 76 | 1)
    told(
        ledger,
        event("intrusion.attempt_detected", 1, ip=IP, attempts=3, event_id=str(attempt)),
        event("intrusion.attempt_detected", 1.1, ip="ip:198.51.100.1"),
        event("access.attempt_denied", 1.5, origin=IP, resource="ssh"),
        event(
            "ip.blocked",
            2,
            block_id="B-1",
            ip=IP,
            scope="sshd",
            attempt_ids=[str(attempt)],
            decided_by="automatic",
            until=day(12).isoformat(),
        ),
        event("intrusion.attempt_detected", 3, ip=IP),
    )
    (row,) = state(ledger, "blocks", as_of=day(10)).rows
    assert row["ip"] == tokens(ledger, ip=IP)["ip"]
    assert (row["scope"], row["decided_by"]) == ("sshd", "automatic")
    assert (row["since"], row["until"]) == (day(2), day(12))
    assert (row["attempts"], row["attempt_ids"]) == (4, [str(attempt)])
    assert (row["first_attempt"], row["last_attempt"]) == (day(1), day(1.5))
    assert (row["first_attempt_index"], row["last_attempt_index"]) == (0, 2)
    assert row["indexes"] == [3]
    assert state(ledger, "blocks", as_of=day(13)).rows == []


def test_attempts_that_two_detectors_told_of_are_counted_once(ledger: Ledger) -> None:
    """An address would seem to have tried twice as often where sshd and fail2ban are watched."""
    told(
        ledger,
        event("intrusion.attempt_detected", 1, ip=IP, detector="sshd"),
        event("intrusion.attempt_detected", 1, ip=IP, detector="fail2ban"),
        event("ip.recorded", 1.1, ip=IP),
        event("intrusion.attempt_detected", 1.5, ip=IP, detector="sshd", attempts=2),
        event("intrusion.attempt_detected", 1.5, ip=IP, detector="fail2ban"),
        event("ip.blocked", 2, block_id="B-1", ip=IP),
    )
    (row,) = state(ledger, "blocks", as_of=day(3)).rows
    assert row["attempts"] == 3
    (kept,) = state(ledger, "blocks", as_of=day(3), only="unrepeated").rows
    assert (kept["attempts"], kept["index"]) == (1, 2)


def test_history_keeps_each_block_with_its_own_attempts(ledger: Ledger) -> None:
    """A second block would be explained by the attempts that led to the first."""
    block = {"block_id": "B-1", "ip": IP}
    told(
        ledger,
        event("intrusion.attempt_detected", 1, ip=IP),
        event("ip.blocked", 2, **block),
        event("ip.unblocked", 3, **block),
        event("intrusion.attempt_detected", 4, ip=IP, attempts=5),
        event("ip.blocked", 5, **block),
    )
    rows = state(ledger, "blocks", as_of=day(9), only="history").rows
    assert shown(rows, "stood_from", "stood_until", "attempts", "first_attempt_index") == [
        (day(2), day(3), 1, 0),
        (day(5), None, 5, 3),
    ]
    assert shown(state(ledger, "blocks", as_of=day(2.5)).rows, "since") == [(day(2),)]
    assert state(ledger, "blocks", as_of=day(3.5)).rows == []


def test_what_was_known_about_a_block_is_kept(ledger: Ledger) -> None:
    """A late unblocking would rewrite what the team saw at the time."""
    block = {"block_id": "B-1", "ip": IP}
    blocked, unblocked = told(
        ledger, event("ip.blocked", 2, **block), event("ip.unblocked", 3, **block)
    )
    assert len(state(ledger, "blocks", as_of=day(4), as_known=blocked).rows) == 1
    assert state(ledger, "blocks", as_of=day(4), as_known=unblocked).rows == []


def test_letting_in_without_a_block_is_a_finding(ledger: Ledger) -> None:
    """A block that no source reported would stay unnoticed."""
    told(ledger, event("ip.unblocked", 3, block_id="B-1", ip=IP))
    rows = state(ledger, "blocks", as_of=day(4), only="unseen").rows
    assert shown(rows, "since", "indexes") == [(day(3), [0])]
    assert state(ledger, "blocks", as_of=day(4)).rows == []


def test_one_address_can_be_asked_for(ledger: Ledger) -> None:
    """An investigator would have to search a list of tokens."""
    told(
        ledger,
        event("ip.blocked", 2, block_id="B-1", ip=IP),
        event("ip.blocked", 2, block_id="B-2", ip="ip:198.51.100.1"),
    )
    rows = state(ledger, "blocks", as_of=day(3), ip="203.0.113.7").rows
    assert shown(rows, "ip") == [(tokens(ledger, ip=IP)["ip"],)]


def test_an_address_kept_without_repeated_attempts_is_found(ledger: Ledger) -> None:
    """Addresses of ordinary visitors could be collected, and nobody would see it."""
    once, twice, far = "ip:198.51.100.1", "ip:198.51.100.2", "ip:198.51.100.3"
    told(
        ledger,
        event("ip.recorded", 0.5, ip=IP, target="website", purpose="statistics", system="web"),
        event("intrusion.attempt_detected", 1, ip=IP, attempts=2),
        event("ip.recorded", 1.2, ip=IP),
        event("intrusion.attempt_detected", 2, ip=once),
        event("ip.blocked", 2.1, block_id="B-1", ip=once, scope="sshd"),
        event("intrusion.attempt_detected", 2.2, ip=once),
        event("intrusion.attempt_detected", 3, ip=twice),
        event("access.attempt_denied", 4, origin=twice, resource="ssh"),
        event("ip.recorded", 4.1, ip=twice),
        event("intrusion.attempt_detected", 3, ip=far),
        event("intrusion.attempt_detected", 4.01, ip=far),
        event("ip.recorded", 4.1, ip=far),
    )
    answer = state(ledger, "blocks", as_of=day(9), only="unrepeated")
    assert shown(answer.rows, "kind", "target", "attempts", "index") == [
        ("ip.recorded", "website", 0, 0),
        ("ip.blocked", "sshd", 1, 4),
        ("ip.recorded", None, 2, 11),
    ]
    (mine,) = state(ledger, "blocks", as_of=day(9), only="unrepeated", ip=IP).rows
    assert (mine["purpose"], mine["system"], mine["ip"]) == (
        "statistics",
        "web",
        tokens(ledger, ip=IP)["ip"],
    )


def test_an_erased_address_is_not_called_unrepeated(ledger: Ledger) -> None:
    """The erased would be accused of nothing, or the log of what it can no longer know."""
    told(ledger, event("ip.recorded", 1, ip=IP))
    assert len(state(ledger, "blocks", as_of=day(2), only="unrepeated").rows) == 1
    erase_subject(ledger, IP, requested_by="person:dpo")
    assert state(ledger, "blocks", as_of=day(2), only="unrepeated").rows == []
