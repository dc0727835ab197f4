"""Acts that a grant does not give, told by whole words."""

from ledger.ledger import Ledger
from projections import state
from tests.access_facts import granted, used
from tests.histories import day, shown, told


def test_an_act_that_only_looks_like_a_granted_one_is_found(ledger: Ledger) -> None:
    """An act that was never granted would pass because a pattern matches it."""
    told(
        ledger,
        granted(1, acts=["read-all", "list_all"]),
        used(2, act="read_all"),
        used(3, act="list_all"),
        used(4, act="read"),
    )
    rows = state(ledger, "access", as_of=day(9), only="ungranted").rows
    assert shown(rows, "index", "reasons") == [(1, ["act not granted"]), (3, ["act not granted"])]


def test_an_act_that_nobody_told_is_within_any_grant(ledger: Ledger) -> None:
    """Every use of a source that tells no acts would be accused."""
    told(ledger, granted(1, acts=["read"]), used(2))
    assert state(ledger, "access", as_of=day(9), only="ungranted").rows == []
