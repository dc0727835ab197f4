"""`/register`: as of any moment, with what differs, each activity, files, names for a reason."""

import io
from hashlib import sha256

import openpyxl
import pytest

from ledger.events.log_integrity import LogExportIssued
from ledger.query import EventQuery
from projections.art30.reading import read_register
from projections.cases.reading import moment_of
from service.context import Context
from tests.page.views.pages import links, officer, readings, rows_of_csv
from tests.paged import visitor

ACTIVITY = "/register/urn%3Aexample%3Aingressus%3Aportal-access"


def test_the_register_is_that_of_the_moment(page_context: Context) -> None:
    """An authority would be shown what was entered later."""
    client, _ = visitor(page_context, "reader")
    before = client.get("/register?as_of=2025-01-01").text
    after = client.get("/register?as_of=2025-06-01").text
    now = read_register(page_context.ledger, moment_of(page_context.ledger))
    assert "No activity is in force at this moment." in before
    for each in now.activities:
        assert each.activity not in before
        assert each.activity in after


def test_the_register_as_it_was_known(page_context: Context) -> None:
    """What was recorded afterwards would look as if it had been known."""
    client, _ = visitor(page_context, "reader")
    page = client.get("/register?as_of=2025-06-01&as_known=2025-06-01").text
    assert "No activity is in force at this moment." in page
    assert "by the first 0 of" in page


def test_what_differs_between_two_dates_is_marked(page_context: Context) -> None:
    """A purpose that was added quietly would not be seen."""
    client, _ = visitor(page_context, "reader")
    asked = "/register?as_of=2026-06-01&compared_with=2025-03-01"
    page = client.get(asked).text
    assert "1 changed" in page
    changed = page.partition("<ins>")[2].partition("</ins>")[0]
    assert "book-lending" in changed
    alone = client.get(f"{asked}&changes=only").text
    assert alone.count('class="card activity') == 1


def test_the_differences_come_as_a_file(page_context: Context) -> None:
    """What is marked on the page could not be handed out."""
    client, _ = visitor(page_context, "reader")
    page = client.get("/register?as_of=2026-06-01&compared_with=2025-03-01").text
    (url,) = links(page, "/register/differences.csv")
    rows = rows_of_csv(client.get(url).content)
    added = [row for row in rows if row["field"] == "purposes"]
    assert [(row["what"], row["name"]) for row in added] == [
        ("changed", "urn:example:ingressus:portal-access")
    ]
    assert client.get("/register/differences.csv").status_code == 400
    assert client.get("/register/differences.pdf").status_code == 404


def test_one_activity_has_all_its_versions(page_context: Context) -> None:
    """Nobody could tell which version a log line means."""
    client, _ = visitor(page_context, "reader")
    page = client.get(ACTIVITY).text
    versions = page.partition("Every version</h2>")[2]
    assert versions.count('<th scope="row">') == 2
    assert "amended" in versions
    assert "registered" in versions
    assert client.get("/register/urn%3Aexample%3Anobody").status_code == 404


def test_one_activity_differs_between_two_dates(page_context: Context) -> None:
    """The page of one activity would hide what the register shows."""
    client, _ = visitor(page_context, "reader")
    page = client.get(f"{ACTIVITY}?as_of=2026-06-01&compared_with=2025-03-01").text
    assert "<ins>" in page
    early = client.get(f"{ACTIVITY}?as_of=2025-01-02").text
    assert "No version of this activity is in force at this moment." in early


