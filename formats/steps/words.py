"""The words of forms for steps in Dutch and English: questions, answers and contradictions."""

import re
from datetime import tzinfo
from functools import cache
from importlib.resources import files
from typing import Final

import msgspec

from formats.breach_dossier.words import Words
from formats.subject_copy.words import LANGUAGES, Language, field_words
from projections.cases.warned import Warned

Pair = tuple[str, str]
"""Dutch and English."""

_OWN_GROUPS: Final = {
    "risk": "risk",
    "addressee": "addressee",
    "source": "source",
    "aim": "aim",
    "right": "right",
    "right_name": "right_name",
    "remedies_named": "remedy",
}
"""Which list of this package has the words of a field's values."""
_DOSSIER_GROUPS: Final = {
    "anchors.anchor": "anchor",
    "content": "item",
    "ground": "ground",
    "manner": "notice",
    "notice_kind": "notice",
    "response": "response",
    "severity": "severity",
}
"""Which list of the dossier has them."""
_PARAGRAPH: Final = re.compile(r"(\d+)\((\d+)\)")
_WARNED_GROUPS: Final = {"risk": "warned_risk", "outcome": "outcome"}


class StepWords:
    """What the forms of steps say in one language."""

    def __init__(self, language: Language, zone: tzinfo) -> None:
        """Words of a language; times in a zone."""
        self.dossier = Words(language, zone)
        self._language: Language = language
        self._place = LANGUAGES.index(language)

    def title(self, step: str) -> str:
        """What is done by a step."""
        return _steps()[step]["title"][self._place]

    def lead(self, step: str) -> str:
        """What it means, in a sentence or two."""
        return _steps()[step]["lead"][self._place]

    def label(self, path: str) -> str:
        """What a field asks; by the words of other documents where it has none of its own."""
        found = _fields().get(path)
        told = field_words(path, self._language) if found is None else found["label"][self._place]
        return told[:1].upper() + told[1:]

    def hint(self, path: str) -> str | None:
        """What helps to answer it."""
        found = _fields().get(path, {}).get("hint")
        return None if found is None else found[self._place]

    def section(self, name: str) -> str:
        """What a group of fields is about."""
        return _values()["section"][name][self._place]

    def value(self, path: str, word: str, kind: str) -> str:
        """What a word of a closed list means.

        Args:
            path: The field that has it.
            word: The word.
            kind: Of the event: one name can mean two lists.
        """
        if path == "ground" and kind.startswith("dsr."):
            return self._own("refusal", word)
        if path in _OWN_GROUPS:
            return self._own(_OWN_GROUPS[path], word)
        if path in _DOSSIER_GROUPS:
            return self.dossier.listed(_DOSSIER_GROUPS[path], word)
        return self.dossier.value(word, path)

    def outcome(self, word: str) -> str:
        """How a request stands."""
        return self._own("outcome", word)

    def suggested(self, path: str) -> list[tuple[str, str]]:
        """The words that a field often has, each with what it is called."""
        return self.dossier.suggested(path)

    def expected(self, words: str) -> str:
        """What a value looks like (`EventField.words`)."""
        return words if self._language == "en" else _dutch("expected").get(words, words)

    def warned(self, warned: Warned) -> str:
        """What a step contradicts, as a sentence."""
        if self._language == "en":
            return warned.text
        values = {
            name: ", ".join(self._warned_word(name, word) for word in words)
            for name, words in warned.values.items()
        }
        return _dutch("warnings")[warned.template].format(**values)

    def source(self, source: str) -> str:
        """The clause that a warning names, as lawyers of the language write it."""
        if self._language == "en":
            return source
        told = source.replace("GDPR", "AVG").replace("EDPB Guidelines", "EDPB-richtsnoeren")
        return _PARAGRAPH.sub(r"\1, lid \2", told).replace(" and ", ", en ")

    def _warned_word(self, name: str, word: str) -> str:
        if name == "rule":
            return word
        if name in _WARNED_GROUPS:
            return self._own(_WARNED_GROUPS[name], word)
        return self.dossier.listed(name, word)

    def _own(self, group: str, word: str) -> str:
        found = _values()[group].get(word)
        return word.replace("-", " ") if found is None else found[self._place]


@cache
def _steps() -> dict[str, dict[str, Pair]]:
    return msgspec.json.decode(_read("steps"), type=dict[str, dict[str, Pair]])


@cache
def _fields() -> dict[str, dict[str, Pair]]:
    return msgspec.json.decode(_read("fields"), type=dict[str, dict[str, Pair]])


@cache
def _values() -> dict[str, dict[str, Pair]]:
    return msgspec.json.decode(_read("values"), type=dict[str, dict[str, Pair]])


@cache
def _dutch(name: str) -> dict[str, str]:
    return msgspec.json.decode(_read(name), type=dict[str, str])


def _read(name: str) -> bytes:
    return files("formats.steps").joinpath(f"{name}.json").read_bytes()
