"""The words of the page about promises in Dutch and English."""

from functools import cache
from importlib.resources import files

import msgspec

from formats.breach_dossier.words import Words
from formats.subject_copy.words import LANGUAGES


class ReportWords(Words):
    """Phrases of this page; moments and numbers as everywhere."""

    def say(self, name: str, **values: object) -> str:
        """A fixed phrase with its values filled in."""
        return _phrases()[name][LANGUAGES.index(self.language)].format(**values)

    def counted(self, number: int) -> str:
        """A number with the thousands separator of the language."""
        told = f"{number:,}"
        return told.replace(",", ".") if self.language == "nl" else told


@cache
def _phrases() -> dict[str, tuple[str, str]]:
    raw = files("formats.promise_report").joinpath("phrases.json").read_bytes()
    return msgspec.json.decode(raw, type=dict[str, tuple[str, str]])
