"""Files of the history: exactly what the page shows, at the state that it told of."""

import csv
import io
import json
import re
from html import unescape

import pytest

from service.context import Context
from service.page.languages import Language
from tests.grants import grant
from tests.paged import visitor


def shown(page: str) -> list[int]:
    """The records that a page lists."""
    return [int(each) for each in re.findall(r'data-index="(\d+)"', page)]


def link(page: str, text: str) -> str:
    """Where the button of a file leads to."""
    found = re.search(rf'href="([^"]*)"[^>]*>{text}</a>', page)
    assert found is not None
    return unescape(found[1])


@pytest.mark.parametrize(
    "asked", ["kind=access", "kind=ip.blocked&reverse=false", "since=2025-01-01&system=xential"]
)
def test_a_file_holds_what_is_shown(page_context: Context, asked: str) -> None:
    """A report would rest on other records than those that were looked at."""
    client, _ = visitor(page_context, "reader")
    page = client.get(f"/history?{asked}&limit=500").text
    page_context.ledger.record(grant(grant_id="meanwhile", system="xential"))
    sheet = client.get(link(page, "CSV"))
    rows = list(csv.DictReader(io.StringIO(sheet.text, newline="")))
    assert [int(row["index"]) for row in rows] == shown(page)
    lines = client.get(link(page, "NDJSON"))
    assert [json.loads(line)["index"] for line in lines.text.splitlines()] == shown(page)
    for answer, ending in ((sheet, "csv"), (lines, "ndjson")):
        assert answer.headers["cache-control"] == "no-store"
        named = answer.headers["content-disposition"]
        assert re.fullmatch(rf'attachment; filename="history-\d+\.{ending}"', named)


def test_a_file_is_of_all_pages(page_context: Context) -> None:
    """Somebody would believe that they have everything, and have a page."""
    client, _ = visitor(page_context, "reader")
    page = client.get("/history?kind=intrusion&limit=5").text
    every = shown(client.get("/history?kind=intrusion&limit=500").text)
    lines = client.get(link(page, "NDJSON")).text.splitlines()
    assert len(shown(page)) == 5
    assert [json.loads(line)["index"] for line in lines][: len(every)] == every


def test_with_a_pattern_it_is_the_page(page_context: Context) -> None:
    """A pattern over the whole history would keep the service busy for as long as it takes."""
    client, _ = visitor(page_context, "reader")
    first = client.get("/history?grep=portal&limit=3").text
    following = re.search(r'rel="next" href="([^"]*)"', first)
    assert following is not None
    for page in (first, client.get(unescape(following[1])).text):
        lines = client.get(link(page, "NDJSON")).text.splitlines()
        assert [json.loads(line)["index"] for line in lines] == shown(page)


@pytest.mark.parametrize(("language", "words"), [("en", "kept out"), ("nl", "buitengesloten")])
def test_sentences_are_in_the_language_of_the_page(
    page_context: Context, language: Language, words: str
) -> None:
    """The file would tell in other words what was read."""
    client, _ = visitor(page_context, "reader", language=language)
    sheet = client.get("/history/export.csv?kind=ip.blocked").text
    page = client.get("/history?kind=ip.blocked").text
    assert words in sheet
    assert words in page


def test_that_a_file_was_taken_is_recorded(page_context: Context) -> None:
    """The whole history could leave, and the log would not know."""
    client, _ = visitor(page_context, "reader")
    before = page_context.ledger.head().size
    assert client.get("/history/export.csv?kind=access").status_code == 200
    (record,) = page_context.ledger.log.scan(before)
    assert record.kind == "log.read.v1"
    assert client.get("/history/export.xlsx").status_code == 400
    assert client.get("/history/export.csv?grep=(").status_code == 400
