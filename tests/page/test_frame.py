"""The frame of every page."""

from service.context import Context
from tests.paged import visitor
from tests.served import client_of


def test_a_stranger_is_led_to_the_login(page_context: Context) -> None:
    """Who is not logged in would see a page, or never come back to what they asked for."""
    client = client_of(page_context)
    answer = client.get("/history?kind=breach&reverse=true", follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/login?next=%2Fhistory%3Fkind%3Dbreach%26reverse%3Dtrue"


def test_a_choice_of_language_stays(page_context: Context) -> None:
    """Whoever chose a language would be answered in another."""
    client = client_of(page_context)
    before = client.get("/accessibility", headers={"accept-language": "nl;q=0.4, en"})
    assert '<html lang="en">' in before.text
    chosen = client.post(
        "/language",
        data={"language": "nl", "next": "/accessibility?a=b"},
        follow_redirects=False,
    )
    assert chosen.headers["location"] == "/accessibility?a=b"
    after = client.get("/accessibility", headers={"accept-language": "en"})
    assert '<html lang="nl">' in after.text


def test_a_choice_of_language_leads_nowhere_else(page_context: Context) -> None:
    """A link of a stranger would lead visitors from here to a page of theirs."""
    client = client_of(page_context)
    for place in ("//elsewhere.example/", "https://elsewhere.example", "/\\elsewhere.example", ""):
        chosen = client.post(
            "/language", data={"language": "nl", "next": place}, follow_redirects=False
        )
        assert chosen.headers["location"] == "/"


def test_a_form_from_elsewhere_is_refused(page_context: Context) -> None:
    """A page of a stranger could send forms as whoever visits it."""
    client, _ = visitor(page_context, "reader")
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}):
        refused = client.post("/language", data={"language": "nl"}, headers=headers)
        assert refused.status_code == 403


def test_a_page_may_run_and_load_only_what_we_serve(page_context: Context) -> None:
    """A text in the log could run in the browser of whoever reads it."""
    answer = client_of(page_context).get("/accessibility")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
