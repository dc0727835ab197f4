"""The words of a dossier in Dutch and English: phrases, words of lists, moments and spans."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta, tzinfo
from functools import cache
from importlib.resources import files
from typing import Final

import msgspec

from formats.subject_copy.words import LANGUAGES, Language, field_words, kind_words, shown_value
from ledger.personal import WITHHELD, parse_token

_DAYS: Final[dict[Language, tuple[str, ...]]] = {
    "nl": ("ma", "di", "wo", "do", "vr", "za", "zo"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_MONTHS: Final[dict[Language, str]] = {
    "nl": "jan feb mrt apr mei jun jul aug sep okt nov dec",
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
}
_UNITS: Final[dict[Language, tuple[str, str, str]]] = {
    "nl": ("d", "u", "min"),
    "en": ("d", "h", "min"),
}
_MARGIN: Final[dict[str, tuple[str, str]]] = {
    "running": ("nog {span}", "{span} left"),
    "overdue": ("{span} te laat", "{span} late"),
    "late": ("{span} te laat", "{span} late"),
    "met": ("{span} over", "{span} to spare"),
    "open": ("al {span} open", "open for {span}"),
}
_AGE: Final = ("na {span}", "after {span}")
"""How long a duty without a period took."""
_LISTS: Final = {
    "nature": "nature",
    "cause": "nature",
    "subject_categories": "category",
    "measures_before": "measure",
    "measure": "measure",
    "consequences": "consequence",
    "severity": "severity",
    "channel": "channel",
}
"""Which list has the words of a field's values."""


class Words:
    """Fixed phrases, fields, values and times in one language and one zone."""

    def __init__(self, language: Language, zone: tzinfo, *, shows_words: bool = False) -> None:
        """Words of a language; times in a zone.

        Args:
            language: `nl` or `en`.
            zone: In which times are told.
            shows_words: Whether what is withheld was asked for, so that it was erased.
        """
        self.language: Language = language
        self.zone = zone
        self.shows_words = shows_words
        self._place = LANGUAGES.index(language)

    def say(self, name: str, **values: object) -> str:
        """A fixed phrase with its values filled in."""
        return _phrases()[name][self._place].format(**values)

    def listed(self, group: str, word: str) -> str:
        """A word of a list; one that the list does not have is said as it is, without hyphens."""
        return word_of(group, word, self.language) or word.replace("-", " ")

    def listed_all(self, group: str, found: Iterable[str]) -> str:
        """Words of a list, in their order."""
        return ", ".join(self.listed(group, each) for each in found)

    def suggested(self, name: str) -> list[tuple[str, str]]:
        """The words that a field often has, each with what it is called; none for other fields."""
        if name not in _LISTS:
            return []
        return [(word, told[self._place]) for word, told in _vocabulary()[_LISTS[name]].items()]

    def field(self, name: str) -> str:
        """What a field of an event is called."""
        known = _vocabulary()["field"].get(name)
        return field_words(name, self.language) if known is None else known[self._place]

    def kind(self, kind: str) -> str:
        """What an event of a kind says happened."""
        return kind_words(kind, self.language)

    def short(self, kind: str) -> str:
        """The same in at most four words, for the picture."""
        return self.listed("short", kind.rpartition(".v")[0])

    def value(self, value: object, name: str = "") -> str:
        """A value as people read it; words and people that are not shown say so."""
        match value:
            case str() if value == WITHHELD:
                return self.say("words_erased" if self.shows_words else "words_left_out")
            case str() if parse_token(value) is not None and not self.shows_words:
                return self.say("words_left_out")
            case str() if name in _LISTS:
                return shown_value(self.listed(_LISTS[name], value), "", self.language, self.zone)
            case datetime():
                return self.instant(value)
            case list() | tuple() if value:
                return ", ".join(self.value(each, name) for each in value)
            case _:
                return shown_value(value, name, self.language, self.zone)

    def instant(self, instant: datetime, *, exact: bool = False) -> str:
        """A moment to the minute, with the day of the week and the name of the zone's time.

        Args:
            instant: Aware.
            exact: Whether seconds are told where there are any, as for the end of a term.
        """
        try:
            local = instant.astimezone(self.zone)
        except OverflowError:  # the first or last hours that a moment can name
            local = instant
        time = f"{local:%H:%M:%S}" if exact and local.second else f"{local:%H:%M}"
        return f"{self.day(local.date())} {time} {local.tzname()}"

    def day(self, day: date) -> str:
        """A date with the day of the week."""
        return f"{_DAYS[self.language][day.weekday()]} {self.short_day(day)} {day.year}"

    def short_day(self, day: date) -> str:
        """A date without its year."""
        return f"{day.day} {_MONTHS[self.language].split()[day.month - 1]}"

    def amount(self, amount: int, unit: str) -> str:
        """A number of hours, days, weeks, months or working days."""
        return f"{amount} {self.listed('unit', f'one {unit}' if amount == 1 else unit)}"

    def number(self, text: str) -> str:
        """A text with decimal numbers, each with the decimal sign of the language."""
        return text.replace(".", ",") if self.language == "nl" else text

    def span(self, span: timedelta) -> str:
        """A span in its two largest units, rounded down."""
        minutes = int(abs(span).total_seconds()) // 60
        parts = (minutes // 1440, minutes % 1440 // 60, minutes % 60)
        units = _UNITS[self.language]
        told = [f"{count} {unit}" for count, unit in zip(parts, units, strict=True) if count]
        return " ".join(told[:2]) or f"0 {units[2]}"

    def between(self, least: object, most: object) -> str | None:
        """How many, as far as the ends are known: `40 - 120`, `at least 40`; `None`: neither is."""
        if least is None and most is None:
            return None
        if most is None:
            return self.say("at_least", least=least)
        return self.say("at_most", most=most) if least is None else f"{least} \N{EN DASH} {most}"

    def margin(self, state: str, span: timedelta | None, *, has_term: bool = True) -> str:
        """How much is left, was left or was missed; how long it took where no term was set."""
        if span is None or state not in _MARGIN:
            return ""
        told = _AGE if state == "met" and not has_term else _MARGIN[state]
        return told[self._place].format(span=self.span(span))


@cache
def _phrases() -> dict[str, tuple[str, str]]:
    return msgspec.json.decode(_read("phrases.json"), type=dict[str, tuple[str, str]])


def word_of(group: str, word: str, language: Language) -> str | None:
    """A word of a list in a language; `None`: the list does not have it."""
    found = _vocabulary()[group].get(word)
    return None if found is None else found[LANGUAGES.index(language)]


@cache
def _vocabulary() -> dict[str, dict[str, tuple[str, str]]]:
    return msgspec.json.decode(_read("vocabulary.json"), type=dict[str, dict[str, tuple[str, str]]])


def _read(name: str) -> bytes:
    return files("formats.breach_dossier").joinpath(name).read_bytes()
