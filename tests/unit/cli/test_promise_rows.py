"""Rows and documents about promises say what the verdicts say, under keys that stay."""

from dataclasses import replace
from zoneinfo import ZoneInfo

from cli.output import encode_json
from cli.promise_rows import (
    ROW_COLUMNS,
    SCREEN_COLUMNS,
    answer_document,
    promise_document,
    screen_rows,
    story_document,
    summary_line,
    table_rows,
)
from tests.promise_findings import contradiction, found_in_statement
from tests.promise_stories import ASKED, broken_story, plain_story, subject_of, verdict

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


def test_the_answer_says_of_what_it_is_true() -> None:
    """A script could not tell by which records the verdicts were given."""
    subject = subject_of(broken_story())
    known = {"size": 16, "root": bytes(32)}
    told = answer_document(subject.stories, subject.moment, known, [found_in_statement()])
    assert list(told) == [
        *("as_of", "known_size", "size", "root", "contradictions", "counts", "promises")
    ]
    assert told["contradictions"] == {"found": 2, "open": 1}
    assert told["counts"] == {"broken": 1, "undeterminable": 0, "pending": 0, "kept": 0}
    assert len(told["promises"]) == 1


def test_the_keys_of_a_promise_stay() -> None:
    """A script written for one version would read nothing from the next."""
    assert list(promise_document(broken_story())) == [
        "promise_id",
        "policy_id",
        "organisation",
        "systems",
        "class",
        "subject_matter",
        "verdict",
        "reasons",
        "settle",
        "due_at",
        "counts",
        "oldest_break",
        "figures",
        "since",
        "until",
        "waived",
        "reading",
        "open_readings",
        "by_reading",
        "parameters",
        "coverage_gaps",
        "declared_index",
        "policy_index",
        "rests_on",
        "words",
        "words_from",
        "statement",
        "place",
        "quote",
        "rules",
        "readings",
    ]


def test_a_story_is_json_with_its_events() -> None:
    """A story could be read by people only."""
    story = replace(broken_story(), findings=(contradiction("open"),))
    told = story_document(story, ZONE)
    assert told["judged"] == 5
    assert [each["kind"] for each in told["findings"]] == ["contradiction"]
    assert [each["index"] for each in told["items"]] == [11, 12, 14, 9]
    assert [each["index"] for each in told["events"]] == [2, 3, 4, 9, 11, 12, 13, 14]
    text = encode_json(told)
    assert '"measure":60' in text
    assert '"words":{"nl":"Na elk einde van een overeenkomst' in text
    assert '"rule_kind":"deadline"' in text
