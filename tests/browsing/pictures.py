"""Pictures of pages, to be looked at: `python -m tests.browsing.pictures /history /breaches`.

They are taken of a real service of the demo story, at two widths, in two languages, light and dark.
"""

import re
import sys
import tempfile
from argparse import ArgumentParser
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from playwright.sync_api import sync_playwright

from ledger.role_names import ServiceRole
from tests.browsing.site import (
    NARROW,
    WIDE,
    Site,
    Watched,
    launched,
    opened,
    served_site,
    tell_story,
)

if TYPE_CHECKING:
    from service.page.languages import Language

_NOT_A_NAME: Final = re.compile(r"[^A-Za-z0-9]+")


def main() -> int:
    """Writes the pictures and says where."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+", metavar="PATH")
    parser.add_argument("--out", type=Path, default=Path("pictures"))
    parser.add_argument("--role", default="dpo")
    parser.add_argument("--only", default="", help="such as en-1280-light; parts of names")
    parser.add_argument("--first", action="store_true", help="only what is seen without scrolling")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        served_site(tell_story(Path(folder)), Path(folder)) as site,
    ):
        role = cast("ServiceRole", asked.role)
        taken = take(site, asked.paths, asked.out, role, asked.only, whole=not asked.first)
    sys.stdout.write("".join(f"{line}\n" for line in taken))
    return 0


def take(
    site: Site, paths: list[str], out: Path, role: ServiceRole, only: str, *, whole: bool
) -> list[str]:
    """Pictures of pages; a line for each, and for everything that went wrong in the browser."""
    told = []
    languages: tuple[Language, ...] = ("en", "nl")
    with sync_playwright() as playwright:
        browser = launched(playwright)
        for language, width, dark in product(languages, (WIDE, NARROW), (False, True)):
            variant = f"{language}-{width}-{'dark' if dark else 'light'}"
            if only not in variant:
                continue
            watched = Watched(site.url)
            context, page = opened(
                browser, site, watched, role=role, language=language, width=width, dark=dark
            )
            for path in paths:
                page.goto(path)
                page.wait_for_load_state("networkidle")
                name = _NOT_A_NAME.sub("-", path).strip("-") or "overview"
                page.screenshot(path=out / f"{name}-{variant}.png", full_page=whole)
                told.append(str(out / f"{name}-{variant}.png"))
            context.close()
            told += watched.troubles
        browser.close()
    return told


if __name__ == "__main__":
    raise SystemExit(main())
