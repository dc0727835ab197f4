"""Judged promises on each kind of database: late decisions, old rebuilds, several at once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final
from uuid import UUID

import pytest

from ledger.ledger import Ledger
from projections import rebuild, running
from projections.erasing import erase_subject
from tests.histories import day, event
from tests.small_promises import Rule, asked, connected, counts, declared, reported

NEVER: Final[Rule] = {
    "rule_kind": "never",
    "for_each": [{"kinds": ["access.used"]}],
    "where": [{"field": "purpose", "test": "any-in", "parameter": "purposes"}],
}
REVOKED: Final[Rule] = {
    "rule_kind": "deadline",
    "for_each": [{"kinds": ["access.used"]}],
    "needs": [
        {
            "role": "answer",
            "opens": [{"kinds": ["access.revoked"]}],
            "pairs": [{"field": "actor", "of": "grantee"}],
        }
    ],
    "within": {"amount": 3, "unit": "days"},
}
PLAIN: Final[Rule] = {
    **NEVER,
    "where": [{"field": "purpose", "test": "any-in", "values": ["marketing"]}],
}


class CrashError(Exception):
    """Stands for whatever ends a process."""


def _crash(*_: object) -> None:
    raise CrashError


def _used(on: float, **fields: Any) -> Any:  # noqa: ANN401 - an event with any field
    return reported("access.used", on, resource="file", **fields)


def _unwanted(*purposes: str) -> Any:  # noqa: ANN401 - an event
    params = [{"name": "purposes", "values": list(purposes)}]
    told = {"promise_id": "ABC-01", "effective_from": day(0).isoformat()}
    return event("promise.parameter_set", 1, params=params, **told)


def test_a_waiver_told_late_takes_one_promise_of_two_back(ledger: Ledger) -> None:
    """An event that keeps two promises, of which one is waived later, could not be stored."""
    ledger.record_many([declared(PLAIN), declared(PLAIN, name="ABC-02"), connected()])
    ledger.record(_used(3, purpose="contract"))
    assert asked(ledger, name="ABC-02").kept == 1
    waived = {"promise_id": "ABC-02", "effective_from": day(2).isoformat()}
    ledger.record(event("promise.waived", 9, **waived))
    assert asked(ledger).kept == 1
    assert asked(ledger, name="ABC-02").kept == 0
    assert asked(ledger, name="ABC-02", size=4).kept == 1


def test_an_unfinished_rebuild_does_not_answer_by_old_decisions(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first question after a decision would be answered as if nobody had decided."""
    ledger.record_many([declared(NEVER), connected(), _used(3, purpose="marketing")])
    assert asked(ledger).verdict == "undeterminable"
    with monkeypatch.context() as patch:
        patch.setattr(running, "_swap", _crash)
        with pytest.raises(CrashError):
            rebuild(ledger, ["promises"])
    ledger.record(_unwanted("marketing"))
    assert asked(ledger).verdict == "broken"


def test_what_was_taken_back_beforehand_is_not_judged_after_an_erasure(ledger: Ledger) -> None:
    """Erasing somebody would bring back events that had been corrected."""
    taken = UUID(int=(7 << 76) | (2 << 62) | 77)
    ledger.record_many([declared(REVOKED), connected()])
    ledger.record(event("log.correction_recorded", 2, corrected_event_id=str(taken)))
    ledger.record(_used(3, actor="person:anna", event_id=str(taken)))
    before = counts(asked(ledger))
    erase_subject(ledger, "person:anna", requested_by="person:dpo")
    assert counts(asked(ledger)) == before == ("undeterminable", 0, 0, 0, 0)


def test_many_ask_while_others_record_and_rebuild(ledger: Ledger) -> None:
    """A question would be answered with half a generation, or fail while another one is built."""
    ledger.record_many([declared(NEVER), connected(), _unwanted("marketing")])
    ledger.record_many([_used(3, purpose="marketing") for _ in range(5)])
    known = ledger.head().size

    def ask(_: int) -> int:
        return asked(ledger, size=known).broken

    def record(number: int) -> int:
        told = _used(4, purpose="marketing") if number % 2 else _unwanted("marketing", f"x{number}")
        ledger.record(told)
        return asked(ledger, size=known).broken

    def build(_: int) -> int:
        rebuild(ledger, ["promises"])
        return asked(ledger, size=known).broken

    with ThreadPoolExecutor(3) as pool:
        work = [pool.submit(each, number) for number in range(4) for each in (ask, record, build)]
        found = {each.result() for each in work}
    assert found == {5}
    assert asked(ledger).broken == 7
