"""Verdicts about promises as rows for a spreadsheet: one for each promise."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

from formats.promise_report.story import broken_since, item_counts
from projections.view import Column

if TYPE_CHECKING:
    from formats.promise_report.story import Story
    from projections.promises.rule_nouns import Language

ROW_COLUMNS: Final = (
    Column("promise", "promise"),
    Column("systems", "systems", "list"),
    Column("verdict", "verdict"),
    Column("broken", "broken", "count"),
    Column("undeterminable", "undeterminable", "count"),
    Column("pending", "pending", "count"),
    Column("kept", "kept", "count"),
    Column("oldest_break_at", "oldest break", "instant"),
    Column("oldest_break_index", "record", "index"),
    Column("due_at", "due", "instant"),
    Column("waived", "waived", "flag"),
    Column("what", "what was promised"),
    Column("reasons", "why", "list"),
    Column("settle", "what would settle it", "list"),
    Column("rests_on", "rests on", "indexes"),
)


def table_rows(stories: "Iterable[Story]", language: "Language") -> Iterator[dict[str, Any]]:
    """One row for each promise, for a spreadsheet."""
    for story in stories:
        verdict, oldest = story.verdict, story.verdict.oldest_break
        yield {
            "promise": verdict.promise_id,
            "systems": list(verdict.systems),
            "verdict": verdict.verdict,
            **{str(word): count for word, count in item_counts(verdict).items()},
            "oldest_break_at": None if oldest is None else broken_since(oldest),
            "oldest_break_index": None if oldest is None else oldest.index,
            "due_at": verdict.due_at,
            "waived": verdict.waived,
            "what": story.text.words[language],
            "reasons": list(verdict.reasons),
            "settle": list(verdict.settle),
            "rests_on": list(verdict.rests_on),
        }
