"""What is wrong or unclear inside statements, as a table for people and in every other form."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING, Any, Final

from cli.output import Column, write_document, write_line, write_rows
from formats.answers.promise_findings import (
    finding_document,
    findings_document,
    statement_document,
)
from formats.promise_report.finding_words import (
    finding_counts,
    finding_settle,
    finding_state,
    finding_words,
)
from formats.promise_report.words import ReportWords

if TYPE_CHECKING:
    from projections.cases.reading import Moment
    from projections.promises.finding import StatementFinding, StatementFindings
    from projections.promises.rule_nouns import Language

SCREEN_COLUMNS: Final = (
    Column("state", "state", "state"),
    Column("finding", "finding", "word"),
    Column("promises", "promises", "word"),
    Column("rests_on", "records", "indexes"),
    Column("what", "what is wrong, and what would settle it", "prose"),
)
ROW_COLUMNS: Final = (
    Column("policy", "policy", "word"),
    Column("kind", "finding", "word"),
    Column("flaw", "flaw", "word"),
    Column("state", "state", "word"),
    Column("gravity", "gravity", "word"),
    Column("promises", "promises"),
    Column("what", "what is wrong"),
    Column("caught", "events between two readings", "indexes"),
    Column("caught_count", "how many", "count"),
    Column("settle", "what would settle it"),
    Column("rests_on", "rests on", "indexes"),
)
_MOST_NAMED: Final = 3


def write_findings(
    statements: "Sequence[StatementFindings]",
    moment: "Moment",
    known: Mapping[str, Any],
    form: str,
    *,
    language: "Language",
    zone: tzinfo,
) -> None:
    """Writes what was found.

    Args:
        statements: With what was found in each.
        moment: At which they were judged.
        known: `size` and `root` of the log when the question was asked.
        form: `table`, `json`, `ndjson` or `csv`.
        language: In which it is told.
        zone: In which times are told.
    """
    if form == "json":
        write_document(findings_document(statements, moment, known, zone))
    elif form == "ndjson":
        for statement in statements:
            for each in statement.findings:
                write_line({**statement_document(statement), **finding_document(each, zone)})
    elif form == "csv":
        rows = finding_rows(statements, ReportWords(language, zone))
        write_rows(rows, ROW_COLUMNS, "csv", zone)
    else:
        _draw(statements, ReportWords(language, zone), zone)


def finding_rows(
    statements: "Sequence[StatementFindings]", words: ReportWords
) -> Iterator[dict[str, Any]]:
    """One row for each finding, for a spreadsheet."""
    for statement in statements:
        for each in statement.findings:
            yield {
                "policy": statement.policy_id,
                "kind": each.kind,
                "flaw": each.flaw,
                "state": each.state,
                "gravity": each.gravity,
                "promises": list(each.promise_ids),
                "what": finding_words(each, words),
                "caught": list(dict.fromkeys(one.index for one in each.caught)),
                "caught_count": each.caught_count,
                "settle": list(each.settle),
                "rests_on": list(each.rests_on),
            }


def _draw(statements: "Sequence[StatementFindings]", words: ReportWords, zone: tzinfo) -> None:
    """Draws a table for each statement, with a line that counts what was found."""
    from cli.rendering import (  # noqa: PLC0415 - Rich is loaded only to draw
        draw_gap,
        draw_heading,
        draw_line,
        draw_rows,
    )

    for place, statement in enumerate(statements):
        if place:
            draw_gap()
        counts = finding_counts(statement.findings, words)
        noun = words.say("promises.one" if statement.promises == 1 else "promises")
        of = statement.policy_id or ", ".join(statement.systems)
        told = f"{statement.promises} {noun}{f': {counts}' if counts else ''}"
        draw_heading(f"{of} · {told}")
        if not statement.findings:
            draw_line(words.say("findings.none"), style="good", mark="✓")
            continue
        rows = [_screen_row(each, words) for each in statement.findings]
        draw_rows(rows, SCREEN_COLUMNS, zone)


def _screen_row(finding: "StatementFinding", words: ReportWords) -> dict[str, Any]:
    many = len(finding.promise_ids) > _MOST_NAMED
    named = ", ".join(finding.promise_ids)
    settle = "; ".join(finding_settle(finding, words))
    what = finding_words(finding, words)
    return {
        "state": finding_state(finding, words),
        "finding": words.say(f"finding.{finding.kind}"),
        "promises": f"{len(finding.promise_ids)} {words.say('promises')}" if many else named,
        "rests_on": list(finding.rests_on)[:_MOST_NAMED] if many else list(finding.rests_on),
        "what": f"{what} [{settle}]" if settle else what,
    }
