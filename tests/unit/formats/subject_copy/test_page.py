"""The page of a copy: whatever was recorded is shown and does nothing."""

import re
from base64 import b64encode
from datetime import UTC
from hashlib import sha256
from html import unescape

import pytest

from formats.subject_copy.content import CopiedField
from formats.subject_copy.page import copy_page
from formats.subject_copy.words import LANGUAGES, Language, phrases
from projections.subject_answers import Answers
from tests.subject_copies import COPY, copy_with, record


def _page(language: Language = "en") -> str:
    return copy_page(COPY, language, UTC).decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_state_of_a_field_is_told(language: Language) -> None:
    """A person could not tell what was left out and why."""
    page, words = _page(language), phrases(language)
    for state in ("another-person", "another-words", "another-case", "words-left-out"):
        assert words[state] in page
    assert words["erased"].format(event=14) in page
    assert words["unproven"] in page
    assert "data-subject:CUSTOMER:7" in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_answers_of_article_15_are_there(language: Language) -> None:
    """A person would not learn what the law says they may know."""
    page = _page(language)
    for answer in ("billing", "invoicing", "bank-nl", "tax-authorities", "US", "P7Y", "portal"):
        assert answer in page
    for right in phrases(language)["rights"]:
        assert right[1] in page
    assert "autoriteitpersoonsgegevens.nl" in page
    assert re.search(r"DSR-7", page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_log_does_not_know_is_said(language: Language) -> None:
    """An empty answer would read as: nothing was done."""
    page = copy_page(copy_with(answers=Answers()), language, UTC).decode()
    assert page.count(phrases(language)["unknown"]) == 5
    assert phrases(language)["none_found"] in page


HOSTILE = "</dd><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7 * 7 }}"


def test_a_value_stays_a_text() -> None:
    """Words in a record could run as a program, or load a picture from elsewhere."""
    fields = (
        CopiedField(name="note", state="open", value=HOSTILE),
        CopiedField(name=HOSTILE, state="public", value={HOSTILE: HOSTILE}),
    )
    copy = copy_with(
        record(1, *fields), subject=(HOSTILE,), contact=HOSTILE, request=HOSTILE, origin=HOSTILE
    )
    page = copy_page(copy, "en", UTC).decode()
    assert "<script" not in page
    assert "<img" not in page
    assert "49" not in page
    assert "{{ 7 * 7 }}" in page


def test_the_page_forbids_itself_to_run_and_load_anything() -> None:
    """Opening the copy could tell somebody that it was opened."""
    page = unescape(_page())
    assert "default-src 'none'; style-src 'sha256-" in page
    assert re.findall(r'(?:src|href)="([^"]*)"', page) == ["copy.nl.html"]


def test_the_same_copy_gives_the_same_page() -> None:
    """The hash in the log would not be that of the page."""
    assert _page() == _page()


def test_an_erased_person_reads_that_they_were_erased() -> None:
    """Somebody who was erased would be told that nothing was ever recorded."""
    page = copy_page(copy_with(erasures=COPY.erasures), "en", UTC).decode()
    assert phrases("en")["lead_erased"] in page
    assert "<strong>14</strong>" in page


def test_the_style_is_the_one_that_the_page_allows() -> None:
    """The page would be shown without its layout."""
    page = _page()
    style = page.partition("<style>")[2].partition("</style>")[0]
    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in unescape(page)
