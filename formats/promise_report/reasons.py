"""Why a verdict is what it is, in words for people, in Dutch and English.

Judging gives short English sentences of fixed shapes with names of fields and needs in them. Each
shape has its wording in both languages here; a sentence of another shape stays as it is.
"""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

import msgspec

from formats.promise_report.measures import measured
from projections.promises.answers import PromiseVerdict
from projections.promises.rule_nouns import Language, field_noun, is_plural, kind_noun

_BETWEEN: Final = "; "
_COMMAND: Final = "zegel "
"""A sentence with a command in it is never parted: what is typed there may hold anything."""


def reason_words(
    reason: str, language: Language, needs: Mapping[str, str] = MappingProxyType({})
) -> str:
    """A reason, or several joined by semicolons, in a language.

    Args:
        reason: As judging gave it.
        language: `nl` or `en`.
        needs: The kind of event behind each name that a rule gives to a need.
    """
    if _BETWEEN in reason and _COMMAND not in reason:
        return _BETWEEN.join(_one(each, language, needs) for each in reason.split(_BETWEEN))
    return _one(reason, language, needs)


def need_kinds(verdict: PromiseVerdict) -> dict[str, str]:
    """The kind of event behind each name that the rules of a promise give to their needs."""
    rules = (*verdict.rules, *(rule for each in verdict.readings for rule in each.rules))
    return {
        need.name: need.opens[0].kinds[0]
        for rule in rules
        for need in rule.needs
        if need.name is not None
    }


def _one(reason: str, language: Language, needs: Mapping[str, str]) -> str:
    for shape, dutch, english in _shapes():
        found = shape.fullmatch(reason)
        if found is not None:
            told = _named(found.groupdict(), language, needs)
            return (dutch if language == "nl" else english).format(**told)
    return reason


def _named(
    groups: Mapping[str, str], language: Language, needs: Mapping[str, str]
) -> dict[str, str]:
    """The parts of a sentence as people call them."""
    told = dict(groups)
    if "field" in told:
        verbs = {"nl": ("is", "zijn"), "en": ("is", "are")}[language]
        told["is"] = verbs[is_plural(told["field"])]
        told["field"] = field_noun(told["field"], language).definite
    if "fields" in told:
        word = " of " if language == "nl" else " or "
        names = told["fields"].split(" nor ")
        told["fields"] = word.join(field_noun(name, language).words for name in names)
    if "name" in told:
        told["name"] = _need(told["name"], language, needs)
    if "values" in told:
        told["values"] = ", ".join(f"“{value}”" for value in told["values"].split(", "))
    if "seconds" in told:
        told["seconds"] = measured(int(told["seconds"]), "seconds", language)
    for name in {"number", "limit"} & told.keys():
        told[name] = f"{int(told[name]):,}".replace(",", "." if language == "nl" else ",")
    return told


def _need(name: str, language: Language, needs: Mapping[str, str]) -> str:
    """What a need is called: its kind in words, with the name that the rule gives it.

    The names are English, so Dutch tells the kind too.
    """
    if "." in name:
        return kind_noun(name, language).words
    quoted = f"“{name.replace('-', ' ')}”"
    if language == "en" or name not in needs:
        return quoted
    return f"{kind_noun(needs[name], language).words} {quoted}"


@cache
def _shapes() -> tuple[tuple[re.Pattern[str], str, str], ...]:
    raw = files("formats.promise_report").joinpath("reasons.json").read_bytes()
    found = msgspec.json.decode(raw, type=list[tuple[str, str, str]])
    return tuple((re.compile(shape), dutch, english) for shape, dutch, english in found)
