"""Writes the page about promises and says what it is about."""

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from cli.output import choose_form, write_line
from formats.promise_report.content import report_of
from formats.promise_report.page import report_page
from formats.promise_report.story import ReportSubject
from ledger.errors import StoreUnavailable
from ledger.private_files import replace_file
from projections.promises.finding import contradiction_count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from formats.promise_report.judged import Judged
    from formats.promise_report.story_reader import StoryReader
    from ledger.units import Hash32
    from projections.promises.finding import StatementFindings
    from projections.promises.rule_nouns import Language


def write_promise_page(
    reader: "StoryReader",
    judged: "Judged",
    target: Path,
    root: "Hash32",
    *,
    language: "Language",
    statements: "Sequence[StatementFindings]" = (),
) -> None:
    """Writes the page; every promise with its explanation.

    Args:
        reader: Reads the stories.
        judged: The promises, in the order of telling.
        target: The file.
        root: Of the tree of all records.
        language: In which it is told.
        statements: What was found in the statements that make them.

    Raises:
        StoreUnavailable: the file cannot be written.
    """
    subject = ReportSubject(
        origin=reader.ledger.origin,
        moment=reader.moment,
        size=reader.ledger.head().size,
        root=root,
        stories=tuple(reader.told(judged, statements=statements)),
        contradictions=contradiction_count(statements),
        strip_since=judged.strips_since,
        shows_words=reader.opening is not None,
    )
    page = report_page(report_of(subject, language, reader.zone))
    try:
        replace_file(target, page)
    except OSError as error:
        raise StoreUnavailable(f"{target} cannot be written: {error.strerror}") from error
    _tell(target, page, len(judged.verdicts))


def _tell(target: Path, page: bytes, count: int) -> None:
    facts = {"file": str(target), "sha256": sha256(page).hexdigest(), "promises": count}
    if choose_form(None) != "table":
        write_line(facts)
        return
    from datetime import UTC  # noqa: PLC0415 - only to draw

    from cli.rendering import draw_facts, draw_line  # noqa: PLC0415 - Rich is loaded only to draw

    draw_line("the page is written", style="good", mark="✓")
    draw_facts(facts.items(), UTC)
