"""Logging in to the page with an API key, staying, and leaving."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from ledger.api_keys import create_api_key, revoke_api_key
from ledger.events.access import AccessAttemptDenied
from ledger.role_names import ServiceRole
from ledger.roles import found_roles
from service.access.authenticating import authenticator
from service.access.caller import Caller
from service.app import create_app
from service.context import Context
from service.page.access.arriving import landing
from service.page.access.sealed_cookies import HOST_PREFIX
from service.page.access.session import SESSION_COOKIE, begin_session, session_cookie
from tests.opened import opened_records
from tests.served import seal, served_context

_BOSS = "person:boss@desk"


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    """A log whose callers prove themselves as in earnest."""
    with served_context(tmp_path) as made:
        found_roles(made.ledger, _BOSS)
        seal(made)
        yield replace(made, authenticate=authenticator(made.ledger, made.settings))


@pytest.fixture
def browser(context: Context) -> TestClient:
    return TestClient(create_app(context), follow_redirects=False)


def _key(context: Context, *roles: ServiceRole, name: str = "desk") -> str:
    return create_api_key(context.ledger, name, roles or ("reader",), by=_BOSS)[0]


def _csrf(page: str) -> str:
    return page.partition('name="csrf" value="')[2].partition('"')[0]


def _refusals(context: Context) -> list[AccessAttemptDenied]:
    opened = opened_records(context.ledger, context.ledger.log.scan())
    return [each.event for each in opened if isinstance(each.event, AccessAttemptDenied)]


def test_a_key_opens_the_page_that_was_wanted(browser: TestClient, context: Context) -> None:
    """Nobody could log in, or everybody would begin at the overview."""
    assert browser.get("/history/0").headers["location"] == "/login?next=%2Fhistory%2F0"
    form = browser.get("/login?next=%2Fhistory%2F0").text
    assert 'name="next" value="/history/0"' in form
    key = _key(context)
    led = browser.post("/login", data={"key": f" {key} ", "next": "/history/0"})
    assert (led.status_code, led.headers["location"]) == (303, "/history/0")
    told = led.headers["set-cookie"]
    assert "HttpOnly" in told
    assert "SameSite=Lax" in told
    assert "Path=/" in told
    assert key not in told
    assert key.partition(".")[2] not in told
    page = browser.get("/history/0")
    assert page.status_code == 200
    assert "person:api-key:desk" in page.text
    assert browser.get("/login").headers["location"] == "/"


@pytest.mark.parametrize(
    "elsewhere", ["https://elsewhere.example/", "//elsewhere.example", "/login"]
)
def test_a_login_leads_to_a_page_of_ours(
    browser: TestClient, context: Context, elsewhere: str
) -> None:
    """A link to our login would end at a page of a stranger that looks like ours."""
    led = browser.post("/login", data={"key": _key(context), "next": elsewhere})
    assert led.headers["location"] == "/"


def test_who_may_not_see_the_overview_begins_elsewhere() -> None:
    """An auditor would be refused by the first page after the login."""
    auditor = Caller("person:a@test", is_program=False, roles=frozenset({"auditor"}))
    assert landing(auditor, "/") == "/verification"
    assert landing(auditor, "/history/3") == "/history/3"
    assert landing(Caller("person:x@test", is_program=False, roles=frozenset()), "/") is None


@pytest.mark.parametrize("key", ["", "x", "zegel_" + "0" * 32 + "." + "A" * 43, "a" * 200, "é"])
def test_a_key_that_is_none_is_refused_and_recorded(
    browser: TestClient, context: Context, key: str
) -> None:
    """Guesses would stay unknown, or a text that is no key would be a fault."""
    refused = browser.post("/login", data={"key": key})
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"] == 'Bearer realm="zegel"'
    assert "set-cookie" not in refused.headers
    assert 'role="alert"' in refused.text
    assert len(key) < 8 or key not in refused.text
    (recorded,) = _refusals(context)
    assert (recorded.act, recorded.resource) == ("login", "zegel/service/login")


def test_a_key_without_a_page_is_told_so(browser: TestClient, context: Context) -> None:
    """A program's key would begin a session in which every page is refused."""
    refused = browser.post("/login", data={"key": _key(context, "recorder")})
    assert refused.status_code == 403
    assert "set-cookie" not in refused.headers


def test_a_revoked_key_ends_its_sessions(browser: TestClient, context: Context) -> None:
    """Whoever found a key would keep the log open after it was revoked."""
    key = _key(context)
    browser.post("/login", data={"key": key})
    assert browser.get("/history/0").status_code == 200
    revoke_api_key(context.ledger, key.partition(".")[0], by=_BOSS)
    gone = browser.get("/history/0")
    assert gone.headers["location"] == "/login?next=%2Fhistory%2F0"
    assert "Max-Age=0" in gone.headers["set-cookie"]
    assert [each.action for each in _refusals(context)] == ["revoked"]


