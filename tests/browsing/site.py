"""The page in a real browser: a real service of the demo story, and people who are logged in."""

import os
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, Request

from ledger.home import Home
from ledger.role_names import ServiceRole
from ledger.serve_settings import ServeSettings
from ledger.signing.signing_folder import SigningFolder
from service.context import Context
from service.page.access.session import begin_session, session_cookie
from service.page.languages import LANGUAGE_COOKIE, Language
from tests.conformance.node import REQUIRED_VARIABLE, find_tool
from tests.house.tracked_files import PROJECT
from tests.paged import make_demo_home
from tests.running_service import RunningService, make_key, running_service
from tests.served import known_caller

AXE: Final = PROJECT / "tools" / "page" / "node_modules" / "axe-core" / "axe.min.js"
WIDE: Final = 1280
NARROW: Final = 390
HEIGHT: Final = 900
PATIENCE_MS: Final = 60_000
"""A machine that is busy is slow, and no defect."""
_RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_SERIOUS: Final = frozenset({"serious", "critical"})


@dataclass(frozen=True, slots=True)
class Site:
    """A service that tells the story of the demo."""

    service: RunningService
    keys: dict[ServiceRole, str]
    """An API key for each role."""
    sessions: dict[ServiceRole, tuple[str, str]] = field(default_factory=dict)
    """Name and value of the cookie of each role that has logged in: made once."""

    @property
    def url(self) -> str:
        """Of HTTP, without a slash at the end."""
        return self.service.url

    def cookies(self, role: ServiceRole, language: Language) -> list[dict[str, Any]]:
        """What the browser of somebody holds who has logged in and chosen a language."""
        if role not in self.sessions:
            self.sessions[role] = self._logged_in(role)
        name, value = self.sessions[role]
        return [
            {"name": name, "value": value, "url": self.url, "httpOnly": True},
            {"name": LANGUAGE_COOKIE, "value": language, "url": self.url},
        ]

    def _logged_in(self, role: ServiceRole) -> tuple[str, str]:
        home = Home(self.service.home)
        with closing(home.open_ledger()) as ledger:
            context = Context(ledger, home, ServeSettings(), known_caller, tuple)
            session = begin_session(
                identity=f"person:{role}-key",
                is_program=True,
                key=self.keys[role],
                issuer=None,
                now=ledger.clock(),
                random=os.urandom(48),
            )
            header = session_cookie(context, session, os.urandom(12))
        name, _, value = header.partition(";")[0].partition("=")
        return name, value


@dataclass(frozen=True, slots=True)
class Story:
    """The story of the demo, told once for every service of it."""

    home: Path
    keys: dict[ServiceRole, str]
    """An API key for each role."""


def tell_story(folder: Path) -> Story:
    """A home in which the story was told, with a key for each role."""
    home = make_demo_home(folder)
    roles: tuple[ServiceRole, ...] = ("reader", "investigator", "dpo", "auditor", "admin")
    keys: dict[ServiceRole, str] = {role: make_key(home, f"{role}-key", role) for role in roles}
    SigningFolder(home).current_term()
    return Story(home, keys)


@contextmanager
def served_site(story: Story, folder: Path) -> Iterator[Site]:
    """A real service of a copy of the story.

    It signs when it starts and never again while tests look: what a browser remembers of one page
    is what the next one shows.
    """
    home = shutil.copytree(story.home, folder / "served")
    with running_service(home, ZEGEL_SERVE_SEAL_EVERY_S="3600") as service:
        yield Site(service, story.keys)


def launched(playwright: Playwright) -> Browser:
    """Debian's chromium."""
    browser = find_tool("chromium", "chromium-browser", "google-chrome")
    return playwright.chromium.launch(executable_path=browser)


@dataclass  # without slots: Playwright keeps a mark on whose method it calls
class Watched:
    """What went wrong in a browser while somebody used the page."""

    url: str
    troubles: list[str] = field(default_factory=list)

    def console(self, message: ConsoleMessage) -> None:
        """Errors and warnings of the console, refusals of the content policy among them."""
        if message.type in {"error", "warning"}:
            self.troubles.append(f"console {message.type}: {message.text}")

    def request(self, request: Request) -> None:
        """Requests that leave the service."""
        scheme, host = urlsplit(request.url)[:2]
        if scheme not in {"data", "blob"} and host != urlsplit(self.url).netloc:
            self.troubles.append(f"external request: {request.url}")

    def page(self, page: Page) -> None:
        """Watches one page of the browser."""
        page.on("console", self.console)
        page.on("pageerror", lambda error: self.troubles.append(f"script: {error}"))
        page.on("request", self.request)


def opened(
    browser: Browser,
    site: Site,
    watched: Watched,
    *,
    role: ServiceRole | None,
    language: Language,
    width: int,
    dark: bool = False,
    scripts: bool = True,
) -> tuple[BrowserContext, Page]:
    """A window of somebody; without a role, of a stranger."""
    context = browser.new_context(
        base_url=site.url,
        viewport={"width": width, "height": HEIGHT},
        color_scheme="dark" if dark else "light",
        locale="nl-NL" if language == "nl" else "en-GB",
        reduced_motion="reduce",
        java_script_enabled=scripts,
        accept_downloads=True,
    )
    context.set_default_timeout(PATIENCE_MS)
    if role is not None:
        context.add_cookies(site.cookies(role, language))  # type: ignore[arg-type]  # as it takes
    page = context.new_page()
    watched.page(page)
    return context, page


@cache
def _axe() -> str:
    if not AXE.exists():
        if os.environ.get(REQUIRED_VARIABLE):
            pytest.fail("axe-core is missing, though `make test` fetches it")
        pytest.skip("axe-core is not there; `make test` fetches it")
    return AXE.read_text("utf-8")


def findings(page: Page) -> list[str]:
    """What a program finds that keeps people from using a page: the serious and the critical."""
    page.evaluate(_axe())
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", _RULES
    )
    return [
        f"{each['impact']} {each['id']}: {node['target']} {node['failureSummary']}"
        for each in found["violations"]
        if each["impact"] in _SERIOUS
        for node in each["nodes"]
    ]


def is_too_wide(page: Page) -> bool:
    """Whether the page itself has to be moved sideways to be read."""
    found: bool = page.evaluate(
        "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    )
    return found
