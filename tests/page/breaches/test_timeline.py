"""The timeline of a breach: drawn, told, in both orders, as closely as asked."""

import re

import pytest

from service.context import Context
from tests.paged import visitor

PAGE = "/breaches/NXT-2025-11/timeline"


def records(page: str) -> list[int]:
    """The records of the table, in its order."""
    return [
        int(index) for index in re.findall(r'<td><a class="record" href="/history/(\d+)"', page)
    ]


def test_the_table_has_every_step_and_the_facts_around_it(page_context: Context) -> None:
    """What the picture cannot tell would be told nowhere."""
    client, _ = visitor(page_context, "reader")
    page = client.get(PAGE).text
    assert len(records(page)) == 22
    assert page.count("part-signal") == 4
    assert page.count("part-around") == 5
    assert page.count("taken-back") == 1
    assert "Not everything around this case was looked at" not in page


def test_both_orders_hold_the_same(page_context: Context) -> None:
    """One of the orders would lose a step."""
    client, _ = visitor(page_context, "reader")
    occurred = records(client.get(PAGE).text)
    recorded = records(client.get(f"{PAGE}?order=recorded").text)
    assert recorded == sorted(recorded)
    assert sorted(occurred) == recorded
    assert occurred != recorded
    assert client.get(f"{PAGE}?order=sideways").status_code == 400


def test_a_window_is_drawn_closer(page_context: Context) -> None:
    """Steps of one day would lie on one another, whatever the reader does."""
    client, _ = visitor(page_context, "reader")
    page = client.get(f"{PAGE}?since=2025-11-17T00:00&until=2025-11-17T20:00").text
    assert len(re.findall(r'<circle class="mark step', page)) == 6  # of which two are the legend's
    assert "lie outside what is drawn" in page
    assert "The whole case" in page
    assert client.get(f"{PAGE}?since=2025-11-18T00:00&until=2025-11-17T00:00").status_code == 400


def test_each_label_leads_to_its_record(page_context: Context) -> None:
    """Whoever sees a step in the picture could not read it."""
    client, _ = visitor(page_context, "reader")
    page = client.get(PAGE).text
    drawn = page.partition("<svg")[2].partition("</svg>")[0]
    led = {int(index) for index in re.findall(r'<a href="/history/(\d+)"><text', drawn)}
    assert led
    assert led <= set(records(page))


def test_nothing_in_the_picture_runs_or_is_styled_by_itself(page_context: Context) -> None:
    """The policy of the page would refuse it, and the picture would be black on black."""
    client, _ = visitor(page_context, "reader")
    page = client.get(PAGE).text
    assert "style=" not in page
    assert not re.search(r"<[^>]+\son[a-z]+=", page)
    assert "<style" not in page


@pytest.mark.parametrize(
    "window",
    [
        *("until=9999-12-31", "since=0001-01-02", "since=0001-01-02&until=9999-12-31"),
        *("since=9999-12-30&until=9999-12-31", "since=0001-01-02&until=0001-01-03"),
    ],
)
def test_a_window_reaches_to_the_ends_of_the_calendar(page_context: Context, window: str) -> None:
    """Whoever leaves one side as good as open would be told of a fault of the service."""
    client, _ = visitor(page_context, "reader")
    assert client.get(f"{PAGE}?{window}").status_code == 200
    assert client.get(f"/breaches/NXT-2025-11/reach?{window}").status_code == 200
