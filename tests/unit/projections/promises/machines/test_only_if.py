"""The rule `only-if`: an event is in order while another one stands."""

from pathlib import Path
from typing import Any, Final

import pytest

from ledger.events import Event
from projections.erasing import erase_subject
from tests.histories import day, event
from tests.small_promises import (
    Rule,
    asked,
    asked_items,
    connected,
    counts,
    declared,
    parameter,
    reported,
    said_of,
    small_log,
)

ANNA: Final = "data-subject:CUSTOMER:1"
KEPT: Final = ("kept", 1, 0, 0, 0)
BROKEN: Final = ("broken", 0, 1, 0, 0)
CONSENT: Final = {
    "role": "required",
    "name": "consent",
    "opens": [{"kinds": ["consent.given"]}],
    "closes": [{"kinds": ["consent.withdrawn"]}],
    "pairs": [{"field": "customer_id", "of": "subject"}],
}


def rule(*needs: dict[str, Any]) -> Rule:
    """Data go out only with a consent, unless other needs are given."""
    return {
        "rule_kind": "only-if",
        "for_each": [{"kinds": ["exchange.performed"]}],
        "needs": list(needs) or [CONSENT],
    }


def sent(on: float, to: str = "advies", **fields: Any) -> Event:  # noqa: ANN401 - of the event
    """Data of a customer went out."""
    told = {"direction": "out", "exchange_kind": "disclosure", "customer_id": ANNA, **fields}
    recipient = {"role": "third-party", "organisation": to}
    return reported("exchange.performed", on, recipient=recipient, **told)


def consent(kind: str, on: float, name: str = "C-1", **fields: Any) -> Event:  # noqa: ANN401 - as above
    """A step of a consent."""
    return event(f"consent.{kind}", on, consent_id=name, subject=ANNA, **fields)


@pytest.mark.parametrize(
    ("given", "withdrawn", "expected"),
    [(1, None, KEPT), (5, None, KEPT), (5 + 1e-6, None, BROKEN), (1, 5, BROKEN), (1, 6, KEPT)],
)
def test_what_stands_at_the_moment_counts(
    tmp_path: Path, given: float, withdrawn: float | None, expected: tuple[Any, ...]
) -> None:
    """Data could go out before the consent, or after its end; or not at the very moment of it."""
    told = [consent("given", given), sent(5)]
    told += [] if withdrawn is None else [consent("withdrawn", withdrawn)]
    assert counts(said_of(tmp_path, [rule()], told)) == expected


def test_a_consent_ends_by_itself_where_it_says_so(tmp_path: Path) -> None:
    """A consent for one year would stand for ever."""
    told = [consent("given", 1, valid_until=day(5).isoformat()), sent(5)]
    found = said_of(tmp_path, [rule()], told)
    assert counts(found) == BROKEN
    assert found.reasons == ("the consent had ended",)


def test_a_withdrawal_names_the_record_that_ended_it(tmp_path: Path) -> None:
    """Nobody could see why a consent did not count."""
    found = said_of(tmp_path, [rule()], [consent("given", 1), consent("withdrawn", 2), sent(5)])
    assert found.reasons == ("the consent had ended (record 2)",)


ONCE: Final = {
    **CONSENT,
    "pairs": [
        {"field": "case_id"},
        {"field": "recipient.organisation", "of": "scope.recipients", "silence_fits": True},
    ],
    "once": True,
}


def for_case(on: float, name: str, to: str) -> Event:
    """A consent for one case and one recipient."""
    return consent("given", on, name, case_id="CASE-1", scope={"recipients": [to]})


def test_a_consent_serves_one_event(tmp_path: Path) -> None:
    """One consent would do for every exchange of the case."""
    told = [for_case(1, "C-1", "advies"), sent(2, case_id="CASE-1"), sent(3, case_id="CASE-1")]
    assert counts(said_of(tmp_path, [rule(ONCE)], told)) == ("broken", 1, 1, 0, 0)


