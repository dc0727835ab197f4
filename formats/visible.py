"""Makes characters visible that would act on a terminal or hide what a text says.

Every value that comes from a log passes here before a person sees it: an escape sequence in a user
name must not clear a screen, and a bidirectional control must not turn one account name into
another.
"""

import re
from typing import Final

# C0 and C1 controls, DEL, soft hyphen, zero-width and bidirectional controls, line separators,
# byte order mark, lone surrogates (bytes that were no UTF-8) and tag characters.
_ACTING: Final = re.compile(
    "[\\x00-\\x1f\\x7f-\\x9f\\xad\\u061c\\u180e\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f"
    "\\ufeff\\ud800-\\udfff\\ufff9-\\ufffb\\U000e0000-\\U000e007f]"
)
# A line feed stays in JSON between documents and in CSV inside quotes; neither acts on a terminal.
_ACTING_BUT_LINE_FEED: Final = re.compile(
    _ACTING.pattern.replace("\\x00-\\x1f", "\\x00-\\x09\\x0b-\\x1f")
)
_NAMED: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_TOKEN: Final = re.compile(r"\b([a-z][a-z-]*)#[0-9a-f]{26}([0-9a-f]{6})\b")


def visible(text: str) -> str:
    r"""The text with every character that acts written as an escape: `\x1b`, `\u202e`."""
    return _ACTING.sub(lambda match: _escape(match[0]), text)


def visible_lines(text: str) -> str:
    """As `visible`, but line feeds stay: for text in quotes or in a block of its own."""
    return _ACTING_BUT_LINE_FEED.sub(lambda match: _escape(match[0]), text)


def visible_json(document: str) -> str:
    r"""The JSON document with such characters as `\uXXXX`: the same value, and nothing acts.

    Args:
        document: JSON text without insignificant tabs: the characters stand inside strings only.
    """
    return _ACTING_BUT_LINE_FEED.sub(lambda match: _json_escape(match[0]), document)


def short_tokens(text: str) -> str:
    """The text with every token of the vault cut to its last six digits: `person#…a1b2c3`."""
    return _TOKEN.sub(r"\1#…\2", text)


def _escape(character: str) -> str:
    if character in _NAMED:
        return _NAMED[character]
    code = ord(character)
    if code <= 0xFF:  # noqa: PLR2004 - the last code that two digits can name
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 - likewise


def _json_escape(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
