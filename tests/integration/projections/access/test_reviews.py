"""Reviews of grants: what is asked, decided, open, signed off, and not carried out."""

from typing import Any

import pytest

from ledger.events import Event
from ledger.ledger import Ledger
from projections import state
from tests.access_facts import FILE, granted, used
from tests.histories import day, event, shown, told


def _review(what: str, on: float, **fields: Any) -> Event:  # noqa: ANN401 - any field
    given = {"review_id": "R-1", "reviewer": "person:dpo", **fields}
    return event(f"access.review_{what}", on, **given)


def _decided(on: float, grant: str, decision: str) -> Event:
    return _review("item_decided", on, grant_id=grant, decision=decision)


def _figures(ledger: Ledger, on: float) -> tuple[Any, ...]:
    (row,) = state(ledger, "access", as_of=day(on), only="reviews").rows
    return shown([row], "state", "asked", "undecided", "keep", "revoke", "follow_up")[0]


def _grants_of(ledger: Ledger, section: str, on: float) -> set[tuple[str, str]]:
    names = {str(ledger.case_stream("grant", name)): name for name in ("G-1", "G-2", "G-3", "G-4")}
    rows = state(ledger, "access", as_of=day(on), only=section).rows
    return {(names[row["grant"]], row["decision"]) for row in rows}


def test_a_review_tells_what_is_open_as_of_any_day(ledger: Ledger) -> None:
    """Nobody could tell what was decided when, or sign off what was not looked at."""
    told(
        ledger,
        granted(1),
        granted(1, "G-2"),
        granted(1, "G-3"),
        _review("started", 10, scope=FILE),
        _decided(11, "G-1", "keep"),
        _decided(12, "G-2", "revoke"),
        granted(12, "G-4"),
        event("access.revoked", 13, grant_id="G-3"),
        _review("completed", 14),
        event("access.revoked", 20, grant_id="G-2"),
    )
    assert _figures(ledger, 10) == ("open", 3, 3, 0, 0, 0)
    assert _figures(ledger, 12) == ("open", 3, 1, 1, 1, 1)
    assert _figures(ledger, 13.5) == ("open", 2, 0, 1, 1, 1)
    assert _figures(ledger, 15) == ("completed", 2, 0, 1, 1, 1)
    assert _figures(ledger, 21) == ("completed", 2, 0, 1, 1, 0)
    assert _grants_of(ledger, "review-items", 12) == {
        ("G-1", "keep"),
        ("G-2", "revoke"),
        ("G-3", "undecided"),
    }
    assert _grants_of(ledger, "follow-up", 15) == {("G-2", "revoke")}
    assert _grants_of(ledger, "follow-up", 21) == set()


def test_a_change_that_was_decided_is_open_until_it_is_made(ledger: Ledger) -> None:
    """A grant that was to be narrowed would stay as wide as it was."""
    told(
        ledger,
        granted(1, acts=["read", "delete"]),
        _review("started", 10, scope="all"),
        _decided(11, "G-1", "change"),
    )
    assert _grants_of(ledger, "follow-up", 12) == {("G-1", "change")}
    told(ledger, event("access.modified", 13, grant_id="G-1", acts=["read"]))
    assert _grants_of(ledger, "follow-up", 14) == set()


def test_the_last_decision_about_a_grant_counts(ledger: Ledger) -> None:
    """Who thought again would be held to the first word."""
    told(
        ledger,
        granted(1),
        _review("started", 10, scope="all"),
        _decided(11, "G-1", "revoke"),
        _decided(12, "G-1", "keep"),
    )
    assert _figures(ledger, 11.5) == ("open", 1, 0, 0, 1, 1)
    assert _figures(ledger, 13) == ("open", 1, 0, 1, 0, 0)


@pytest.mark.parametrize(
    ("scope", "asked"),
    [
        ("all", {"G-1", "G-2", "G-3"}),
        ("crm", {"G-1", "G-2"}),
        ("crm/mail", {"G-2"}),
        ("system/erp", {"G-3"}),
        ("organisation/acme", {"G-1"}),
        ("cr", set()),
    ],
)
def test_a_scope_is_all_a_system_an_organisation_or_a_resource(
    ledger: Ledger, scope: str, asked: set[str]
) -> None:
    """A review would ask about grants that it is not about, or pass over some that it is."""
    told(
        ledger,
        granted(1, resource="crm", grantee_organisation="acme"),
        granted(1, "G-2", resource="crm/mail"),
        granted(1, "G-3", resource="erp", system="erp"),
        _review("started", 10, scope=scope),
    )
    assert {grant for grant, _ in _grants_of(ledger, "review-items", 11)} == asked


def test_a_review_that_nobody_saw_begin_still_shows_its_decisions(ledger: Ledger) -> None:
    """A gap between the sources would hide what was decided."""
    told(ledger, granted(1), _decided(11, "G-1", "revoke"))
    assert _figures(ledger, 12) == ("open", 1, 0, 0, 1, 1)
    assert _grants_of(ledger, "review-items", 12) == {("G-1", "revoke")}


def test_a_decision_that_was_taken_back_is_none(ledger: Ledger) -> None:
    """A decision about the wrong grant would stand beside its correction."""
    wrong = "01900000-0000-7000-8000-000000000001"
    told(
        ledger,
        granted(1),
        _review("started", 10, scope="all"),
        event(
            "access.review_item_decided",
            11,
            event_id=wrong,
            review_id="R-1",
            grant_id="G-1",
            decision="revoke",
        ),
        event("log.correction_recorded", 12, corrected_event_id=wrong),
    )
    assert _figures(ledger, 13) == ("open", 1, 1, 0, 0, 0)


def test_filters_narrow_the_grants_of_a_review_and_not_the_review(ledger: Ledger) -> None:
    """A review would look decided because somebody looked at a part of it."""
    told(
        ledger,
        granted(1),
        granted(1, "G-2", resource="erp"),
        _review("started", 10, scope="all"),
        _decided(11, "G-1", "revoke"),
    )
    narrowings: list[dict[str, Any]] = [{"resource": "erp"}, {"scope": "erp"}]
    for chosen in narrowings:
        items = state(ledger, "access", as_of=day(12), only="review-items", **chosen).rows
        assert shown(items, "resource", "decision") == [("erp", "undecided")]
        assert state(ledger, "access", as_of=day(12), only="follow-up", **chosen).rows == []
        (row,) = state(ledger, "access", as_of=day(12), only="reviews", **chosen).rows
        assert (row["asked"], row["undecided"], row["follow_up"]) == (2, 1, 1)


@pytest.mark.parametrize(
    ("scope", "found"), [("crm", 2), ("all", 3), ("system/erp", 1), ("organisation/acme", 1)]
)
def test_a_scope_narrows_grants_and_uses_alike(ledger: Ledger, scope: str, found: int) -> None:
    """A reviewer would see the grants of one thing and the uses of another."""
    told(
        ledger,
        granted(1, resource="crm", grantee_organisation="acme"),
        granted(1, "G-2", resource="crm/mail"),
        granted(1, "G-3", resource="erp", system="erp"),
        used(2, "G-1", resource="crm"),
        used(2, "G-2", resource="crm/mail"),
        used(2, "G-3", resource="erp", system="erp"),
    )
    for section in ("held", "unregistered"):
        rows = state(ledger, "access", as_of=day(3), only=section, scope=scope).rows
        assert len(rows) == found, section