def test_each_of_two_consents_serves_one_event(tmp_path: Path) -> None:
    """The first event would use up whatever stands, and break the second."""
    told = [for_case(1, "C-1", "advies"), for_case(1, "C-2", "advies")]
    told += [sent(2, case_id="CASE-1"), sent(3, case_id="CASE-1")]
    assert counts(said_of(tmp_path, [rule(ONCE)], told)) == ("kept", 2, 0, 0, 0)


def test_an_event_uses_up_no_consent_that_does_not_fit_it(tmp_path: Path) -> None:
    """Data sent to one would use up the consent for sending them to another."""
    told = [for_case(1, "C-1", "advies"), for_case(1, "C-2", "notaris")]
    told += [sent(2, "advies", case_id="CASE-1"), sent(3, "notaris", case_id="CASE-1")]
    assert counts(said_of(tmp_path, [rule(ONCE)], told)) == ("kept", 2, 0, 0, 0)


def test_an_earlier_event_told_late_takes_the_consent(tmp_path: Path) -> None:
    """Who reports late would be served by what served another."""
    ledger = small_log(tmp_path)
    ledger.record_many([declared(rule(ONCE)), for_case(1, "C-1", "advies")])
    ledger.record(sent(3, case_id="CASE-1"))
    assert counts(asked(ledger)) == KEPT
    ledger.record(sent(2, case_id="CASE-1"))
    found = asked(ledger)
    assert counts(found) == ("broken", 1, 1, 0, 0)
    assert found.oldest_break is not None
    assert found.oldest_break.occurred_at == day(3)


ATTEMPTS: Final = {
    "role": "required",
    "name": "attempts",
    "opens": [{"kinds": ["intrusion.attempt_detected"]}],
    "pairs": [{"field": "ip"}],
    "lasting": {"amount": 24, "unit": "hours"},
    "at_least_parameter": "attempts",
    "weight": "attempts",
}
BLOCKING: Final = {**rule(ATTEMPTS), "for_each": [{"kinds": ["ip.recorded"]}]}


def attempt(on: float, **fields: Any) -> Event:  # noqa: ANN401 - of the event
    """Somebody tried to break in."""
    return reported("intrusion.attempt_detected", on, ip="ip:203.0.113.7", **fields)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([attempt(4.5), attempt(4.9)], KEPT),
        ([attempt(4.5)], BROKEN),
        ([attempt(4.5, attempts=2)], KEPT),
        ([attempt(4, attempts=9), attempt(4.9)], BROKEN),  # the first lasts up to day 5
        ([attempt(4 + 1e-6, attempts=9)], KEPT),
    ],
)
def test_so_many_must_stand_within_the_window(
    tmp_path: Path, told: list[Event], expected: tuple[Any, ...]
) -> None:
    """An address would be blocked after one attempt, or for those of last year."""
    seen = reported("ip.recorded", 5, ip="ip:203.0.113.7")
    found = said_of(tmp_path, [BLOCKING], [parameter(0, attempts=2), *told, seen])
    assert counts(found) == expected


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([("sshd", 1), ("fail2ban", 1)], BROKEN),
        ([("sshd", 1), ("fail2ban", 2)], KEPT),
        ([("sshd", 1), ("sshd", 1), ("fail2ban", 1)], KEPT),
        ([("sshd", 1), (None, 1)], BROKEN),
        ([(None, 1), (None, 1)], KEPT),
    ],
)
def test_what_two_detectors_told_is_not_added_up(
    tmp_path: Path, told: list[tuple[str | None, int]], expected: tuple[Any, ...]
) -> None:
    """One failed login would count as two where sshd and fail2ban are both watched."""
    attempts = [
        attempt(4.5 + place / 10, attempts=number, detector=detector)
        for place, (detector, number) in enumerate(told)
    ]
    seen = reported("ip.recorded", 5, ip="ip:203.0.113.7")
    found = said_of(tmp_path, [BLOCKING], [parameter(0, attempts=2), *attempts, seen])
    assert counts(found) == expected