def test_who_logs_out_is_out_everywhere(browser: TestClient, context: Context) -> None:
    """Whoever copied the cookie would still read the log."""
    browser.post("/login", data={"key": _key(context)})
    copied = browser.cookies[SESSION_COOKIE]
    token = _csrf(browser.get("/history/0").text)
    left = browser.post("/logout", data={"csrf": token})
    assert left.headers["location"] == "/login?left=yes"
    assert SESSION_COOKIE not in browser.cookies
    assert 'role="status"' in browser.get("/login?left=yes").text
    other = TestClient(
        create_app(context), follow_redirects=False, cookies={SESSION_COOKIE: copied}
    )
    assert other.get("/history/0").status_code == 303
    assert [each.action for each in _refusals(context)] == ["session-ended"]
    assert browser.post("/logout").headers["location"] == "/login?left=yes"


def test_a_page_from_elsewhere_logs_nobody_in_or_out(browser: TestClient, context: Context) -> None:
    """A stranger could log visitors in as themselves, and read what they then record."""
    key = _key(context)
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert browser.post("/login", data={"key": key}, headers=headers).status_code == 403
    browser.post("/login", data={"key": key})
    assert browser.post("/logout", data={"next": "/"}).status_code == 403
    assert browser.post("/logout", data={"csrf": "0" * 64}).status_code == 403
    assert browser.get("/history/0").status_code == 200


def test_every_login_is_another_session(browser: TestClient, context: Context) -> None:
    """Somebody could give another one their session, or leave one behind at a shared screen."""
    browser.post("/login", data={"key": _key(context)})
    first = browser.cookies[SESSION_COOKIE]
    browser.post("/login", data={"key": _key(context)})
    assert browser.cookies[SESSION_COOKIE].partition(".")[0] != first.partition(".")[0]
    assert browser.get("/history/0").status_code == 200
    other = TestClient(create_app(context), follow_redirects=False, cookies={SESSION_COOKIE: first})
    assert other.get("/history/0").status_code == 303


def test_a_session_in_use_stays_and_one_that_is_not_ends(
    browser: TestClient, context: Context
) -> None:
    """Whoever works would be thrown out, or whoever left would stay in."""
    began = context.ledger.clock()
    passed = timedelta(0)
    context.ledger.clock = lambda: began + passed
    browser.post("/login", data={"key": _key(context)})
    first = browser.cookies[SESSION_COOKIE]
    assert "set-cookie" not in browser.get("/history/0").headers
    for minutes in range(25, 8 * 60, 25):
        passed = timedelta(minutes=minutes)
        assert browser.get("/history/0").status_code == 200
        assert browser.cookies[SESSION_COOKIE] != first
    passed = timedelta(minutes=8 * 60)
    assert browser.get("/history/0").status_code == 303
    browser.post("/login", data={"key": _key(context)})
    passed += timedelta(minutes=30)
    assert browser.get("/history/0").status_code == 303


def test_a_session_opens_no_interface(browser: TestClient, context: Context) -> None:
    """A form of a stranger could record facts as whoever is logged in to the page."""
    browser.post("/login", data={"key": _key(context, "dpo")})
    assert browser.get("/history/0").status_code == 200
    assert browser.get("/v1/events").status_code == 401
    assert browser.post("/v1/events", content=b"{}").status_code == 401


def test_who_guesses_is_kept_out_and_who_is_in_is_not(tmp_path: Path) -> None:
    """Somebody could try keys for ever, or shut out everybody of one address by trying."""
    with served_context(tmp_path, refusals_per_minute=3) as made:
        found_roles(made.ledger, _BOSS)
        seal(made)
        context = replace(made, authenticate=authenticator(made.ledger, made.settings))
        app = create_app(context)
        inside, guessing = (TestClient(app, follow_redirects=False) for _ in range(2))
        inside.post("/login", data={"key": _key(context)})
        assert inside.get("/history/0").status_code == 200
        answers = [guessing.post("/login", data={"key": "zegel_x"}).status_code for _ in range(5)]
        assert answers == [401, 401, 401, 429, 429]
        assert guessing.get("/login").status_code == 429
        for _ in range(5):
            assert inside.get("/history/0").status_code == 200


@pytest.mark.parametrize(
    "settings", [{"require_tls": True}, {"behind_proxy": ("127.0.0.1",)}, {"tls_cert": "x.pem"}]
)
def test_over_tls_a_cookie_stays_with_its_host(tmp_path: Path, settings: dict[str, object]) -> None:
    """A neighbouring site, or somebody on the way, could set or read the session."""
    with served_context(tmp_path) as made:
        context = replace(made, settings=replace(made.settings, **settings))  # type: ignore[arg-type]
        session = begin_session(
            identity="person:x", is_program=False, key="reader", issuer=None,
            now=context.ledger.clock(), random=os.urandom(48),
        )  # fmt: skip
        header = session_cookie(context, session, os.urandom(12))
        assert header.startswith(f"{HOST_PREFIX}{SESSION_COOKIE}=")
        assert header.endswith("; Secure")
        assert "Domain" not in header
        in_clear = session_cookie(made, session, os.urandom(12))
        value = in_clear.partition("=")[2].partition(";")[0]
        app = create_app(context)
        for name in (SESSION_COOKIE, HOST_PREFIX + SESSION_COOKIE):
            client = TestClient(
                app, "https://testserver", cookies={name: value}, follow_redirects=False
            )
            assert client.get("/history/0").status_code == 303
