"""The readings of a deadline as rows of a table or a CSV file, the leading one first."""

from typing import Any, Final

from cli.output import Column
from projections.deadlines import DeadlineResult, Refusal

ANSWER_COLUMNS: Final = tuple(
    Column(name, name)
    for name in (
        "rule_id",
        "rule_version",
        "reading",
        "standing",
        "due_at",
        "due_on",
        "refused",
        "label",
    )
)


def answer_rows(answer: DeadlineResult | Refusal) -> list[dict[str, Any]]:
    """One row a reading, those that were refused at the end; one row for a refusal."""
    if isinstance(answer, Refusal):
        return [
            {
                "rule_id": answer.rule_id,
                "rule_version": answer.rule_version,
                "refused": answer.reason,
                "label": answer.message,
            }
        ]
    rule = {"rule_id": answer.rule_id, "rule_version": answer.rule_version}
    computed = [
        {
            **rule,
            "reading": each.name,
            "standing": each.standing,
            "due_at": each.due_at,
            "due_on": each.due_on.isoformat() if each.due_on else None,
            "label": each.label,
        }
        for each in answer.readings
    ]
    refused = [
        {**rule, "reading": each.name, "refused": each.refusal.reason, "label": each.label}
        for each in answer.refused
    ]
    return [*computed, *refused]