@pytest.mark.parametrize(
    ("end", "media_type"),
    [
        ("csv", "text/csv"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("jsonld", "application/ld+json"),
        ("html", "text/html"),
        ("md", "text/markdown"),
    ],
)
def test_the_register_comes_as_a_file(page_context: Context, end: str, media_type: str) -> None:
    """What is shown could not be handed out."""
    client, _ = visitor(page_context, "reader")
    page = client.get("/register?as_of=2025-02-01").text
    (url,) = [each for each in links(page, f"/register/export.{end}") if "columns" not in each]
    answer = client.get(url)
    assert answer.headers["content-type"].startswith(media_type)
    assert f'filename="register-2025-02-01.{end}"' in answer.headers["content-disposition"]
    assert len(answer.content) > 100


def test_a_workbook_has_the_columns_of_the_authority_and_the_part(page_context: Context) -> None:
    """A controller would hand the register of a processor to an authority."""
    client, _ = visitor(page_context, "reader")
    url = "/register/export.xlsx?role=processor&columns=cnil"
    book = openpyxl.load_workbook(io.BytesIO(client.get(url).content))
    assert "processor" in book.sheetnames
    assert "controller" not in book.sheetnames
    assert book["processor"]["A1"].value == "Référence"


@pytest.mark.parametrize("query", ["role=nobody", "columns=ap"])
def test_a_wrong_part_is_refused(page_context: Context, query: str) -> None:
    """Somebody would take the whole register for the part that they asked for."""
    client, _ = visitor(page_context, "reader")
    assert client.get(f"/register?{query}").status_code == 400


def test_names_are_shown_to_who_says_why_and_that_is_recorded(page_context: Context) -> None:
    """Names would be shown to anybody, or without a trace."""
    client, csrf = officer(page_context)
    plain = client.get("/register").text
    assert "withheld" in plain or "urn:example" in plain
    before = len(readings(page_context.ledger))
    asked = {"csrf": csrf, "purpose": "regulator-request", "reason": "AP 14"}
    opened = client.post("/register", data=asked)
    assert opened.status_code == 200
    assert "that you looked is recorded" in opened.text
    mine = readings(page_context.ledger)[before:]
    assert [each.purpose for each in mine] == ["regulator-request"]
    assert opened.text != plain


def test_a_file_with_names_is_recorded_as_handed_out(page_context: Context) -> None:
    """A file with names would leave without a trace, or by a link."""
    client, csrf = officer(page_context)
    url = "/register/export.xlsx?as_of=2026-01-01"
    answer = client.post(url, data={"csrf": csrf, "purpose": "regulator-request"})
    assert answer.headers["content-disposition"].startswith("attachment")
    issued = list(page_context.ledger.read(EventQuery(kinds=("log.export_issued",))))[-1].event
    assert isinstance(issued, LogExportIssued)
    assert issued.manifest_sha256 == sha256(answer.content).hexdigest()
    assert issued.reason is not None
    assert answer.content != client.get(url).content
    assert client.post(url, data={"csrf": csrf}).status_code == 400
    reader, theirs = visitor(page_context, "reader")
    asked = {"csrf": theirs, "purpose": "audit"}
    assert reader.post(url, data=asked).status_code == 403


def test_a_number_that_somebody_typed_stands_in_no_question(page_context: Context) -> None:
    """The citizen number of a filter would stay in the log, beside who was shown names."""
    ledger = page_context.ledger
    client, csrf = officer(page_context)
    asked = {"csrf": csrf, "purpose": "regulator-request"}
    assert client.post("/register?organisation=111222333", data=asked).status_code == 200
    reading = list(ledger.read(EventQuery(kinds=("log.read",))))[-1].stored
    assert reading.event_id is not None
    held = [
        ledger.vault.values_of(each, reading.event_id)
        for each in ledger.log.disclosures_of([reading.index])[reading.index]
    ]
    questions = [str(each["question"]) for each in held if each and "question" in each]
    assert len(questions) == 1
    assert "organisation=" in questions[0]
    assert "111222333" not in questions[0]


def test_names_need_a_purpose(page_context: Context) -> None:
    """Somebody would see names without having said why."""
    client, csrf = officer(page_context)
    answer = client.post("/register", data={"csrf": csrf, "purpose": ""})
    assert answer.status_code == 400
    assert "that you looked is recorded" not in answer.text
    assert 'role="alert"' in answer.text


def test_names_are_not_for_readers_and_not_by_link(page_context: Context) -> None:
    """A link in a mail would show names, or a reader would see them."""
    reader, csrf = visitor(page_context, "reader")
    asked = {"csrf": csrf, "purpose": "regulator-request"}
    assert reader.post("/register", data=asked).status_code == 403
    assert '<form method="post" action="/register' not in reader.get("/register").text
    officer, _ = visitor(page_context, "dpo")
    assert officer.get("/register?purpose=regulator-request").status_code == 400
    assert officer.post("/register", data=asked).status_code == 403
