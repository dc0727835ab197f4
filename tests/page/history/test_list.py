"""The history as a page: the questions of `zegel log`, in a URL that names nobody."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from ledger.events.log_integrity import LogRead
from ledger.evidence import Reading
from ledger.ledger import Ledger
from ledger.personal import token_text
from ledger.query import EventQuery
from ledger.role_names import ServiceRole
from ledger.roles import take_roles
from service.context import Context
from service.page.history.parameters import HistoryParameters
from service.page.history.rows import linked
from tests.grants import OCCURRED_AT, grant
from tests.paged import visitor

WHO = "person:hist.reader@example.nl"
SYSTEM = "history-portal"


def indexes(page: str) -> list[int]:
    """The records that a page lists, in its order."""
    return [int(each) for each in re.findall(r'<tr role="row" data-index="(\d+)"', page)]


def link(page: str, text: str) -> str:
    """Where the first link with this text in it leads to."""
    found = re.search(rf'<a [^>]*href="([^"]*)"[^>]*>[^<]*{re.escape(text)}', page)
    assert found is not None, text
    return unescape(found[1])


def last_reading(ledger: Ledger) -> LogRead:
    """What was recorded of the one who asked last."""
    asked = EventQuery(kinds=("log.read",), reverse=True, limit=1)
    take_roles(ledger, "person:reviewer@test")
    (opened,) = ledger.read(asked, reading=Reading("person:reviewer@test", "audit"))
    assert isinstance(opened.event, LogRead)
    return opened.event


def token_of(ledger: Ledger, identity: str) -> str:
    """The token of somebody whom the log knows."""
    subject_id = ledger.vault.subjects.find(identity)
    assert subject_id is not None
    return token_text(identity.partition(":")[0], subject_id)


@pytest.fixture
def granted(page_context: Context) -> Context:
    """The story, and seven grants of a system of its own on seven days."""
    page_context.ledger.record_many(
        [
            grant(
                grant_id=f"H-{number}",
                system=SYSTEM,
                actor=WHO if number % 2 else "person:other@example.nl",
                occurred_at=(OCCURRED_AT + timedelta(days=number)).isoformat(),
            )
            for number in range(7)
        ]
    )
    return page_context


@pytest.mark.parametrize(
    ("url", "query"),
    [
        ("", {}),
        ("?reverse=false", {"reverse": False}),
        ("?kind=breach", {"kinds": ("breach.opened", "breach.step_recorded")}),
        ("?kind=access.granted&kind=ip.blocked", {"kinds": ("access.granted", "ip.blocked")}),
        ("?without=access.granted", {"without": ("access.granted",)}),
        (f"?system={SYSTEM}", {"system": SYSTEM}),
    ],
)
def test_the_list_holds_what_the_log_gives(
    granted: Context, url: str, query: dict[str, object]
) -> None:
    """Somebody would decide on other records than those that they asked for."""
    if "breach" in url:
        kinds = {each.stored.kind for each in granted.ledger.read(EventQuery())}
        query = {"kinds": tuple(sorted(each for each in kinds if each.startswith("breach.")))}
    asked = EventQuery(**{"reverse": True, "limit": 100, **query})  # type: ignore[arg-type]
    expected = [each.stored.index for each in granted.ledger.read(asked)]
    answer = visitor(granted, "reader")[0].get(f"/history{url}")
    assert answer.status_code == 200
    assert indexes(answer.text) == expected


def test_windows_are_typed_as_people_say_them(granted: Context) -> None:
    """Somebody would have to write times as programs do, or be shown another day."""
    client, _ = visitor(granted, "reader")
    path = f"/history?system={SYSTEM}&since=2026-01-02&until=2026-01-04+11:00"
    assert len(indexes(client.get(path).text)) == 2
    (first, *_) = indexes(client.get(f"/history?system={SYSTEM}&reverse=false").text)
    around = client.get(f"/history?around={first}&within=24h&system={SYSTEM}").text
    assert indexes(around) == [first]
    assert f'data-index="{first}" class="here"' in around
    known = client.get(f"/history?as_known=@{first}&system={SYSTEM}").text
    assert indexes(known) == [first]


def test_pages_tell_of_one_state(granted: Context) -> None:
    """A record would be shown twice, or never, because others were recorded meanwhile."""
    client, _ = visitor(granted, "reader")
    asked = EventQuery(without=("log.read",), reverse=True)
    expected = [each.stored.index for each in granted.ledger.read(asked)]
    url: str | None = "/history?without=log.read&limit=200"
    found: list[int] = []
    while url is not None:
        page = client.get(url).text
        found += indexes(page)
        granted.ledger.record(grant(grant_id=f"later-{len(found)}"))
        following = re.search(r'rel="next" href="([^"]*)"', page)
        url = None if following is None else unescape(following[1])
    assert found == expected


def test_a_relative_window_stands_still_while_pages_are_turned(granted: Context) -> None:
    """The second page of the last ten years would begin later than the first."""
    client, _ = visitor(granted, "reader")
    page = client.get("/history?since=3650d&limit=5").text
    following = parse_qs(urlsplit(link(page, "More records")).query)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT.*Z", following["since"][0])
    assert link(page, "Last hour") == "/history?since=-1h&limit=5"


def test_a_lasting_link_gives_the_same_later(granted: Context) -> None:
    """What was sent to a colleague would show them something else."""
    client, _ = visitor(granted, "reader")
    page = client.get("/history?kind=access.granted").text
    lasting = link(page, "Lasting link")
    granted.ledger.record(grant(grant_id="later"))
    assert indexes(client.get(lasting).text) == indexes(page)
    assert len(indexes(client.get("/history?kind=access.granted").text)) == len(indexes(page)) + 1


def test_nobody_stands_in_a_url(granted: Context) -> None:
    """Whom somebody looks for would be kept by proxies, and in the history of their browser."""
    client, csrf = visitor(granted, "reader")
    token = token_of(granted.ledger, WHO)
    typed = {"csrf": csrf, "actor": WHO.removeprefix("person:"), "since": ""}
    sent = client.post("/history", data=typed)
    assert sent.status_code == 303
    location = sent.headers["location"]
    assert parse_qs(urlsplit(location).query) == {"actor": [token]}
    assert len(indexes(client.get(location).text)) == 3
    assert WHO not in client.get(location).text
    direct = client.get("/history", params={"actor": WHO, "system": SYSTEM})
    assert direct.status_code == 303
    assert "example.nl" not in direct.headers["location"]


def test_somebody_whom_the_log_never_met(granted: Context) -> None:
    """An empty list would read as if they had done nothing in this window only."""
    client, csrf = visitor(granted, "reader")
    sent = client.post("/history", data={"csrf": csrf, "ip": "192.0.2.77"})
    assert sent.status_code == 200
    assert "Nobody in this log is known by what you typed here." in sent.text
    assert last_reading(granted.ledger).question == "GET /history: ip=nobody known"
    assert 'value="192.0.2.77"' in sent.text


def test_kinds_may_stand_side_by_side(granted: Context) -> None:
    """Two kinds in one field would be taken for one that there is not."""
    client, csrf = visitor(granted, "reader")
    sent = client.post("/history", data={"csrf": csrf, "kind": "breach, access.granted breach"})
    assert sent.headers["location"] == "/history?kind=breach&kind=access.granted"


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("?since=nonsense", "since"),
        ("?kind=nonsense", "kind"),
        ("?actor=ip:nonsense", "actor"),
        ("?within=3d", "within"),
        ("?around=3&since=2026-01-01", "around"),
        ("?grep=(", "grep"),
        ("?as_known=@99999999", "as_known"),
        ("?since=@999999999999999999999", "since"),
    ],
)
def test_what_cannot_be_understood_is_named(granted: Context, url: str, name: str) -> None:
    """Somebody would be shown other records, and think that these are what they asked for."""
    client, _ = visitor(granted, "reader", language="nl")
    answer = client.get(f"/history{url}")
    assert answer.status_code == 400
    marked = re.search(rf'<input id="filter-{name}"[^>]*aria-invalid="true"', answer.text)
    assert marked is not None
    assert 'role="alert"' in answer.text
    assert indexes(answer.text) == []


@pytest.mark.parametrize(
    "window",
    ["since=0001-01-02&until=9999-12-30", "since=9999-12-01&until=9999-12-30", "since=0001-01-02"],
)
def test_a_window_reaches_to_the_ends_of_the_calendar(granted: Context, window: str) -> None:
    """The links to the windows beside it would end the page in a fault."""
    assert visitor(granted, "reader")[0].get(f"/history?{window}").status_code == 200


@pytest.mark.parametrize("url", ["?sistem=a", "?limit=0", "?system=a&system=b", "?cursor=forged"])
def test_a_url_that_is_no_question_is_refused(granted: Context, url: str) -> None:
    """A filter that was written wrong would silently be none."""
    assert visitor(granted, "reader")[0].get(f"/history{url}").status_code in {400, 422}


def test_who_asked_what_is_in_the_log(granted: Context) -> None:
    """Somebody could read the history, and the log would not know."""
    client, _ = visitor(granted, "reader")
    token = token_of(granted.ledger, WHO)
    client.get("/history", params={"subject": token, "grep": "secret-name"})
    told = last_reading(granted.ledger)
    assert told.actor is not None
    assert told.records == 0
    assert f"subject={token}" in told.question
    assert "secret-name" not in told.question


def test_texts_of_the_log_are_no_markup(granted: Context) -> None:
    """A source could run its own script in the browser of whoever reads it."""
    token = f"ip#{'0f' * 16}"
    told = linked(f'<img src=x> {token}"><b>', HistoryParameters.model_validate({"kind": ["a&b"]}))
    assert re.sub(r'</?(a|span)( [a-z]+="[^"<>]*")*>', "", told) == (
        "&lt;img src=x&gt; ip#0f0f0f0f0f0…0f0f&#34;&gt;&lt;b&gt;"
    )
    page = visitor(granted, "reader")[0].get("/history", params={"since": '"><b>'}).text
    assert "<b>" not in page


def test_tokens_in_sentences_lead_on(granted: Context) -> None:
    """Somebody would copy 32 digits by hand to see what else an address did."""
    client, _ = visitor(granted, "reader")
    page = client.get("/history?kind=ip.blocked&limit=1").text
    found = re.search(r'class="told"><a href="([^"]*subject=ip%23[0-9a-f]{32}[^"]*)"', page)
    assert found is not None
    (blocked,) = indexes(page)
    assert blocked in indexes(client.get(unescape(found[1])).text)


@pytest.mark.parametrize("role", ["auditor", "admin", "recorder"])
def test_who_may_not_read_is_refused(granted: Context, role: ServiceRole) -> None:
    """The log would be open to whoever has some key."""
    client, _ = visitor(granted, role)
    for path in ("/history", "/history/live", "/history/export.csv"):
        assert client.get(path).status_code == 403


def test_identities_only_after_a_reason(granted: Context) -> None:
    """Somebody would see who it was, and the log would not say what for."""
    take_roles(granted.ledger, "person:dpo@test")
    client, csrf = visitor(granted, "dpo")
    path = f"/history/identities?system={SYSTEM}"
    refused = client.post(path, data={"csrf": csrf})
    assert refused.status_code == 400
    assert WHO not in refused.text
    given = {"csrf": csrf, "purpose": "incident-investigation", "reason": "2026-14"}
    shown = client.post(path, data=given)
    assert shown.status_code == 200
    assert shown.text.count(WHO) >= 3
    assert re.search(r'id="shown">.*href="/history/\d+"', shown.text) is not None
    told = last_reading(granted.ledger)
    assert told.purpose == "incident-investigation"
    assert told.identities
    assert client.get(path).status_code in {404, 405}
    assert visitor(granted, "reader")[0].get("/history").text.count("Show identities") == 0


def total(page: str) -> int:
    """How many records a page says there are."""
    found = re.search(r'<h2 id="found">([0-9,]+) records?</h2>', page)
    assert found is not None
    return int(found[1].replace(",", ""))


def test_each_bar_leads_to_what_it_counts(granted: Context) -> None:
    """Somebody would click on five records and be shown four."""
    client, _ = visitor(granted, "reader")
    page = client.get(f"/history?system={SYSTEM}").text
    told = re.findall(
        r'<th scope="row"><a href="([^"]*)">.*?<td class="count">(\d+)</td>', page, re.DOTALL
    )
    assert sum(int(count) for _, count in told) == total(page) == 7
    for address, count in told:
        assert total(client.get(unescape(address)).text) == int(count)


def test_each_facet_leads_to_what_it_counts(granted: Context) -> None:
    """A number beside a kind would promise other records than its link gives."""
    client, _ = visitor(granted, "reader")
    page = client.get("/history?kind=ip.blocked&without=log.read&as_known=@700").text
    facets = page[page.index('id="facets"') :]
    told = re.findall(
        r'class="pick" href="([^"]*)"[^>]*>.*?class="number">(\d+)</span>', facets, re.DOTALL
    )
    assert len(told) > 20
    plain = client.get("/history?kind=ip.blocked&without=log.read&as_known=@700&system=a").text
    assert total(plain) == 0
    for address, count in told[:6]:
        kinds = parse_qs(urlsplit(unescape(address)).query).get("kind", [])
        if len(kinds) == 2:  # one more kind beside the one that was chosen
            assert total(client.get(unescape(address)).text) == total(page) + int(count)


def test_what_is_chosen_can_be_taken_back(granted: Context) -> None:
    """Somebody would be caught in a filter, and start anew."""
    client, _ = visitor(granted, "reader")
    page = client.get(f"/history?kind=access.granted&system={SYSTEM}&without=log").text
    asked = re.findall(r'<li><a class="chip" href="([^"]*)"><span class="quiet">', page)
    assert sorted(unescape(each) for each in asked) == [
        f"/history?kind=access.granted&system={SYSTEM}",
        "/history?kind=access.granted&without=log",
        f"/history?without=log&system={SYSTEM}",
    ]
    assert link(page, "Clear") == "/history"
