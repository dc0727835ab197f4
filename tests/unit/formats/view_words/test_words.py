"""The views in Dutch and English."""

import json
from importlib.resources import files

import pytest

from formats.view_words.words import (
    filter_hint,
    filter_word,
    heading_word,
    question_word,
    summary_words,
    value_word,
)
from projections import VIEWS
from projections.row_changes import SUBJECTS

KNOWN = json.loads(files("formats.view_words").joinpath("words.json").read_text("utf-8"))
ASKED = sorted(SUBJECTS)


@pytest.mark.parametrize(("view", "section"), ASKED)
def test_a_question_has_its_words(view: str, section: str) -> None:
    """A Dutch reader would meet English headings in the middle of a table."""
    asked = VIEWS[view].sections[section]
    assert f"{view}/{section}" in KNOWN["questions"]
    assert asked.summary in KNOWN["summaries"]
    assert {column.heading for column in asked.columns} <= KNOWN["headings"].keys()


@pytest.mark.parametrize("view", sorted({view for view, _ in ASKED}))
def test_a_filter_has_its_words(view: str) -> None:
    """A Dutch reader would not know what a field narrows to."""
    for name, known in VIEWS[view].filters.items():
        assert name in KNOWN["filters"]
        assert known.summary in KNOWN["hints"]


def test_no_word_is_left_over() -> None:
    """Words would be kept of a question that nobody asks any more."""
    sections = [VIEWS[view].sections[section] for view, section in ASKED]
    filters = [each for view, _ in ASKED for each in VIEWS[view].filters.items()]
    assert set(KNOWN["questions"]) == {f"{view}/{section}" for view, section in ASKED}
    assert set(KNOWN["summaries"]) == {section.summary for section in sections}
    assert set(KNOWN["headings"]) == {
        column.heading for section in sections for column in section.columns
    }
    assert set(KNOWN["filters"]) == {name for name, _ in filters}
    assert set(KNOWN["hints"]) == {known.summary for _, known in filters}
    columns = {column.name for section in sections for column in section.columns}
    assert set(KNOWN["values"]) <= columns


def test_words_are_those_of_the_language() -> None:
    """Both languages would say the same."""
    assert question_word("access", "held", "nl") == "Verleend"
    assert question_word("access", "held", "en") == "Held"
    assert summary_words("rules in force", "nl") == "Regels die gelden"
    assert summary_words("rules in force", "en") == "Rules in force"
    assert heading_word("rests on", "nl") == "berust op"
    assert filter_word("larger_than", "en") == "Larger than (bytes)"
    assert filter_hint("in or out", "nl") == "in of out"


def test_values_are_told_and_names_stay() -> None:
    """A closed word would stay English, or the name of a system be taken for one."""
    assert value_word("status", "granted", "nl") == "verleend"
    assert value_word("sender_role", "processor", "nl") == "verwerker"
    assert (
        value_word("reasons", "left bibliotheek-noord", "nl") == "vertrokken bij bibliotheek-noord"
    )
    assert value_word("system", "granted", "nl") == "granted"
    assert value_word("resource", "a\u202eb", "en") == "a\ufffdb"
