"""Events whose key was erased by a retention rule, while what they served is still there."""

from pathlib import Path
from typing import Any, Final

import pytest

from ledger.erasure.terms import ErasedPlace
from ledger.events import Event
from ledger.ledger import Ledger
from projections import rebuild
from projections.erasing import erase_disclosures
from tests.histories import event
from tests.small_promises import Rule, asked, connected, counts, declared, reported, small_log

IP: Final = "ip:203.0.113.7"
CUSTOMER: Final = "data-subject:CUSTOMER:1"
ATTEMPT: Final = reported("intrusion.attempt_detected", 4.9, ip=IP)
BLOCKING: Final[Rule] = {
    "rule_kind": "only-if",
    "for_each": [{"kinds": ["ip.recorded"]}],
    "needs": [
        {
            "role": "required",
            "opens": [{"kinds": ["intrusion.attempt_detected"]}],
            "pairs": [{"field": "ip"}],
        }
    ],
}


def removing(*needs: dict[str, Any]) -> Rule:
    """Data of a customer who left are gone within two days."""
    answer = {
        "role": "answer",
        "opens": [{"kinds": ["data.deleted"]}],
        "pairs": [{"field": "customer_id"}],
    }
    return {
        "rule_kind": "deadline",
        "for_each": [{"kinds": ["contract.ended"]}],
        "needs": [answer, *needs],
        "within": {"amount": 48, "unit": "hours"},
    }


HOLD: Final = {
    "role": "hold",
    "opens": [{"kinds": ["legal_hold.placed"]}],
    "closes": [{"kinds": ["legal_hold.released"]}],
    "pairs": [{"field": "customer_id"}],
}
LEFT: Final = reported("contract.ended", 1, contract_id="C-1", customer_id=CUSTOMER)


def deleted(on: float) -> Event:
    """The data of the customer were deleted."""
    return reported("data.deleted", on, scope="customer-file", customer_id=CUSTOMER)


def erase(ledger: Ledger, index: int) -> None:
    """Erases the personal values of one record."""
    places = [
        ErasedPlace(each.index, each.subject_id)
        for each in ledger.log.scan_disclosures(index, index + 1)
    ]
    assert places
    erase_disclosures(ledger, places, rule_id="r-1")


def told(folder: Path, rule: Rule, *events: Event) -> Ledger:
    """A log with a promise (0), its coverage (1) and events from 2 on."""
    ledger = small_log(folder)
    ledger.record_many([declared(rule), connected(), *events])
    return ledger


def rebuilt(ledger: Ledger, on: float = 100) -> tuple[str, int, int, int, int]:
    """What is said of the promise, which a rebuild says too."""
    found = counts(asked(ledger, on))
    rebuild(ledger, ["promises"])
    assert counts(asked(ledger, on)) == found
    return found


OPEN: Final = ("undeterminable", 0, 0, 0, 1)


def test_what_allowed_an_event_may_have_been_erased(tmp_path: Path) -> None:
    """Erasing attempts in time would turn every block after them into a broken promise."""
    ledger = told(tmp_path, BLOCKING, ATTEMPT, reported("ip.recorded", 5, ip=IP))
    assert counts(asked(ledger)) == ("kept", 1, 0, 0, 0)
    erase(ledger, 2)
    assert rebuilt(ledger) == OPEN
    assert "was erased" in asked(ledger).reasons[0]


def test_it_is_doubted_for_others_whom_it_may_have_meant(tmp_path: Path) -> None:
    """One erased attempt would still show whose address it was not."""
    other = reported("ip.recorded", 5, ip="ip:198.51.100.1")
    ledger = told(tmp_path, BLOCKING, ATTEMPT, other)
    assert counts(asked(ledger)) == ("broken", 0, 1, 0, 0)
    erase(ledger, 2)
    assert rebuilt(ledger) == OPEN


def test_what_comes_after_the_erasure_is_judged_likewise(tmp_path: Path) -> None:
    """A verdict would depend on whether the erasure came before or after the event."""
    ledger = told(tmp_path, BLOCKING, ATTEMPT)
    erase(ledger, 2)
    ledger.record(reported("ip.recorded", 5, ip=IP))
    ledger.record(reported("ip.recorded", 4, ip=IP))  # before the attempt: it cannot have served
    assert rebuilt(ledger) == ("broken", 0, 1, 0, 1)


@pytest.mark.parametrize(("on", "expected"), [(2, OPEN), (3, ("broken", 0, 1, 0, 0))])
def test_an_erased_answer_counts_only_if_it_was_in_time(
    tmp_path: Path, on: float, expected: tuple[Any, ...]
) -> None:
    """An answer that came too late would settle a term by being erased."""
    ledger = told(tmp_path, removing(), LEFT, deleted(on))
    erase(ledger, 3)
    assert rebuilt(ledger) == expected


def test_it_is_pending_until_the_erased_answer_came(tmp_path: Path) -> None:
    """What nobody had answered yet would be open to doubt before there was any."""
    ledger = told(tmp_path, removing(), LEFT, deleted(2))
    erase(ledger, 3)
    assert rebuilt(ledger, on=1.5) == ("pending", 0, 0, 1, 0)


def test_what_is_known_to_be_in_time_stays_kept(tmp_path: Path) -> None:
    """One erased record would put every other verdict in doubt."""
    ledger = told(tmp_path, removing(), LEFT, deleted(2), deleted(2.5))
    erase(ledger, 4)
    assert rebuilt(ledger) == ("kept", 1, 0, 0, 0)


def test_a_hold_that_was_erased_may_have_put_the_term_off(tmp_path: Path) -> None:
    """Data that had to be kept would count as overdue once the hold was erased."""
    hold = event("legal_hold.placed", 2, hold_id="H-1", customer_id=CUSTOMER)
    ledger = told(tmp_path, removing(HOLD), LEFT, hold)
    assert counts(asked(ledger)) == ("pending", 0, 0, 1, 0)
    ledger.record(event("legal_hold.released", 60, hold_id="H-1"))
    erase(ledger, 3)
    assert rebuilt(ledger, on=50) == OPEN
