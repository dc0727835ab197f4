"""The page about promises says everything that a story has, in both languages."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from formats.promise_report.content import report_of
from formats.promise_report.document import Panel, Report
from formats.promise_report.story import VERDICTS, Story
from projections.promises.finding import ContradictionCount
from projections.promises.rule_nouns import LANGUAGES, Language
from tests.promise_findings import contradiction, unclear
from tests.promise_stories import broken_story, plain_story, subject_of, verdict

ZONE = ZoneInfo("Europe/Amsterdam")


def report(*stories: Story, language: Language = "en") -> Report:
    """The page about these promises."""
    return report_of(subject_of(*stories), language, ZONE)


def panel(story: Story, language: Language = "en") -> Panel:
    """What the page tells of one promise."""
    (group,) = report(story, language=language).groups
    (found,) = group.panels
    return found


def test_the_verdicts_are_counted_worst_first() -> None:
    """A reader would not see at once that something is broken."""
    listed = [plain_story(verdict(f"ABC-1{place}", word)) for place, word in enumerate(VERDICTS)]
    told = report(broken_story(), *listed)
    assert [(each.mark.verdict, each.count) for each in told.counts] == [
        ("broken", "2"),
        ("undeterminable", "1"),
        ("pending", "1"),
        ("kept", "1"),
    ]
    assert told.groups[0].summary == ("5 promises: 2 broken, 1 undeterminable, 1 pending, 1 kept")


def test_what_is_wrong_with_the_words_stands_with_the_promise() -> None:
    """A reader of the page would not learn that two promises exclude each other."""
    story = replace(plain_story(verdict()), findings=(contradiction("open"), unclear(7)))
    first, second = panel(story, "nl").findings
    assert (first.gravity, first.state) == ("high", "! open")
    assert first.told.startswith("ABC-01 en ABC-02 zijn zoals ze er staan niet allebei na te komen")
    assert first.settle[0].startswith("beslis: zegel policy interpret ABC-02")
    assert (second.gravity, second.state, second.settle) == ("low", "✓ besloten", ())


def test_the_page_counts_the_contradictions() -> None:
    """Nobody would look for a contradiction among all those promises."""
    subject = replace(subject_of(broken_story()), contradictions=ContradictionCount(2, 1))
    told = report_of(subject, "en", ZONE)
    assert told.contradictions == "2 contradictions inside statements, 1 open"
    assert report(broken_story()).contradictions == ""


def test_promises_stand_under_their_systems() -> None:
    """A promise would be looked for under another system, or under none."""
    of_two = plain_story(verdict("ABC-03", systems=("gold", "web")))
    of_none = plain_story(verdict("ABC-04", systems=()))
    told = report(broken_story(), of_two, of_none)
    assert [(each.name, [tile.name for tile in each.tiles]) for each in told.groups] == [
        ("abc", ["ABC-04"]),
        ("gold", ["ABC-02"]),
        ("gold, web", ["ABC-03"]),
    ]


def test_each_tile_leads_to_its_panel_and_says_its_verdict() -> None:
    """A click would open another promise; a screen reader would say a colour."""
    (group,) = report(broken_story()).groups
    (tile,), (found,) = group.tiles, group.panels
    assert tile.anchor == found.anchor == "promise-abc-02"
    assert tile.title == "ABC-02, broken: Data go within the term."
    assert tile.mark.sign == "✗"


def test_the_page_says_of_when_and_of_what_it_is() -> None:
    """Nobody could ask the same question again."""
    assert report(broken_story()).marks == (
        ("As of", "Sun 1 Mar 2026 13:00 CET"),
        ("By what was known", "15 of 16 records"),
        ("Log", "zegel.example/abc"),
        ("Words of the log", "not opened"),
        ("Root of the log", bytes(range(32)).hex()),
    )


def test_a_panel_explains_its_promise() -> None:
    """A DPO could not tell why a promise counts as broken."""
    found = panel(broken_story())
    assert found.counts == "1 broken, 1 undeterminable, 1 pending, 2 kept"
    assert dict(found.facts) == {
        "Statement": "ABC",
        "Place": "Bewaren, L13",
        "Phrase": "“binnen de termijn”",
        "Words from": "the shipped file of this statement",
        "Organisation": "abc",
        "Judged": "1 broken, 1 undeterminable, 1 pending, 2 kept",
        "Oldest break": "Fri 16 Jan 2026 10:00 CET, record 11",
        "Next term ends": "Wed 4 Mar 2026 13:00 CET",
        "In force": "from Mon 5 Jan 2026 10:00 CET",
        "Rests on records": "3, 4, 11",
    }
    assert found.rules == (
        (
            "After every end of a contract (counted from the end): a deletion of data for the same "
            "customer, within 14 days (setting days)."
        ),
    )
    assert found.coverage == "Counts as kept only while gold is declared connected."
    assert [(each.title, each.mark and each.mark.word) for each in found.readings] == [
        ("Reading from-notice (this one counts)", "broken"),
        ("Reading from-end (for comparison)", "kept"),
    ]
    assert [(each.name, each.value, each.source) for each in found.settings] == [
        (
            "days",
            "14 days",
            "record 4, recorded Fri 9 Jan 2026 11:00 CET by person:dpo@abc.example",
        ),
        ("viewers", "not set", ""),
    ]
    assert found.gaps == ("gold: from Mon 5 Jan 2026 10:00 CET until Wed 7 Jan 2026 10:00 CET",)


def test_figures_are_drawn_against_the_highest() -> None:
    """A value above its limit would look as if it were below."""
    (figures,) = panel(broken_story()).measured
    assert (figures.title, figures.intro) == ("Measured: speed", "5 values")
    assert [(each.name, each.value, each.percent) for each in figures.bars] == [
        ("least", "2 s", 1),
        ("median", "1 min", 1),
        ("95 of 100", "1 h 6 min", 4),
        ("most", "1 d 1 h", 100),
        ("limit", "2 min", 1),
        ("labsz", "1 d 1 h", 100),
    ]
    assert [each.name for each in figures.bars if each.is_limit] == ["limit"]


def test_each_judged_event_is_told_with_both_times() -> None:
    """A late record would look like a late act."""
    broken, open_one, pending, kept = panel(broken_story()).items
    assert (broken.mark.word, broken.moment, broken.place, broken.sentence) == (
        "broken",
        "Fri 16 Jan 2026 10:00 CET",
        "record 11",
        "the contract 11 ended",
    )
    assert broken.lines == (
        "recorded Fri 16 Jan 2026 11:00 CET",
        "due before Sat 17 Jan 2026 10:00 CET",
        "broken since Sat 17 Jan 2026 10:00 CET",
        "why: done too late (record 13)",
        "rests on 13: Sun 18 Jan 2026 10:00 CET, the contract 13 ended",
    )
    assert open_one.place == "record 12 · Reading from-notice"
    assert "to settle it: a corrected record that names the customer" in open_one.lines
    assert pending.lines[-1] == "due before Wed 4 Mar 2026 13:00 CET"
    assert "measured: 1 min" in kept.lines


def test_what_is_not_told_is_announced() -> None:
    """A reader would take the first events for all of them."""
    assert panel(broken_story()).more == (
        "1 more; zegel promises --explain ABC-02 --all tells them all."
    )
    assert panel(replace(broken_story(), total=4)).more == ""


def test_the_strip_says_when_and_what() -> None:
    """A strip could be read by its colours only."""
    strip = panel(broken_story()).strip
    assert [each.mark.sign if each.mark else "" for each in strip] == ["", "✓", "✗", "…", "?", ""]
    assert strip[0].title == "Mon 5 Jan 2026 10:00 CET: nothing judged"
    assert strip[2].title.endswith(": broken")


def test_a_page_without_strips_has_none() -> None:
    """A log too large for strips could not be shown at all."""
    told = report_of(subject_of(broken_story(), strip_since=None), "en", ZONE)
    assert told.groups[0].panels[0].strip == ()


def test_a_waived_promise_says_so() -> None:
    """A promise that nobody checks would look as if it were kept."""
    assert panel(plain_story(verdict(waived=True))).waived == "not checked (waived)"


def test_no_promise_at_all_is_a_page_too() -> None:
    """A log without statements would end in a fault."""
    assert report().groups == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_languages_have_every_phrase(language: Language) -> None:
    """A page in one language would stop where a word is missing."""
    found = panel(broken_story(), language)
    word = {"nl": "geschonden", "en": "broken"}[language]
    assert found.mark.word == word
    assert len(found.items) == 4
