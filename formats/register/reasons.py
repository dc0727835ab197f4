"""Findings on a register in sentences, in English and Dutch."""

from functools import cache
from importlib.resources import files
from typing import Final

import msgspec

from formats.register.words import LANGUAGES, PageLanguage
from formats.subject_copy.words import harmless
from projections.art30.findings import Finding

_UNNAMED: Final = ("somebody unnamed", "een niet genoemde partij")


def finding_words(finding: Finding, language: PageLanguage) -> str:
    """What is missing, in one sentence."""
    place = LANGUAGES.index(language)
    about = _UNNAMED[place] if finding.about is None else harmless(finding.about)
    return _reasons()[finding.reason][place].format(about=about)


@cache
def _reasons() -> dict[str, tuple[str, str]]:
    raw = files("formats.register").joinpath("reasons.json").read_bytes()
    return msgspec.json.decode(raw, type=dict[str, tuple[str, str]])
