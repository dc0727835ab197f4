"""The bar of moments: where its sliders lie, and where its links lead."""

import re
from zoneinfo import ZoneInfo

import pytest

from ledger.query import EventQuery
from projections.activity.beginning import first_day
from service.context import Context
from tests.page.views.pages import links
from tests.paged import visitor

ZONE = ZoneInfo("Europe/Amsterdam")


def test_sliders_begin_with_the_first_fact(page_context: Context) -> None:
    """What happened before the log was set up could not be reached."""
    ledger = page_context.ledger
    client, _ = visitor(page_context, "reader")
    page = client.get("/access").text
    occurred = [each.event.occurred_at for each in ledger.read(EventQuery()) if each.event]
    begun = first_day(ledger, ledger.head().size)
    assert begun is not None
    assert begun.date() == min(occurred).date()
    found = re.search(r'data-first="([^"]+)" data-last="([^"]+)"', page)
    assert found is not None
    assert found[1] == begun.astimezone(ZONE).strftime("%Y-%m-%dT%H:%M")
    assert found[1] < found[2]


def test_links_lead_to_other_moments_of_the_same_question(page_context: Context) -> None:
    """Whoever goes a year back would have to ask their question again."""
    client, _ = visitor(page_context, "reader")
    page = client.get("/access?only=unused&system=xential").text
    bar = page.partition('class="choices"')[2].partition("</form>")[0]
    found = links(bar, "/access?")
    assert len(found) == 6
    assert all("only=unused" in each and "system=xential" in each for each in found)
    assert sum("as_of=" in each for each in found) == 3
    assert sum("compared_with=" in each for each in found) == 2
    for each in found:
        assert client.get(each).status_code == 200


def test_what_was_known_then_is_offered_of_the_past(page_context: Context) -> None:
    """Nobody would find how to ask what was known on the day itself."""
    client, _ = visitor(page_context, "reader")
    assert "What was known then" not in client.get("/retention").text
    page = client.get("/retention?as_of=2025-06-01").text
    (known,) = [each for each in links(page, "/retention?") if "compared_known" in each]
    assert client.get(known).status_code == 200


def test_going_back_before_what_it_is_compared_with_leaves_that_out(page_context: Context) -> None:
    """A link would lead to a refusal."""
    client, _ = visitor(page_context, "reader")
    page = client.get("/promises?as_of=2026-11-20&compared_with=2026-11-15").text
    bar = page.partition('class="choices"')[2].partition("</form>")[0]
    for each in links(bar, "/promises"):
        assert client.get(each).status_code == 200


@pytest.mark.parametrize("path", ["/access", "/register", "/breaches", "/requests", "/promises"])
@pytest.mark.parametrize("moment", ["0001-01-02", "9999-12-31T22:59"])
def test_the_ends_of_the_calendar_are_moments(
    page_context: Context, path: str, moment: str
) -> None:
    """Links to a year before the first would end the page in a fault."""
    client, _ = visitor(page_context, "reader")
    assert client.get(f"{path}?as_of={moment}").status_code == 200
