"""Dutch and English: which one a visitor reads, and the words of it.

English words are the ids of messages; each area of the page has a Dutch catalogue of its own,
`locale/nl/<area>.po`. All are read when the first page is shown.

Source: RFC 9110 §12.5.4 (`Accept-Language`).
"""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Final, Literal, get_args

from babel.messages.pofile import read_po

Language = Literal["nl", "en"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
NAMES: Final[Mapping[Language, str]] = {"nl": "Nederlands", "en": "English"}
"""Each in its own words."""
LANGUAGE_COOKIE: Final = "zegel-language"
DEFAULT: Final[Language] = "en"

_RANGE: Final = re.compile(
    r"\s*(?P<tag>[A-Za-z]{1,8}|\*)(?:-[A-Za-z0-9]+)*\s*(?:;\s*q=(?P<weight>[01](?:\.\d{0,3})?))?\s*"
)
_MOST_RANGES: Final = 20


def chosen_language(cookies: Mapping[str, str], accepted: str | None) -> Language:
    """The language of an answer: what the visitor chose, else what their browser prefers.

    Args:
        cookies: Of the request.
        accepted: Its header `Accept-Language`.
    """
    chosen = cookies.get(LANGUAGE_COOKIE)
    for language in LANGUAGES:
        if chosen == language:
            return language
    best, best_weight = DEFAULT, 0.0
    for each in (accepted or "").split(",")[:_MOST_RANGES]:
        matched = _RANGE.fullmatch(each)
        if matched is None:
            continue
        weight = float(matched["weight"] or 1)
        for language in LANGUAGES:
            if matched["tag"].lower() == language and weight > best_weight:
                best, best_weight = language, weight
    return best


class Words:
    """The messages of one language."""

    def __init__(self, language: Language) -> None:
        """Reads its catalogues; English has none."""
        self.language = language
        self._found = {} if language == "en" else dutch()

    def gettext(self, message: str) -> str:
        """A message in this language; in English where it has none."""
        found = self._found.get((None, message), message)
        return found if isinstance(found, str) else found[0]

    def pgettext(self, context: str, message: str) -> str:
        """A message of one context, where English has one word for two things."""
        found = self._found.get((context, message), message)
        return found if isinstance(found, str) else found[0]

    def ngettext(self, one: str, several: str, number: int) -> str:
        """A message about a number of things."""
        found = self._found.get((None, one), (one, several))
        both = (found, found) if isinstance(found, str) else found
        return both[0] if number == 1 else both[1]

    def npgettext(self, context: str, one: str, several: str, number: int) -> str:
        """A message of one context about a number of things."""
        found = self._found.get((context, one), (one, several))
        both = (found, found) if isinstance(found, str) else found
        return both[0] if number == 1 else both[1]


@cache
def words_of(language: Language) -> Words:
    """The messages of one language, read once."""
    return Words(language)


Key = tuple[str | None, str]
"""Context and English words of a message."""
Translated = str | tuple[str, ...]


@cache
def dutch() -> Mapping[Key, Translated]:
    """Every Dutch message by its context and English words; by the first form where it has two."""
    found: dict[Key, Translated] = {}
    for entry in sorted(
        (files("service.page") / "locale" / "nl").iterdir(), key=lambda each: each.name
    ):
        if not entry.name.endswith(".po"):
            continue
        for message in read_po(BytesIO(entry.read_bytes()), locale="nl"):
            if message.id and message.string and not message.fuzzy:
                first = message.id if isinstance(message.id, str) else message.id[0]
                told = message.string
                found[message.context, first] = told if isinstance(told, str) else tuple(told)
    return found
