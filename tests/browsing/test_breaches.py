"""Breaches in a real browser: from the register to the document for the authority."""

from pathlib import Path

from tests.browsing.conftest import Person
from tests.browsing.site import findings


def test_a_breach_is_followed_to_its_dossier(person: Person, tmp_path: Path) -> None:
    """Whoever answers to the authority would find the case and not the document about it."""
    page = person("dpo")
    page.goto("/breaches")
    page.locator("main table tbody a[href^='/breaches/']").first.click()
    page.wait_for_url("**/breaches/*")
    page.locator("main a[href*='/timeline']").first.click()
    page.wait_for_url("**/timeline*")
    assert page.locator("main svg").count() >= 1
    page.locator("main a[href*='/dossier']").first.click()
    page.wait_for_url("**/dossier*")
    assert findings(page) == []
    with page.expect_download(timeout=60_000) as coming:
        page.locator("main a[href*='dossier.pdf']").first.click()
    path = tmp_path / "dossier.pdf"
    coming.value.save_as(path)
    content = path.read_bytes()
    assert content.startswith(b"%PDF-")
    assert b"/EmbeddedFile" in content
