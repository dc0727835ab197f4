"""Logging in to the page where an organisation keeps its accounts."""

from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from starlette.testclient import TestClient

from ledger.errors import BadRequest, StoreUnavailable
from ledger.events.access import AccessAttemptDenied
from ledger.private_files import write_new_file
from ledger.roles import found_roles, grant_roles, revoke_roles
from service.access.code_flow import challenge_of
from service.app import create_app
from service.context import Context
from service.page.access.session import SESSION_COOKIE
from tests.issuer_logins import CLIENT, SECRET, LoginIssuer, issuing_logins
from tests.issuers import OTHER_EC_KEY
from tests.opened import opened_records
from tests.served import seal, served_context

_BOSS = "person:boss@desk"
_PERSON = "person:j.jansen"


@pytest.fixture
def issuer() -> Iterator[LoginIssuer]:
    with issuing_logins() as made:
        yield made


@pytest.fixture
def context(tmp_path: Path, issuer: LoginIssuer) -> Iterator[Context]:
    with served_context(
        tmp_path, oidc_issuer=issuer.url, oidc_audience="zegel", oidc_client_id=CLIENT,
        oidc_client_secret_file="client-secret",
    ) as made:  # fmt: skip
        write_new_file(made.home.folder / "client-secret", f"{SECRET}\n".encode())
        found_roles(made.ledger, _BOSS)
        grant_roles(made.ledger, _PERSON, ["reader"], by=_BOSS)
        seal(made)
        yield made


@pytest.fixture
def browser(context: Context) -> TestClient:
    return TestClient(create_app(context), follow_redirects=False)


def _sent(browser: TestClient, wanted: str = "/history/1") -> str:
    """Where the browser is led, by way of the issuer: back to the service."""
    leaving = browser.get("/login/oidc", params={"next": wanted})
    assert leaving.status_code == 303
    return _led_back(leaving.headers["location"])


def _led_back(address: str) -> str:
    parts = urlsplit(address)
    connection = HTTPConnection(parts.netloc)
    connection.request("GET", f"{parts.path}?{parts.query}")
    place = connection.getresponse().headers["Location"]
    connection.close()
    return str(place)


def _refusals(context: Context) -> list[AccessAttemptDenied]:
    opened = opened_records(context.ledger, context.ledger.log.scan())
    return [
        each.event
        for each in opened
        if isinstance(each.event, AccessAttemptDenied) and each.event.act == "login"
    ]


def _come_back(browser: TestClient, place: str) -> httpx2.Response:
    parts = urlsplit(place)
    return browser.get(f"{parts.path}?{parts.query}")


def test_who_logs_in_at_the_issuer_is_let_in_where_they_wanted(
    browser: TestClient, issuer: LoginIssuer, context: Context
) -> None:
    """Nobody could log in with the account of their organisation."""
    assert browser.get("/history/1").headers["location"] == "/login?next=%2Fhistory%2F1"
    back = _come_back(browser, _sent(browser))
    assert (back.status_code, back.headers["location"]) == (303, "/history/1")
    page = browser.get("/history/1")
    assert page.status_code == 200
    assert _PERSON in page.text
    (asked,) = issuer.sent
    assert asked["scope"] == "openid"
    assert asked["redirect_uri"] == "http://testserver/login/oidc/return"
    assert _refusals(context) == []


def test_a_name_of_the_issuer_that_it_gives_twice_is_compared(
    browser: TestClient, issuer: LoginIssuer
) -> None:
    """The answer of another issuer would pass for one of the issuer that was asked."""
    issuer.names_itself = True
    assert _come_back(browser, _sent(browser)).status_code == 303


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"answer": {"state": "of-another-browser"}}, "login-state"),
        ({"answer": {"state": ""}}, "login-state"),
        ({"answer": {"iss": "https://other.example"}}, "login-issuer"),
        ({"answer": {"error": "access_denied"}}, "login-access-denied"),
        ({"answer": {"error": "<b>"}}, "login-error"),
        ({"answer": {"code": "made-up"}}, "login-code"),
        ({"answer": {"code": ""}}, "login-no-code"),
        ({"says": {"nonce": "of-another-login"}}, "login-nonce"),
        ({"says": {"nonce": None}}, "login-nonce"),
        ({"says": {"azp": "other-client"}}, "login-other-client"),
        ({"says": {"aud": "zegel"}}, "token-claims"),
        ({"says": {"exp": 1}}, "token-expired"),
        ({"says": {"iss": "https://other.example"}}, "token-claims"),
        ({"token_header": {"typ": "at+jwt"}}, "token-type"),
        ({"person": "api-key:collector"}, "token-no-identity"),
    ],
)
def test_an_answer_that_proves_nobody_is_refused_and_recorded(
    browser: TestClient, issuer: LoginIssuer, context: Context, said: dict[str, object], reason: str
) -> None:
    """Somebody could log in as another, or put their own login into the browser of another."""
    for name, value in said.items():
        setattr(issuer, name, value)
    refused = _come_back(browser, _sent(browser))
    assert refused.status_code == 401
    assert 'role="alert"' in refused.text
    assert SESSION_COOKIE not in refused.headers.get("set-cookie", "")
    (recorded,) = _refusals(context)
    assert recorded.action == reason
    assert recorded.resource == "zegel/service/login/oidc/return"
    assert recorded.auth_method == "single-sign-on"


