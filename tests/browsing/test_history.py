"""The history in a real browser: bars that are dragged over, rows that come while one looks."""

import re
from contextlib import closing

import pytest
from playwright.sync_api import Page, expect

from ledger.home import Home
from tests.browsing.conftest import Person
from tests.browsing.site import NARROW, WIDE, Site, findings, is_too_wide
from tests.grants import grant
from tests.paged import fresh_name

ROWS = "#rows tr"


def record(site: Site, system: str, count: int) -> None:
    """Grants of one system, recorded beside the service."""
    with closing(Home(site.service.home).open_ledger()) as ledger:
        ledger.record_many(
            [grant(grant_id=f"{system}-{number}", system=system) for number in range(count)]
        )


def listed(page: Page) -> list[str]:
    """The records in the list."""
    return [each.get_attribute("data-index") or "" for each in page.locator(ROWS).all()]


def test_a_blocked_address_leads_to_its_attempts(person: Person) -> None:
    """A security team would not find what an address did before it was kept out."""
    page = person("reader")
    page.goto("/history")
    page.get_by_label("Kind", exact=True).fill("ip.blocked")
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(re.compile(r"\?kind=ip\.blocked$"))
    page.locator(f"{ROWS} .told a").first.click()
    expect(page).to_have_url(re.compile("subject="))
    page.locator(".asked a", has_text="Kind").click()
    expect(page).not_to_have_url(re.compile("kind="))
    kinds = page.locator("#facets section", has_text="Kinds").locator(".pick")
    kinds.filter(has_text="attempt").click()
    expect(page).to_have_url(re.compile("kind=intrusion.attempt_detected"))
    expect(page.locator(ROWS).nth(1)).to_be_visible()
    assert "ip#" in page.locator(".asked").inner_text()


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_a_window_is_dragged(person: Person, width: int) -> None:
    """The bars would show when it was, and not let anybody look closer."""
    page = person("reader", width=width)
    page.goto("/history?kind=intrusion")
    over = page.locator("#bars .u-over")
    expect(over).to_be_visible()
    box = over.bounding_box()
    assert box is not None
    before = page.locator("#found").inner_text()
    over.scroll_into_view_if_needed()
    box = over.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 2, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 40, steps=4)
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"since=\d{4}.*until=\d{4}"))
    expect(page.locator("#found")).not_to_have_text(before)
    page.get_by_role("link", name="All time").click()
    expect(page.locator("#found")).to_have_text(before)


def test_new_records_come_on_top_until_paused(person: Person, site: Site) -> None:
    """Somebody in an incident would reload the page again and again."""
    system = fresh_name("live")
    page = person("reader")
    page.goto(f"/history?system={system}")
    page.get_by_role("button", name="Follow live").click()
    told = page.locator("#live-told")
    expect(told).to_contain_text("Following live")
    record(site, system, 3)
    expect(page.locator(ROWS)).to_have_count(3)
    assert listed(page) == sorted(listed(page), key=int, reverse=True)
    page.get_by_role("button", name="Pause").click()
    record(site, fresh_name("aside"), 1)
    record(site, system, 2)
    expect(told).to_contain_text("2")
    expect(page.locator(ROWS)).to_have_count(3)
    page.get_by_role("button", name="Go on").click()
    expect(page.locator(ROWS)).to_have_count(5)
    assert findings(page) == []
    page.get_by_role("button", name="Stop following").click()
    expect(page.get_by_role("button", name="Follow live")).to_be_visible()
    page.reload()
    expect(page.locator(ROWS)).to_have_count(5)


def test_following_goes_on_after_a_reload(person: Person, site: Site) -> None:
    """Who sends the link of what they follow would send a page that stands still."""
    system = fresh_name("live")
    page = person("reader")
    page.goto(f"/history?system={system}#live")
    expect(page.locator("#live-told")).to_contain_text("Following live")
    record(site, system, 1)
    expect(page.locator(ROWS)).to_have_count(1)


def test_without_scripts_bars_and_filters_are_links(person: Person) -> None:
    """Where scripts may not run, nobody could narrow the history."""
    page = person("reader", scripts=False)
    page.goto("/history?kind=intrusion")
    assert page.locator("#live").is_hidden()
    page.get_by_text("The same as a table").click()
    page.get_by_role("region", name="Records over time").get_by_role("link").first.click()
    expect(page).to_have_url(re.compile(r"since=\d{4}.*until=\d{4}"))
    expect(page.locator(ROWS).first).to_be_visible()
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(re.compile(r"since=\d{4}.*until=\d{4}"))


def test_a_file_is_downloaded(person: Person) -> None:
    """The button would open a page that nobody can keep."""
    page = person("reader")
    page.goto("/history?kind=ip.blocked")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="CSV").click()
    text = waiting.value.path().read_text("utf-8")
    assert text.count("\n") == len(listed(page)) + 1


STATES = (
    "/history?kind=intrusion&since=2025-11-01&until=2025-12-01&without=log&limit=25",
    "/history?subject=person%230123456789abcdef0123456789abcdef",
    "/history?around=41&within=24h&grep=portal&reverse=false",
)


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("path", STATES)
def test_every_state_can_be_used_by_everybody(person: Person, path: str, width: int) -> None:
    """Somebody who cannot see, or has a small screen, could read the plain list only."""
    page = person(language="nl", width=width)
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == 200
    assert findings(page) == []
    assert not is_too_wide(page)


def test_more_records_come_below_those_that_are_there(person: Person) -> None:
    """Somebody who reads on would lose their place, or where the keyboard is."""
    page = person("reader")
    page.goto("/history?limit=5&without=log.read")
    seen = listed(page)
    page.locator("#more").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelectorAll('#rows > tr').length === 10")
    assert listed(page)[:5] == seen
    assert len(set(listed(page))) == 10
    assert page.evaluate("document.activeElement.id") == "more"
    assert findings(page) == []
