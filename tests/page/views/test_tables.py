"""`/access`, `/exchanges` and `/retention`: as of any moment, with what differs, and as files."""

import json

import pytest

from projections import state
from service.context import Context
from service.page.views import tables
from service.page.views.tabs import TABBED
from tests.page.views.pages import links, officer, readings, rows_of_csv, rows_shown
from tests.paged import visitor


@pytest.mark.parametrize("path", sorted(TABBED))
def test_a_file_has_the_rows_that_are_shown(page_context: Context, path: str) -> None:
    """Somebody would hand out another answer than they looked at."""
    client, _ = visitor(page_context, "reader", language="nl")
    for tab in TABBED[path].tabs:
        answer = client.get(f"{path}?only={tab.slug}&as_of=2025-09-01")
        assert answer.status_code == 200
        (file,) = links(answer.text, f"{path}/export.csv")
        found, shown = rows_of_csv(client.get(file).content), rows_shown(answer.text)
        assert len(found) == len(shown)
        for row, text in zip(found, shown, strict=True):
            for name in ("resource", "sender", "recipient", "dataset"):
                assert row.get(name, "") in text


def test_the_rows_are_those_of_the_view(page_context: Context) -> None:
    """The page would tell another story than the terminal."""
    client, _ = visitor(page_context, "reader")
    answer = state(page_context.ledger, "access", only="history")
    lines = client.get("/access/export.ndjson?only=history").text.splitlines()
    assert [json.loads(line)["grant"] for line in lines] == [row["grant"] for row in answer.rows]


def test_a_link_gives_exactly_what_was_shown(page_context: Context) -> None:
    """What was shown could not be shown again, once more was recorded."""
    client, _ = visitor(page_context, "reader")
    page = client.get("/exchanges?only=each").text
    (pinned,) = [each for each in links(page, "/exchanges?") if "known_size=" in each]
    size = page_context.ledger.head().size
    again = client.get(pinned).text
    assert page_context.ledger.head().size > size  # somebody looked, which is recorded
    assert rows_shown(again) == rows_shown(page)
    shown = page.partition('class="standing-line"')[2].partition("</p>")[0]
    assert "records" in shown


def test_what_differs_is_marked_by_words(page_context: Context) -> None:
    """Somebody who sees no colours would not see what was given and taken away in between."""
    client, _ = visitor(page_context, "reader")
    page = client.get("/access?only=held&as_of=2025-10-10&compared_with=2025-05-15").text
    marks = [row.split()[:2] for row in rows_shown(page)]
    assert ["+", "new"] in marks
    assert ["same"] in [each[:1] for each in marks]
    assert 'class="added"' in page
    (file,) = links(page, "/access/export.csv")
    changes = [row["change"] for row in rows_of_csv(client.get(file).content)]
    assert changes.count("came") == marks.count(["+", "new"])
    assert {"same"} <= set(changes) <= {"came", "went", "was", "is", "same"}


def test_a_changed_row_tells_what_it_was(page_context: Context) -> None:
    """Somebody would see that something changed, and not what."""
    client, _ = visitor(page_context, "reader")
    asked = "/access?only=history&as_of=2025-12-01&compared_with=2025-05-15&changes=only"
    page = client.get(asked).text
    assert "<del>" in page
    assert "<ins>" in page
    assert all(row.split()[1] in {"new", "gone", "changed"} for row in rows_shown(page))


def test_what_was_learned_since_is_told(page_context: Context) -> None:
    """Nobody could ask what was known on the day itself."""
    client, _ = visitor(page_context, "reader")
    page = client.get(
        "/access?only=held&as_of=2025-10-10&compared_known=2025-10-10T12:00:00%2B02:00"
    ).text
    # The story of the demo was recorded long after it happened.
    assert {tuple(row.split()[:2]) for row in rows_shown(page)} == {("+", "new")}


def test_a_comparison_with_a_later_moment_is_refused(page_context: Context) -> None:
    """What is new and what is gone would be told the wrong way round."""
    client, _ = visitor(page_context, "reader")
    answer = client.get("/access?as_of=2025-01-01&compared_with=2025-06-01")
    assert answer.status_code == 400
    assert "compared_with" in answer.text


@pytest.mark.parametrize(
    "query",
    ["colour=red", "as_of=never-ever", "as_of=2025-01-01&as_of=2026-01-01", "known_size=many"],
)
def test_a_wrong_parameter_is_refused(page_context: Context, query: str) -> None:
    """Somebody would take an answer to another question for one to theirs."""
    client, _ = visitor(page_context, "reader")
    assert client.get(f"/access?{query}").status_code == 400


