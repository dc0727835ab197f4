"""Texts of which the PDF can draw every character, so that a strange one never prevents it.

PDF/A forbids a character without a glyph, and the fonts that come with Typst have no emoji and no
scripts but Latin, Greek and Cyrillic. Any other character is written as its code point, such as
`[U+1F600]`; page and attachments have it as it is.

Source: ISO 19005-3 §6.2.11 (fonts); measured with Typst 0.15: each character below was drawn.
"""

import re
import unicodedata
from typing import Any, Final

_RANGES: Final = (
    (0x20, 0x7E),
    (0xA0, 0xAC),
    (0xAE, 0x24F),
    (0x370, 0x377),
    (0x37A, 0x37F),
    (0x384, 0x38A),
    (0x38E, 0x3A1),
    (0x3A3, 0x482),
    (0x48A, 0x4FF),
    (0x1E00, 0x1EFF),
    (0x2010, 0x2027),
    (0x2030, 0x2040),
    (0x2044, 0x2052),
    (0x2054, 0x205E),
    (0x2074, 0x208E),
    (0x20A0, 0x20BF),
    (0x2100, 0x211E),
    (0x2122, 0x2122),
    (0x2190, 0x22FF),
    (0x2500, 0x25FF),
    (0x2713, 0x2714),
    (0x2717, 0x2718),
    (0xFB00, 0xFB06),
    (0xFFFD, 0xFFFD),
)
"""First and last code points; those that no character has are never met in normalised text."""

_OTHERS: Final = re.compile(
    "[^\n"
    + "".join(f"{chr(first)}-{chr(last)}".replace("]", r"\]") for first, last in _RANGES)
    + "]"
)


def drawable(text: str) -> str:
    """The same text, with the code point in the place of each character that has no glyph."""
    composed = unicodedata.normalize("NFC", text.replace("\t", " "))
    return _OTHERS.sub(lambda found: f"[U+{ord(found[0]):04X}]", composed)


def all_drawable(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """The same with every text in it drawable."""
    match value:
        case str():
            return drawable(value)
        case dict():
            return {name: all_drawable(each) for name, each in value.items()}
        case list() | tuple():
            return [all_drawable(each) for each in value]
        case _:
            return value
