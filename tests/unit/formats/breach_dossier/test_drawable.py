"""Texts that the PDF can draw: the common ones as they are, all others by their code points."""

import unicodedata
from datetime import UTC, datetime

import pytest

from formats.breach_dossier.blocks import Document, Note
from formats.breach_dossier.drawable import drawable
from formats.breach_dossier.pdf import dossier_pdf


@pytest.mark.parametrize(
    "text",
    [
        "Één café in 's-Gravenhage \N{EN DASH} € 12,50",
        "Łódź Ünïçødé ŞĞ",
        "Ελλάδα, България",
        "✓ ✗ … — \N{MULTIPLICATION SIGN} → ≤ „x”",
    ],
)
def test_european_texts_stay_as_they_are(text: str) -> None:
    """Names of people and towns would be printed as numbers."""
    assert drawable(text) == text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a\x00b", "a[U+0000]b"),
        ("\U0001f600", "[U+1F600]"),
        ("\N{HEBREW LETTER ALEF}", "[U+05D0]"),
        ("e\N{COMBINING ACUTE ACCENT}", "é"),
        ("a\N{SOFT HYPHEN}b", "a[U+00AD]b"),
        ("a\tb\nc", "a b\nc"),
        ("\N{RIGHT-TO-LEFT OVERRIDE}x", "[U+202E]x"),
    ],
)
def test_others_are_told_by_their_code_point(text: str, told: str) -> None:
    """A character would vanish without a trace, or keep the PDF from being made."""
    assert drawable(text) == told


def test_everything_that_is_called_drawable_is_drawn() -> None:
    """One character of a name would make the whole dossier impossible."""
    every = [chr(code) for code in range(0x20, 0x10000) if not 0xD800 <= code < 0xE000]
    kept = [each for each in every if drawable(each) == each]
    named = [each for each in kept if unicodedata.category(each) != "Cn"]
    assert len(named) > 1900
    text = " ".join(named)
    document = Document(
        language="nl",
        title=text[:200],
        subtitle="",
        marks=(),
        blocks=(Note(text),),
        footer="",
    )
    made = dossier_pdf(document, [], datetime(2026, 11, 22, tzinfo=UTC))
    assert made.startswith(b"%PDF-")
