"""The holds view: what must be kept, by whom, why and until when; the same that erasure asks."""

from typing import Any

from ledger.holds import holds_at
from ledger.ledger import Ledger
from projections import state
from tests.histories import day, event, shown, tokens, told


def _placed(on: float, hold: str, **fields: Any) -> Any:  # noqa: ANN401 - any field
    return event("legal_hold.placed", on, hold_id=hold, **fields)


def test_a_hold_stands_until_it_is_released(ledger: Ledger) -> None:
    """Data would be destroyed that a court may ask for, or kept without a reason."""
    told(
        ledger,
        _placed(
            1,
            "H-1",
            person="person:anna",
            kinds=["access.used"],
            basis="litigation",
            reason="the dispute about the move",
            decided_by="person:counsel",
            valid_until=day(20).isoformat(),
        ),
        event("legal_hold.released", 9, hold_id="H-1", decided_by="person:counsel"),
    )
    token = tokens(ledger, anna="person:anna", counsel="person:counsel")
    (row,) = state(ledger, "holds", as_of=day(5)).rows
    assert (row["people"], row["kinds"]) == ([token["anna"]], ["access.used"])
    assert (row["basis"], row["has_reason"], row["everything"]) == ("litigation", True, False)
    assert (row["placed_by"], row["placed_at"]) == (token["counsel"], day(1))
    assert (row["valid_until"], row["indexes"]) == (day(20), [0])
    assert state(ledger, "holds", as_of=day(9)).rows == []
    (ended,) = state(ledger, "holds", as_of=day(30), only="history").rows
    assert (ended["state"], ended["ended_at"], ended["indexes"]) == ("released", day(9), [0, 1])
    assert ended["released_by"] == token["counsel"]


def test_a_release_recorded_late_was_not_known_before(ledger: Ledger) -> None:
    """Somebody would seem to have kept data against a release that nobody had told."""
    first, second = told(ledger, _placed(1, "H-1"), event("legal_hold.released", 2, hold_id="H-1"))
    known = state(ledger, "holds", as_of=day(5), as_known=first).rows
    assert shown(known, "state", "everything") == [("standing", True)]
    assert state(ledger, "holds", as_of=day(5), as_known=second).rows == []


def test_a_second_placement_narrows_nothing(ledger: Ledger) -> None:
    """The first placement would be forgotten, and what it keeps be erased."""
    told(
        ledger,
        _placed(1, "H-1", person="person:anna"),
        _placed(2, "H-1", ip="ip:203.0.113.7"),
        _placed(3, "H-2", dataset="payroll", valid_until=day(4).isoformat()),
    )
    rows = state(ledger, "holds", as_of=day(3)).rows
    assert shown(rows, "datasets") == [([],), ([],), (["payroll"],)]
    assert len(state(ledger, "holds", as_of=day(5)).rows) == 2
    assert len(state(ledger, "holds", as_of=day(3), hold="H-1").rows) == 2
    assert len(state(ledger, "holds", as_of=day(3), person="anna").rows) == 1
    assert len(state(ledger, "holds", as_of=day(3), person="ip:203.0.113.7").rows) == 1
    assert state(ledger, "holds", as_of=day(3), person="nobody").rows == []


def test_a_hold_that_was_taken_back_says_so(ledger: Ledger) -> None:
    """A mistake would stand for ever, or vanish as if it had never bound anybody."""
    told(ledger, _placed(1, "H-1"))
    placed = ledger.log.record_at(0)
    assert placed is not None
    told(ledger, event("log.correction_recorded", 2, corrected_event_id=str(placed.event_id)))
    assert state(ledger, "holds", as_of=day(3)).rows == []
    (row,) = state(ledger, "holds", as_of=day(3), only="history").rows
    assert (row["state"], row["indexes"], row["ended_at"]) == ("taken back", [0, 1], None)


def test_the_view_says_what_an_erasure_asks(ledger: Ledger) -> None:
    """A person would read that nothing is held, and be refused; or the other way round."""
    times = told(
        ledger,
        _placed(3, "H-1", person="person:anna"),
        event("legal_hold.released", 2, hold_id="H-1"),
        _placed(4, "H-1", valid_until=day(6).isoformat()),
        event("legal_hold.released", 8, hold_id="H-1"),
        _placed(7, "H-2", person="person:bram"),
        event("legal_hold.released", 7.5, hold_id="H-3"),
    )
    for size, known_at in enumerate(times, 1):
        for half in range(0, 20, 3):
            moment = day(half / 2)
            asked = holds_at(ledger, moment, known_size=size)
            rows = state(ledger, "holds", as_of=moment, as_known=known_at, only="history").rows
            assert shown(rows, "state") == [(hold.state,) for hold in asked]
