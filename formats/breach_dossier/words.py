"""The words of a dossier in Dutch and English."""

from datetime import datetime, timedelta, tzinfo
from functools import cache
from importlib.resources import files
from typing import Final

import msgspec

from formats.subject_copy.words import LANGUAGES, Language, field_words, kind_words, shown_value
from ledger.personal import WITHHELD

_DAYS: Final[dict[Language, tuple[str, ...]]] = {
    "nl": ("ma", "di", "wo", "do", "vr", "za", "zo"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
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


class Words:
    """Fixed phrases, fields and times in one language and one zone."""

    def __init__(self, language: Language, zone: tzinfo) -> None:
        """Words of a language; times in a zone."""
        self.language: Language = language
        self.zone = zone
        self._place = LANGUAGES.index(language)

    def say(self, name: str, **values: object) -> str:
        """A fixed phrase with its values filled in."""
        return _phrases()[name][self._place].format(**values)

    def known(self, name: str, otherwise: str) -> str:
        """A fixed phrase if there is one of that name, else the word itself."""
        return _phrases()[name][self._place] if name in _phrases() else otherwise

    def field(self, name: str) -> str:
        """What a field of an event is called."""
        return field_words(name, self.language)

    def kind(self, kind: str) -> str:
        """What an event of a kind says happened."""
        return kind_words(kind, self.language)

    def value(self, value: object, name: str = "") -> str:
        """A value as people read it; words that are not shown say so."""
        if value == WITHHELD:
            return self.say("words_left_out")
        return shown_value(value, name, self.language, self.zone)

    def instant(self, instant: datetime) -> str:
        """A moment to the minute, with the day of the week and the offset."""
        local = instant.astimezone(self.zone)
        offset = f"{local:%z}"
        return (
            f"{_DAYS[self.language][local.weekday()]} {local:%Y-%m-%d %H:%M} "
            f"{offset[:3]}:{offset[3:]}"
        )

    def span(self, span: timedelta) -> str:
        """A span in its two largest units, rounded down."""
        minutes = int(abs(span).total_seconds()) // 60
        parts = (minutes // 1440, minutes % 1440 // 60, minutes % 60)
        units = _UNITS[self.language]
        told = [f"{count} {unit}" for count, unit in zip(parts, units, strict=True) if count]
        return " ".join(told[:2]) or f"0 {units[2]}"

    def margin(self, state: str, span: timedelta | None) -> str:
        """How much is left, was left or was missed."""
        if span is None or state not in _MARGIN:
            return ""
        return _MARGIN[state][self._place].format(span=self.span(span))


@cache
def _phrases() -> dict[str, tuple[str, str]]:
    raw = files("formats.breach_dossier").joinpath("phrases.json").read_bytes()
    return msgspec.json.decode(raw, type=dict[str, tuple[str, str]])
