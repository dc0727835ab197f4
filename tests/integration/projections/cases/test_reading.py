"""Cases read from a log, as they stood and as they were known."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ledger.draft import Receipt
from ledger.errors import BadRequest
from ledger.events import event_from_mapping
from ledger.evidence import Reading
from ledger.ledger import Ledger
from ledger.roles import found_roles
from ledger.units import Size
from projections.cases.breach import fold_breach
from projections.cases.reading import Moment, case_records, find_case, moment_of, read_cases
from projections.query import rebuild

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def _record(ledger: Ledger, kind: str, hour: int, **fields: Any) -> Receipt:  # noqa: ANN401 - any field
    at = (NOON + timedelta(hours=hour)).isoformat()
    return ledger.record(event_from_mapping({"kind": kind, "occurred_at": at, **fields}))


def _story(ledger: Ledger) -> None:
    _record(ledger, "incident.signalled", -2, incident_id="I-1", source="siem")
    _record(ledger, "breach.suspected", 0, breach_id="B-1", incident_id="I-1", summary="odd")
    first = _record(
        ledger, "breach.awareness_determined", 2, breach_id="B-1", aware_at="2026-11-20T14:00:00Z"
    )
    _record(
        ledger,
        "breach.awareness_determined",
        3,
        breach_id="B-1",
        aware_at="2026-11-20T13:00:00Z",
        supersedes=str(first.event_id),
    )
    _record(ledger, "dsr.received", 4, request_id="R-1", right="A15")


def _everything(ledger: Ledger) -> Moment:
    return Moment(NOON + timedelta(days=9), Size(ledger.head().size))


def test_a_case_has_its_standing_steps(ledger: Ledger) -> None:
    """A step that was taken back would count, or one that stands would be missing."""
    _story(ledger)
    cases = {case.case_kind: case for case in read_cases(ledger, _everything(ledger))}
    assert {kind: [step.index for step in case.steps] for kind, case in cases.items()} == {
        "incident": [0],
        "breach": [1, 3],
        "request": [4],
    }
    assert cases["breach"].linked == {cases["incident"].stream}
    assert cases["incident"].linked == {cases["breach"].stream}


def test_a_case_is_read_as_it_was_known(ledger: Ledger) -> None:
    """What was learned later would look as if it had been known before."""
    _story(ledger)
    stream = find_case(ledger, "breach", "B-1")
    (early,) = read_cases(ledger, Moment(NOON + timedelta(days=9), Size(3)), streams=[stream])
    assert fold_breach(early.steps).aware_at == NOON + timedelta(hours=2)
    (late,) = read_cases(ledger, _everything(ledger), streams=[stream], corrected=True)
    assert [(step.index, step.corrected_by) for step in late.steps] == [
        (1, None),
        (2, 3),
        (3, None),
    ]
    assert fold_breach(late.steps).aware_at == NOON + timedelta(hours=1)


def test_a_case_is_read_as_it_stood(ledger: Ledger) -> None:
    """What happened after the moment asked about would count."""
    _story(ledger)
    stream = find_case(ledger, "breach", "B-1")
    moment = Moment(NOON + timedelta(hours=1), Size(ledger.head().size))
    (case,) = read_cases(ledger, moment, streams=[stream])
    assert [step.index for step in case.steps] == [1]


def test_words_stay_closed_unless_asked_for(ledger: Ledger) -> None:
    """A reader without the right to see words and people would be shown them."""
    _story(ledger)
    stream = find_case(ledger, "breach", "B-1")
    (closed,) = read_cases(ledger, _everything(ledger), streams=[stream])
    rows = case_records(ledger, _everything(ledger), streams=[stream])
    me = "person:reader@example.nl"
    found_roles(ledger, me)
    opening = ledger.record_reading(Reading(me, "incident-investigation"), "one case", rows)
    (opened,) = read_cases(ledger, _everything(ledger), streams=[stream], identities=opening)
    assert getattr(closed.steps[0].event, "summary", None) == "withheld"
    assert getattr(opened.steps[0].event, "summary", None) == "odd"


def test_a_rebuilt_view_reads_the_same(ledger: Ledger) -> None:
    """Cases would depend on when their view was folded."""
    _story(ledger)
    before = read_cases(ledger, _everything(ledger), corrected=True)
    rebuild(ledger, ["cases"])
    assert read_cases(ledger, _everything(ledger), corrected=True) == before


def test_a_case_is_found_by_either_name(ledger: Ledger) -> None:
    """A case could be asked for by one of its names only, or an unknown one would be empty."""
    _story(ledger)
    stream = find_case(ledger, "breach", "B-1")
    assert find_case(ledger, "breach", str(stream)) == stream
    for unknown in ("B-2", "0192aaaa-0000-7000-8000-000000000000"):
        with pytest.raises(BadRequest, match="breach: expected one that the log knows"):
            find_case(ledger, "breach", unknown)


def test_a_moment_of_knowledge_is_a_moment_of_the_world(ledger: Ledger) -> None:
    """Asked what was known on Sunday, the answer would be about today."""
    _story(ledger)
    assert moment_of(ledger, as_known=NOON).as_of == NOON
    assert moment_of(ledger).known_size == 5
