"""Grants that outlived their reason, and what was used after it was gone."""

from datetime import timedelta
from typing import Any

import pytest

from ledger.events import Event
from ledger.ledger import Ledger
from projections import state
from tests.access_facts import granted, used
from tests.histories import day, event, shown, told

ACME = "acme"


def _left(on: float, status: str = "left", **fields: Any) -> Event:  # noqa: ANN401 - any field
    given = {"person": "person:anna", "status": status, "organisation": ACME, **fields}
    return event("identity.status_changed", on, **given)


def _contract(what: str, on: float, contract: str = "C-1", **fields: Any) -> Event:  # noqa: ANN401 - any field
    return event(f"contract.{what}", on, contract_id=contract, **fields)


def _outlived(ledger: Ledger, on: float = 30) -> list[tuple[Any, ...]]:
    rows = state(ledger, "access", as_of=day(on), only="outlived").rows
    return shown(rows, "still_in_force", "reasons", "reason_ended", "outlived_by", "indexes")


def test_a_grant_that_stays_after_its_holder_left_is_found(ledger: Ledger) -> None:
    """Somebody who left would keep access, and no review would tell."""
    told(ledger, granted(1, grantee_organisation=ACME), _left(10))
    assert _outlived(ledger, 9) == []
    assert _outlived(ledger) == [(True, ["left acme"], day(10), timedelta(days=20), [0, 1])]


def test_a_grant_that_was_taken_away_late_is_told_with_how_late(ledger: Ledger) -> None:
    """What was put right afterwards would look as if it had never been wrong."""
    told(
        ledger,
        granted(1, grantee_organisation=ACME),
        _left(10),
        event("access.revoked", 12, grant_id="G-1"),
    )
    assert _outlived(ledger) == [(False, ["left acme"], day(10), timedelta(days=2), [0, 1])]


def test_a_grant_that_was_taken_away_in_time_is_not_found(ledger: Ledger) -> None:
    """A review would be full of grants that ended as they should."""
    told(
        ledger,
        granted(1, grantee_organisation=ACME),
        event("access.revoked", 9, grant_id="G-1"),
        _left(10),
    )
    assert _outlived(ledger) == []


def test_who_left_another_organisation_keeps_the_grant_of_this_one(ledger: Ledger) -> None:
    """Somebody who left one of two employers would be shown as gone from both."""
    told(
        ledger,
        granted(1, grantee_organisation=ACME),
        granted(1, "G-2"),
        _left(2, "active"),
        _left(2, "active", organisation="xential"),
        _left(10, organisation="xential"),
    )
    assert _outlived(ledger) == []
    told(ledger, _left(20))
    assert [row[1:3] for row in _outlived(ledger)] == [(["left acme"], day(20))] * 2


def test_who_returned_is_not_gone_any_more(ledger: Ledger) -> None:
    """A colleague who came back would stay on the list for ever."""
    told(ledger, granted(1, grantee_organisation=ACME), _left(10), _left(15, "active"))
    assert _outlived(ledger) == [(True, ["left acme"], day(10), timedelta(days=5), [0, 1])]


def test_a_leaving_that_names_no_organisation_is_from_all(ledger: Ledger) -> None:
    """A source that does not name the employer would never be believed."""
    told(
        ledger,
        granted(1, grantee_organisation=ACME),
        event("identity.status_changed", 10, person="person:anna", status="left"),
    )
    assert [row[1:3] for row in _outlived(ledger)] == [(["left"], day(10))]


@pytest.mark.parametrize(
    "ending",
    [
        _contract("ended", 9, ended_at=day(12).isoformat()),
        _contract("termination_notified", 5, ends_at=day(12).isoformat()),
        _contract("started", 1, valid_until=day(12).isoformat()),
    ],
    ids=["ended", "notice", "term"],
)
def test_a_grant_that_stays_after_its_contract_is_found(ledger: Ledger, ending: Event) -> None:
    """Access for a contract would outlast it, in whatever way the contract came to its end."""
    told(ledger, granted(2, contract_id="C-1"), _contract("started", 0), ending)
    assert _outlived(ledger, 11) == []
    assert [row[:3] for row in _outlived(ledger)] == [(True, ["contract ended"], day(12))]


def test_people_of_an_organisation_without_contract_are_found(ledger: Ledger) -> None:
    """The vendor whose contract ended would keep a way in that names no contract."""
    parties = [{"role": "host", "organisation": ACME}]
    told(
        ledger,
        granted(1, grantee_organisation=ACME, system="crm"),
        _contract("started", 1, parties=parties),
        _contract("started", 1, "C-2", parties=parties),
        _contract("ended", 10),
    )
    assert _outlived(ledger) == []
    told(ledger, _contract("ended", 20, "C-2"))
    expected = (["the organisation has no contract any more"], day(20))
    assert [row[1:3] for row in _outlived(ledger)] == [expected]
    told(ledger, event("system.registered", 0, system_id="crm", organisation=ACME))
    assert _outlived(ledger) == []  # their own system


def test_uses_after_leaving_are_found_with_what_tells_of_it(ledger: Ledger) -> None:
    """An investigator would have to put leaving and use together by hand."""
    told(
        ledger,
        granted(1, grantee_organisation=ACME, contract_id="C-1"),
        _contract("started", 1),
        used(5),
        _left(10),
        used(11),
        _left(12, "active"),
        used(13),
        _contract("ended", 14),
        used(15),
        used(16, None, actor="person:bram"),
    )
    rows = state(ledger, "access", as_of=day(30), only="after-leaving").rows
    assert shown(rows, "index", "reasons", "indexes") == [
        (4, ["left acme"], [3]),
        (8, ["contract ended"], [7]),
    ]


def test_what_was_learned_later_ends_nothing_earlier(ledger: Ledger) -> None:
    """A review of then would be blamed for a leaving that nobody had told yet."""
    granting, leaving = told(ledger, granted(1), _left(10))
    for moment, count in ((granting, 0), (leaving, 1)):
        rows = state(ledger, "access", as_of=day(30), as_known=moment, only="outlived").rows
        assert len(rows) == count