def test_a_fact_without_a_detector_counts_with_its_reader(tmp_path: Path) -> None:
    """What two readers tell of one attempt would be two attempts where neither names a detector."""
    told = [attempt(4.5, parser="one/1"), attempt(4.6, parser="other/1")]
    seen = reported("ip.recorded", 5, ip="ip:203.0.113.7")
    found = said_of(tmp_path, [BLOCKING], [parameter(0, attempts=2), *told, seen])
    assert counts(found) == BROKEN


def test_a_verdict_rests_on_the_detector_that_counts_and_says_so(tmp_path: Path) -> None:
    """The explanation would show more attempts than the verdict counted."""
    ledger = small_log(tmp_path)
    told = [
        attempt(4.1, detector="fail2ban"),
        attempt(4.2, detector="sshd"),
        attempt(4.3, detector="sshd"),
        reported("ip.recorded", 5, ip="ip:203.0.113.7"),
        attempt(8.1, detector="fail2ban"),
        attempt(8.1, detector="sshd"),
        reported("ip.recorded", 8.2, ip="ip:203.0.113.7"),
    ]
    ledger.record_many([connected(), declared(BLOCKING), parameter(0, attempts=2), *told])
    kept, broken = asked_items(ledger)
    assert kept.verdict == "kept"
    assert kept.rests_on == (4, 5, 6)
    assert broken.verdict == "broken"
    assert broken.reason == "1 of 2 attempts on record at that moment, as one program told"


def test_a_number_that_is_no_number_cannot_be_judged(tmp_path: Path) -> None:
    """A word for a number would stop every later question."""
    seen = reported("ip.recorded", 5, ip="ip:203.0.113.7")
    found = said_of(tmp_path, [BLOCKING], [parameter(0, attempts="two"), attempt(4.9), seen])
    assert counts(found) == ("undeterminable", 0, 0, 0, 1)


COVERED: Final = {
    **rule(
        {
            "role": "required",
            "name": "retention-rule",
            "opens": [{"kinds": ["retention.rule_set"]}],
            "pairs": [{"field": "data_categories", "of": "category", "test": "covered"}],
        }
    ),
    "for_each": [{"kinds": ["data.stored"]}],
}


def category(name: str) -> Event:
    """A retention rule for one category."""
    return event("retention.rule_set", 0, rule_id=name, category=name, period="P30D")


@pytest.mark.parametrize(
    ("named", "expected"), [(["mail"], BROKEN), (["mail", "photos"], KEPT), ([], BROKEN)]
)
def test_every_value_must_be_covered(
    tmp_path: Path, named: list[str], expected: tuple[Any, ...]
) -> None:
    """A rule for one category would stand for all that is stored with it."""
    stored = reported("data.stored", 5, data_categories=["mail", "photos"])
    told = [*(category(name) for name in named), stored]
    assert counts(said_of(tmp_path, [COVERED], told)) == expected


def test_what_forbids_it_outweighs_what_allows_it(tmp_path: Path) -> None:
    """A consent would make up for an objection."""
    objection = {
        "role": "forbidden",
        "name": "objection",
        "opens": [{"kinds": ["sub_processor.objected"]}],
        "pairs": [{"field": "recipient.organisation", "of": "sub_processor"}],
    }
    objected = event("sub_processor.objected", 2, sub_processor="advies", agreement_id="DPA-1")
    told = [consent("given", 1), objected, sent(5)]
    found = said_of(tmp_path, [rule(CONSENT, objection)], told)
    assert counts(found) == BROKEN
    assert found.reasons == ("objection stood",)


def test_an_erased_person_cannot_be_judged(tmp_path: Path) -> None:
    """A consent that was erased with its giver would make a break of what was in order."""
    ledger = small_log(tmp_path)
    ledger.record_many([declared(rule()), connected(), consent("given", 1), sent(5)])
    assert counts(asked(ledger)) == KEPT
    erase_subject(ledger, ANNA, requested_by="person:dpo@abc.example")
    assert counts(asked(ledger)) == ("undeterminable", 0, 0, 0, 1)
