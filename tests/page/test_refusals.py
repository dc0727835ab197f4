"""What a browser shows where a page is refused."""

from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from ledger.problem_types import PROBLEM_TYPES, UNEXPECTED
from service.app import create_app
from service.context import Context
from service.page.access.session import SESSION_COOKIE
from service.page.fault_words import FAULT_WORDS
from service.page.languages import LANGUAGES, Language
from tests.paged import visitor
from tests.served import client_of

_HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def test_every_problem_has_its_title_on_a_page() -> None:
    """Somebody would meet another fault on the page than the interface tells of."""
    rows = {row.name: row.title for _, row in PROBLEM_TYPES} | {UNEXPECTED.name: UNEXPECTED.title}
    assert {name: words.title for name, words in FAULT_WORDS.items()} == rows


def test_a_path_that_is_none_is_told_in_the_form_that_was_asked_for(page_context: Context) -> None:
    """Who follows an old link would get JSON, or a program a page."""
    client = client_of(page_context)
    lost = client.get("/no-such-page", headers={**_HTML, "accept-language": "nl"})
    assert lost.status_code == 404
    assert "<h1>Dit bestaat niet</h1>" in lost.text
    assert lost.headers["content-security-policy"]
    assert client.get("/no-such-page").headers["content-type"] == "application/problem+json"
    interface = client.get("/v1/events", headers=_HTML)
    assert interface.status_code == 401
    assert interface.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_may_not_sees_who_they_are_and_the_way_out(
    page_context: Context, language: Language
) -> None:
    """Somebody without a role would not know which account to ask one for."""
    client, _ = visitor(page_context, "auditor", language=language)
    refused = client.get("/history")
    assert refused.status_code == 403
    title = {"nl": "Dit mag u niet", "en": "You may not do this"}[language]
    assert f"<h1>{title}</h1>" in refused.text
    assert "person:auditor@test" in refused.text
    assert 'action="/logout"' in refused.text


def test_a_form_of_who_is_not_logged_in_is_refused(page_context: Context) -> None:
    """A form would be lost on the way to the login, as if it had been taken."""
    refused = client_of(page_context).post("/history/0", follow_redirects=False)
    assert refused.status_code in {401, 405}


@pytest.mark.parametrize("origin", ["http://[", "null", "", "http://testserver.elsewhere"])
def test_a_form_of_no_origin_of_ours_is_refused(page_context: Context, origin: str) -> None:
    """Another site could send forms, or a header that cannot be read would end in a fault."""
    client, csrf = visitor(page_context, "dpo")
    refused = client.post("/history", data={"csrf": csrf}, headers={"origin": origin})
    assert refused.status_code == 403
    assert "<main" in refused.text


@pytest.mark.parametrize(
    "path", ["/history?system=a%00b", "/breaches/a%00b", "/retention?system=%00", "/login?next=%00"]
)
def test_a_character_that_no_database_takes_is_refused(page_context: Context, path: str) -> None:
    """PostgreSQL would refuse the question, and the page would tell of a fault of the service."""
    client, csrf = visitor(page_context, "dpo")
    refused = client.get(path)
    assert refused.status_code == 400
    assert "found a NUL character" in refused.text
    assert "<main" in refused.text
    sent = client.post("/history", data={"csrf": csrf, "system": "a\x00b"})
    assert sent.status_code == 400
    program = client_of(page_context, "reader").get("/v1/events?system=a%00b")
    assert program.status_code == 400
    assert program.headers["content-type"] == "application/problem+json"


def test_a_question_that_cannot_be_read_is_told_on_a_page(page_context: Context) -> None:
    """A typing error in an address would be answered with JSON."""
    app = create_app(page_context)

    @app.get("/login/counted")
    async def counted(number: int) -> int:
        return number

    refused = TestClient(app).get("/login/counted?number=many")
    assert refused.status_code == 400
    assert "<h1>The request cannot be understood</h1>" in refused.text
    assert "query number: expected a valid integer" in refused.text


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("nl", ("Het verzoek is niet te begrijpen", "De melding zelf, in het Engels:")),
        ("en", ("The request cannot be understood", "The message itself:")),
    ],
)
def test_what_a_message_says_is_led_in_by_the_language_of_the_page(
    page_context: Context, language: Language, told: tuple[str, str]
) -> None:
    """Somebody who reads Dutch would meet English words, and not be told that they are."""
    client, _ = visitor(page_context, "dpo", language=language)
    refused = client.get("/breaches/a%00b")
    title, lead = told
    assert f"<h1>{title}</h1>" in refused.text
    assert f'<p>{lead}</p><p lang="en">' in refused.text


def test_what_nobody_foresaw_tells_nothing_of_itself(
    page_context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A trace would tell strangers how the service is made, or what stands in the log."""

    def fails(*_given: object, **_named: object) -> None:
        raise RuntimeError("secret-of-the-log")

    client, _ = visitor(page_context, "reader")
    monkeypatch.setattr("service.page.access.login.present", fails)
    failed = client.get("/login")
    assert failed.status_code == 500
    assert "secret-of-the-log" not in failed.text
    assert "<h1>A fault of Zegel itself</h1>" in failed.text


def test_a_session_that_ended_is_taken_out_of_the_browser(page_context: Context) -> None:
    """A browser would show the cookie of a key that was revoked for hours."""
    client, _ = visitor(page_context, "reader")
    client.cookies.set(SESSION_COOKIE, "00000000000000000000000000000000.AAAA")
    answer = client.get("/history/0")
    assert answer.status_code == 303
    assert f"{SESSION_COOKIE}=; Path=/; Max-Age=0" in answer.headers["set-cookie"]


@pytest.mark.parametrize(
    "path", ["/login", "/login/oidc", "/login/oidc/return", "/history/0", "/no-such-page", "/"]
)
def test_every_answer_of_the_page_is_kept_by_nobody_and_runs_nothing(
    page_context: Context, path: str
) -> None:
    """A proxy or the next person at the screen would see it, or a text in it could run."""
    answer = client_of(page_context).get(path, headers=_HTML, follow_redirects=False)
    assert answer.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"


def test_who_asks_too_often_is_told_when_to_come_back(page_context: Context) -> None:
    """A browser would show JSON, and nobody would know how long to wait."""
    few = replace(page_context, settings=replace(page_context.settings, requests_per_minute=2))
    client = client_of(few)
    client.headers.update(_HTML)
    answers = [client.get("/login") for _ in range(3)]
    assert [each.status_code for each in answers] == [200, 200, 429]
    assert int(answers[2].headers["retry-after"]) > 0
    assert "<h1>Too many requests</h1>" in answers[2].text


def test_each_session_has_a_limit_of_its_own(page_context: Context) -> None:
    """One who works fast would keep out all the others of the same building."""
    few = replace(page_context, settings=replace(page_context.settings, requests_per_minute=3))
    app = create_app(few)
    answers = []
    for role in ("reader", "dpo"):
        client, _ = visitor(page_context, role)
        person = TestClient(app, cookies=client.cookies, follow_redirects=False)
        answers.append([person.get("/history/0").status_code for _ in range(4)])
    assert answers == [[200, 200, 200, 429]] * 2