def test_fields_that_are_empty_ask_nothing(page_context: Context) -> None:
    """A form that was sent as it is would be refused."""
    client, _ = visitor(page_context, "reader")
    page = client.get("/access?as_of=&as_known=&compared_with=&compared_known=&person=")
    assert page.status_code == 200
    assert rows_shown(page.text) == rows_shown(client.get("/access").text)


def test_a_question_of_another_page_is_not_found(page_context: Context) -> None:
    """A misspelled link would show something else."""
    client, _ = visitor(page_context, "reader")
    assert client.get("/access?only=flows").status_code == 404
    assert client.get("/access/export.pdf").status_code == 404


def test_who_looked_is_recorded_once_and_by_tokens(page_context: Context) -> None:
    """Nobody could find out who looked at the list of rights, or it would count as a reading."""
    client, _ = visitor(page_context, "reader")
    before = len(readings(page_context.ledger))
    page = client.get("/access?person=person:j.jansen@example.nl")
    client.get("/access/export.xlsx")
    mine = readings(page_context.ledger)[before:]
    assert len(mine) == 2
    assert "j.jansen" not in str(mine)
    assert "person#" in client.get("/access").text
    assert page.status_code == 200


def test_whose_right_it_is_is_shown_for_a_reason(page_context: Context) -> None:
    """A review could not name people, or would do so without a trace."""
    client, csrf = officer(page_context)
    before = len(readings(page_context.ledger))
    asked = "/access?only=held&as_of=2025-10-10&compared_with=2025-05-15"
    plain = client.get(asked).text
    opened = client.post(asked, data={"csrf": csrf, "purpose": "access-review"}).text
    assert "that you looked is recorded" in opened
    assert "person#" in plain
    assert "person#" not in opened
    assert "person:" in "".join(rows_shown(opened))
    assert [each.purpose for each in readings(page_context.ledger)[before:]] == [
        None,
        "access-review",
    ]
    reader, theirs = visitor(page_context, "reader")
    assert reader.post(asked, data={"csrf": theirs, "purpose": "audit"}).status_code == 403
    assert client.post("/exchanges", data={"csrf": csrf}).status_code == 405


def test_only_who_may_read_sees_it(page_context: Context) -> None:
    """An auditor, who sees no records, would see who has which rights."""
    client, _ = visitor(page_context, "auditor")
    for path in TABBED:
        assert client.get(path).status_code == 403
        assert client.get(f"{path}/export.csv").status_code == 403


def test_many_facts_are_cut_and_that_is_said(
    page_context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page would read the whole history, or leave rows out without a word."""
    monkeypatch.setattr(tables, "MOST_ROWS", 3)
    client, _ = visitor(page_context, "reader")
    whole = rows_of_csv(client.get("/exchanges/export.csv?only=each").content)
    page = client.get("/exchanges?only=each&compared_with=2025-01-01").text
    assert len(rows_shown(page)) == 3
    assert "only the latest are read" in page
    latest = sorted(whole, key=lambda row: row["occurred_at"])[-3:]
    assert [row["index"] for row in reversed(latest)] == [
        row.rsplit(maxsplit=1)[-1] for row in rows_shown(page)
    ]


def test_facts_long_ago_are_left_out_and_that_is_said(
    page_context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A count over part of the history would look like one over all of it."""
    monkeypatch.setattr(tables, "MOST_RECORDS", 650)
    client, _ = visitor(page_context, "reader")
    first = page_context.ledger.head().size - 650
    page = client.get("/exchanges?only=each").text
    assert f"Only what records from {first} on tell" in page
    indexes = [int(row.rsplit(maxsplit=1)[-1]) for row in rows_shown(page)]
    assert all(index >= first for index in indexes)
    whole = rows_of_csv(client.get("/exchanges/export.csv?only=each").content)
    assert len(whole) > len(indexes)


def test_long_answers_have_pages(page_context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows beyond the first page could not be reached."""
    monkeypatch.setattr(tables, "ROWS_ON_PAGE", 4)
    client, _ = visitor(page_context, "reader")
    page = client.get("/access?only=history").text
    found = rows_shown(page)
    while later := [each for each in links(page, "/access?") if "from_row" in each]:
        page = client.get(later[-1]).text
        found += rows_shown(page)
        if "Later rows" not in page:
            break
    assert len(found) == len(state(page_context.ledger, "access", only="history").rows)
