"""Texts that no spreadsheet program takes for a formula, and back.

A cell that begins with one of a few characters is run when a CSV file is opened, in some programs
also behind blanks. A `'` before it makes it a text again; a text that looks guarded already gets
one more, so that nothing is lost. Where lists are parted by semicolons, as in the Netherlands, a
program may part a CSV file there too, and at every line end then: what follows one of them inside a
text is guarded like the beginning.

Source: OWASP, "CSV Injection".
"""

import re
from typing import Final

_RUN: Final = "=+\\-@\uff1d\uff0b\uff0d\uff20"
"""What begins a formula; also in the width of East Asian characters."""
FORMULA_STARTS: Final = (
    *("=", "+", "-", "@", "\t", "\r", "\n"),
    *("\uff1d", "\uff0b", "\uff0d", "\uff20"),
)
_GUARD: Final = "'"
_BLANKS: Final = r"[^\S\r\n]*"
_STARTS: Final = re.compile(f"'*(?:[\t\r\n]|{_BLANKS}[{_RUN}])")
_INSIDE: Final = re.compile(f"([;\r\n])(?='*{_BLANKS}[{_RUN}])")
_GUARDED_INSIDE: Final = re.compile(f"([;\r\n])'(?='*{_BLANKS}[{_RUN}])")
_IN_JSON: Final = re.compile(f"(;'*{_BLANKS})([{_RUN}])")


def guarded(text: str) -> str:
    """The text, with a `'` before each place where a program would run it."""
    inside = _INSIDE.sub(rf"\1{_GUARD}", text)
    return f"{_GUARD}{inside}" if _STARTS.match(text) else inside


def unguarded(text: str) -> str:
    """The text that `guarded` was given."""
    is_guarded = text.startswith(_GUARD) and _STARTS.match(text, 1)
    return _GUARDED_INSIDE.sub(r"\1", text[1:] if is_guarded else text)


def guarded_json(document: str) -> str:
    r"""The JSON text with such characters behind a `;` as `\uXXXX`: the same value.

    Args:
        document: On one line; a `;` stands inside strings only, and so does what follows it.
    """
    return _IN_JSON.sub(lambda found: f"{found[1]}\\u{ord(found[2]):04x}", document)
