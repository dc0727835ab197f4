"""Spans and calendar periods in words, as sentences and tables for people have them.

A period stays what it says: 24 hours are not made a day, nor 12 months a year. Seconds are told as
a clock does, in hours and minutes.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Final, Literal

import msgspec

SpanLanguage = Literal["en", "nl", "fr"]

SPANS: Final = frozenset(
    {
        "breach_notice_within",
        "clock_offset",
        "duration",
        "notice_period",
        "occurred_uncertainty",
        "offset",
        "period",
        "shown_for",
        "silent_after",
    }
)
"""Fields of events with a span or a period."""

_TERM: Final = re.compile(
    r"(-)?P(?=[0-9T])(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?"
    r"(?:T(?=[0-9])(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?"
)
"""Source: ISO 8601-1:2019 §5.5.2, with weeks beside other units as ISO 8601-2 allows."""
_UNITS: Final[Mapping[SpanLanguage, tuple[tuple[str, str], ...]]] = {
    "en": (
        ("year", "years"),
        ("month", "months"),
        ("week", "weeks"),
        ("day", "days"),
        ("hour", "hours"),
        ("minute", "minutes"),
        ("second", "seconds"),
    ),
    "nl": (
        ("jaar", "jaar"),
        ("maand", "maanden"),
        ("week", "weken"),
        ("dag", "dagen"),
        ("uur", "uur"),
        ("minuut", "minuten"),
        ("seconde", "seconden"),
    ),
    "fr": (
        ("an", "ans"),
        ("mois", "mois"),
        ("semaine", "semaines"),
        ("jour", "jours"),
        ("heure", "heures"),
        ("minute", "minutes"),
        ("seconde", "secondes"),
    ),
}
_POINT: Final[Mapping[SpanLanguage, str]] = {"en": ".", "nl": ",", "fr": ","}


def term_words(term: str, language: SpanLanguage = "en") -> str:
    """A period or an elapsed time of ISO 8601 in words: `P1D` is `1 day`, `PT24H` is `24 hours`.

    What is none stays as it is. A sign stays: `-2 minutes 40 seconds`.
    """
    found = _TERM.fullmatch(term)
    if found is None:
        return term
    sign, *days, hours, minutes, seconds = found.groups()
    numbers = [*days, *_clock(hours, minutes, seconds)]
    parts = [
        _part(number, one, several, language)
        for number, (one, several) in zip(numbers, _UNITS[language], strict=True)
        if number is not None and number.strip("0")
    ]
    if not parts:
        return _part("0", *_UNITS[language][-1], language)
    return ("-" if sign else "") + " ".join(parts)


def elapsed_words(elapsed: timedelta, language: SpanLanguage = "en") -> str:
    """An elapsed time in words, as it would be written on the wire."""
    return term_words(str(msgspec.to_builtins(elapsed)), language)


def _clock(hours: str | None, minutes: str | None, seconds: str | None) -> tuple[str, str, str]:
    """Hours, minutes and seconds as a clock has them: 43,200 seconds are 12 hours."""
    whole, _, fraction = (seconds or "0").partition(".")
    in_all = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(whole)
    fraction = fraction.rstrip("0")
    rest = str(in_all % 60) + (f".{fraction}" if fraction else "")
    return str(in_all // 3600), str(in_all % 3600 // 60), rest


def _part(number: str, one: str, several: str, language: SpanLanguage) -> str:
    """A number with its unit."""
    whole, _, fraction = number.partition(".")
    told = str(int(whole)) + (f"{_POINT[language]}{fraction}" if fraction else "")
    return f"{told} {one if told == '1' else several}"
