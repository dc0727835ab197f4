"""Why a promise cannot be said to be kept."""

from pathlib import Path

from tests.histories import FIRST_DAY, RECORDING
from tests.small_promises import asked, connected, declared, reported, small_log

NEVER = {
    "rule_kind": "never",
    "for_each": [{"kinds": ["ip.recorded"]}],
    "needs_coverage": ["portal"],
}
PRESENT = (RECORDING - FIRST_DAY).days


def test_nothing_is_kept_at_a_moment_that_is_still_to_come(tmp_path: Path) -> None:
    """A source said to be connected for good would vouch for the next hundred years."""
    ledger = small_log(tmp_path)
    ledger.record_many([declared(NEVER), connected()])
    assert asked(ledger, PRESENT).verdict == "kept"
    later = asked(ledger, PRESENT + 1)
    assert (later.verdict, later.reasons) == (
        "undeterminable",
        ("the moment asked is still to come",),
    )
    assert later.settle == ("ask again when it has come",)
    ledger.close()


def test_what_is_broken_stays_so_later(tmp_path: Path) -> None:
    """A break would be forgotten by asking about tomorrow."""
    ledger = small_log(tmp_path)
    broken = reported("ip.recorded", 1, ip="ip:203.0.113.7")
    ledger.record_many([declared(NEVER), connected(), broken])
    assert asked(ledger, PRESENT + 1).verdict == "broken"
    ledger.close()
