"""Logging in to the page and leaving it, in a real browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from service.page.languages import LANGUAGES, Language
from tests.browsing.conftest import Person
from tests.browsing.site import NARROW, PATIENCE_MS, WIDE, Site, findings, is_too_wide
from tests.certificates import make_certificate
from tests.command_line import zegel_here
from tests.issuer_logins import CLIENT, LoginIssuer, issuing_logins
from tests.running_service import RunningService, make_home, make_key, running_service


def _with_key(page: Page, key: str) -> None:
    page.get_by_label("API key", exact=True).fill(key)
    page.get_by_role("button", name="Log in with this key").click()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_key_leads_to_the_page_that_was_wanted_and_out_again(
    person: Person, site: Site, *, scripts: bool
) -> None:
    """Nobody could reach the page with a key, or leave it."""
    page = person(None, scripts=scripts)
    page.goto("/history/41")
    expect(page).to_have_url(f"{site.url}/login?next=%2Fhistory%2F41")
    _with_key(page, site.keys["reader"])
    expect(page).to_have_url(f"{site.url}/history/41")
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("status")).to_contain_text("You are logged out")
    page.goto("/history/41")
    expect(page).to_have_url(f"{site.url}/login?next=%2Fhistory%2F41")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("dark", [False, True])
def test_everybody_can_log_in(
    person: Person, language: Language, width: int, *, dark: bool
) -> None:
    """Somebody who cannot see, or has a small screen, would stand before the door."""
    page = person(None, language=language, width=width, dark=dark)
    page.goto("/login?left=yes")
    assert page.get_attribute("html", "lang") == language
    assert findings(page) == []
    assert not is_too_wide(page)


def test_a_wrong_key_is_told_where_it_was_typed(browser: Browser, site: Site) -> None:
    """Somebody would not know why they stand before the same form."""
    # Without the watch: chromium writes every answer 401 to its console.
    context = browser.new_context(base_url=site.url, locale="en-GB")
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.goto("/login")
    _with_key(page, "zegel_no-such-key")
    expect(page.get_by_role("alert")).to_contain_text("This is no API key in force")
    expect(page.get_by_label("API key", exact=True)).to_have_attribute("aria-invalid", "true")
    assert findings(page) == []
    context.close()


def test_who_has_no_role_for_a_page_is_told_so(browser: Browser, site: Site) -> None:
    """A page would be empty, or a person of no role would see it."""
    context = browser.new_context(base_url=site.url, locale="nl-NL")
    context.add_cookies(site.cookies("auditor", "nl"))  # type: ignore[arg-type]  # as it takes
    page = context.new_page()
    answer = page.goto("/history")
    assert answer is not None
    assert answer.status == 403
    expect(page.get_by_role("heading", level=1)).to_have_text("Dit mag u niet")
    expect(page.locator("main")).to_contain_text("person:api-key:auditor-key")
    assert findings(page) == []
    context.close()


@pytest.fixture
def issuer() -> Iterator[LoginIssuer]:
    with issuing_logins() as made:
        made.secret = None
        yield made


@pytest.fixture
def service(
    issuer: LoginIssuer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningService]:
    """A service that sends people to the issuer, with a log in which little happened."""
    home = make_home(tmp_path_factory.mktemp("issuer") / "home")
    granted = zegel_here("--home", home, "role", "grant", "person:j.jansen", "reader")
    assert granted.returncode == 0, granted.stderr
    with running_service(
        home,
        ZEGEL_SERVE_OIDC_ISSUER=issuer.url,
        ZEGEL_SERVE_OIDC_AUDIENCE="zegel",
        ZEGEL_SERVE_OIDC_CLIENT_ID=CLIENT,
    ) as made:
        yield made


@pytest.fixture
def window(browser: Browser, service: RunningService) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=service.url, locale="en-GB")
    context.set_default_timeout(PATIENCE_MS)
    yield context
    context.close()


def test_somebody_logs_in_at_their_organisation(
    window: BrowserContext, service: RunningService, issuer: LoginIssuer
) -> None:
    """Nobody could log in with the account that they have, or the policy of the page forbids it."""
    page = window.new_page()
    refused: list[str] = []
    page.on("console", lambda each: refused.append(each.text) if each.type == "error" else None)
    page.goto("/history/1")
    page.get_by_role("link", name="Log in with your organisation").click()
    expect(page).to_have_url(f"{service.url}/history/1")
    expect(page.locator(".whoami")).to_contain_text("person:j.jansen")
    assert len(issuer.sent) == 1
    held = {each["name"]: each for each in window.cookies()}
    assert set(held) == {"zegel-session"}
    assert (held["zegel-session"]["httpOnly"], held["zegel-session"]["sameSite"]) == (True, "Lax")
    assert refused == []


def test_over_tls_the_cookie_is_bound_to_its_host(browser: Browser, tmp_path: Path) -> None:
    """A browser would refuse the cookie, or send it in clear or to a neighbouring site."""
    chain, private, trust = make_certificate(tmp_path)
    home = make_home(tmp_path / "home")
    key = make_key(home, "desk", "reader")
    options = ("--tls-cert", chain, "--tls-key", private, "--require-tls", "--no-grpc")
    with running_service(home, *options, trust=trust) as service:
        context = browser.new_context(
            base_url=service.url, locale="en-GB", ignore_https_errors=True
        )
        page = context.new_page()
        page.goto("/login?next=/history/0")
        _with_key(page, key)
        expect(page).to_have_url(f"{service.url}/history/0")
        (held,) = context.cookies()
        assert held["name"] == "__Host-zegel-session"
        assert held["secure"] is True
        page.get_by_role("button", name="Log out").click()
        expect(page.get_by_role("status")).to_be_visible()
        assert context.cookies() == []
        context.close()


def test_who_is_unknown_to_the_log_is_refused(window: BrowserContext, issuer: LoginIssuer) -> None:
    """Everybody in the organisation could read the log."""
    issuer.person = "p.stranger"
    page = window.new_page()
    page.goto("/login")
    page.get_by_role("link", name="Log in with your organisation").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("No role opens a page to you")
    expect(page.locator("main")).to_contain_text("zegel role grant person:p.stranger reader")
    assert findings(page) == []
    assert window.cookies() == []
