"""`/promises`: as judged at any moment, beside another, and the story of each."""

import json

import pytest

from projections.cases.reading import moment_of
from projections.promises import promise_verdicts
from service.context import Context
from tests.page.views.pages import links, officer, readings, rows_of_csv
from tests.paged import visitor

STORY = "/promises/RAG-03"


def test_every_promise_has_its_verdict(page_context: Context) -> None:
    """A broken promise would be missing from the list."""
    client, _ = visitor(page_context, "reader")
    page = client.get("/promises").text
    for each in promise_verdicts(page_context.ledger, moment_of(page_context.ledger)):
        card = page.partition(f">{each.promise_id}</a>")[2].partition("</li>")[0]
        assert f"</span>{each.verdict}</span>" in card


def test_what_was_not_kept_comes_first(page_context: Context) -> None:
    """Who looks at a system would have to search for what went wrong."""
    client, _ = visitor(page_context, "reader")
    page = client.get("/promises?system=ragiox-gold").text
    verdicts = [each.partition('"')[0] for each in page.split('<li class="card promise ')[1:]]
    order = ["broken", "undeterminable", "pending", "kept"]
    assert "broken" in verdicts
    assert verdicts == sorted(verdicts, key=order.index)


def test_a_verdict_that_was_another_is_told(page_context: Context) -> None:
    """Nobody would see since when a promise is broken."""
    client, _ = visitor(page_context, "reader")
    asked = "/promises?as_of=2025-12-01&compared_with=2025-08-01&changes=only"
    page = client.get(asked).text
    card = page.partition(">RAG-03</a>")[2].partition("</li>")[0]
    assert "broken" in card
    assert "was" in card
    (file,) = links(page, "/promises/export.csv")
    rows = [row for row in rows_of_csv(client.get(file).content) if row["promise"] == "RAG-03"]
    assert [(row["change"], row["verdict"]) for row in rows] == [("was", "kept"), ("is", "broken")]


def test_the_list_is_narrowed(page_context: Context) -> None:
    """A link of an overview would show every promise."""
    client, _ = visitor(page_context, "reader")
    lines = client.get("/promises/export.ndjson?verdict=broken&system=ragiox-gold").text
    found = [json.loads(line) for line in lines.splitlines()]
    assert found
    assert {each["verdict"] for each in found} == {"broken"}
    assert client.get("/promises?verdict=fine").status_code == 400


def test_the_report_explains_the_same_promises(page_context: Context) -> None:
    """A file would tell of other promises than the page."""
    client, _ = visitor(page_context, "reader", language="nl")
    report = client.get("/promises/export.html?system=ragiox-gold")
    assert report.headers["content-disposition"].startswith("attachment")
    assert "RAG-03" in report.text
    assert "INF-09" not in report.text
    assert client.get("/promises/export.pdf").status_code == 404


def test_a_story_names_every_record(page_context: Context) -> None:
    """A verdict would have to be believed."""
    client, _ = visitor(page_context, "reader")
    page = client.get(STORY).text
    verdict = next(
        each
        for each in promise_verdicts(page_context.ledger, moment_of(page_context.ledger))
        if each.promise_id == "RAG-03"
    )
    shown = set(links(page, "/history/"))
    assert {f"/history/{index}" for index in verdict.rests_on} <= shown
    only = client.get(f"{STORY}?verdict=kept").text
    assert 'class="card broken"' not in only
    assert 'class="card kept"' in only


def test_a_story_tells_what_the_verdict_was(page_context: Context) -> None:
    """The page of one promise would hide what the list shows."""
    client, _ = visitor(page_context, "reader")
    page = client.get(f"{STORY}?as_of=2025-12-01&compared_with=2025-08-01").text
    assert page.partition('class="was"')[2].partition("</p>")[0].count("kept")
    early = client.get(f"{STORY}?as_of=2024-01-01")
    assert early.status_code == 404


@pytest.mark.parametrize("name", ["RAG-03", "rag-03"])
def test_a_promise_is_found_by_its_id(page_context: Context, name: str) -> None:
    """A link that somebody typed would lead nowhere."""
    client, _ = visitor(page_context, "reader")
    assert client.get(f"/promises/{name}").status_code == 200


def test_names_in_a_story_need_a_reason(page_context: Context) -> None:
    """People in the records behind a verdict would be shown without a trace."""
    client, csrf = officer(page_context)
    before = len(readings(page_context.ledger))
    asked = {"csrf": csrf, "purpose": "regulator-request"}
    opened = client.post(STORY, data=asked)
    assert "that you looked is recorded" in opened.text
    assert readings(page_context.ledger)[before:][0].purpose == "regulator-request"
    reader, theirs = visitor(page_context, "reader")
    asked = {"csrf": theirs, "purpose": "regulator-request"}
    assert reader.post(STORY, data=asked).status_code == 403
