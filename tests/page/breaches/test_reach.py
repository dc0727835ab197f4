"""How far a breach reached: from its own systems, or from what is named."""

import re

from service.context import Context
from tests.paged import visitor

PAGE = "/breaches/NXT-2025-11/reach"


def test_without_a_name_the_systems_of_the_case_are_followed(page_context: Context) -> None:
    """The page would be empty until somebody guesses where to begin."""
    client, _ = visitor(page_context, "reader")
    page = client.get(PAGE).text
    assert "Followed are the systems that the steps of this case name: xential." in page
    assert re.search(r"\d+ facts reached data", page)
    assert "nobody of that name" not in page


def test_an_address_reaches_what_was_done_from_it(page_context: Context) -> None:
    """An investigator would not learn what the intruder took."""
    client, _ = visitor(page_context, "reader")
    page = client.get(PAGE, params={"ip": "203.0.113.66"}).text
    assert "incident-tickets" in page
    assert "2,140 rows" in page
    assert "6,291,456 bytes" in page
    assert "203.0.113.66" not in page.partition('<div class="grid wide">')[2]


def test_signals_say_how_long_before_awareness_they_came(page_context: Context) -> None:
    """The question when it could have been known would stay open."""
    client, _ = visitor(page_context, "reader")
    page = client.get(PAGE).text
    assert "The earliest signal came 2 days" in page
    assert "recorded afterwards" in page


def test_nobody_known_and_no_identity_are_told_apart(page_context: Context) -> None:
    """A slip in an address would look like an incident that reached nothing."""
    client, _ = visitor(page_context, "reader")
    page = client.get(PAGE, params={"ip": "198.51.100.250"}).text
    assert "ip:198.51.100.250: nobody of that name is in this log." in page
    assert client.get(PAGE, params={"ip": "not an address"}).status_code == 400


def test_a_system_that_is_named_replaces_those_of_the_case(page_context: Context) -> None:
    """What is followed would not be what was asked for."""
    client, _ = visitor(page_context, "reader")
    page = client.get(PAGE, params={"system": "portal"}).text
    assert "Followed are the systems" not in page
    assert 'value="portal"' in page
