"""The policies view: versions in force, by the hash of their text."""

from typing import Any

from ledger.events import Event
from ledger.ledger import Ledger
from projections import state
from tests.histories import day, event, shown, told

A, B = "a" * 64, "b" * 64


def _published(on: float, sha: str, **fields: Any) -> Event:  # noqa: ANN401 - any field
    return event("policy.published", on, **{"policy_id": "privacy", "text_sha256": sha, **fields})


def test_the_version_in_force_on_a_date_is_shown(ledger: Ledger) -> None:
    """An event would be judged against a statement that was not in force."""
    told(
        ledger,
        _published(1, A, version="2018", revision_date="2018-05-01", applies_to=["web"]),
        _published(5, B, effective_from=day(10).isoformat()),
        event("policy.withdrawn", 20, policy_id="privacy"),
    )
    (row,) = state(ledger, "policies", as_of=day(9)).rows
    assert (row["policy"], row["text_sha256"], row["version"]) == ("privacy", A, "2018")
    assert (row["revision_date"], row["applies_to"]) == ("2018-05-01", ["web"])
    assert (row["effective_from"], row["in_force_until"]) == (day(1), day(10))
    assert row["indexes"] == [0]
    (later,) = state(ledger, "policies", as_of=day(10)).rows
    assert (later["text_sha256"], later["published_at"]) == (B, day(5))
    assert later["in_force_until"] == day(20)
    assert state(ledger, "policies", as_of=day(20)).rows == []
    history = state(ledger, "policies", as_of=day(3), only="history").rows
    assert shown(history, "text_sha256") == [(A,), (B,)]


def test_a_version_recorded_late_was_not_known_before(ledger: Ledger) -> None:
    """A promise would seem broken knowingly, by a text that nobody had recorded."""
    first, second = told(ledger, _published(1, A), _published(2, B))
    at = [state(ledger, "policies", as_of=day(3), as_known=known) for known in (first, second)]
    assert [shown(answer.rows, "text_sha256") for answer in at] == [[(A,)], [(B,)]]


def test_promises_of_a_policy_are_counted_once_each(ledger: Ledger) -> None:
    """A promise that is declared again would look like a second one."""
    rule = {"rule_kind": "never"}
    promised = {"rules": [rule], "policy_id": "privacy"}
    told(
        ledger,
        _published(1, A),
        event("promise.declared", 2, promise_id="RAG-01", **promised),
        event("promise.declared", 3, promise_id="RAG-01", **promised),
        event("promise.declared", 4, promise_id="RAG-02", **promised),
    )
    assert shown(state(ledger, "policies", as_of=day(9)).rows, "promises") == [(2,)]
    assert shown(state(ledger, "policies", as_of=day(3)).rows, "promises") == [(1,)]
