"""The exchanges view: flows between parties."""

from typing import Any
from uuid import UUID

import pytest

from ledger.errors import BadRequest
from ledger.events import Event
from ledger.ledger import Ledger
from projections import state
from tests.histories import day, event, shown, tokens, told


def _exchange(on: float, what: str = "performed", **fields: Any) -> Event:  # noqa: ANN401
    given = {
        "direction": "out",
        "exchange_kind": "sync",
        "sender": {"role": "processor", "organisation": "xential"},
        "recipient": {"role": "third-party", "organisation": "leadinfo", "country": "NL"},
        "system": "xential-web",
    }
    return event(f"exchange.{what}", on, **{**given, **fields})


def test_a_flow_adds_up_its_exchanges(ledger: Ledger) -> None:
    """Nobody could tell how much went where, of what kind, and on which basis."""
    told(
        ledger,
        _exchange(2, size_bytes=100, records=2, content_classes=["status"], legal_basis="consent"),
        _exchange(1, size_bytes=50, content_classes=["report", "status"], purpose="service"),
        _exchange(3, data_categories=["contact"]),
        _exchange(4, "blocked", size_bytes=999, content_classes=["secret"]),
        _exchange(5, "failed"),
    )
    (row,) = state(ledger, "exchanges", as_of=day(9)).rows
    assert (row["sender"], row["recipient"], row["recipient_country"]) == (
        "xential",
        "leadinfo",
        "NL",
    )
    assert (row["count"], row["bytes"], row["unsized"], row["records"]) == (3, 150, 1, 2)
    assert (row["blocked"], row["failed"]) == (1, 1)
    assert (row["first"], row["last"]) == (day(1), day(5))
    assert (row["content_classes"], row["data_categories"]) == (["report", "status"], ["contact"])
    assert row["legal_bases"] == ["consent", "none stated"]
    assert row["purposes"] == ["none stated", "service"]
    assert (row["first_index"], row["last_index"]) == (0, 4)


def test_flows_are_told_apart_by_parties_and_direction(ledger: Ledger) -> None:
    """What went to one recipient would be counted for another."""
    told(
        ledger,
        _exchange(1),
        _exchange(1, direction="in"),
        _exchange(2, recipient={"role": "controller", "organisation": "library"}),
        _exchange(2, recipient=None, recipient_person="person:reader"),
        _exchange(3),
    )
    rows = state(ledger, "exchanges", as_of=day(9)).rows
    reader = tokens(ledger, reader="person:reader")["reader"]
    assert sorted(shown(rows, "recipient", "direction", "count")) == sorted(
        [("leadinfo", "out", 2), ("leadinfo", "in", 1), ("library", "out", 1), (reader, "out", 1)]
    )
    assert rows[0]["count"] == 2
    assert len(state(ledger, "exchanges", as_of=day(9), party="library").rows) == 1
    assert len(state(ledger, "exchanges", as_of=day(9), country="NL", direction="in").rows) == 1


def test_exchanges_count_from_when_they_occurred_and_were_known(ledger: Ledger) -> None:
    """A flow as of a date would hold what came after it, or what a correction took back."""
    wrong = UUID(int=7 << 76 | 1)
    times = told(
        ledger,
        _exchange(1, size_bytes=10, event_id=str(wrong)),
        _exchange(5, size_bytes=20),
        _exchange(1, size_bytes=11, supersedes=str(wrong)),
    )
    asked = [(day(2), None), (day(9), None), (day(9), times[1]), (day(2), times[1])]
    found = [
        shown(state(ledger, "exchanges", as_of=at, as_known=known).rows, "count", "bytes")
        for at, known in asked
    ]
    assert found == [[(1, 11)], [(2, 31)], [(2, 30)], [(1, 10)]]


def test_what_was_stopped_is_listed(ledger: Ledger) -> None:
    """A blocked exchange would be a number without a record behind it."""
    told(ledger, _exchange(1), _exchange(3, "failed"), _exchange(2, "blocked", size_bytes=7))
    rows = state(ledger, "exchanges", as_of=day(9), only="stopped").rows
    assert shown(rows, "outcome", "bytes", "index") == [("blocked", 7, 2), ("failed", None, 1)]


def test_large_exchanges_and_forbidden_content_are_found(ledger: Ledger) -> None:
    """What exceeds a limit, or carries what must not leave, would be hidden in a sum."""
    told(
        ledger,
        _exchange(1, size_bytes=4_000_000, content_classes=["status"]),
        _exchange(2, size_bytes=4_000_001, content_classes=["status"], legal_basis="contract"),
        _exchange(3, size_bytes=5, content_classes=["protected-app-content", "status"]),
        _exchange(4, content_classes=["statuses"]),
        _exchange(5, "blocked", size_bytes=4_000_002),
    )
    large = state(ledger, "exchanges", as_of=day(9), only="each", larger_than="4000000").rows
    assert shown(large, "outcome", "bytes", "legal_basis", "index") == [
        ("performed", 4_000_001, "contract", 1),
        ("blocked", 4_000_002, None, 4),
    ]
    forbidden = state(
        ledger, "exchanges", as_of=day(9), only="each", content="protected-app-content"
    ).rows
    assert shown(forbidden, "index", "content_classes") == [
        (2, ["protected-app-content", "status"])
    ]
    assert shown(
        state(ledger, "exchanges", as_of=day(9), only="each", content="status").rows, "index"
    ) == [
        (0,),
        (1,),
        (2,),
    ]
    (flow,) = state(ledger, "exchanges", as_of=day(9), larger_than="4000000").rows
    assert (flow["count"], flow["bytes"], flow["blocked"]) == (1, 4_000_001, 1)


def test_a_size_that_is_no_number_is_refused(ledger: Ledger) -> None:
    """A mistyped limit would be answered with everything, or with a trace."""
    with pytest.raises(BadRequest, match="larger_than: expected a whole number"):
        state(ledger, "exchanges", larger_than="4MB")
