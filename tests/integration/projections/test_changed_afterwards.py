"""What was changed after the events is told: laxer rules with an old date, and corrections."""

from pathlib import Path
from typing import Any, Final

from ledger.events import Event
from ledger.ledger import Ledger
from ledger.units import Size
from projections.cases.reading import Moment
from projections.promises.finding import StatementFinding
from projections.promises.findings import statement_findings
from tests.histories import RECORDING, TestClock, day
from tests.small_promises import Rule, asked, connected, declared, reported, small_log

IN_TIME: Final[Rule] = {
    "rule_kind": "deadline",
    "for_each": [{"kinds": ["dsr.received"]}],
    "needs": [
        {
            "role": "answer",
            "opens": [{"kinds": ["dsr.fulfilled"]}],
            "pairs": [{"field": "request_id"}],
        }
    ],
    "within": {"amount": 48, "unit": "hours"},
}


def never(*purposes: str) -> Rule:
    """Access never serves these purposes."""
    sign = {"field": "purpose", "test": "any-in", "values": list(purposes)}
    told: Rule = {"rule_kind": "never", "for_each": [{"kinds": ["access.used"]}]}
    return {**told, "where": [sign], "told_by": ["purpose"]}


STRICT: Final = never("marketing", "research")
LAX: Final = never("marketing")


def used(on: float, **fields: Any) -> Event:  # noqa: ANN401 - of the event
    """A use, for what the strict rule forbids if nothing else is said."""
    return reported("access.used", on, **{"resource": "x-ref", "purpose": "research", **fields})


def found(ledger: Ledger, kind: str, size: int | None = None) -> list[StatementFinding]:
    """The findings of a kind, long after."""
    known = ledger.head().size if size is None else Size(size)
    statements = statement_findings(ledger, Moment(day(100), known))
    return [each for one in statements for each in one.findings if each.kind == kind]


def id_of(ledger: Ledger, index: int) -> str:
    """The event id of a record."""
    (record,) = ledger.log.records_at([index])
    return str(record.event_id)


def asks(on: float, **fields: Any) -> Event:  # noqa: ANN401 - of the event
    """A request, which must be answered in time."""
    return reported("dsr.received", on, **{"request_id": "r-1", "right": "A15", **fields})


def changed(ledger: Ledger, size: int | None = None) -> list[tuple[int, int, Any]]:
    """Which declaration took the time of which, and from when."""
    told = [each.changed for each in found(ledger, "rules-changed-afterwards", size)]
    return [(one.earlier_index, one.later_index, one.since) for one in told if one is not None]


def taken_back(ledger: Ledger, size: int | None = None) -> list[tuple[int, int, bool]]:
    """Which judged events were taken back by which records, and whether they were a break."""
    told = found(ledger, "judged-events-taken-back", size)
    return [(x.index, x.taken_by_index, x.was_broken) for each in told for x in each.taken_back]


def test_laxer_rules_with_an_old_date_are_told(tmp_path: Path) -> None:
    """A break would disappear by declaring the promise again, and nothing would show it."""
    ledger = small_log(tmp_path)
    ledger.record_many([connected(), declared(STRICT), used(3)])
    assert asked(ledger).verdict == "broken"
    assert changed(ledger) == []
    ledger.record(declared(LAX, on=50, effective_from=day(0).isoformat()))
    assert asked(ledger).verdict == "kept"
    assert changed(ledger) == [(1, 3, day(0))]
    assert changed(ledger, 3) == []
    (finding,) = found(ledger, "rules-changed-afterwards")
    assert (finding.state, finding.gravity, finding.rests_on) == ("afterwards", "medium", (1, 3))
    assert finding.changed is not None
    assert finding.changed.recorded_at == RECORDING
    ledger.close()


def test_a_declaration_that_replaces_one_taken_back_is_told(tmp_path: Path) -> None:
    """Superseding the declaration would hide what a second one with an old date shows."""
    ledger = small_log(tmp_path)
    ledger.record_many([connected(), declared(STRICT), used(3)])
    ledger.record(declared(LAX, supersedes=id_of(ledger, 1)))
    assert asked(ledger).verdict == "kept"
    assert changed(ledger) == [(1, 3, day(0))]
    ledger.close()