def test_a_token_of_another_key_is_refused(
    browser: TestClient, issuer: LoginIssuer, context: Context
) -> None:
    """Whoever stands between service and issuer could name anybody."""
    place = _sent(browser)
    issuer.token = lambda claims, **_: LoginIssuer.token(issuer, claims, key=OTHER_EC_KEY)  # type: ignore[method-assign]
    assert _come_back(browser, place).status_code == 401
    assert [each.action for each in _refusals(context)] == ["token-unknown-key"]


def test_an_answer_counts_once_and_in_its_browser_alone(
    browser: TestClient, context: Context
) -> None:
    """Who saw the address of an answer in a history or a proxy could log in with it."""
    place = _sent(browser)
    other = TestClient(create_app(context), follow_redirects=False)
    assert _come_back(other, place).status_code == 401
    assert _come_back(browser, place).status_code == 303
    assert _come_back(browser, place).status_code == 401
    assert [each.action for each in _refusals(context)] == ["login-not-begun"]


def test_a_parameter_that_is_there_twice_is_refused(browser: TestClient) -> None:
    """Two parts of the service could read another value each."""
    assert _come_back(browser, _sent(browser) + "&code=other").status_code == 401


def test_who_has_no_role_is_told_so(
    browser: TestClient, context: Context, issuer: LoginIssuer
) -> None:
    """Everybody of the organisation could read the log, or would not know why they may not."""
    issuer.person = "p.nobody"
    refused = _come_back(browser, _sent(browser))
    assert refused.status_code == 403
    assert "person:p.nobody" in refused.text
    assert SESSION_COOKIE not in refused.headers.get("set-cookie", "")
    (recorded,) = _refusals(context)
    assert (recorded.action, recorded.actor) == ("no-permission", "person:p.nobody")


def test_a_role_that_is_taken_away_ends_what_a_session_may(
    browser: TestClient, context: Context
) -> None:
    """Somebody who left would read the log until their browser forgets them."""
    _come_back(browser, _sent(browser))
    assert browser.get("/history/1").status_code == 200
    revoke_roles(context.ledger, _PERSON, None, by=_BOSS)
    assert browser.get("/history/1").status_code == 403


def test_an_issuer_that_is_away_is_no_fault_of_the_visitor(
    browser: TestClient, issuer: LoginIssuer
) -> None:
    """Somebody would be told that they may not, while nobody was asked."""
    place = _sent(browser)
    issuer.token_status = 500
    assert _come_back(browser, place).status_code == 503
    issuer.token_status = 401
    assert _come_back(browser, _sent(browser)).status_code == 502


def test_a_client_without_a_secret_names_itself(tmp_path: Path, issuer: LoginIssuer) -> None:
    """An issuer that gives no secrets could not be used."""
    issuer.secret = None
    with served_context(
        tmp_path, oidc_issuer=issuer.url, oidc_audience="zegel", oidc_client_id=CLIENT,
        oidc_scopes=("openid", "email"), public_url="https://zegel.example/",
    ) as context:  # fmt: skip
        found_roles(context.ledger, _BOSS)
        grant_roles(context.ledger, _PERSON, ["reader"], by=_BOSS)
        browser = TestClient(create_app(context), follow_redirects=False)
        place = _sent(browser, wanted="/")
        assert place.startswith("https://zegel.example/login/oidc/return?")
        assert _come_back(browser, place).headers["location"] == "/"
        assert issuer.sent[0]["scope"] == "openid email"


def test_settings_that_do_not_go_together_start_nothing(tmp_path: Path) -> None:
    """A service would run whose login fails, or whose secret others can read."""
    faults: list[tuple[dict[str, Any], type[Exception], str]] = [
        ({"oidc_client_id": CLIENT}, BadRequest, "oidc_issuer: expected one"),
        ({"oidc_issuer": "https://login.example", "oidc_audience": "zegel",
          "oidc_client_id": CLIENT, "oidc_scopes": ("email",)}, BadRequest, "openid"),
        ({"oidc_issuer": "https://login.example", "oidc_audience": "zegel",
          "oidc_client_id": CLIENT, "oidc_client_secret_file": "none"}, StoreUnavailable, "none"),
    ]  # fmt: skip
    for place, (settings, kind, told) in enumerate(faults):
        folder = tmp_path / str(place)
        folder.mkdir()
        with (
            served_context(folder, **settings) as context,
            pytest.raises(kind, match=told),
        ):
            create_app(context)
    without = tmp_path / "without"
    without.mkdir()
    with served_context(without) as context:
        assert TestClient(create_app(context)).get("/login/oidc").status_code == 404


def test_a_challenge_is_that_of_the_standard() -> None:
    """No issuer would take a code back.

    Source: RFC 7636 appendix B.
    """
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert challenge_of(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
