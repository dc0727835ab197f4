"""Every page, in both languages and at both widths, in a real browser."""

from typing import Final

import pytest

from service.page.languages import LANGUAGES, Language
from tests.browsing.conftest import Person
from tests.browsing.site import NARROW, WIDE, findings, is_too_wide

PAGES: Final = (
    "/",
    "/accessibility",
    "/history",
    "/history/41",
    "/verification",
    "/register?as_of=2026-06-01&compared_with=2025-03-01",
    "/register/urn%3Aexample%3Axential",
    "/access?only=history&as_of=2026-01-01&compared_with=2025-05-15",
    "/exchanges",
    "/retention?only=present",
    "/promises?as_of=2025-12-01&compared_with=2025-08-01",
    "/promises/RAG-03",
    "/requests",
    "/breaches?compared_with=2025-10-25",
    "/breaches/NXT-2025-11",
    "/breaches/NXT-2025-11?as_of=2025-11-18T12:00",
    "/breaches/NXT-2025-11/timeline",
    "/breaches/NXT-2025-11/reach",
    "/breaches/NXT-2025-11/dossier",
)


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PAGES)
def test_everybody_can_use_it(person: Person, path: str, language: Language, width: int) -> None:
    """Somebody who cannot see, or has a small screen, would be kept out."""
    page = person(language=language, width=width)
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == 200
    assert page.get_attribute("html", "lang") == language
    assert findings(page) == []
    assert not is_too_wide(page)


@pytest.mark.parametrize("path", PAGES)
def test_it_can_be_read_in_the_dark(person: Person, path: str) -> None:
    """Words would stand on a ground of nearly their own colour."""
    page = person(dark=True)
    page.goto(path)
    assert findings(page) == []


@pytest.mark.parametrize("path", PAGES)
def test_it_works_without_scripts(person: Person, path: str) -> None:
    """A page would be empty where scripts may not run."""
    page = person(scripts=False)
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == 200
    assert page.locator("main h1").count() == 1
