"""A promise drawn on a terminal says all that its story has, without colour."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from cli.promise_drawn import draw_list, draw_story
from tests.promise_findings import contradiction, unclear
from tests.promise_stories import broken_story, plain_story, verdict

ZONE = ZoneInfo("Europe/Amsterdam")


def drawn(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What was drawn, line by line."""
    return capsys.readouterr().out.splitlines()


def test_the_list_is_drawn_by_system(capsys: pytest.CaptureFixture[str]) -> None:
    """The promises of five systems would stand in one heap."""
    of_web = plain_story(verdict("ABC-03", systems=("web",)))
    draw_list([of_web, broken_story()], "en", ZONE)
    lines = drawn(capsys)
    headings = [line for line in lines if line.startswith("==")]
    assert headings == ["== gold · 1 promise: 1 broken ==", "== web · 1 promise: 1 kept =="]
    assert any(line.startswith("✗ broken") and "ABC-02" in line for line in lines)


def test_a_story_is_drawn_whole(capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever asks why would miss the rule, the settings, or an event."""
    draw_story(broken_story(), "en", ZONE)
    told = "\n".join(drawn(capsys))
    for expected in (
        "== ABC-02 · ✗ broken ==",
        "broken since 2026-01-17 10:00:00+01",
        "stands at   Bewaren, L13",
        "phrase      “binnen de termijn”",
        "words from  the shipped file of this statement",
        "1. After every end of a contract",
        "reading from-notice (this one counts, ✗ broken):",
        "reading from-end (for comparison, ✓ kept):",
        "days       14 days       4",
        "viewers    not set       –",  # noqa: RUF001 - the sign for nothing
        "? gold: from 2026-01-05 10:00:00+01 to 2026-01-07 10:00:00+01",
        f"{'most':<9} {'1 d 1 h':>12}  {'█' * 24}",
        "== Judged events: 4 of 5 ==",
        "✗ broken · 2026-01-16 10:00:00+01 · record 11",
        "contract.ended: the contract 11 ended",
        "recorded 2026-01-16 11:00:00+01",
        "why: done too late (record 13)",
        "rests on 13: 2026-01-18 10:00:00+01 contract.ended: the contract 13 ended",
        "why: the event does not tell: customer",
        "to settle it: a corrected record that names the customer",
        "measured 1 min",
        "1 more: --all tells them",
    ):
        assert expected in told, expected


def test_a_story_tells_what_is_wrong_with_the_words(capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever reads one promise would not learn that another one excludes it."""
    story = replace(plain_story(verdict()), findings=(contradiction("open"), unclear(7)))
    draw_story(story, "en", ZONE)
    told = drawn(capsys)
    place = told.index("== What is wrong with the statement ==")
    first, settle, second = told[place + 1 : place + 4]
    assert first.startswith("  ! ABC-01 and ABC-02 cannot both be kept as they are written; ")
    assert settle.startswith("    to settle it: decide: zegel policy interpret ABC-02 narrow|wide")
    assert second.startswith("  ✓ ABC-03: no time is given in numbers; days is 7 days (decided")


def test_a_promise_without_events_says_none(capsys: pytest.CaptureFixture[str]) -> None:
    """Silence would look like a fault of the drawing."""
    draw_story(plain_story(verdict()), "nl", ZONE)
    lines = drawn(capsys)
    assert lines[-1] == "== Judged events: none =="
    assert any("the statement's own words are withheld" in line for line in lines)
