"""What is wrong or unclear inside statements as JSON objects."""

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING, Any

from formats.promise_report.finding_words import finding_words
from formats.promise_report.words import ReportWords
from projections.promises.finding import contradiction_count

if TYPE_CHECKING:
    from projections.cases.reading import Moment
    from projections.promises.finding import StatementFinding, StatementFindings
    from projections.promises.rule_nouns import Language


def findings_document(
    statements: "Sequence[StatementFindings]",
    moment: "Moment",
    known: Mapping[str, Any],
    zone: tzinfo,
) -> dict[str, Any]:
    """All findings as one JSON object, statement by statement."""
    return {
        "as_of": moment.as_of,
        "known_size": moment.known_size,
        **known,
        "contradictions": contradictions_document(statements),
        "statements": [
            {
                **statement_document(statement),
                "promises": statement.promises,
                "findings": [finding_document(each, zone) for each in statement.findings],
            }
            for statement in statements
        ],
    }


def contradictions_document(statements: "Sequence[StatementFindings]") -> dict[str, int]:
    """How many contradictions there are, and in how many nobody chose."""
    count = contradiction_count(statements)
    return {"found": count.found, "open": count.undecided}


def finding_document(finding: "StatementFinding", zone: tzinfo) -> dict[str, Any]:
    """One finding as JSON, with its words."""
    languages: tuple[Language, ...] = ("nl", "en")
    told = {each: finding_words(finding, ReportWords(each, zone)) for each in languages}
    gap = finding.gap
    return {
        "kind": finding.kind,
        "state": finding.state,
        "gravity": finding.gravity,
        "promises": list(finding.promise_ids),
        "flaw": finding.flaw,
        "read_as": [
            {
                "promise_id": each.promise_id,
                "readings": list(each.readings),
                "reading": each.reading,
                "decided_index": each.decided_index,
            }
            for each in finding.read_as
        ],
        "parameters": [
            {
                "name": each.parameter.name,
                "value": each.parameter.value,
                "unit": each.parameter.unit,
                "set_by_index": each.parameter.set_by_index,
                "is_default": each.is_default,
            }
            for each in finding.assigned
        ],
        "gap": (
            None if gap is None else {"system": gap.system, "since": gap.since, "until": gap.until}
        ),
        "caught": [
            {
                "index": each.index,
                "promise_id": each.promise_id,
                "broken_under": list(each.broken_under),
                "kept_under": list(each.kept_under),
            }
            for each in finding.caught
        ],
        "caught_count": finding.caught_count,
        **_afterwards(finding),
        "settle": list(finding.settle),
        "rests_on": list(finding.rests_on),
        "words": told,
    }


def _afterwards(finding: "StatementFinding") -> dict[str, Any]:
    """What was changed after the events, as JSON."""
    changed = finding.changed
    return {
        "changed": (
            None
            if changed is None
            else {
                "earlier_index": changed.earlier_index,
                "later_index": changed.later_index,
                "since": changed.since,
                "recorded_at": changed.recorded_at,
            }
        ),
        "taken_back": [
            {
                "index": each.index,
                "taken_by_index": each.taken_by_index,
                "was_broken": each.was_broken,
            }
            for each in finding.taken_back
        ],
        "taken_back_count": finding.taken_back_count,
        "broken_before_count": finding.broken_before_count,
    }


def statement_document(statement: "StatementFindings") -> dict[str, Any]:
    """Which statement, and by which record it was published."""
    return {
        "policy_id": statement.policy_id,
        "organisation": statement.organisation,
        "systems": list(statement.systems),
        "policy_index": statement.policy_index,
    }
