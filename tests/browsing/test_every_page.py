"""Every page, in both languages and at both widths, in a real browser."""

from typing import Final

import pytest

from service.page.languages import LANGUAGES, Language
from tests.browsing.conftest import Person
from tests.browsing.site import HEIGHT, NARROW, WIDE, findings, is_too_wide

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


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PAGES)
def test_everybody_can_use_it(person: Person, path: str, language: Language) -> None:
    """Somebody who cannot see, has a small screen or reads in the dark would be kept out."""
    page = person(language=language, width=WIDE)
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == 200
    assert page.get_attribute("html", "lang") == language
    for width in (WIDE, NARROW):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        assert findings(page) == [], f"{width} px wide"
        assert not is_too_wide(page), f"{width} px wide"
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    assert findings(page) == [], "in the dark"


@pytest.mark.parametrize("path", PAGES)
def test_it_works_without_scripts(person: Person, path: str) -> None:
    """A page would be empty where scripts may not run."""
    page = person(scripts=False)
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == 200
    assert page.locator("main h1").count() == 1
