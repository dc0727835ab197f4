"""Which bans of a list the log tells of, on each kind of database."""

from datetime import datetime, timedelta
from typing import Any

from ledger.events import Event
from ledger.ledger import Ledger
from projections.investigation.told_bans import ComparedBans, ListedBan, compare_bans
from tests.histories import FIRST_DAY, event, told

PARSERS = ("zegel-fail2ban",)


def at(minutes: float) -> datetime:
    return FIRST_DAY + timedelta(minutes=minutes)


def told_ban(minutes: float, ip: str = "192.0.2.1", kind: str = "ip.blocked", **more: Any) -> Event:  # noqa: ANN401 - any field
    fields = {"system": "gateway", "parser": "zegel-fail2ban/1", "scope": "sshd"} | more
    block = fields.pop("block_id", f"fail2ban gateway sshd {ip}")
    return event(kind, minutes / 1440, ip=f"ip:{ip}", block_id=block, **fields)


def listed(minutes: float, ip: str = "192.0.2.1", lasts: float | None = 10) -> ListedBan:
    until = None if lasts is None else at(minutes + lasts)
    return ListedBan((f"fail2ban gateway sshd {ip}",), "sshd", at(minutes), until)


def compared(ledger: Ledger, *bans: ListedBan, **asked: Any) -> ComparedBans:  # noqa: ANN401 - the arguments
    return compare_bans(ledger, bans, system="gateway", parsers=PARSERS, **asked)


def test_a_ban_that_the_log_lacks_is_missing(ledger: Ledger) -> None:
    """A ban that nobody told of would go unseen."""
    told(ledger, told_ban(1), told_ban(40))
    found = compared(ledger, listed(1), listed(20), listed(40), listed(1, "192.0.2.2"))
    assert [
        [block.index - found.bans[0].told[0].index for block in ban.told] for ban in found.bans
    ] == [[0], [], [1], []]
    assert not found.only_told
    assert not any(ban.may_be_erased for ban in found.bans)


def test_one_ban_may_be_told_several_times(ledger: Ledger) -> None:
    """A ban that log and action tell of would seem to be two."""
    action = told_ban(1, parser="zegel-fail2ban-action/1")
    told(ledger, action, told_ban(1.5), told_ban(9), told_ban(20))
    first, second = compared(ledger, listed(1), listed(20)).bans
    assert (len(first.told), len(second.told)) == (3, 1)


def test_a_ban_is_over_when_the_next_one_begins(ledger: Ledger) -> None:
    """Of two bans without a known end, the first would have all facts."""
    told(ledger, told_ban(1), told_ban(50))
    first, second = compared(ledger, listed(1, lasts=None), listed(50, lasts=None)).bans
    assert (len(first.told), len(second.told)) == (1, 1)
    assert first.told != second.told


def test_a_block_that_the_list_lacks_is_told_apart(ledger: Ledger) -> None:
    """A ban that never was, or one that was ended by hand, would not be seen, or be mixed up."""
    told(
        ledger,
        told_ban(0.5),
        told_ban(5, "192.0.2.8"),
        told_ban(6, "192.0.2.9"),
        told_ban(7, "192.0.2.9", "ip.unblocked"),
        told_ban(8, "192.0.2.7", parser="zegel-openssh/1"),
        told_ban(9, "192.0.2.6", system="other"),
        told_ban(30, "192.0.2.5"),
    )
    found = compared(ledger, listed(1), until=at(20))
    assert [block.occurred_at for block in found.only_told] == [at(5)]
    assert [block.occurred_at for block in found.ended] == [at(6)]
    earlier = compared(ledger, listed(1), since=at(0), until=at(20))
    assert [block.occurred_at for block in earlier.only_told] == [at(0.5), at(5)]


def test_an_uncertain_hour_is_allowed_for(ledger: Ledger) -> None:
    """In the hour that comes twice every ban would be missing."""
    told(ledger, told_ban(1, occurred_uncertainty="PT1H"))
    assert compared(ledger, listed(61)).bans[0].told


def test_a_list_without_bans_misses_nothing_unless_asked(ledger: Ledger) -> None:
    """Everything in the log would seem to be made up."""
    told(ledger, told_ban(1))
    assert not compared(ledger).only_told
    assert len(compared(ledger, since=at(0)).only_told) == 1


def test_a_block_under_another_name_of_the_machine_is_found(ledger: Ledger) -> None:
    """Bans of an action that states no system would all be missing."""
    told(ledger, told_ban(1, block_id="fail2ban gw.example sshd 192.0.2.1"))
    known = listed(1)
    both = ListedBan(
        (*known.block_ids, "fail2ban gw.example sshd 192.0.2.1"),
        "sshd",
        known.began_at,
        known.until,
    )
    assert not compared(ledger, known).bans[0].told
    assert compared(ledger, both).bans[0].told
