"""The views in a real browser: a moment chosen by field, slider or link, and files."""

import csv
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browsing.conftest import Person
from tests.browsing.site import NARROW, findings, is_too_wide

SHOWN = "[data-moment-shown]"
AS_OF = "#moment-as_of"
STANDING = f"{SHOWN} .standing-line p"
SLIDER = "[data-moment=as_of] [data-moment-slider]"
SAID_AS_SHOWN = (
    "([said, shown]) => document.querySelector(said).textContent.trim()"
    " === document.querySelector(shown).textContent.trim()"
)
"""In one look: the answer to the last key may come between two."""


def moment_shown(page: Page) -> str:
    """Of when the page says that it is."""
    return page.locator(STANDING).inner_text()


def test_the_register_is_read_as_of_another_month(person: Person) -> None:
    """An officer could not show what the register said on a date."""
    page = person(language="nl")
    page.goto("/register")
    expect(page.locator(SHOWN)).to_contain_text("urn:example:xential")
    page.fill(AS_OF, "2025-01-02T09:00")
    page.locator(".moment-bar button[type=submit]").first.click()
    expect(page.locator(SHOWN)).to_contain_text("2 jan 2025 09:00")
    expect(page.locator(SHOWN)).to_contain_text("Op dit moment is geen verwerking van kracht.")
    assert "as_of=2025-01-02T09%3A00" in page.url
    page.reload()
    expect(page.locator(SHOWN)).to_contain_text("2 jan 2025 09:00")


def test_a_slider_moves_the_moment_by_the_keyboard(person: Person) -> None:
    """Who uses no mouse could not move through time."""
    page = person()
    page.goto("/promises")
    before = moment_shown(page)
    slider = page.locator(SLIDER)
    expect(slider).to_be_visible()
    slider.focus()
    for _ in range(3):
        page.keyboard.press("PageDown")
    expect(page.locator(STANDING)).not_to_have_text(before)
    assert page.input_value(AS_OF) != ""
    assert page.evaluate("document.activeElement.hasAttribute('data-moment-slider')")
    page.wait_for_function(SAID_AS_SHOWN, arg=["[data-moment-status]", STANDING])
    page.keyboard.press("End")
    expect(page.locator(AS_OF)).to_have_value("")
    page.wait_for_url(lambda url: "as_of" not in url)
    assert findings(page) == []


def test_a_difference_is_told_without_scripts(person: Person) -> None:
    """Where scripts may not run, nobody could compare two dates."""
    page = person(scripts=False, width=NARROW)
    page.goto("/access?only=held")
    page.fill(AS_OF, "2025-10-10T00:00")
    page.locator(".comparing summary").click()
    page.fill("#moment-compared_with", "2025-05-15T00:00")
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.locator("tr.added").first).to_be_visible()
    assert page.locator("tr.added .badge").first.inner_text().strip() == "+ new"
    page.get_by_role("link", name="Show only what differs").click()
    expect(page.get_by_role("link", name="Show everything")).to_be_visible()
    assert page.locator("tbody tr").count() == page.locator("tbody tr[class]").count()
    assert not is_too_wide(page)


def test_a_file_holds_what_is_shown(person: Person, tmp_path: Path) -> None:
    """Somebody would hand out another answer than they looked at."""
    page = person()
    page.goto("/exchanges?as_of=2025-09-01")
    shown = page.locator("tbody tr").count()
    with page.expect_download() as started:
        page.get_by_role("link", name="CSV", exact=True).click()
    file = tmp_path / "flows.csv"
    started.value.save_as(file)
    assert started.value.suggested_filename == "exchanges-flows-2025-09-01.csv"
    with file.open(encoding="utf-8", newline="") as lines:
        assert len(list(csv.DictReader(lines))) == shown > 0


def test_a_promise_leads_to_its_records(person: Person) -> None:
    """A verdict would have to be believed."""
    page = person()
    page.goto("/promises")
    page.locator(".verdict.broken").click()
    page.get_by_role("link", name="RAG-03").click()
    expect(page.locator("h1")).to_have_text("RAG-03")
    page.locator(".judged .rests a").first.click()
    expect(page).to_have_url(re.compile(r"/history/"))
    expect(page.locator("main h1")).to_be_visible()
