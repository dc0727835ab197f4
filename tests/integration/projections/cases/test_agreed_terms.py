"""Terms of agreements, as they were in force when a processor became aware."""

from datetime import timedelta
from typing import Any

from ledger.draft import Receipt
from ledger.events import event_from_mapping
from ledger.ledger import Ledger
from ledger.units import Size
from projections.cases.agreed_terms import agreed_terms, terms_of
from projections.cases.breach import fold_breach
from projections.cases.reading import Moment
from projections.clocks import clocks
from tests.case_steps import hours, step

HOST = {"role": "processor", "organisation": "host"}


def _record(ledger: Ledger, kind: str, hour: int, **fields: Any) -> Receipt:  # noqa: ANN401 - any field
    at = hours(hour).isoformat()
    return ledger.record(event_from_mapping({"kind": kind, "occurred_at": at, **fields}))


def _agree(ledger: Ledger, kind: str, hour: int, within: str, **more: Any) -> Receipt:  # noqa: ANN401 - any field
    named = {"agreement_id": "A", "parties": [HOST], "breach_notice_within": within}
    return _record(ledger, kind, hour, **named, **more)


def _terms(ledger: Ledger, aware: int, *, size: int | None = None) -> dict[str, timedelta]:
    known = Size(ledger.head().size if size is None else size)
    anchor = {"anchor": "processor-aware", "at": hours(aware).isoformat()}
    breach = fold_breach([step(0, "breach.suspected", anchors=[anchor])])
    return terms_of(agreed_terms(ledger, Moment(hours(9999), known)), breach)


def test_a_term_is_that_of_the_moment_of_awareness(ledger: Ledger) -> None:
    """An agreement that was changed after a breach would move what was due for it."""
    _agree(ledger, "dpa.concluded", 0, "PT24H")
    _agree(ledger, "dpa.amended", 50, "PT72H")
    _record(ledger, "dpa.ended", 100, agreement_id="A")
    assert _terms(ledger, -1) == {}
    assert _terms(ledger, 10) == {"host": timedelta(hours=24)}
    assert _terms(ledger, 60) == {"host": timedelta(hours=72)}
    assert _terms(ledger, 200) == {}
    assert _terms(ledger, 60, size=1) == {"host": timedelta(hours=24)}


def test_an_agreement_that_was_taken_back_gives_no_term(ledger: Ledger) -> None:
    """A mistyped number of hours would stay due beside the right one."""
    first = _agree(ledger, "dpa.concluded", 0, "PT2H")
    _agree(ledger, "dpa.concluded", 0, "PT24H", supersedes=str(first.event_id))
    assert _terms(ledger, 10) == {"host": timedelta(hours=24)}
    assert _terms(ledger, 10, size=1) == {"host": timedelta(hours=2)}


def test_the_clock_of_a_processor_runs_by_its_agreement(ledger: Ledger) -> None:
    """What a processor agreed to would not be due."""
    _agree(ledger, "dpa.concluded", 0, "PT24H")
    anchor = {"anchor": "processor-aware", "at": hours(10).isoformat()}
    _record(ledger, "breach.suspected", 11, breach_id="B", processor="host", anchors=[anchor])
    _record(ledger, "breach.suspected", 11, breach_id="C", processor="else", anchors=[anchor])
    found = clocks(ledger, Moment(hours(40), Size(ledger.head().size)), zone="Europe/Amsterdam")
    agreed = [clock for clock in found if clock.rule_id == "contract-hours"]
    assert [(clock.due_at, clock.state) for clock in agreed] == [(hours(34), "overdue")]
