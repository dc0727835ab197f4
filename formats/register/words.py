"""The words of a register in English, Dutch and French: values of lists, phrases, spans, days."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta, tzinfo
from functools import cache
from importlib.resources import files
from typing import Final, Literal

import msgspec

from formats.spans import term_words
from formats.subject_copy.words import harmless
from ledger.personal import WITHHELD

Language = Literal["en", "nl", "fr"]
PageLanguage = Literal["en", "nl"]
LANGUAGES: Final[tuple[Language, ...]] = ("en", "nl", "fr")
_WITHHELD: Final[dict[Language, str]] = {
    "en": "withheld",
    "nl": "niet getoond",
    "fr": "non communiqué",
}


def word(group: str, value: str, language: Language) -> str:
    """A value of a list in words; one that the list does not have stays as it is."""
    found = _words()[group].get(value)
    place = LANGUAGES.index(language)
    return value if found is None or place >= len(found) else found[place]


def words(group: str, values: Iterable[str], language: Language) -> list[str]:
    """Several values in words, in their order."""
    return [word(group, value, language) for value in values]


def phrase(name: str, language: PageLanguage) -> str:
    """A fixed phrase of the page."""
    return _phrases()[name][LANGUAGES.index(language)]


def told(text: str, language: Language) -> str:
    """A text that somebody typed, on which no character acts; what is withheld says so."""
    return _WITHHELD[language] if text == WITHHELD else harmless(text)


def span_words(span: timedelta, language: Language) -> str:
    """An elapsed time in hours: `72 hours`; shorter ones in minutes."""
    hours, rest = divmod(int(span.total_seconds()), 3600)
    if rest:
        return f"{int(span.total_seconds()) // 60} min"
    return term_words(f"PT{hours}H", language)


def day_of(instant: datetime | None, zone: tzinfo) -> date | None:
    """The local date of an instant."""
    return None if instant is None else instant.astimezone(zone).date()


def shown_moment(instant: datetime, zone: tzinfo) -> str:
    """An instant to the minute with its zone: `2026-03-27 17:30 CET`."""
    local = instant.astimezone(zone)
    return f"{local:%Y-%m-%d %H:%M} {local.tzname()}"


@cache
def _words() -> dict[str, dict[str, tuple[str, ...]]]:
    raw = files("formats.register").joinpath("words.json").read_bytes()
    return msgspec.json.decode(raw, type=dict[str, dict[str, tuple[str, ...]]])


@cache
def _phrases() -> dict[str, tuple[str, str]]:
    raw = files("formats.register").joinpath("phrases.json").read_bytes()
    return msgspec.json.decode(raw, type=dict[str, tuple[str, str]])
