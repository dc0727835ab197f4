"""A breach with what happened around it, in both orders."""

from datetime import UTC, datetime, timedelta
from typing import Any

from ledger.draft import Receipt
from ledger.events import event_from_mapping
from ledger.ledger import Ledger
from ledger.units import Size
from projections.cases.reading import Moment, find_case
from projections.investigation.extent import Bounds
from projections.investigation.timeline import Order, Timeline, breach_timeline

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def _record(ledger: Ledger, kind: str, hour: float, **fields: Any) -> Receipt:  # noqa: ANN401 - any field
    at = (NOON + timedelta(hours=hour)).isoformat()
    return ledger.record(event_from_mapping({"kind": kind, "occurred_at": at, **fields}))


def _story(ledger: Ledger) -> None:
    _record(ledger, "access.used", -90, resource="old", system="web")
    _record(ledger, "access.used", 5, resource="other", system="elsewhere")
    _record(ledger, "incident.signalled", 1, incident_id="I-1", source="siem")
    _record(ledger, "breach.suspected", 2, breach_id="B-1", incident_id="I-1", system="web")
    first = _record(
        ledger, "breach.awareness_determined", 4, breach_id="B-1", aware_at=NOON.isoformat()
    )
    _record(
        ledger,
        "breach.awareness_determined",
        6,
        breach_id="B-1",
        aware_at=NOON.isoformat(),
        supersedes=str(first.event_id),
    )
    _record(ledger, "access.used", 0, resource="late-told", system="web")
    _record(ledger, "access.used", 3, resource="beside", system="web")


def _timeline(ledger: Ledger, order: Order = "occurred", **more: Any) -> Timeline:  # noqa: ANN401 - its options
    moment = Moment(NOON + timedelta(days=3), Size(more.pop("known", ledger.head().size)))
    stream = find_case(ledger, "breach", "B-1")
    return breach_timeline(ledger, stream, moment, order=order, **more)


def _shown(found: Timeline) -> list[tuple[int, str]]:
    return [(entry.index, entry.part) for entry in found.entries]


def test_steps_signals_and_facts_stand_in_the_order_of_the_world(ledger: Ledger) -> None:
    """The picture of what happened would be out of order, or lack what was around."""
    _story(ledger)
    assert _shown(_timeline(ledger)) == [
        (6, "around"),
        (2, "signal"),
        (3, "step"),
        (7, "around"),
        (4, "step"),
        (5, "step"),
    ]


def test_the_other_order_is_that_of_knowing(ledger: Ledger) -> None:
    """What was told late would look as if it had been known at once."""
    _story(ledger)
    assert [index for index, _ in _shown(_timeline(ledger, "recorded"))] == [2, 3, 4, 5, 6, 7]


def test_a_corrected_step_stays_and_says_so(ledger: Ledger) -> None:
    """A decision that was changed would vanish from the story."""
    _story(ledger)
    corrected = {int(entry.index): entry.corrected_by for entry in _timeline(ledger).entries}
    assert corrected[4] == 5
    assert corrected[5] is None


def test_only_what_was_known_then_is_shown(ledger: Ledger) -> None:
    """Asked what was known on Sunday, the answer would hold what came on Monday."""
    _story(ledger)
    assert _shown(_timeline(ledger, known=5)) == [(2, "signal"), (3, "step"), (4, "step")]


def test_what_is_left_out_is_counted(ledger: Ledger) -> None:
    """A long timeline would be cut in silence."""
    _story(ledger)
    found = _timeline(ledger, most_around=1)
    assert [entry.index for entry in found.entries if entry.part == "around"] == [6]
    assert found.left_out == {"access.used.v1": 1}


def test_no_more_around_it_is_read_than_asked_for(ledger: Ledger) -> None:
    """A page about one breach would read everything that its systems ever reported."""
    _story(ledger)
    whole = _timeline(ledger, bounds=Bounds(records=10, places=100))
    few = _timeline(ledger, bounds=Bounds(records=1, places=100))
    near = _timeline(ledger, bounds=Bounds(records=10, places=7))
    assert [found.is_whole for found in (whole, few, near)] == [True, False, False]
    around = [
        [entry.index for entry in found.entries if entry.part == "around"]
        for found in (whole, few, near)
    ]
    assert around == [[6, 7], [6], [6]]


def test_a_window_narrows_what_is_around_and_keeps_every_step(ledger: Ledger) -> None:
    """Whoever looks closer would lose steps, or see facts from outside the window."""
    _story(ledger)
    window = (NOON + timedelta(hours=2), NOON + timedelta(hours=5))
    assert _shown(_timeline(ledger, window=window)) == [
        (2, "signal"),
        (3, "step"),
        (7, "around"),
        (4, "step"),
        (5, "step"),
    ]


def test_what_came_long_after_the_last_step_can_be_left_out(ledger: Ledger) -> None:
    """A page about a breach of last year would be filled with what its systems did since."""
    _story(ledger)
    _record(ledger, "access.used", 40, resource="long-after", system="web")
    assert 8 in [index for index, _ in _shown(_timeline(ledger))]
    assert 8 not in [index for index, _ in _shown(_timeline(ledger, after=timedelta(days=1)))]
