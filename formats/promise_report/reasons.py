"""Why a verdict is what it is, in the language of the page.

The log is judged in English sentences of fixed shapes; each shape has its Dutch counterpart here.
A sentence of another shape stays as it is.
"""

import re
from functools import cache
from importlib.resources import files

import msgspec

from projections.promises.rule_nouns import Language


def reason_words(reason: str, language: Language) -> str:
    """A reason in a language."""
    if language == "en":
        return reason
    for shape, dutch in _shapes():
        found = shape.fullmatch(reason)
        if found is not None:
            return dutch.format(*(each or "" for each in found.groups()))
    return reason


@cache
def _shapes() -> tuple[tuple[re.Pattern[str], str], ...]:
    raw = files("formats.promise_report").joinpath("reasons.json").read_bytes()
    found = msgspec.json.decode(raw, type=list[tuple[str, str]])
    return tuple((re.compile(shape), dutch) for shape, dutch in found)
