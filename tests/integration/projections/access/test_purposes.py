"""Uses for a purpose that the register did not hold at their moment."""

from typing import Any

from ledger.events import Event
from ledger.ledger import Ledger
from projections import state
from tests.access_facts import used
from tests.histories import day, event, shown, told

ACTIVITY = "urn:activity:a"


def _entry(what: str, on: float, *purposes: str, **fields: Any) -> Event:  # noqa: ANN401 - any field
    given: dict[str, Any] = {"processing_activity_id": ACTIVITY, **fields}
    if what != "retired":
        given |= {"role": "controller", "purposes": [{"id": each} for each in purposes]}
    return event(f"processing_activity.{what}", on, **given)


def _found(ledger: Ledger) -> list[tuple[Any, ...]]:
    rows = state(ledger, "access", as_of=day(30), only="unregistered").rows
    return shown(rows, "index", "reasons")


def test_each_way_to_be_outside_the_register_is_told(ledger: Ledger) -> None:
    """A purpose that nobody registered would pass, or one that was would be accused."""
    told(
        ledger,
        _entry("registered", 2, "support", "billing"),
        _entry("amended", 10, "billing"),
        used(3, None, processing_activity_id=ACTIVITY, purpose="support"),
        used(3, None, processing_activity_id=ACTIVITY),
        used(3, None, purpose="support"),
        used(1, None, processing_activity_id=ACTIVITY, purpose="support"),
        used(3.1, None, processing_activity_id="urn:activity:b", purpose="support"),
        used(3.2, None, processing_activity_id=ACTIVITY, purpose="marketing"),
        used(3.3, None, purpose="marketing"),
        used(11, None, purpose="support"),
        used(12, None, processing_activity_id=ACTIVITY, purpose="support"),
        used(13, None),
    )
    assert _found(ledger) == [
        (5, ["processing activity not in the register then"]),
        (6, ["processing activity not in the register"]),
        (7, ["purpose not one of the processing activity"]),
        (8, ["purpose not in the register"]),
        (9, ["purpose not in the register then"]),
        (10, ["purpose not one of the processing activity"]),
        (11, ["names no purpose and no processing activity"]),
    ]


def test_an_entry_without_purposes_limits_none(ledger: Ledger) -> None:
    """Every use of a processor would be accused: art. 30(2) asks no purposes of its register."""
    told(
        ledger,
        _entry("registered", 2),
        used(3, None, processing_activity_id=ACTIVITY, purpose="support"),
    )
    assert _found(ledger) == []


def test_a_retired_activity_covers_no_use_any_more(ledger: Ledger) -> None:
    """What went on after its end would still count as registered."""
    told(
        ledger,
        _entry("registered", 2, "support"),
        _entry("retired", 5),
        used(6, None, processing_activity_id=ACTIVITY, purpose="support"),
    )
    assert _found(ledger) == [(2, ["processing activity not in the register then"])]


def test_an_underline_of_a_word_is_no_other_character(ledger: Ledger) -> None:
    """A purpose that only looks like a registered one would pass."""
    told(ledger, _entry("registered", 2, "a-b", "c_d"), used(3, None, purpose="a_b"))
    assert _found(ledger) == [(1, ["purpose not in the register"])]
    told(ledger, used(4, None, purpose="c_d"))
    assert len(_found(ledger)) == 1
