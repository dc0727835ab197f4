"""Documents about promises say what the verdicts say, under keys that stay."""

from dataclasses import replace
from zoneinfo import ZoneInfo

from formats.answers.promise import answer_document, promise_document, story_document
from formats.json_form import encode_json
from tests.promise_findings import contradiction, found_in_statement
from tests.promise_stories import broken_story, subject_of

ZONE = ZoneInfo("Europe/Amsterdam")


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
