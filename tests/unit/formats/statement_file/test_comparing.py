"""What changed between two versions of a statement is told, and nothing else is."""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import msgspec

from formats.statement_file import publication_events
from formats.statement_file.comparing import Version, differences, text_difference
from ledger.events.policy import PolicyPublished
from ledger.events.promise import Parameter, PromiseDeclared
from ledger.personal import WITHHELD
from tests.statement_files import TEXT, plain_file, statement_file


def version(changes: dict[str, Any] | None = None, text: str | None = None) -> Version:
    """What the small file with these changes publishes."""
    events = publication_events(
        statement_file(changes), None, occurred_at=datetime(2026, 1, 1, tzinfo=UTC)
    )
    (policy,) = (each for each in events if isinstance(each, PolicyPublished))
    declared = {each.promise_id: each for each in events if isinstance(each, PromiseDeclared)}
    return Version(policy, declared, text=text)


def told(before: Version, after: Version) -> list[tuple[str | None, str, object, object]]:
    """The differences as tuples."""
    found = differences(before, after)
    return [(each.promise_id, each.what, each.before, each.after) for each in found]


def test_a_version_does_not_differ_from_itself() -> None:
    """Somebody would look for a change that nobody made."""
    assert told(version(), version()) == []


def test_fields_rules_and_words_that_differ_are_told() -> None:
    """A changed rule would pass for the old one."""
    changes = {
        "statement/revision_date": "2026-02-01",
        "promises/0/en": "Nothing is ever sold.",
        "promises/0/rules/0/where/0/values/0": "resale",
        "promises/1/readings/0/leads": False,
        "promises/1/parameters/0/unit": "weeks",
    }
    where = "rule no-sale where[0].values"
    assert told(version(), version(changes)) == [
        (None, "date in the text", None, "2026-02-01"),
        ("VBD-01", "words en", "Nothing is sold.", "Nothing is ever sold."),
        ("VBD-01", where, ("sale",), ("resale",)),
        (
            "VBD-02",
            "parameters",
            ({"name": "within", "unit": "days"},),
            ({"name": "within", "unit": "weeks"},),
        ),
        ("VBD-02", "reading answer leads", True, False),
    ]


def test_promises_and_rules_that_come_or_go_are_told_once() -> None:
    """A promise that was quietly dropped would not be noticed, or be told field by field."""
    third = {**plain_file()["promises"][0], "id": "VBD-03"}
    rule = {**plain_file()["promises"][0]["rules"][0], "name": "no-rent"}
    before = version()
    after = version({"promises/2": third, "promises/0/rules/1": rule})
    assert told(before, after) == [
        ("VBD-01", "rule no-rent", None, "never"),
        ("VBD-03", "promise", None, "Nothing is sold."),
    ]
    assert [each[2:] for each in told(after, before)] == [
        ("never", None),
        ("Nothing is sold.", None),
    ]


def test_what_was_decided_is_told() -> None:
    """A parameter that the DPO changed would not show between two dates."""
    plain = version()
    decided = Version(
        plain.policy,
        plain.promises,
        settings={("VBD-02", "within"): Parameter(name="within", value=3, unit="weeks")},
        decisions={("VBD-02", "reading"): "none", ("VBD-01", "waived"): "without end"},
    )
    assert told(plain, decided) == [
        ("VBD-01", "waived", None, "without end"),
        ("VBD-02", "parameter within", "not set", "3 weeks"),
        ("VBD-02", "reading", None, "none"),
    ]


def test_withheld_words_are_not_compared() -> None:
    """Words of the log, which stay encrypted, would seem to differ from those of a file."""
    plain = version()
    closed = {
        name: msgspec.structs.replace(each, summary=WITHHELD, summary_nl=WITHHELD, quote=WITHHELD)
        for name, each in plain.promises.items()
    }
    assert told(Version(plain.policy, closed), plain) == []
    gone = version({"promises/1": ...})
    assert told(Version(plain.policy, closed), gone) == [("VBD-02", "promise", "declared", None)]


def test_texts_are_compared_line_by_line_where_both_are_there() -> None:
    """Somebody would read two statements to find one changed word."""
    other = TEXT.replace("week", "dag")
    hashed = {"statement/text_sha256": sha256(other.encode()).hexdigest()}
    lines = text_difference(version(text=TEXT), version(hashed, other))
    assert lines is not None
    assert lines[-2:] == [
        "-Op een vraag reageren wij binnen een week.",
        "+Op een vraag reageren wij binnen een dag.",
    ]
    assert text_difference(version(), version(text=TEXT)) is None
    assert text_difference(version(text=TEXT), version(text=TEXT)) == []
