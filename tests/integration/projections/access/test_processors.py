"""What people of hosts and sub-processors hold and use."""

from typing import Any

from ledger.events import Event
from ledger.ledger import Ledger
from projections import state
from tests.access_facts import granted, used
from tests.histories import day, event, shown, told


def _sub(what: str, on: float, **fields: Any) -> Event:  # noqa: ANN401 - any field
    given = {"agreement_id": "A-1", "sub_processor": "siyou", **fields}
    return event(f"sub_processor.{what}", on, **given)


def _of(ledger: Ledger, section: str, on: float, *names: str) -> list[tuple[Any, ...]]:
    return shown(state(ledger, "access", as_of=day(on), only=section).rows, *names)


def test_grants_of_a_sub_processor_are_found_while_it_is_one(ledger: Ledger) -> None:
    """A review could not see what the people of others may do, or when they became such."""
    told(
        ledger,
        granted(1, grantee_organisation="siyou"),
        granted(1, "G-2", grantee_organisation="acme"),
        _sub("approved", 3),
        _sub("engaged", 5),
        _sub("removed", 9),
    )
    names = ("organisation", "roles", "indexes")
    assert _of(ledger, "processors", 2, *names) == []
    assert _of(ledger, "processors", 4, *names) == [("siyou", ["sub-processor: approved"], [0, 2])]
    assert _of(ledger, "processors", 6, *names) == [("siyou", ["sub-processor: engaged"], [0, 3])]
    assert _of(ledger, "processors", 10, *names) == []


def test_a_host_is_told_by_registration_and_agreement(ledger: Ledger) -> None:
    """A host that nobody called a sub-processor would look like the own staff."""
    told(
        ledger,
        granted(1, grantee_organisation="intermax"),
        event("organisation.registered", 2, organisation="intermax", roles=["host"]),
        event(
            "dpa.concluded",
            3,
            agreement_id="A-1",
            parties=[{"role": "sub-processor", "organisation": "intermax"}],
        ),
        event("organisation.amended", 5, organisation="intermax", roles=["third-party"]),
        event("dpa.ended", 7, agreement_id="A-1", ended_at=day(8).isoformat()),
    )
    roles = [_of(ledger, "processors", on, "roles") for on in (2, 4, 6, 9)]
    both = ["host: registered", "sub-processor: agreement"]
    assert [set(row[0]) for row in roles[1]] == [set(both)]
    assert (roles[0], roles[2], roles[3]) == ([(both[:1],)], [(both[1:],)], [])


def test_what_processors_used_is_counted_by_who_and_what(ledger: Ledger) -> None:
    """Whether a host that may look ever did could not be answered."""
    told(
        ledger,
        granted(1, grantee_organisation="siyou"),
        _sub("engaged", 3),
        used(2),
        used(4, purpose="support"),
        used(6, purpose="support"),
        used(5, None, actor="person:bram", actor_organisation="siyou"),
        used(5, None, actor="person:carl", actor_organisation="acme"),
        _sub("removed", 8),
        used(9),
    )
    rows = _of(ledger, "processor-uses", 20, "uses", "first", "last", "purpose", "indexes")
    assert rows == [
        (2, day(4), day(6), "support", [1, 3, 4]),
        (1, day(5), day(5), None, [1, 5]),
    ]


def test_an_organisation_narrows_to_its_grants_and_uses(ledger: Ledger) -> None:
    """A review of one processor would be full of the people of another."""
    told(
        ledger,
        granted(1, grantee_organisation="siyou"),
        used(2, "G-1", purpose="a"),
        used(2, None, actor_organisation="siyou", purpose="b"),
        used(2, None, actor_organisation="acme", purpose="c"),
    )
    rows = state(ledger, "access", as_of=day(9), only="unregistered", organisation="siyou").rows
    assert shown(rows, "purpose") == [("a",), ("b",)]