def test_rules_that_count_from_when_they_are_declared_are_no_finding(tmp_path: Path) -> None:
    """Every lawful new version of a statement would look like tampering."""
    ledger = small_log(tmp_path)
    clock = ledger.clock
    assert isinstance(clock, TestClock)
    clock.now = day(0)
    ledger.record_many([connected(), declared(STRICT)])
    clock.now = day(50)
    ledger.record(declared(LAX, on=50))
    assert changed(ledger) == []
    clock.now = day(60)
    ledger.record(declared(STRICT, on=60, effective_from=day(55).isoformat()))
    assert changed(ledger) == [(2, 3, day(55))]
    ledger.close()


def test_the_same_rules_again_are_no_finding(tmp_path: Path) -> None:
    """Other words beside the same rules would look like other rules."""
    ledger = small_log(tmp_path)
    again = declared(STRICT, on=50, subject_matter="access", effective_from=day(0).isoformat())
    ledger.record_many([connected(), declared(STRICT), again])
    assert changed(ledger) == []
    ledger.close()


def test_a_break_that_was_taken_back_is_told(tmp_path: Path) -> None:
    """A break would disappear by a correction, and nothing would show it."""
    ledger = small_log(tmp_path)
    ledger.record_many([connected(), declared(STRICT), used(3), used(4)])
    assert taken_back(ledger) == []
    assert asked(ledger).broken == 2
    ledger.record(used(3, purpose="care", supersedes=id_of(ledger, 2)))
    assert asked(ledger).broken == 1
    assert taken_back(ledger, 4) == []
    assert taken_back(ledger) == [(2, 4, True)]
    (finding,) = found(ledger, "judged-events-taken-back")
    assert (finding.taken_back_count, finding.broken_before_count) == (1, 1)
    assert finding.rests_on == (4,)
    ledger.close()


def test_events_that_kept_it_or_waited_are_counted_too(tmp_path: Path) -> None:
    """What was taken back would be counted only where its verdict stands in one of the tables."""
    ledger = small_log(tmp_path)
    told = [used(3, purpose="care"), asks(4)]
    ledger.record_many([connected(), declared(STRICT, IN_TIME), *told])
    ledger.record(used(3, purpose="care", supersedes=id_of(ledger, 2)))
    ledger.record(asks(60, supersedes=id_of(ledger, 3)))
    assert taken_back(ledger) == [(3, 5, True), (2, 4, False)]
    (finding,) = found(ledger, "judged-events-taken-back")
    assert (finding.taken_back_count, finding.broken_before_count) == (2, 1)
    ledger.close()


def test_what_no_rule_judged_is_not_counted(tmp_path: Path) -> None:
    """Every correction would be held against every promise."""
    ledger = small_log(tmp_path)
    ledger.record_many([connected(), declared(STRICT), used(-3), asks(3)])
    ledger.record(used(-3, supersedes=id_of(ledger, 2)))
    ledger.record(used(3, supersedes=id_of(ledger, 3)))
    assert taken_back(ledger) == []
    ledger.close()


def test_a_break_under_a_reading_that_did_not_count_is_none(tmp_path: Path) -> None:
    """An event would be called a breach that was never one."""
    narrow, wide = (
        {"name": "narrow", "rules": [LAX]},
        {"name": "wide", "rules": [STRICT]},
    )
    leading = declared(readings=[{**narrow, "leads": True}, wide])
    undecided = declared(readings=[narrow, wide], name="ABC-02")
    ledger = small_log(tmp_path)
    ledger.record_many([connected(), leading, undecided, used(3), used(3, purpose="marketing")])
    for index in (3, 4):
        ledger.record(used(3, purpose="care", supersedes=id_of(ledger, index)))
    assert taken_back(ledger) == [(4, 6, True), (3, 5, False)] * 2
    ledger.close()
