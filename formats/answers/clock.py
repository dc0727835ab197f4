"""A clock as a JSON object."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from projections.cases.clock import Clock


def clock_document(clock: "Clock") -> dict[str, Any]:
    """A clock as JSON: with its whole computation, so that it explains itself."""
    return {
        "case": clock.case,
        "case_kind": clock.case_kind,
        "duty": clock.duty,
        "rule_id": clock.rule_id,
        "state": clock.state,
        "leads": clock.start.leads,
        "undecided": clock.start.undecided,
        "anchor": {
            "name": clock.start.name,
            "at": clock.start.at,
            "index": clock.start.index,
            "corrected_by": clock.start.corrected_by,
        },
        "due_at": clock.due_at,
        "due_on": None if clock.due_on is None else clock.due_on.isoformat(),
        "done_at": None if clock.done is None else clock.done.at,
        "done_index": None if clock.done is None else clock.done.index,
        "margin_seconds": None if clock.margin is None else int(clock.margin.total_seconds()),
        "why": clock.why,
        "computed": clock.result,
    }
