"""`/requests`: what people asked, what is due, and each request at any moment."""

import pytest

from projections.cases.latest import latest_cases
from projections.cases.reading import find_case, moment_of
from service.context import Context
from service.page.views import request_reading, requests
from tests.command_line import zegel_here
from tests.page.views.pages import links, officer, readings, rows_of_csv, rows_shown
from tests.paged import fresh_name, visitor


def received(context: Context, name: str, at: str = "2026-11-01T09:00:00+01:00") -> str:
    """Records that a request came in, and gives its stream."""
    told = zegel_here(
        "--home", context.home.folder, "request", "receive", name,
        "--right", "A15", "--subject", "data-subject:customer:4711",
        "--received-at", at, "--occurred-at", at,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    return str(find_case(context.ledger, "request", name))


def of_story(context: Context) -> str:
    """The request that the demo tells of."""
    latest = latest_cases(context.ledger, moment_of(context.ledger), "request", most=5)
    return str(latest.streams[-1])


def test_a_request_waits_and_ends(page_context: Context) -> None:
    """An answer that is due would stand among what is over."""
    client, _ = visitor(page_context, "reader")
    waiting = client.get("/requests?as_of=2025-11-05").text
    ended = client.get("/requests?as_of=2025-12-05").text
    assert "No request had ended at this moment." in waiting
    assert "No request waits for an answer at this moment." in ended
    assert len(rows_shown(waiting)) == len(rows_shown(ended)) == 1


def test_what_was_answered_in_between_is_marked(page_context: Context) -> None:
    """Nobody would see what was done since the last look."""
    client, _ = visitor(page_context, "reader")
    page = client.get("/requests?as_of=2025-12-05&compared_with=2025-11-05").text
    assert rows_shown(page)[0].split()[1] == "changed"
    (file,) = links(page, "/requests/export.csv")
    rows = rows_of_csv(client.get(file).content)
    assert [(row["change"], row["outcome"]) for row in rows] == [
        ("was", "open"),
        ("is", "fulfilled"),
    ]


def test_a_request_shows_its_clocks_and_steps(page_context: Context) -> None:
    """Nobody could tell by when an answer was due, and by which rule."""
    client, _ = visitor(page_context, "dpo")
    path = f"/requests/{of_story(page_context)}"
    page = client.get(path).text
    for told in ("gdpr-12-3", "inf-09", "met", "access (Art. 15)"):
        assert told.lower() in page.lower()
    assert len(rows_shown(page.partition("Steps</h2>")[2])) == 2
    assert {f"{path}/steps/extend", f"{path}/steps/fulfil"} <= set(links(page, path))
    reader, _ = visitor(page_context, "reader")
    assert "/steps/" not in reader.get(path).text


def test_a_request_that_was_not_known_yet_says_so(page_context: Context) -> None:
    """What was recorded later would be shown of an earlier day."""
    client, _ = visitor(page_context, "reader")
    page = client.get(f"/requests/{of_story(page_context)}?as_of=2025-01-01").text
    assert "No step of this request was known at this moment." in page
    assert client.get("/requests/nobody-asked").status_code == 404


def test_who_asked_is_shown_for_a_reason(page_context: Context) -> None:
    """The name of a data subject would be shown without a trace."""
    client, csrf = officer(page_context)
    path = f"/requests/{of_story(page_context)}"
    plain = client.get(path).text
    before = len(readings(page_context.ledger))
    opened = client.post(path, data={"csrf": csrf, "purpose": "subject-request"}).text
    assert "that you looked is recorded" in opened
    assert "data-subject:" not in plain
    assert "data-subject:" in opened
    assert readings(page_context.ledger)[before:][0].purpose == "subject-request"


def test_the_most_urgent_request_comes_first(
    page_context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer that is overdue would be at the end of a long list, or on another page."""
    late, soon = fresh_name("R"), fresh_name("R")
    overdue = received(page_context, late, "2025-12-10T09:00:00+01:00")
    running = received(page_context, soon, "2025-12-28T09:00:00+01:00")
    client, _ = visitor(page_context, "reader")
    page = client.get("/requests?as_of=2026-01-15").text
    waiting = links(page.partition("Ended</h2>")[0], "/requests/01")
    assert [each.partition("?")[0] for each in waiting] == [
        f"/requests/{overdue}",
        f"/requests/{running}",
    ]
    for module in (requests, request_reading):
        monkeypatch.setattr(module, "REQUESTS_ON_PAGE", 2)
    first = client.get("/requests?as_of=2026-01-15").text
    (older,) = [each for each in links(first, "/requests?") if "from_row=2" in each]
    assert of_story(page_context) in client.get(older).text
