"""A browser, a service, and people who are logged in."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from ledger.role_names import ServiceRole
from service.page.languages import Language
from tests.browsing.site import (
    PATIENCE_MS,
    WIDE,
    Site,
    Story,
    Watched,
    launched,
    opened,
    served_site,
    tell_story,
)

Person = Callable[..., Page]
"""Opens a window: `person("dpo", language="nl", width=390)`."""


@pytest.fixture(scope="session")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """Told once for each process of the tests; it stays as it is."""
    return tell_story(tmp_path_factory.mktemp("story"))


@pytest.fixture(scope="session")
def site(story: Story, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One service for every test of a process; tests that record make cases of their own."""
    with served_site(story, tmp_path_factory.mktemp("site")) as made:
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for the tests of a file.

    Playwright keeps an event loop running in this thread, in which no other test could start one:
    it must be gone before the tests of the next file.
    """
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        made = launched(playwright)
        yield made
        made.close()


@pytest.fixture
def person(browser: Browser, site: Site) -> Iterator[Person]:
    """Opens windows; what went wrong inside them fails the test at its end."""
    watched = Watched(site.url)
    contexts = []

    def open_window(
        role: ServiceRole | None = "dpo",
        *,
        language: Language = "en",
        width: int = WIDE,
        dark: bool = False,
        scripts: bool = True,
    ) -> Page:
        context, page = opened(
            browser, site, watched,
            role=role, language=language, width=width, dark=dark, scripts=scripts,
        )  # fmt: skip
        contexts.append(context)
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert not watched.troubles, "\n".join(watched.troubles)
