"""What kinds, fields and units are called in Dutch and English, with their articles."""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final, Literal, NamedTuple

import msgspec

Language = Literal["nl", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("nl", "en")
Form = Literal["every", "a", "no"]

_FORMS: Final[Mapping[str, Mapping[Form, str]]] = {
    "de": {"every": "elke", "a": "een", "no": "geen"},
    "het": {"every": "elk", "a": "een", "no": "geen"},
    "a": {"every": "every", "a": "a", "no": "no"},
    "an": {"every": "every", "a": "an", "no": "no"},
}
_VERSION: Final = re.compile(r"\.v\d+\Z")
_SINGULAR: Final = frozenset({"basis", "legal_basis", "process", "status", "address"})
"""Fields whose name ends as a plural does."""

_COUNTS: Final = frozenset({"attempts", "records", "size_bytes"})
"""Fields that are numbers, though their name ends as a list of values does."""


class Noun(NamedTuple):
    """A noun with the article that tells its gender (nl) or its sound (en)."""

    article: str
    words: str

    def form(self, form: Form) -> str:
        """With `every`, `a` or `no` in the place of its article."""
        return f"{_FORMS[self.article][form]} {self.words}"

    @property
    def definite(self) -> str:
        """With its definite article."""
        return f"{self.article} {self.words}"

    @property
    def relative(self) -> str:
        """The pronoun that refers to it."""
        return {"de": "die", "het": "dat"}.get(self.article, "that")


def kind_noun(kind: str, language: Language) -> Noun:
    """What an event of a kind is; a kind without words of its own is an event of that kind."""
    name = _VERSION.sub("", kind)
    found = _vocabulary()["kind"].get(name)
    if found is None:
        return (
            Noun("de", f"gebeurtenis {name}") if language == "nl" else Noun("an", f"event {name}")
        )
    article, _, words = found[0 if language == "nl" else 1].partition(" ")
    return Noun(article, words)


def field_noun(path: str, language: Language) -> Noun:
    """A field with its definite article; of what names a party or thing in it, that itself."""
    first, _, last = path.partition(".")
    outer = _one_field(first, language)
    if last in {"", "organisation", "id"}:
        return outer
    inner = _one_field(last, language)
    of = "van" if language == "nl" else "of"
    return Noun(inner.article, f"{inner.words} {of} {outer.definite}")


def _one_field(name: str, language: Language) -> Noun:
    found = _vocabulary()["field"].get(name)
    if found is None:
        return Noun("de" if language == "nl" else "the", name.replace("_", " "))
    if language == "en":
        return Noun("the", found[1])
    article, _, words = found[0].partition(" ")
    return Noun(article, words)


def unit_word(unit: str, language: Language, *, several: bool) -> str:
    """What a unit is called after one of it, or after several."""
    found = _vocabulary()["unit"].get(unit)
    return unit if found is None else found[(0 if language == "nl" else 2) + several]


def is_plural(path: str) -> bool:
    """Whether a field has several values, so that something is among them."""
    name = path.removesuffix(".organisation").rpartition(".")[2]
    return name.endswith("s") and name not in _SINGULAR | _COUNTS


def indefinite(words: str) -> str:
    """The English article before words."""
    return "an" if words[0].lower() in "aeio" else "a"


@cache
def _vocabulary() -> dict[str, dict[str, list[str]]]:
    raw = files("projections.promises").joinpath("rule_vocabulary.json").read_bytes()
    return msgspec.json.decode(raw, type=dict[str, dict[str, list[str]]])
