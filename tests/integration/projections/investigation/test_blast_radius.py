"""How far an incident reached, and what came before it was known."""

from datetime import UTC, datetime, timedelta
from typing import Any

from ledger.draft import Receipt
from ledger.events import event_from_mapping
from ledger.ledger import Ledger
from ledger.units import Size
from projections.investigation.blast_radius import BlastRadius, blast_radius
from projections.investigation.extent import Bounds, Extent

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
THIEF = "ip:203.0.113.7"


def _hours(count: float) -> datetime:
    return NOON + timedelta(hours=count)


def _record(ledger: Ledger, kind: str, hour: float, **fields: Any) -> Receipt:  # noqa: ANN401 - any field
    return ledger.record(
        event_from_mapping({"kind": kind, "occurred_at": _hours(hour).isoformat(), **fields})
    )


def _use(ledger: Ledger, hour: float, actor: str, **more: Any) -> Receipt:  # noqa: ANN401 - any field
    fields = {"resource": "file-a", "system": "web", "actor": f"person:{actor}", **more}
    return _record(ledger, "access.used", hour, **fields)


def _story(ledger: Ledger) -> None:
    _record(ledger, "intrusion.attempt_detected", -3, ip=THIEF, system="web")
    _use(ledger, 0, "ann", origin=THIEF, subjects=["data-subject:customer:1"])
    _use(ledger, 1, "ann", resource="file-b", subjects=["data-subject:customer:2"])
    _record(
        ledger,
        "exchange.performed",
        2,
        actor="person:ann",
        direction="out",
        exchange_kind="transfer",
        recipient={"role": "third-party", "organisation": "elsewhere"},
        content_classes=["client-identity"],
        size_bytes=4_000,
        subject_count=70,
        system="web",
    )
    _use(ledger, 3, "bob", resource="file-c", subjects=["data-subject:customer:3"])
    _record(
        ledger,
        "access.attempt_denied",
        4,
        resource="file-z",
        actor="person:ann",
        system="web",
    )
    _use(ledger, 60, "ann", resource="file-late")


def _extent(ledger: Ledger, **named: Any) -> Extent:  # noqa: ANN401 - fields of an extent
    given: dict[str, Any] = {"since": _hours(-24), "until": _hours(24)}
    return Extent(**{**given, "known_size": Size(ledger.head().size), **named})


def _known(ledger: Ledger, identity: str) -> frozenset[Any]:
    return frozenset(ledger.subjects_matching(identity))


def _reached(found: BlastRadius, part: str) -> list[tuple[str, int]]:
    return [(each.name, each.count) for each in found.parts.get(part, ())]


def test_an_address_reaches_what_its_accounts_did(ledger: Ledger) -> None:
    """What an intruder did with an account after getting in would be missed."""
    _story(ledger)
    found = blast_radius(ledger, _extent(ledger, addresses=_known(ledger, THIEF)))
    assert _reached(found, "resources") == [("file-a", 1), ("file-b", 1)]
    assert len(_reached(found, "subjects")) == 2
    assert _reached(found, "recipients") == [("elsewhere", 1)]
    assert _reached(found, "categories") == [("client-identity", 1)]
    assert found.parts["recipients"][0].bytes == 4_000
    assert found.untold_subjects == 70
    assert found.facts == 3


def test_an_account_reaches_its_own_uses_alone(ledger: Ledger) -> None:
    """Other people's work would count as the intruder's."""
    _story(ledger)
    found = blast_radius(ledger, _extent(ledger, people=_known(ledger, "person:bob")))
    assert _reached(found, "resources") == [("file-c", 1)]


def test_a_system_reaches_everything_in_its_window(ledger: Ledger) -> None:
    """What happened outside the window would count, or something inside would not."""
    _story(ledger)
    found = blast_radius(ledger, _extent(ledger, systems=frozenset({"web"})))
    assert [name for name, _ in _reached(found, "resources")] == ["file-a", "file-b", "file-c"]


def test_signals_before_awareness_are_told_apart(ledger: Ledger) -> None:
    """Nobody could answer since when this could have been known."""
    _story(ledger)
    recorded = ledger.open_records(ledger.log.scan(3, 4))
    aware_at = next(recorded).recorded_at
    found = blast_radius(
        ledger, _extent(ledger, addresses=_known(ledger, THIEF)), aware_at=aware_at
    )
    assert [(signal.index, signal.kind) for signal in found.signals] == [
        (0, "intrusion.attempt_detected.v1"),
        (5, "access.attempt_denied.v1"),
    ]
    assert [signal.lead for signal in found.signals] == [
        aware_at - _hours(-3),
        aware_at - _hours(4),
    ]
    undecided = blast_radius(ledger, _extent(ledger, addresses=_known(ledger, THIEF)))
    assert {signal.lead for signal in undecided.signals} == {None}
    assert {signal.before_awareness for signal in undecided.signals} == {None}


def test_signals_have_a_window_of_their_own(ledger: Ledger) -> None:
    """What came between the end of a breach and awareness would not be told."""
    _story(ledger)
    short = _extent(ledger, systems=frozenset({"web"}), since=_hours(0), until=_hours(1))
    assert blast_radius(ledger, short).signals == ()
    found = blast_radius(ledger, short, signals_within=(_hours(-4), _hours(5)))
    assert [signal.index for signal in found.signals] == [0, 5]
    assert found.facts == 1


def test_what_was_taken_back_does_not_count(ledger: Ledger) -> None:
    """A corrected report would keep widening the circle."""
    wrong = _use(ledger, 0, "ann", resource="file-wrong")
    _record(ledger, "log.correction_recorded", 1, corrected_event_id=str(wrong.event_id))
    found = blast_radius(ledger, _extent(ledger, people=_known(ledger, "person:ann")))
    assert found.facts == 0


def test_what_was_not_yet_known_does_not_count(ledger: Ledger) -> None:
    """Asked what was known then, the answer would hold what came later."""
    _story(ledger)
    extent = _extent(ledger, people=_known(ledger, "person:ann"), known_size=Size(2))
    assert _reached(blast_radius(ledger, extent), "resources") == [("file-a", 1)]


def test_no_more_is_counted_than_asked_for_and_that_is_said(ledger: Ledger) -> None:
    """A page would read everything that a system ever did, or pass a part of it off as all."""
    _story(ledger)
    extent = _extent(ledger, systems=frozenset({"web"}))
    whole = blast_radius(ledger, extent, bounds=Bounds(50, 100, begins_by=0))
    few = blast_radius(ledger, extent, bounds=Bounds(2, 100, begins_by=0))
    near = blast_radius(ledger, extent, bounds=Bounds(50, 3, begins_by=0))
    assert [(found.facts, found.is_whole) for found in (whole, few, near)] == [
        (4, True),
        (2, False),
        (2, False),
    ]


def test_nobody_named_reaches_nothing(ledger: Ledger) -> None:
    """A question about somebody unknown would be answered with the whole log."""
    _story(ledger)
    assert blast_radius(ledger, _extent(ledger, people=_known(ledger, "person:nobody"))).facts == 0
