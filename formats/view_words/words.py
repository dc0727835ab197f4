"""What the questions of views, their columns, filters and values are called in two languages.

A value that nobody gave a word, such as the name of a system, stays as it is.
"""

from functools import cache
from importlib.resources import files
from typing import Final, Literal

import msgspec

from formats.register.words import word as register_word
from formats.subject_copy.words import harmless

Language = Literal["nl", "en"]
_LANGUAGES: Final[tuple[Language, ...]] = ("en", "nl")
_OF_REGISTER: Final = {
    "sender_role": "role",
    "recipient_role": "role",
    "legal_basis": "legal_basis",
    "legal_bases": "legal_basis",
}
"""Columns whose values the register has words for, with the list that holds them."""


class _Known(msgspec.Struct, frozen=True):
    """The lists of `words.json`; each pair is English, Dutch."""

    questions: dict[str, tuple[str, str]]
    """By view and section: `access/held`."""
    summaries: dict[str, str]
    headings: dict[str, str]
    filters: dict[str, tuple[str, str]]
    hints: dict[str, str]
    """What a filter means."""
    values: dict[str, dict[str, tuple[str, str]]]
    """By column."""
    beginnings: dict[str, str]
    """How a sentence begins that ends with a name."""


def question_word(view: str, section: str, language: Language) -> str:
    """The short name of a question, as a tab shows it."""
    found = _known().questions.get(f"{view}/{section}")
    return section if found is None else found[_LANGUAGES.index(language)]


def summary_words(summary: str, language: Language) -> str:
    """What a question asks, in a few words, with a capital."""
    told = summary if language == "en" else _known().summaries.get(summary, summary)
    return told[:1].upper() + told[1:]


def heading_word(heading: str, language: Language) -> str:
    """The heading of a column."""
    return heading if language == "en" else _known().headings.get(heading, heading)


def filter_word(name: str, language: Language) -> str:
    """The name of a filter, as a form shows it."""
    found = _known().filters.get(name)
    return name.replace("_", " ") if found is None else found[_LANGUAGES.index(language)]


def filter_hint(summary: str, language: Language) -> str:
    """What a filter narrows to."""
    return summary if language == "en" else _known().hints.get(summary, summary)


def value_word(column: str, value: str, language: Language) -> str:
    """A value of a column in words, on which no character acts."""
    group = _OF_REGISTER.get(column)
    if group is not None:
        told = register_word(group, value, language)
        if told != value:
            return told
    found = _known().values.get(column, {}).get(value)
    if found is not None:
        return found[_LANGUAGES.index(language)]
    if language == "nl":
        for beginning, dutch in _known().beginnings.items():
            if value.startswith(beginning):
                return harmless(dutch + value.removeprefix(beginning))
    return harmless(value)


@cache
def _known() -> _Known:
    raw = files("formats.view_words").joinpath("words.json").read_bytes()
    return msgspec.json.decode(raw, type=_Known)
