"""Rows and documents about promises say what the verdicts say, under keys that stay."""

from dataclasses import replace
from zoneinfo import ZoneInfo

from cli.promise_rows import SCREEN_COLUMNS, screen_rows, summary_line
from formats.answers.promise import promise_document
from formats.promise_report.rows import ROW_COLUMNS, table_rows
from tests.promise_stories import ASKED, broken_story, plain_story, verdict

ZONE = ZoneInfo("Europe/Amsterdam")


def test_a_row_on_a_screen_tells_the_oldest_break() -> None:
    """Somebody who looks at the table would not see since when a promise is broken."""
    (row,) = screen_rows([broken_story()], "nl", ZONE)
    assert row == {
        "verdict": "✗ broken",
        "promise": "ABC-02",
        "counts": "1 broken, 1 undeterminable, 1 pending, 2 kept",
        "when": "2026-01-16 10:00 (record 11)",
        "what": "Gegevens gaan weg binnen de termijn.",
    }
    assert list(row) == [column.name for column in SCREEN_COLUMNS]


def test_a_row_on_a_screen_tells_what_is_due_and_what_is_unclear() -> None:
    """A term would run out unseen, and a doubt would have no reason."""
    pending = plain_story(verdict("ABC-03", "pending", pending=1, due_at=ASKED))
    unclear = plain_story(
        verdict("ABC-04", "undeterminable", waived=True, reasons=("parameter days is not set",))
    )
    due, doubt = screen_rows([pending, unclear], "en", ZONE)
    assert (due["verdict"], due["when"]) == ("… pending", "due 2026-03-01 13:00")
    assert doubt["verdict"] == "? undeterminable (waived)"
    assert doubt["what"] == "The rule. [the setting days is not set]"
    assert (doubt["counts"], doubt["when"]) == (None, None)


def test_further_reasons_are_counted_in_the_language_of_the_reader() -> None:
    """A Dutch sentence would end in English, or a second doubt stay unseen."""
    doubts = ("parameter days is not set", "parameter hours is not set", "parameter km is not set")
    story = plain_story(verdict("ABC-06", "undeterminable", reasons=doubts))
    (english,) = screen_rows([story], "en", ZONE)
    (dutch,) = screen_rows([story], "nl", ZONE)
    assert english["what"].endswith("; and 2 more]")
    assert dutch["what"].endswith("; en nog 2]")


def test_seconds_are_told_where_there_are_any() -> None:
    """Two files of one minute would have one time."""
    oldest = replace(broken_story().items[0], due_at=ASKED.replace(second=5))
    story = plain_story(verdict("ABC-05", "broken", broken=1, oldest_break=oldest))
    (row,) = screen_rows([story], "en", ZONE)
    assert row["when"] == "2026-03-01 13:00:05 (record 11)"


def test_what_is_late_is_broken_from_the_end_of_its_term_on() -> None:
    """A breach would seem to have begun on the day on which the duty did."""
    late = broken_story().items[0]
    story = plain_story(verdict("ABC-05", "broken", broken=1, oldest_break=late))
    (screen,) = screen_rows([story], "en", ZONE)
    (row,) = table_rows([story], "en")
    assert screen["when"] == "2026-01-17 10:00 (record 11)"
    assert row["oldest_break_at"] == late.due_at
    document = promise_document(story)["oldest_break"]
    assert (document["occurred_at"], document["broken_since"]) == (late.occurred_at, late.due_at)


def test_a_row_of_a_spreadsheet_has_every_column() -> None:
    """A column of the file would stay empty, or a value have none."""
    (row,) = table_rows([broken_story()], "en")
    assert list(row) == [column.name for column in ROW_COLUMNS]
    assert (row["kept"], row["broken"], row["oldest_break_index"]) == (2, 1, 11)
    assert row["reasons"] == ["1 event is broken"]


def test_the_summary_counts_the_worst_first() -> None:
    """The line that people read first would not say how many are broken."""
    kept = [plain_story(verdict(f"ABC-1{place}")) for place in range(3)]
    assert summary_line([broken_story(), *kept]) == "4 promises: 1 broken, 3 kept"
    assert summary_line(kept[:1]) == "1 promise: 1 kept"
    assert summary_line([]) == "0 promises"
