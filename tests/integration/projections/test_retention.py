"""The retention view: the version of each rule that is in force on a date."""

from datetime import timedelta

from ledger.ledger import Ledger
from ledger.retention.reading import rules_at
from projections import state
from tests.histories import day, event, shown, tokens, told


def test_the_version_in_force_on_a_date_is_shown(ledger: Ledger) -> None:
    """Data would be called overdue by a rule that did not hold yet, or no longer."""
    told(
        ledger,
        event(
            "retention.rule_set",
            1,
            rule_id="access-logs",
            category="access",
            kinds=["access.used"],
            systems=["crm"],
            period="P2Y",
            trigger="occurred",
            basis="avg-5-1-e",
            decided_by="person:dpo",
            reason="two years, as the works council asked",
        ),
        event(
            "retention.rule_set",
            5,
            rule_id="access-logs",
            category="access",
            duration="PT72H",
            overrides=["other"],
            effective_from=day(10).isoformat(),
        ),
    )
    token = tokens(ledger, dpo="person:dpo")
    (row,) = state(ledger, "retention", as_of=day(9)).rows
    assert (row["rule"], row["category"], row["period"]) == ("access-logs", "access", "P2Y")
    assert (row["kinds"], row["systems"], row["trigger"]) == (["access.used"], ["crm"], "occurred")
    assert (row["basis"], row["decided_by"], row["has_reason"]) == (
        "avg-5-1-e",
        token["dpo"],
        True,
    )
    assert (row["in_force_until"], row["indexes"]) == (day(10), [0])
    (later,) = state(ledger, "retention", as_of=day(10)).rows
    assert (later["duration"], later["period"]) == (timedelta(hours=72), None)
    assert (later["overrides"], later["has_reason"], later["set_at"]) == (["other"], False, day(5))
    assert state(ledger, "retention", as_of=day(0)).rows == []
    history = state(ledger, "retention", as_of=day(0), only="history").rows
    assert shown(history, "indexes") == [([0],), ([1],)]


def test_a_rule_recorded_late_was_not_known_before(ledger: Ledger) -> None:
    """Somebody would seem to have kept data knowingly against a rule that nobody had told."""
    first, second = told(
        ledger,
        event("retention.rule_set", 1, rule_id="a", category="x", period="P1Y"),
        event("retention.rule_set", 2, rule_id="a", category="x", period="P1M"),
    )
    known = state(ledger, "retention", as_of=day(3), as_known=first).rows
    assert shown(known, "period") == [("P1Y",)]
    known = state(ledger, "retention", as_of=day(3), as_known=second).rows
    assert shown(known, "period") == [("P1M",)]


def test_a_rule_for_one_customer_is_found_by_the_customer(ledger: Ledger) -> None:
    """Nobody could tell a customer what was agreed about their data."""
    told(
        ledger,
        event(
            "retention.rule_set",
            1,
            rule_id="a",
            category="x",
            period="P1Y",
            customer_id="data-subject:customer:4711",
        ),
        event("retention.rule_set", 1, rule_id="b", category="x", period="P1Y"),
    )
    rows = state(ledger, "retention", as_of=day(3), person="customer:4711").rows
    assert shown(rows, "rule") == [("a",)]
    rows = state(ledger, "retention", as_of=day(3), rule="b").rows
    assert shown(rows, "customer") == [(None,)]


def test_the_view_says_what_a_run_goes_by(ledger: Ledger) -> None:
    """A run would erase by another version than the one that was shown."""
    told(
        ledger,
        event("retention.rule_set", 3, rule_id="a", category="x", period="P1Y"),
        event("retention.rule_set", 1, rule_id="a", category="x", period="P2Y"),
        event(
            "retention.rule_set", 2, rule_id="b", category="x", effective_from=day(5).isoformat()
        ),
        event(
            "retention.rule_set", 4, rule_id="b", category="x", effective_from=day(5).isoformat()
        ),
    )
    for half in range(14):
        moment = day(half / 2)
        rows = state(ledger, "retention", as_of=moment).rows
        in_force = rules_at(ledger, moment)
        assert shown(rows, "rule", "indexes") == [(r.rule_id, [r.index]) for r in in_force]
