"""What follows from the steps of a data subject's request."""

from datetime import UTC, datetime, timedelta
from typing import Any

from ledger.events import event_from_mapping
from ledger.units import Index
from projections.cases.reading import Step
from projections.cases.subject_request import fold_request

NOON = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)


def _step(index: int, kind: str, **fields: Any) -> Step:  # noqa: ANN401 - any field of any kind
    at = NOON + timedelta(days=index)
    event = event_from_mapping(
        {"kind": kind, "occurred_at": at.isoformat(), "request_id": "r", **fields}
    )
    return Step(Index(index), None, at, event)


def _received(**fields: Any) -> Step:  # noqa: ANN401 - any field
    return _step(0, "dsr.received", right="A15", **fields)


def test_the_term_runs_from_the_receipt_itself() -> None:
    """A request that was recorded late would get a term that begins too late."""
    assert fold_request([_received()]).received_at == NOON
    early = NOON - timedelta(days=3)
    assert fold_request([_received(received_at=early.isoformat())]).received_at == early


def test_the_outcome_is_that_of_the_first_answer() -> None:
    """A request would stay open after its answer, or change its outcome afterwards."""
    assert fold_request([_received()]).outcome == "open"
    fulfilled = _step(3, "dsr.fulfilled")
    assert fold_request([_received(), fulfilled]).outcome == "fulfilled"
    assert fold_request([_received(), fulfilled, _step(9, "dsr.refused")]).outcome == "fulfilled"
    assert fold_request([_received(), _step(3, "dsr.fulfilled", partly=True)]).outcome == (
        "partly-fulfilled"
    )
    assert fold_request([_received(), _step(3, "dsr.refused")]).outcome == "refused"
    assert fold_request([_received(), _step(3, "dsr.withdrawn")]).outcome == "withdrawn"


def test_a_pause_ends_with_its_own_answer() -> None:
    """The term would be moved by a question that was answered, or by another question's answer."""
    steps = [
        _received(),
        _step(1, "dsr.identity_requested"),
        _step(2, "dsr.clarification_requested"),
        _step(4, "dsr.clarified"),
    ]
    pauses = fold_request(steps).pauses
    assert [(pause.subject, pause.answered_at) for pause in pauses] == [
        ("identity", None),
        ("clarification", NOON + timedelta(days=4)),
    ]
    answered = fold_request([*steps, _step(6, "dsr.identity_verified")]).pauses
    assert answered[0].answered_at == NOON + timedelta(days=6)


def test_an_extension_counts_once() -> None:
    """A second notice would extend a term that the law extends once."""
    request = fold_request([_received(), _step(2, "dsr.extended"), _step(5, "dsr.extended")])
    assert request.extended is not None
    assert request.extended.index == 2


def test_what_is_granted_later_changes_the_outcome_and_not_the_end() -> None:
    """The rest of an answer would be lost, or a refusal that was overturned would stand."""
    refused, fulfilled = _step(3, "dsr.refused"), _step(9, "dsr.fulfilled")
    request = fold_request([_received(), refused, fulfilled])
    assert (request.outcome, request.answered) == ("fulfilled", refused)
    partly = _step(3, "dsr.fulfilled", partly=True)
    assert fold_request([_received(), partly, fulfilled]).outcome == "fulfilled"
    assert fold_request([_received(), _step(2, "dsr.withdrawn"), fulfilled]).outcome == "withdrawn"


def test_the_first_answer_is_the_one_told_first() -> None:
    """An answer that was recorded late would count as given late."""
    early = _step(9, "dsr.fulfilled", notified_at=(NOON + timedelta(days=1)).isoformat())
    request = fold_request([_received(), _step(3, "dsr.refused"), early])
    assert request.answered_at == NOON + timedelta(days=1)
