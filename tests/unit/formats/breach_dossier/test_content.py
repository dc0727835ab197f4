"""What a dossier tells: every part, in both languages, and nothing that was not asked for."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from formats.breach_dossier.ap_form import answers
from formats.breach_dossier.blocks import (
    Block,
    Cell,
    Document,
    Facts,
    Files,
    Note,
    Picture,
    Section,
    Steps,
    Subsection,
    Table,
    Verbatim,
)
from formats.breach_dossier.content import dossier_of
from formats.breach_dossier.words import Words
from formats.subject_copy.words import Language
from ledger.personal import WITHHELD
from tests.breach_dossiers import ZONE, document_of, subject_of, whole_case
from tests.case_steps import aware, hours, step

TOKEN = "person#0192000000007000800000000000000a"


def texts_of(document: Document) -> Iterator[str]:
    """Every text of a document but its pictures."""
    yield from (document.title, document.subtitle, document.footer)
    for name, cell in document.marks:
        yield from (name, cell.text)
    for block in document.blocks:
        yield from _texts(block)


def _texts(block: Block) -> Iterator[str]:
    match block:
        case Section(title, intro):
            yield from (title, intro)
        case Subsection(title, state):
            yield from (title, "" if state is None else state.text)
        case Facts(rows):
            for name, cell in rows:
                yield from (name, cell.text)
        case Table(headings, _, table_rows, empty):
            yield from (*headings, empty, *(cell.text for row in table_rows for cell in row))
        case Steps(items):
            yield from items
        case Note(text) | Verbatim(text):
            yield text
        case Files(files):
            yield from (text for row in files for text in row)
        case Picture(_, caption):
            yield caption


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_table_is_whole(language: Language) -> None:
    """A row would have more cells than there are headings, and the rest stand askew."""
    for block in document_of(whole_case(), language).blocks:
        if isinstance(block, Table):
            assert len(block.widths) == len(block.headings)
            assert all(len(row) == len(block.headings) for row in block.rows)
            assert sum(block.widths) == 100


@pytest.mark.parametrize("language", ["nl", "en"])
def test_no_slug_of_the_program_is_left(language: Language) -> None:
    """A regulator would read words that only a program knows."""
    said = [
        *("wrong-recipient", "risk-unlikely", "disproportionate-effort", "information-request"),
        *("contact-point", "high-risk", "processor-aware", "first-signal", "not-needed"),
        *("passwords-reset", "enisa-2013", "authority-term", "no_period_in_law"),
    ]
    told = " ".join(texts_of(document_of(whole_case(), language)))
    assert [each for each in said if each in told] == []


def test_dutch_is_dutch_throughout() -> None:
    """A Dutch regulator would find English in between."""
    told = " ".join(texts_of(document_of(whole_case()))).split()
    english = {"the", "authority", "after", "hours", "alternative", "supplement", "basis", "due"}
    assert english & {word.strip(".,:;()") for word in told} == set()
    assert "onderbouwing" in told
    assert "grondslag" not in told


def test_the_severity_can_be_checked_by_hand() -> None:
    """A regulator could not follow how the severity came about, or who decided."""
    told = list(texts_of(document_of(whole_case())))
    assert "SE = DPC × EI + CB = 2 × 0,75 = 1,5" in told  # noqa: RUF001 - a times sign is meant
    assert "laag" in told
    assert "meer dan 100 betrokkenen" not in told
    told = list(texts_of(document_of(whole_case(), "en")))
    assert "SE = DPC × EI + CB = 2 × 0.75 = 1.5" in told  # noqa: RUF001 - likewise
    assert "behavioural data" in told


def test_scores_of_another_method_are_shown_without_its_formula() -> None:
    """A dossier of a case that was assessed otherwise could not be written."""
    scores = [{"name": "own-factor", "hundredths": 130}]
    told = list(texts_of(document_of([step(1, "breach.assessed", risk="risk", scores=scores)])))
    assert "own factor" in told
    assert "1,3" in told
    assert not any(text.startswith("SE =") for text in told)


def test_the_chain_from_processor_to_controller_is_told() -> None:
    """Who kept the news back could not be seen."""
    told = list(texts_of(document_of(whole_case())))
    assert "Verwerker en verwerkingsverantwoordelijke" in told
    assert "hosting-bv" in told
    assert "4 d 5 u" in told  # from 40 hours before noon until 61 after it
    without = list(texts_of(document_of([step(1, "breach.suspected")])))
    assert "Verwerker en verwerkingsverantwoordelijke" not in without


def test_a_late_notice_without_reasons_is_said() -> None:
    """Nobody would notice that art. 33(1) asks for reasons."""
    told = " ".join(texts_of(document_of(whole_case())))
    assert "geen redenen vastgelegd" in told
    steps = [
        aware(1, -100),
        step(
            *(2, "breach.authority_notified"),
            hour=1,
            authority="ap",
            notice_kind="initial",
            reasons_for_delay=WITHHELD,
        ),
    ]
    told = " ".join(texts_of(document_of(steps)))
    assert "geen redenen vastgelegd" not in told
    assert "Redenen voor de vertraging" in told


def test_open_items_are_told_with_their_age() -> None:
    """What the authority still waits for would not be in the dossier, or not for how long."""
    document = document_of(whole_case(), as_of=hours(98))
    tables = [block for block in document.blocks if isinstance(block, Table)]
    (found,) = [block for block in tables if block.headings[0] == "onderdeel"]
    assert [[cell.text for cell in row] for row in found.rows] == [["de maatregelen", "2 d"]]


def test_every_clock_tells_its_state_in_a_word() -> None:
    """A state would be told by colour alone, or by a word of the program."""
    states = {
        block.state.text
        for block in document_of(whole_case()).blocks
        if isinstance(block, Subsection) and block.state is not None
    }
    assert "✗ te laat" in states
    assert "… loopt" in states


def test_a_decision_not_to_tell_is_explained() -> None:
    """That nobody was told would stand there without its ground."""
    steps = [
        aware(1, 0),
        step(
            *(2, "breach.notification_decided"),
            hour=1,
            addressee="authority",
            notify=False,
            ground="risk-unlikely",
        ),
    ]
    told = " ".join(texts_of(document_of(steps)))
    assert "besloten op grond van: risico niet waarschijnlijk (art. 33, lid 1) (record 2)" in told
    ruled_out = [aware(1, 0), step(2, "breach.ruled_out", hour=2)]
    assert "er was geen datalek" in " ".join(texts_of(document_of(ruled_out)))


def test_before_a_decision_the_earliest_moment_counts() -> None:
    """Nobody would see that 72 hours may be running already."""
    told = " ".join(texts_of(document_of([step(1, "breach.suspected")], as_of=hours(5))))
    assert "over bekendheid is nog niet besloten" in told
    assert "ma 23 nov 2026 13:00 CET (loopt" in told


def test_what_the_authority_closed_needs_no_answer() -> None:
    """The dossier would ask for an answer that nobody waits for, or could not be written."""
    steps = [
        aware(1, 0),
        step(
            *(2, "breach.authority_responded"),
            hour=3,
            authority="ap",
            response="information-request",
            due_at=hours(300).isoformat(),
        ),
        step(3, "breach.authority_responded", hour=9, authority="ap", response="closing"),
    ]
    told = " ".join(texts_of(document_of(steps)))
    assert "de toezichthouder sloot zijn dossier (record 3)" in told


def test_a_controller_that_was_told_by_itself_is_in_the_chain() -> None:
    """A controller whose processor called would look as if it had never heard."""
    anchors = [
        {"anchor": "processor-aware", "at": hours(-9).isoformat()},
        {"anchor": "controller-informed", "at": hours(-2).isoformat()},
    ]
    told = list(texts_of(document_of([step(1, "breach.suspected", anchors=anchors)])))
    assert "7 u" in told
    assert "niet vastgelegd" not in told


@pytest.mark.parametrize("shows_words", [False, True])
def test_people_are_left_out_unless_asked_for(*, shows_words: bool) -> None:
    """A token would let two dossiers be joined about one person; or words asked for be missing."""
    steps = [
        aware(1, 0, basis=WITHHELD, decided_by=TOKEN),
        step(2, "breach.assessed", risk="risk", basis=WITHHELD, decided_by=TOKEN, hour=2),
    ]
    told = " ".join(texts_of(document_of(steps, shows_words=shows_words)))
    assert (TOKEN in told) == shows_words
    assert ("gewist" in told) == shows_words
    assert ("weggelaten" in told) != shows_words


def test_what_no_checkpoint_covers_is_said() -> None:
    """A reader would look for a proof that cannot be there."""
    told = " ".join(texts_of(document_of(whole_case(), checkpoint=None, files=())))
    assert "Er is nog geen checkpoint ondertekend." in told
    assert "geen bewijs bijgevoegd" in told


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_case_without_steps_is_a_dossier(language: Language) -> None:
    """What was known before the first record could not be asked for."""
    told = list(texts_of(document_of([], language, leaf_hashes={}, files=(), checkpoint=None)))
    assert len(told) > 40


def test_the_form_says_what_is_not_known() -> None:
    """An empty answer would look like a no."""
    found = list(answers(subject_of([]), Words("nl", ZONE)))
    assert len(found) > 25
    assert [each.section for each in found] == sorted(each.section for each in found)
    assert {each.answer for each in found if each.answer is not None} <= {"geen"}


def test_cells_hold_plain_text() -> None:
    """A tone that the page does not know would be drawn as nothing."""
    tones = {"plain", "good", "bad", "warning", "quiet"}
    for block in document_of(whole_case()).blocks:
        cells: list[Cell] = []
        if isinstance(block, Table):
            cells = [cell for row in block.rows for cell in row]
        elif isinstance(block, Facts):
            cells = [cell for _, cell in block.rows]
        assert {cell.tone for cell in cells} <= tones
        assert all(cell.text for cell in cells)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_timeline_that_is_a_part_says_so(language: Language) -> None:
    """Facts that nobody looked for would seem not to be there."""
    subject = subject_of(whole_case())
    part = replace(subject, timeline=replace(subject.timeline, is_whole=False))
    said = Words(language, ZONE).say("timeline.not_whole")
    assert said in list(texts_of(dossier_of(part, language, ZONE)))
    assert said not in list(texts_of(dossier_of(subject, language, ZONE)))
