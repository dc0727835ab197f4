"""A record verified in a real browser, which believes nothing that the service says of itself."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, Route, expect

from cli.demo.tampering import change_one_byte
from tests.browsing.conftest import Person
from tests.browsing.site import WIDE, Site, Story, Watched, findings, opened, served_site

PATH = "/history/41"
GRANT = "/history/0"
VERDICT = "#verdict"


def verdict(page: Page) -> str | None:
    """What the browser came to, once it did."""
    expect(page.locator(VERDICT)).not_to_have_attribute("data-state", "checking")
    return page.get_attribute(VERDICT, "data-state")


def lying(page: Page, change: Callable[[str], str]) -> None:
    """Has the service answer with a page that was changed on its way."""

    def answer(route: Route) -> None:
        told = route.fetch()
        route.fulfill(response=told, body=change(told.text()))

    page.route(re.compile(r"/history/\d+$"), answer)


def test_a_record_is_verified_step_by_step(person: Person) -> None:
    """Somebody would be shown the finding of the service as their own."""
    page = person("reader")
    page.goto(PATH)
    assert verdict(page) == "holds"
    badges = page.locator("[data-step] [data-status]")
    assert badges.all_inner_texts() == ["verified here"] * 4
    page.get_by_text("Every hash of it").click()
    rows = page.locator(".climb tbody tr [data-here]")
    assert set(rows.all_inner_texts()) == {"same"}
    assert page.locator(".way circle").count() == page.locator(".way circle.same").count() > 5
    root = page.locator("[data-found=root] code").get_attribute("title")
    assert page.locator(".climb [data-node] code").last.get_attribute("title") == root
    assert findings(page) == []


def test_a_changed_byte_is_refused(person: Person) -> None:
    """A service that was broken into could show another event under a green seal."""
    page = person("reader")

    def change(text: str) -> str:
        sealed = re.search(r'"sealed":"([^"]+)"', text)
        assert sealed is not None
        letter = "A" if sealed[1][60] != "A" else "B"
        return text.replace(sealed[1], sealed[1][:60] + letter + sealed[1][61:])

    lying(page, change)
    page.goto(PATH)
    assert verdict(page) == "refused"
    assert "MODIFIED" in page.locator("#faults").inner_text()
    assert "refused" in page.locator("[data-step=climb] [data-status]").inner_text()
    assert findings(page) == []


def test_a_checkpoint_of_another_key_is_refused(person: Person) -> None:
    """Whoever took over the service could sign a history of their own."""
    page = person("reader")
    lying(page, lambda text: re.sub(r"(\\n\\n— \S+ )[A-Za-z0-9+/]{8}", r"\1AAAAAAAA", text))
    page.goto(PATH)
    assert verdict(page) == "refused"
    assert "UNKNOWN_KEY" in page.locator("#faults").inner_text()


def test_a_forgery_can_be_watched_being_refused(person: Person) -> None:
    """Nobody could tell a page that verifies from one that always says yes."""
    page = person("reader")
    page.goto(PATH)
    assert verdict(page) == "holds"
    page.get_by_role("button", name="See a forgery refused").click()
    expect(page.locator(VERDICT)).to_have_attribute("data-state", "refused")
    expect(page.locator("#sealed-text mark")).to_have_count(1)
    assert findings(page) == []
    page.get_by_role("button", name="Back to the real record").click()
    expect(page.locator(VERDICT)).to_have_attribute("data-state", "holds")
    expect(page.locator("#sealed-text mark")).to_have_count(0)


def test_identities_are_asked_for_and_compared_with_what_was_sealed(person: Person) -> None:
    """A name could be shown that was never sealed, or without anybody saying what for."""
    page = person("investigator")
    page.goto(GRANT)
    assert page.locator("dd.opened").count() == 0
    page.get_by_text("Show identities").first.click()
    page.get_by_label("What for").select_option("incident-investigation")
    page.get_by_label("Case").fill("C-1")
    page.get_by_role("button", name="Show identities").click()
    expect(page.locator("dd.opened")).not_to_have_count(0)
    assert verdict(page) == "holds"
    assert page.locator("[data-step=disclosures] [data-status]").inner_text() == "verified here"
    assert findings(page) == []
    page.get_by_role("link", name="Hide them again").click()
    expect(page.locator("dd.opened")).to_have_count(0)


def test_without_scripts_it_is_not_called_verified(person: Person) -> None:
    """A finding of the service would be taken for one of the reader's own machine."""
    page = person("reader", scripts=False)
    page.goto(PATH)
    assert page.locator("#verdict-line").inner_text() == "Not verified by your browser"
    assert "verified here" not in page.locator("main").inner_text()
    assert page.locator(".climb tbody tr").count() > 5


def test_a_forged_record_is_refused_by_service_and_browser(
    browser: Browser, story: Story, tmp_path: Path
) -> None:
    """A changed event would be believed by whoever looks at it."""
    with served_site(story, tmp_path) as site:
        forge(site, 41)
        watched = Watched(site.url)
        context, page = opened(browser, site, watched, role="reader", language="en", width=WIDE)
        page.goto(PATH)
        assert verdict(page) == "refused"
        assert "Evidence broken" in page.locator("main").inner_text()
        assert findings(page) == []
        page.goto("/history/42")
        assert verdict(page) == "refused"
        assert page.locator("#verdict-line").inner_text() == (
            "It holds, but record 41 beside it does not"
        )
        page.goto("/history/43")
        assert verdict(page) == "holds"
        context.close()
        assert not watched.troubles


def forge(site: Site, index: int) -> None:
    """Changes one byte of a record in the database of a running service."""
    done = change_one_byte(site.service.home / "zegel.db", index, b'"NXT', b'"NXU')
    assert done.refusal
