"""The dossier as a PDF: same content, same bytes, with its evidence inside."""

import io
from datetime import UTC, datetime
from typing import Final

import pypdf
import pytest

from formats.breach_dossier.attachment import Attachment
from formats.breach_dossier.pdf import dossier_pdf
from tests.breach_dossiers import document_of, whole_case
from tests.case_steps import aware, step

MADE: Final = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
FILES: Final = (
    Attachment("case.json", '{"a": "\N{EURO SIGN} #x \\u0000"}\n', "application/json", "The case"),
    Attachment("evidence.json", "{}", "application/json", "The evidence"),
)
PDF: Final = dossier_pdf(document_of(whole_case()), FILES, MADE)


def _text(pdf: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return "\n".join(page.extract_text() for page in pages)


def test_the_same_content_gives_the_same_bytes() -> None:
    """A hash of a dossier would prove nothing about another copy of it."""
    assert dossier_pdf(document_of(whole_case()), FILES, MADE) == PDF


def test_the_files_come_out_as_they_went_in() -> None:
    """The verifier would get other bytes than those that were attached."""
    attached = pypdf.PdfReader(io.BytesIO(PDF)).attachments
    assert {name: found for name, (found,) in attached.items()} == {
        file.name: file.content.encode() for file in FILES
    }


def test_it_is_an_archive_file() -> None:
    """An authority that asks for PDF/A could not take it, or attachments would not be allowed."""
    reader = pypdf.PdfReader(io.BytesIO(PDF))
    metadata = reader.xmp_metadata
    assert metadata is not None
    written = metadata.get_element
    part = next(iter(written("", "http://www.aiim.org/pdfa/ns/id/", "part")))
    assert part.firstChild.data if hasattr(part, "firstChild") else part.value == "3"
    assert reader.metadata is not None
    assert reader.metadata.title == "Dossier datalek B-7"
    assert reader.metadata.creation_date == MADE


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_section_is_on_a_page(language: str) -> None:
    """A part of the dossier would be missing on paper."""
    document = document_of(whole_case(), "nl" if language == "nl" else "en")
    told = _text(dossier_pdf(document, FILES, MADE)).replace("\n", " ")
    for block in document.blocks:
        if type(block).__name__ in {"Section", "Subsection"}:
            assert getattr(block, "title", "") in told


@pytest.mark.parametrize(
    "text",
    [
        '#eval("1+1") #read("/etc/passwd")',
        r"\ $x^2$ @ref <label> *b* _i_ `raw` = heading",
        '"] #import "x" [',
        "//comment /* open",
        "{{ 7 * 7 }} </script>",
    ],
)
def test_texts_of_records_are_no_markup(text: str) -> None:
    """A reason that somebody typed could draw over the evidence, or read a file."""
    steps = [
        aware(1, 0, basis=text),
        step(2, "breach.measure_taken", hour=1, aim="containment", description=text),
    ]
    told = _text(dossier_pdf(document_of(steps, name=text, shows_words=True), [], MADE))
    shown = "".join(told.split())
    assert shown.count("".join(text.split())) >= 3


@pytest.mark.parametrize(
    "text",
    [
        "a\x00b\x1b[31m",
        "\N{RIGHT-TO-LEFT OVERRIDE}gnp.exe\N{POP DIRECTIONAL FORMATTING}",
        "x" * 3000,
        "woord " * 1300,
        "\U0001f600\N{HEBREW LETTER ALEF}\N{CJK UNIFIED IDEOGRAPH-4E2D}",
        "",
    ],
)
def test_odd_texts_give_a_pdf(text: str) -> None:
    """One long or strange value would keep everybody from getting the dossier."""
    steps = [aware(1, 0, basis=text), step(2, "breach.ruled_out", hour=1, basis=text)]
    found = dossier_pdf(document_of(steps, name=text, shows_words=True), FILES, MADE)
    assert len(pypdf.PdfReader(io.BytesIO(found)).pages) >= 1


def test_what_is_copied_from_it_is_exact() -> None:
    """A hash copied from the PDF would hold characters that nobody sees, and match nothing."""
    told = _text(PDF)
    assert "\u200b" not in told
    shown = "".join(told.split())
    assert "ab" * 32 in shown
    assert "verwerkingsverantwoordelijke" in told
    for leaf_hash in (bytes([3]) * 32, bytes([15]) * 32):
        assert leaf_hash.hex() in shown
