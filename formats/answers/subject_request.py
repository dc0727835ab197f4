"""Requests of data subjects as JSON objects: one in short, and a list with what is due first."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from projections.cases.clock import Clock
    from projections.cases.reading import CaseSteps
    from projections.cases.subject_request import SubjectRequest


def request_facts(request: "SubjectRequest") -> dict[str, Any]:
    """What is known of a request in short: right, outcome, received, extended, answered."""
    received = request.received
    return {
        "right": getattr(received.event, "right", None) if received is not None else None,
        "outcome": request.outcome,
        "received_at": request.received_at,
        "extended": request.extended is not None,
        "answered_at": request.answered_at,
    }


def request_rows(cases: "Iterable[CaseSteps]", running: "Sequence[Clock]") -> list[dict[str, Any]]:
    """One row for each request, in the order given, each with its first clock.

    Args:
        cases: Of requests.
        running: The clocks of these, the most urgent first.
    """
    first: dict[UUID, Clock] = {}
    for clock in running:
        first.setdefault(clock.case, clock)
    return [_row(case, first.get(case.stream)) for case in cases]


def _row(case: "CaseSteps", mine: "Clock | None") -> dict[str, Any]:
    from projections.cases.subject_request import fold_request  # noqa: PLC0415 - start time: see cli/app.py

    request = fold_request(case.steps)
    return {
        "request": str(case.stream),
        **request_facts(request),
        "due": None if mine is None else mine.due_at,
        "rule": None if mine is None else mine.rule_id,
        "indexes": [step.index for step in (*request.steps[:1], *request.steps[-1:])],
    }
