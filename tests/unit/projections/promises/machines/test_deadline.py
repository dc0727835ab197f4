"""The rule `deadline`: what must follow, by when, and what moves or ends that duty."""

from pathlib import Path
from typing import Any, Final

import pytest

from ledger.events import Event
from projections.erasing import erase_subject
from tests.histories import day, event
from tests.small_promises import (
    Rule,
    asked,
    connected,
    counts,
    declared,
    parameter,
    reported,
    said_of,
    small_log,
)

CUSTOMER: Final = "data-subject:CUSTOMER:1"
KEPT: Final = ("kept", 1, 0, 0, 0)
BROKEN: Final = ("broken", 0, 1, 0, 0)
PENDING: Final = ("pending", 0, 0, 1, 0)


def rule(*more: dict[str, Any], **fields: Any) -> Rule:  # noqa: ANN401 - of a rule
    """A request must be answered within two days of 24 hours."""
    answer = {
        "role": "answer",
        "opens": [{"kinds": ["dsr.fulfilled"]}],
        "pairs": [{"field": "request_id"}],
    }
    told = {
        "rule_kind": "deadline",
        "for_each": [{"kinds": ["dsr.received"]}],
        "needs": [answer, *more],
        "within": {"amount": 48, "unit": "hours"},
    }
    return told | fields


