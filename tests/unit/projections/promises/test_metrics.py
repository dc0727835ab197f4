"""What metrics count: groups, years, limits in force, and names that are missing."""

from pathlib import Path
from typing import Any, Final

import pytest

from ledger.events import Event
from projections.erasing import erase_subject
from tests.histories import event
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

ONE: Final = "data-subject:CUSTOMER:1"
OTHER: Final = "data-subject:CUSTOMER:2"


def rule(**measure: Any) -> Rule:  # noqa: ANN401 - of a measure
    """At most two contacts with each customer in a month."""
    counted = {"of": "events", "group": "customer_id", "per": "month"}
    limit = {"limit": {"parameter": "most", "unit": "events"}}
    return {
        "rule_kind": "metric",
        "for_each": [{"kinds": ["contact.performed"]}],
        "measure": {**counted, **limit, **measure},
    }


def contact(on: float, customer: str | None = ONE) -> Event:
    """A message to a customer."""
    told = {} if customer is None else {"customer_id": customer}
    return reported("contact.performed", on, channel="e-mail", **told)


MOST: Final = parameter(0, most=2)


def test_each_group_is_counted_by_itself(tmp_path: Path) -> None:
    """Many customers would make a break of what is little for each."""
    told = [MOST, *(contact(on, who) for on in (1, 2) for who in (ONE, OTHER))]
    assert counts(said_of(tmp_path, [rule()], told)) == ("kept", 2, 0, 0, 0)
    again = tmp_path / "more"
    again.mkdir()
    found = said_of(again, [rule()], [*told, contact(3)])
    assert counts(found) == ("broken", 1, 1, 0, 0)
    assert found.reasons == ("3 is more than 2",)


@pytest.mark.parametrize(("third", "broken"), [(30.95, 1), (30.96, 0)])
def test_a_month_ends_at_local_midnight(tmp_path: Path, third: float, broken: int) -> None:
    """A message just before midnight of Amsterdam would count for the next month."""
    told = [MOST, contact(1), contact(2), contact(third)]  # 30.96 is 00:02 of 1 February there
    assert said_of(tmp_path, [rule()], told).broken == broken


def test_a_stricter_limit_counts_from_its_own_moment(tmp_path: Path) -> None:
    """A decision of May would break what was in order in April."""
    told = [MOST, contact(1), contact(2), parameter(40, most=1)]
    assert counts(said_of(tmp_path, [rule()], told)) == ("kept", 1, 0, 0, 0)
    again = tmp_path / "after"
    again.mkdir()
    found = said_of(again, [rule()], [*told, contact(45), contact(46)])
    assert counts(found) == ("broken", 1, 1, 0, 0)


def test_a_limit_that_nobody_set_leaves_it_open(tmp_path: Path) -> None:
    """A number that Zegel made up would decide."""
    found = said_of(tmp_path, [rule()], [contact(1)])
    assert (found.verdict, found.reasons) == ("undeterminable", ("parameter most is not set",))


def test_events_that_name_nobody_are_nobody_in_particular(tmp_path: Path) -> None:
    """Three customers who are not named would be one who got too much."""
    found = said_of(tmp_path, [rule()], [MOST, *(contact(on, None) for on in (1, 2, 3))])
    assert counts(found) == ("undeterminable", 0, 0, 0, 1)
    assert found.reasons[0].startswith("the event gives no customer_id")


def test_erased_customers_are_not_one_customer(tmp_path: Path) -> None:
    """Erasing customers would add up what each of them got, and break a promise."""
    ledger = small_log(tmp_path)
    told = [contact(1), contact(2), contact(3, OTHER)]
    ledger.record_many([declared(rule()), connected(), MOST, *told])
    assert counts(asked(ledger)) == ("kept", 2, 0, 0, 0)
    for customer in (ONE, OTHER):
        erase_subject(ledger, customer, requested_by="person:dpo@abc.example")
    found = asked(ledger)
    assert counts(found) == ("undeterminable", 0, 0, 0, 1)
    assert "was erased" in found.reasons[0]


def test_different_people_are_counted_once_each(tmp_path: Path) -> None:
    """One member of staff who looks often would be many."""
    viewers = rule(of="distinct", field="actor", group="customer_id", per="year")
    viewers["for_each"] = [{"kinds": ["access.used"]}]

    def seen(on: float, who: str) -> Event:
        return reported("access.used", on, resource="x", actor=f"person:{who}", customer_id=ONE)

    told = [MOST, seen(1, "anna"), seen(2, "anna"), seen(3, "bram"), seen(4, "anna")]
    assert counts(said_of(tmp_path, [viewers], told)) == ("kept", 1, 0, 0, 0)


def test_figures_tell_the_spread(tmp_path: Path) -> None:
    """Nobody could see how far a value lies from its limit."""
    size = {"of": "field", "field": "size_bytes", "limit": {"amount": 100, "unit": "bytes"}}
    spread: Rule = {
        "rule_kind": "metric",
        "for_each": [{"kinds": ["exchange.performed"]}],
        "measure": size,
    }
    told = [
        event(
            "exchange.performed",
            1,
            system="portal",
            direction="in",
            exchange_kind="sync",
            size_bytes=value,
        )
        for value in range(1, 101)
    ]
    (found,) = said_of(tmp_path, [spread], told).figures
    spread_told = (found.least, found.p50, found.p95, found.most)
    assert (found.count, found.unit, *spread_told) == (100, "bytes", 1, 50, 95, 100)
