"""Opens a page in a browser, as people have it."""

import subprocess
from pathlib import Path
from typing import Final

from tests.conformance.node import find_tool

_PATIENCE_MS: Final = 20_000


def shown_page(page: str, folder: Path, *options: str) -> str:
    """The page as the browser has it after anything in it ran.

    Args:
        page: Its text.
        folder: Where the page and the profile of the browser are kept.
        options: More of the browser.
    """
    path = folder / "dossier.html"
    path.write_text(page, "utf-8")
    browser = find_tool("chromium", "chromium-browser", "google-chrome")
    answer = subprocess.run(
        [
            *(browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--lang=en"),
            *(f"--user-data-dir={folder / 'profile'}", f"--virtual-time-budget={_PATIENCE_MS}"),
            *(*options, "--dump-dom", path.as_uri()),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert answer.returncode == 0, answer.stderr
    return answer.stdout
