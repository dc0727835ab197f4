"""The first page that somebody sees, over a short and over a long history.

A service of its own answers, over HTTP, somebody who has logged in; the views are in step. Where
Chromium is installed, it also says when the first of the page stood on the screen.
"""

import http.client
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Final

from benchmarks import year_sample
from benchmarks.comparison import Comparison, constant
from benchmarks.databases import ORIGIN, Database, Place
from benchmarks.measuring import Done, Side, Work, in_turns
from ledger.api_keys import create_api_key
from ledger.home import Home
from ledger.roles import found_roles
from ledger.serve_settings import ServeSettings
from ledger.signing.signing_folder import SigningFolder
from projections import catch_up
from service.access.caller import Caller
from service.context import Context
from service.page.access.session import RANDOM_BYTES, begin_session, session_cookie

OWNER: Final = "person:owner@example.nl"
PATHS: Final = ("/", "/history")
"""The overview, which comes first, and the newest records."""
REQUESTS: Final = 20
_WARM_UP: Final = 3
_PAINTED: Final = """new Promise(tell => new PerformanceObserver(list => {
  const found = list.getEntriesByName("first-contentful-paint")[0];
  if (found) tell(found.startTime);
}).observe({ type: "paint", buffered: true }))"""


@dataclass(frozen=True, slots=True)
class Served:
    """A service over one log, and the cookie of somebody who may read."""

    port: int
    cookie: str


def first_page(sites: Mapping[str, Served], path: str, name: str, rounds: int) -> Comparison:
    """One page over each of some histories, as HTML and, where a browser is, painted."""
    sides = [
        Side(f"HTML, {length}", constant(partial(_fetched, site, path)))
        for length, site in sites.items()
    ]
    if chromium() is not None:
        sides += [
            Side(f"painted in Chromium, {length}", partial(_painting, site, path))
            for length, site in sites.items()
        ]
    return Comparison(f"Page {path}, {name}", "pages/s", in_turns(sides, rounds))


def chromium() -> str | None:
    """The path of a Chromium, where one is installed."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


@contextmanager
def served(database: Database, count: int) -> Iterator[Served]:
    """A year of so many facts, served by a process of its own."""
    with database.fresh() as place:
        cookie = _filled(place, count)
        program = [sys.executable, "-m", "benchmarks.served_program"]
        with subprocess.Popen(  # noqa: S603 - our own program
            [*program, str(place.folder / "home"), place.url, "pages"],
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                assert process.stdout is not None  # noqa: S101 - a pipe was asked for
                yield Served(int(process.stdout.readline()), cookie)
            finally:
                process.terminate()
                process.wait()


def _filled(place: Place, count: int) -> str:
    """The cookie of a session that may read a year of facts; every view is in step with them."""
    home = Home(place.folder / "home")
    with closing(home.init(ORIGIN, database=place.url)) as ledger:
        SigningFolder(home.folder).create(ORIGIN, lambda: None)
        found_roles(ledger, OWNER)
        secret, _ = create_api_key(ledger, "visitor", frozenset({"investigator"}), by=OWNER)
        year_sample.fill(ledger, count)
        catch_up(ledger)
        context = Context(ledger, home, ServeSettings(), _nobody, tuple)
        session = begin_session(
            identity="person:visitor",
            is_program=True,
            key=secret,
            issuer=None,
            now=ledger.clock(),
            random=os.urandom(RANDOM_BYTES),
        )
        return session_cookie(context, session, os.urandom(12)).partition(";")[0]


def _nobody(_headers: object) -> Caller:
    raise RuntimeError("nobody asks this context anything: it seals a cookie")


def _fetched(site: Served, path: str) -> Done:
    """So many whole answers, one after the other on one connection."""
    with closing(http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)) as connection:
        for _ in range(_WARM_UP):
            _fetch(connection, site, path)
        started = perf_counter()
        for _ in range(REQUESTS):
            _fetch(connection, site, path)
        return Done(REQUESTS, perf_counter() - started)


def _fetch(connection: http.client.HTTPConnection, site: Served, path: str) -> None:
    connection.request("GET", path, headers={"cookie": site.cookie})
    answer = connection.getresponse()
    answer.read()
    if answer.status != http.HTTPStatus.OK:
        message = f"{path}: expected 200, found {answer.status}: nothing would be measured"
        raise RuntimeError(message)


@contextmanager
def _painting(site: Served, path: str) -> Iterator[Work]:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only where a browser is

    name, _, value = site.cookie.partition("=")
    url = f"http://127.0.0.1:{site.port}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium())
        visitor = browser.new_context(viewport={"width": 1280, "height": 900})
        visitor.add_cookies([{"name": name, "value": value, "url": url}])
        page = visitor.new_page()

        def painted() -> Done:
            """Until the first of the page stood on the screen, as the browser has it."""
            waited_ms = 0.0
            for number in range(_WARM_UP + REQUESTS):
                page.goto(url + path, wait_until="load")
                at_ms = page.evaluate(_PAINTED)
                if number >= _WARM_UP:
                    waited_ms += at_ms
            return Done(REQUESTS, waited_ms / 1000)

        yield painted
        browser.close()