def need(role: str, kind: str, *ends: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - of a need
    """Another need, of the same request."""
    closes = {"closes": [{"kinds": list(ends)}]} if ends else {}
    told = {"role": role, "opens": [{"kinds": [kind]}], "pairs": [{"field": "request_id"}]}
    return told | closes | fields


def step(kind: str, on: float, **fields: Any) -> Event:  # noqa: ANN401 - of the event
    """A step of the one request."""
    return reported(kind, on, request_id="R-1", **fields)


ASKED: Final = step("dsr.received", 1, right="A15")
ANSWERED: Final = "dsr.fulfilled"


@pytest.mark.parametrize(
    ("answered", "expected"),
    [(1, KEPT), (3 - 1e-6, KEPT), (3, BROKEN), (4, BROKEN), (0.5, BROKEN)],
)
def test_an_answer_counts_before_the_end_of_the_term(
    tmp_path: Path, answered: float, expected: tuple[Any, ...]
) -> None:
    """An answer at the very end would be in time, or one at the same instant would be missed."""
    found = said_of(tmp_path, [rule()], [ASKED, step(ANSWERED, answered)])
    assert counts(found) == expected


def test_it_is_pending_up_to_the_end_and_broken_from_then_on(tmp_path: Path) -> None:
    """A term would be over before its end, or run on after it."""
    ledger = small_log(tmp_path)
    ledger.record_many([declared(rule()), ASKED])
    before, after = asked(ledger, 3 - 1e-6), asked(ledger, 3)
    assert (counts(before), before.due_at) == (PENDING, day(3))
    assert counts(after) == BROKEN


def test_a_term_of_days_ends_with_a_local_day(tmp_path: Path) -> None:
    """Whoever asks in the evening would get an answer a day earlier than one who asks at noon."""
    days = rule(within={"amount": 1, "unit": "days"})
    late = step("dsr.received", 1.99, right="A15")  # 00:45 of the next day in Amsterdam
    found = said_of(tmp_path, [days], [late], on=3)
    assert found.due_at is not None
    assert found.due_at.isoformat() == "2026-01-04T23:00:00+00:00"


@pytest.mark.parametrize(("extended", "expected"), [(2, KEPT), (3, BROKEN), (3.5, BROKEN)])
def test_an_extension_counts_only_before_the_end_of_the_term(
    tmp_path: Path, extended: float, expected: tuple[Any, ...]
) -> None:
    """A broken term could be mended by extending it afterwards."""
    longer = need("extension", "dsr.extended", within={"amount": 96, "unit": "hours"})
    told = [ASKED, step("dsr.extended", extended), step(ANSWERED, 4)]
    assert counts(said_of(tmp_path, [rule(longer)], told)) == expected


def test_what_ends_the_matter_first_breaks_it(tmp_path: Path) -> None:
    """An answer after the case was closed would count as one before."""
    ending = need("end", "dsr.refused")
    told = [ASKED, step("dsr.refused", 2), step(ANSWERED, 2.5)]
    found = said_of(tmp_path, [rule(ending)], told)
    assert counts(found) == BROKEN
    assert found.reasons == ("something else came first (record 2)",)


def test_an_end_after_the_answer_breaks_nothing(tmp_path: Path) -> None:
    """A case that was answered in time would be broken by closing it."""
    told = [ASKED, step(ANSWERED, 2), step("dsr.refused", 2.5)]
    assert counts(said_of(tmp_path, [rule(need("end", "dsr.refused"))], told)) == KEPT


def test_an_excuse_ends_the_duty(tmp_path: Path) -> None:
    """A request that was withdrawn would stay to be answered."""
    told = [ASKED, step("dsr.withdrawn", 2)]
    assert counts(said_of(tmp_path, [rule(need("excuse", "dsr.withdrawn"))], told)) == KEPT


HOLD: Final = {
    "role": "hold",
    "opens": [{"kinds": ["legal_hold.placed"]}],
    "closes": [{"kinds": ["legal_hold.released"]}],
    "pairs": [{"field": "customer_id"}],
}


def hold(kind: str, on: float, name: str = "H-1", customer: str = CUSTOMER) -> Event:
    """A hold on the data of a customer."""
    return event(f"legal_hold.{kind}", on, hold_id=name, customer_id=customer)


REMOVED: Final = rule(
    HOLD,
    for_each=[{"kinds": ["contract.ended"]}],
    needs=[
        {
            "role": "answer",
            "opens": [{"kinds": ["data.deleted"]}],
            "pairs": [{"field": "customer_id"}],
        },
        HOLD,
    ],
)
LEFT: Final = reported("contract.ended", 1, contract_id="C-1", customer_id=CUSTOMER)


def test_a_hold_without_end_leaves_it_pending_without_a_date(tmp_path: Path) -> None:
    """Data that must be kept would count as overdue."""
    found = said_of(tmp_path, [REMOVED], [LEFT, hold("placed", 2)])
    assert counts(found) == PENDING
    assert found.due_at is None


def test_a_hold_that_ends_moves_the_end_of_the_term(tmp_path: Path) -> None:
    """A hold that was released would excuse for ever."""
    told = [LEFT, hold("placed", 2), hold("released", 10)]
    ledger = small_log(tmp_path)
    ledger.record_many([declared(REMOVED), *told])
    assert asked(ledger, 9).verdict == "pending"
    assert asked(ledger, 10).verdict == "broken"


def test_holds_one_after_the_other_add_up(tmp_path: Path) -> None:
    """A second hold would not count because the first had moved the term already."""
    told = [LEFT, hold("placed", 2), hold("placed", 4, "H-2"), hold("released", 6)]
    assert counts(said_of(tmp_path, [REMOVED], told)) == PENDING


def test_a_hold_that_ended_before_the_term_moves_nothing(tmp_path: Path) -> None:
    """A hold of an hour would give as many days as one likes."""
    told = [LEFT, hold("placed", 1.5), hold("released", 2)]
    found = said_of(tmp_path, [REMOVED], told)
    assert found.oldest_break is not None
    assert found.oldest_break.due_at == day(3)


def test_another_customers_hold_excuses_nothing(tmp_path: Path) -> None:
    """One lawsuit would keep the data of everybody."""
    other = hold("placed", 2, customer="data-subject:CUSTOMER:2")
    assert counts(said_of(tmp_path, [REMOVED], [LEFT, other])) == BROKEN


def test_a_term_that_nobody_set_cannot_be_judged(tmp_path: Path) -> None:
    """A number that Zegel made up would decide."""
    open_term = rule(within={"parameter": "hours", "unit": "hours"})
    found = said_of(tmp_path, [open_term], [ASKED])
    assert (found.verdict, found.reasons) == ("undeterminable", ("parameter hours is not set",))
    assert found.settle[0].startswith("set it: zegel policy set ABC-01 hours=VALUE")


def test_a_stricter_number_is_not_held_against_what_was_before(tmp_path: Path) -> None:
    """A decision of May would break what was in order in April."""
    ledger = small_log(tmp_path)
    ledger.record_many(
        [
            declared(rule(within={"parameter": "hours", "unit": "hours"})),
            parameter(0, hours=48),
            ASKED,
            step(ANSWERED, 2),
            parameter(5, hours=12),
            reported("dsr.received", 6, request_id="R-2", right="A15"),
            reported("dsr.fulfilled", 7, request_id="R-2"),
        ]
    )
    assert counts(asked(ledger)) == ("broken", 1, 1, 0, 0)


def test_a_number_can_be_set_for_what_was_before(tmp_path: Path) -> None:
    """Nobody could decide about the years before the first decision."""
    ledger = small_log(tmp_path)
    ledger.record_many([declared(rule(within={"parameter": "hours", "unit": "hours"})), ASKED])
    known = ledger.head().size
    assert asked(ledger).verdict == "undeterminable"
    since = {"effective_from": day(0).isoformat()}
    params = [{"name": "hours", "value": 24}]
    ledger.record(event("promise.parameter_set", 9, promise_id="ABC-01", params=params, **since))
    assert counts(asked(ledger)) == BROKEN
    assert asked(ledger, size=known).verdict == "undeterminable"


def test_a_late_answer_opens_the_verdict_again_and_both_can_be_told(tmp_path: Path) -> None:
    """What was recorded late would never count, or would change what was known before."""
    ledger = small_log(tmp_path)
    ledger.record_many([declared(rule()), ASKED, connected()])
    known = ledger.head().size
    assert asked(ledger).verdict == "broken"
    ledger.record(step(ANSWERED, 2))
    assert counts(asked(ledger)) == KEPT
    assert asked(ledger, size=known).verdict == "broken"


def test_an_erased_customer_cannot_be_judged(tmp_path: Path) -> None:
    """Erasing a customer whose data had gone in time would make it look as if they stayed."""
    ledger = small_log(tmp_path)
    ledger.record_many([declared(REMOVED), LEFT])
    ledger.record(reported("data.deleted", 2, scope="customer-file", customer_id=CUSTOMER))
    assert counts(asked(ledger)) == KEPT
    erase_subject(ledger, CUSTOMER, requested_by="person:dpo@abc.example")
    found = asked(ledger)
    assert counts(found) == ("undeterminable", 0, 0, 0, 1)
    assert found.settle == ("nothing: the value was erased",)


def test_a_duty_that_no_answer_could_meet_is_open(tmp_path: Path) -> None:
    """Whoever never said of whom it is would be blamed for not answering."""
    answer = {
        "role": "answer",
        "opens": [{"kinds": ["data.deleted"]}],
        "pairs": [{"field": "customer_id"}],
    }
    ended = rule(for_each=[{"kinds": ["contract.ended"]}], needs=[answer])
    event_without = reported("contract.ended", 1, contract_id="C-1")
    found = said_of(tmp_path, [ended], [connected(), event_without], on=9)
    assert counts(found) == ("undeterminable", 0, 0, 0, 1)
    assert found.reasons == ("the event gives no customer_id",)
