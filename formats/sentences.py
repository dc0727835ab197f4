"""One readable sentence for each event, beside its kind: what happened, in a few words.

A template names fields of its kind between braces; a part in square brackets is left out when a
field inside has no value. A kind without a template is told by its own fields in their order.
"""

import re
from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any, Final

import msgspec

from formats.breach_dossier.words import word_of
from formats.dutch_sentence_templates import DUTCH_ANSWERED_BY_TOKENS, DUTCH_TEMPLATES
from formats.dutch_sentence_words import VALUES
from formats.sentence_templates import ANSWERED_BY_TOKENS, TEMPLATES
from formats.shown_times import show_instant
from formats.spans import SPANS, term_words
from formats.subject_copy.words import Language, field_words, purpose_words
from ledger.events.envelope import Envelope
from ledger.events.log_integrity import LogRead

LONGEST: Final = 400
MOST_NAMED: Final = 6
_ENVELOPE: Final = frozenset(Envelope.__struct_fields__)
_PART: Final = re.compile(r"\[([^\]]*)\]")
_FIELD: Final = re.compile(r"\{([a-z0-9_.]+)\}")
_TEMPLATES: Final[Mapping[Language, tuple[Mapping[str, str], str]]] = {
    "en": (TEMPLATES, ANSWERED_BY_TOKENS),
    "nl": (DUTCH_TEMPLATES, DUTCH_ANSWERED_BY_TOKENS),
}


def sentence(event: msgspec.Struct, zone: tzinfo, language: Language = "en") -> str:
    """What happened, in one line without the time and the acting person.

    Args:
        event: As it was opened, with tokens or identities.
        zone: In which times are told.
        language: Of the reader.
    """
    found: dict[str, Any] = msgspec.to_builtins(event, builtin_types=(datetime,))
    fields = {
        name: show_instant(value, zone) if isinstance(value, datetime) else value
        for name, value in found.items()
    }
    kind = str(fields.pop("kind"))
    templates, by_tokens = _TEMPLATES[language]
    template = by_tokens if _showed_nobody(event) else templates.get(kind)
    told = filled(template, fields, language) if template else told_by_fields(fields, language)
    return told if len(told) <= LONGEST else f"{told[: LONGEST - 1]}…"


def filled(template: str, fields: dict[str, Any], language: Language = "en") -> str:
    """The template with the values of its fields; optional parts without a value are left out."""

    def part(match: re.Match[str]) -> str:
        names = _FIELD.findall(match[1])
        return match[1] if all(_value(fields, name, language) for name in names) else ""

    kept = _PART.sub(part, template)
    return _FIELD.sub(lambda match: _needed(fields, match[1], language), kept)


def told_by_fields(fields: dict[str, Any], language: Language = "en") -> str:
    """The fields of the kind itself with their values; where there are none, what was done."""
    own = {name: value for name, value in fields.items() if name not in _ENVELOPE}
    told = ("action", "outcome", "purpose")
    shown = own or {name: fields[name] for name in told if name in fields}
    values = {name: words(value, name, language) for name, value in shown.items()}
    return ", ".join(
        f"{field_word(name, language)} {value}" for name, value in values.items() if value
    )


def field_word(name: str, language: Language) -> str:
    """What a field is called inside a sentence."""
    return name.replace("_", " ") if language == "en" else field_words(name, language)


def _showed_nobody(event: msgspec.Struct) -> bool:
    """Whether a reading opened nothing: one that did says which records it showed."""
    return isinstance(event, LogRead) and event.identities == 0 and event.shown is None


def _value(fields: dict[str, Any], path: str, language: Language) -> str:
    value: Any = fields
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return words(value, path.rpartition(".")[2], language)


def _needed(fields: dict[str, Any], path: str, language: Language) -> str:
    """A value without which a sentence would have a hole."""
    return _value(fields, path, language) or _UNNAMED[language].get(path, "?")


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """A number with its noun: `1 record`, `2 records`."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def words(value: object, name: str = "", language: Language = "en") -> str:
    """A value as it stands in a sentence; nothing for what is empty.

    Args:
        value: As it stands in JSON.
        name: Of its field: a word of a list is said in the language of the reader.
        language: Of the reader.
    """
    match value:
        case None | "" | "withheld":
            told = ""
        case bool():
            told = _YES_OR_NO[language][not value]
        case list() | tuple() if len(value) > MOST_NAMED:
            told = _SO_MANY[language].format(len(value))
        case list() | tuple():
            told = ", ".join(filter(None, (words(each, name, language) for each in value)))
        case {"role": _, "organisation": party} | {"role": _, "category": party}:
            told = words(party)
        case {"role": role}:
            told = words(role, "role", language)
        case dict() if value:
            told = f"({_pairs(value, language)})"
        case dict():
            told = ""
        case str():
            told = _text(value, name, language)
        case _:
            told = str(value)
    return told


def _text(value: str, name: str, language: Language) -> str:
    if _SHA256.fullmatch(value):
        return f"{value[:12]}…"
    if _UUID.fullmatch(value):
        return f"…{value[-6:]}"
    if name in SPANS:
        return term_words(value, language)
    return _word(value, name, language)


def _word(value: str, name: str, language: Language) -> str:
    """A value as it is called in a language."""
    if language == "en":
        return _ENGLISH.get(name, {}).get(value, value)
    if name == "purpose":
        return purpose_words(value, language)
    if name in _OF_BREACHES:
        return word_of(_OF_BREACHES[name], value, language) or value
    return VALUES.get(name, {}).get(value, value)


def _pairs(value: dict[str, Any], language: Language) -> str:
    names = {name: name if language == "en" else field_words(name, language) for name in value}
    return ", ".join(f"{names[name]} {words(each, name, language)}" for name, each in value.items())


_ENGLISH: Final[Mapping[str, Mapping[str, str]]] = {
    "decided_by": {"automatic": "automatically", "person": "by a person"},
}
"""Words that stand otherwise in a sentence than in a list."""
_OF_BREACHES: Final = {"cause": "nature", "measure": "measure"}
"""Fields whose values the words of breaches tell, with the list that has them."""
_UNNAMED: Final[Mapping[Language, Mapping[str, str]]] = {
    "en": {"source": "a source without a system"},
    "nl": {"source": "een bron zonder systeem"},
}
"""What is said where nobody said which it was."""
_YES_OR_NO: Final[Mapping[Language, tuple[str, str]]] = {"en": ("yes", "no"), "nl": ("ja", "nee")}
_SO_MANY: Final[Mapping[Language, str]] = {"en": "{} of them", "nl": "{} stuks"}
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
