"""What is wrong inside a statement is told in sentences, in both languages."""

from dataclasses import replace
from typing import get_args
from zoneinfo import ZoneInfo

import pytest

from formats.promise_report.finding_words import (
    contradictions_line,
    finding_counts,
    finding_settle,
    finding_state,
    finding_words,
)
from formats.promise_report.words import ReportWords
from ledger.events.promise import Flaw
from ledger.units import Index
from projections.promises.finding import ContradictionCount, FindingKind, FindingState, ReadAs
from projections.promises.rule_nouns import LANGUAGES
from tests.promise_findings import (
    READINGS,
    caught,
    contradiction,
    not_connected,
    replaced,
    taken_back,
    unclear,
)

ZONE = ZoneInfo("Europe/Amsterdam")
EN, NL = (ReportWords(language, ZONE) for language in ("en", "nl"))


def test_a_contradiction_tells_how_each_side_is_read() -> None:
    """Nobody would know which of the two promises still waits for a decision."""
    assert finding_words(contradiction("open"), EN) == (
        "ABC-01 and ABC-02 cannot both be kept as they are written; ABC-01 is read as narrow, the "
        "reading that leads; nobody decided; nobody decided how to read ABC-02: narrow or wide."
    )
    decided = replace(
        contradiction("decided", settle=()).read_as[0], decided_index=Index(9), reading="wide"
    )
    told = finding_words(contradiction("decided", read_as=(decided,)), NL)
    assert told.endswith("; ABC-01 wordt gelezen als wide (besloten, gebeurtenis 9).")


def test_sides_that_nobody_decided_are_told_together() -> None:
    """The same choice would be told twice."""
    both = tuple(ReadAs(promise_id=f"ABC-0{each}", readings=READINGS) for each in (1, 2))
    told = finding_words(contradiction("open", read_as=both), EN)
    assert told.endswith("; nobody decided how to read ABC-01 or ABC-02: narrow or wide.")


def test_decisions_that_do_not_go_together_are_told() -> None:
    """Two decisions that keep the contradiction would pass for its end."""
    assert "; the decisions do not go together;" in finding_words(contradiction("at-odds"), EN)
    assert "; wordt nu niet getoetst;" in finding_words(contradiction("waived"), NL)


def test_the_events_between_two_readings_are_named() -> None:
    """What hangs on the decision would stay unknown."""
    one = contradiction("open", caught=(caught(40), caught(40)), caught_count=1)
    many = contradiction(
        "open", caught=tuple(caught(each) for each in range(40, 48)), caught_count=1200
    )
    assert finding_words(one, EN).endswith(
        ". Record 40 is a breach by one reading and not by another."
    )
    assert finding_words(many, NL).endswith(
        ". 1.200 gebeurtenissen zijn volgens de ene lezing een schending en volgens een andere "
        "niet: 40, 41, 42, 43, 44, …."
    )


def test_a_sentence_without_a_number_tells_what_counts_instead() -> None:
    """A number of our own would look like one of the statement."""
    assert finding_words(unclear(), EN) == ("ABC-03: no time is given in numbers; days is not set.")
    assert finding_words(unclear(30, is_default=True), EN).endswith(
        "; days is 30 days, as the statement file proposes (record 7)."
    )
    assert finding_words(unclear(0), EN).endswith("; days is 0 days (decided, record 7).")
    alone = replace(unclear(), kind="open-parameter", flaw=None)
    assert finding_words(alone, NL) == "ABC-03: days is niet ingesteld."


def test_a_source_that_was_not_connected_is_named_with_its_promises() -> None:
    """Silence of a source would be told without saying what it leaves open."""
    assert finding_words(not_connected(), EN) == (
        "gold is not declared connected from Mon 5 Jan 2026 10:00 CET on; so these do not count "
        "as kept: ABC-01, ABC-02, ABC-03, ABC-04."
    )
    assert "tot wo 7 jan 2026 10:00 CET;" in finding_words(not_connected(has_end=True), NL)


def test_rules_that_were_changed_afterwards_name_both_records() -> None:
    """A break that became no break would be found by --as-known alone."""
    assert finding_words(replaced(), EN) == (
        "ABC-01: record 90, recorded on Thu 15 Jan 2026 10:00 CET, replaced the rules of record 3 "
        "with effect back from Mon 5 Jan 2026 10:00 CET; what had happened by then is now judged "
        "by other rules."
    )
    assert finding_words(replaced(), NL).startswith("ABC-01: gebeurtenis 90, vastgelegd op do 15")


def test_judged_events_that_were_taken_back_are_named() -> None:
    """A break would disappear by a correction, and nobody could see by which."""
    assert finding_words(taken_back(40), EN) == (
        "ABC-02: 1 judged event was taken back and counts no more: 40 (by 92); it was a "
        "breach until then."
    )
    many = replace(taken_back(*range(40, 48)), broken_before_count=2)
    assert finding_words(many, NL) == (
        "ABC-02: 8 getoetste gebeurtenissen zijn ingetrokken en tellen niet meer mee: 40 (door "
        "92), 41 (door 92), 42 (door 92), 43 (door 92), 44 (door 92), …; 2 daarvan waren tot dan "
        "een schending."
    )
    assert finding_words(replace(taken_back(40), broken_before_count=0), EN).endswith(
        "40 (by 92); it was no breach until then."
    )


@pytest.mark.parametrize("words", [EN, NL], ids=LANGUAGES[::-1])
def test_every_flaw_state_and_kind_has_words(words: ReportWords) -> None:
    """A finding would end in a fault in one of the two languages."""
    for flaw in get_args(Flaw):
        assert finding_words(replace(unclear(), flaw=flaw), words)
    for state in get_args(FindingState):
        assert finding_state(contradiction(state), words)[:2] in {"! ", "~ ", "✓ "}
    for kind in get_args(FindingKind):
        two = [replace(unclear(), kind=kind)] * 2
        assert finding_counts(two, words).startswith("2 ")
        assert finding_counts(two[:1], words).startswith("1 ")


def test_what_would_settle_it_is_told_in_the_language() -> None:
    """A Dutch page would say in English what to do."""
    assert finding_settle(contradiction("open"), NL) == (
        "beslis: zegel policy interpret ABC-02 narrow|wide --reason WHY",
    )
    publish = "publish the statement with readings or a parameter for it"
    bare = contradiction("open", settle=(f"{publish}, so that somebody can decide",))
    assert finding_settle(bare, NL)[0].startswith("publiceer de verklaring met lezingen")


def test_the_line_counts_what_is_open() -> None:
    """The table would not lead to the contradictions, or say that all of them wait."""
    assert contradictions_line(ContradictionCount(0, 0), EN) == ""
    assert contradictions_line(ContradictionCount(1, 0), EN) == (
        "1 contradiction inside a statement, none open"
    )
    assert contradictions_line(ContradictionCount(2, 1), NL) == (
        "2 tegenspraken binnen verklaringen, 1 open"
    )
