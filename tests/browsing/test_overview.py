"""The overview in a browser: deadlines count down, and the badge leads to how the log stands."""

import re
from contextlib import closing
from datetime import timedelta
from uuid import uuid4

from playwright.sync_api import Locator, Page, expect

from ledger.events import event_from_mapping
from ledger.home import Home
from ledger.units import utc_now
from tests.browsing.conftest import Person
from tests.browsing.site import Site

MOST_LOOKS = 60


def suspect(site: Site, hours_ago: float) -> int:
    """The record of a breach that was suspected some hours ago."""
    at = utc_now() - timedelta(hours=hours_ago)
    event = event_from_mapping(
        {
            "kind": "breach.suspected",
            "breach_id": f"B-{uuid4().hex[:8]}",
            "occurred_at": at.isoformat(),
        }
    )
    with closing(Home(site.service.home).open_ledger()) as ledger:
        return ledger.record(event).index


def clock_from(page: Page, index: int) -> Locator:
    """The clock that runs from a record."""
    return page.locator(".clock").filter(has=page.locator(f'a[href="/history/{index}"]'))


def open_overview(page: Page, index: int) -> Locator:
    """The clock that runs from a record, on a page that was opened after it was recorded.

    While the deadlines are judged anew, whoever does not wait is shown those of before.
    """
    page.goto("/")
    clock = clock_from(page, index)
    for _ in range(MOST_LOOKS):
        if clock.count():
            break
        page.reload()
    return clock


def test_a_deadline_counts_down_and_passes_aloud(person: Person, site: Site) -> None:
    """Somebody who looks at the page would go on believing that there is time left."""
    index = suspect(site, 71.5)
    page = person(language="en")
    page.clock.install()
    clock = open_overview(page, index)
    expect(clock.locator("[data-left]")).to_have_text(re.compile(r"^(29|30) min \d+ s left$"))
    page.clock.run_for("10:00")
    expect(clock.locator("[data-left]")).to_have_text(re.compile(r"^(19|20) min \d+ s left$"))
    expect(clock.locator("[data-state]")).not_to_contain_text("overdue")
    page.clock.run_for("25:00")
    expect(clock.locator("[data-left]")).to_have_text(re.compile(r"^[45] min \d+ s late$"))
    expect(clock.locator("[data-state]")).to_have_text("✗ overdue")
    expect(clock).to_have_class(re.compile(r"\bbad\b"))
    expect(page.locator("[data-clock-status]")).to_have_text(
        "A deadline has passed: Tell the authority"
    )


def test_a_wrong_clock_of_the_visitor_changes_nothing(person: Person, site: Site) -> None:
    """A computer whose clock is a day behind would show a day too much."""
    index = suspect(site, 71.5)
    page = person(language="nl")
    page.clock.install(time=utc_now() - timedelta(days=1))
    left = open_overview(page, index).locator("[data-left]")
    expect(left).to_have_text(re.compile(r"^nog (29|30) min \d+ s$"))


def test_without_scripts_the_page_says_the_same(person: Person, site: Site) -> None:
    """Whoever may not run scripts would see no deadline."""
    index = suspect(site, 71.5)
    page = person(language="en", scripts=False)
    expect(open_overview(page, index).locator("[data-left]")).to_have_text(
        re.compile(r"^(29|30) min left$")
    )


def test_the_badge_leads_to_what_was_verified(person: Person) -> None:
    """Nobody could tell what the badge rests on."""
    page = person(language="en")
    page.goto("/accessibility")
    page.goto("/")
    page.locator(".standing a").click()
    expect(page).to_have_url(re.compile(r"/#verification$"))
    card = page.locator("#verification")
    expect(card.locator("h2")).to_contain_text(
        re.compile("Whole, not yet anchored|Not checked|Whole and anchored")
    )
    card.locator("summary").click()
    expect(card.locator("pre").first).to_have_text("zegel verify --checkpoint kept.checkpoint")
