"""The words of a copy in Dutch and English: kinds, fields, bases, and how values are written."""

import re
from collections.abc import Mapping
from datetime import datetime, tzinfo
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal

import msgspec

from formats.spans import SPANS, term_words

Language = Literal["nl", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("nl", "en")

_MONTHS: Final[dict[Language, tuple[str, ...]]] = {
    "nl": (
        *("januari", "februari", "maart", "april", "mei", "juni", "juli"),
        *("augustus", "september", "oktober", "november", "december"),
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June", "July"),
        *("August", "September", "October", "November", "December"),
    ),
}
NOTHING: Final = "\N{EN DASH}"
_YES: Final[dict[Language, str]] = {"nl": "ja", "en": "yes"}
_NO: Final[dict[Language, str]] = {"nl": "nee", "en": "no"}
_INSTANT: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})")
_ACTING: Final = re.compile(
    "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u061c\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff]"
)


def kind_words(kind: str, language: Language) -> str:
    """What an event of this kind says happened, in one line; the kind itself where it is new."""
    name = kind.rpartition(".v")[0]
    words = _words("kinds").get(name)
    return words[LANGUAGES.index(language)] if words else name


def field_words(path: str, language: Language) -> str:
    """What a field is called; the last part of the path counts from 1 for people."""
    name, slash, place = path.partition("/")
    words = _words("fields").get(name)
    told = words[LANGUAGES.index(language)] if words else name.replace("_", " ")
    return f"{told} {int(place) + 1}" if slash and place.isdigit() else told


def basis_words(basis: str, language: Language) -> str:
    """A legal basis with its article."""
    words = _words("values").get(basis)
    return words[LANGUAGES.index(language)] if words else basis


def purpose_words(purpose: str, language: Language) -> str:
    """Why somebody looked; a word that is new stays as it is."""
    words = _words("purposes").get(purpose)
    return words[LANGUAGES.index(language)] if words else purpose


def shown_instant(instant: datetime, language: Language, zone: tzinfo) -> str:
    """An instant for people, to the minute, with its zone."""
    local = instant.astimezone(zone)
    month = _MONTHS[language][local.month - 1]
    return f"{local.day} {month} {local.year}, {local:%H:%M} {local.tzname()}"


def shown_value(value: object, name: str, language: Language, zone: tzinfo) -> str:
    """A value as people read it, on which no character acts.

    Args:
        value: As it stands in JSON.
        name: Of its field.
        language: Of the reader.
        zone: In which times are told.
    """
    match value:
        case None | "":
            told = NOTHING
        case bool():
            told = (_YES if value else _NO)[language]
        case str() if name == "legal_basis":
            told = basis_words(value, language)
        case str() if name in SPANS:
            told = term_words(value, language)
        case str() if _INSTANT.fullmatch(value):
            told = shown_instant(datetime.fromisoformat(value), language, zone)
        case datetime():
            told = shown_instant(value, language, zone)
        case {"role": role, **party}:
            told = _party_words(str(role), party)
        case Mapping():
            told = "; ".join(
                f"{field_words(str(key), language)}: {shown_value(each, key, language, zone)}"
                for key, each in value.items()
            )
        case list() | tuple():
            told = ", ".join(shown_value(each, name, language, zone) for each in value) or NOTHING
        case _:
            told = str(value)
    return harmless(told)


def harmless(text: str) -> str:
    """The text without characters that act on a reader's screen; line feeds and tabs stay."""
    return _ACTING.sub("\N{REPLACEMENT CHARACTER}", text)


def _party_words(role: str, party: Mapping[Any, Any]) -> str:
    """An organisation, or a kind of them, with its part in what happened."""
    named = [str(party[name]) for name in ("organisation", "category") if party.get(name)]
    beside = [role, *(str(party[name]) for name in ("country",) if party.get(name))]
    return f"{', '.join(named)} ({', '.join(beside)})" if named else ", ".join(beside)


@cache
def _words(name: str) -> dict[str, tuple[str, str]]:
    raw = files("formats.subject_copy").joinpath(f"{name}.json").read_bytes()
    return msgspec.json.decode(raw, type=dict[str, tuple[str, str]])


@cache
def phrases(language: Language) -> dict[str, Any]:
    """The fixed words of the page, by name."""
    raw = files("formats.subject_copy").joinpath("phrases.json").read_bytes()
    return msgspec.json.decode(raw, type=dict[str, dict[str, Any]])[language]
