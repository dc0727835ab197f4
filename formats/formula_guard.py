"""Texts that no spreadsheet program takes for a formula, and back.

A cell that begins with one of a few characters is run when a CSV file is opened. A `'` before it
makes it a text again; a text that looks guarded already gets one more, so that nothing is lost.

Source: OWASP, "CSV Injection".
"""

from typing import Final

FORMULA_STARTS: Final = (
    *("=", "+", "-", "@", "\t", "\r", "\n"),
    # What some programs take for the same, in the width of East Asian characters.
    *("\uff1d", "\uff0b", "\uff0d", "\uff20"),
)
_GUARD: Final = "'"


def guarded(text: str) -> str:
    """The text, with a `'` before it where a program would run it."""
    return f"{_GUARD}{text}" if _would_run(text) else text


def unguarded(text: str) -> str:
    """The text that `guarded` was given."""
    return text[1:] if text.startswith(_GUARD) and _would_run(text[1:]) else text


def _would_run(text: str) -> bool:
    return text.lstrip(_GUARD).startswith(FORMULA_STARTS)
