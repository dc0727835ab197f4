"""A dossier page in a real browser: it is shown as meant, and nothing in it runs."""

import re
import subprocess
from pathlib import Path
from typing import Final

import pytest

from formats.breach_dossier.page import dossier_page
from tests.breach_dossiers import document_of, whole_case
from tests.case_steps import aware
from tests.conformance.node import find_tool

SMUGGLED: Final = "<script>document.body.dataset.ran = 'yes'</script>"
_PATIENCE_MS: Final = 10_000


def _shown(page: str, folder: Path) -> str:
    """The page as the browser has it after anything in it ran."""
    path = folder / "dossier.html"
    path.write_text(page, "utf-8")
    browser = find_tool("chromium", "chromium-browser", "google-chrome")
    answer = subprocess.run(
        [
            *(browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--lang=en"),
            *(f"--user-data-dir={folder / 'profile'}", f"--virtual-time-budget={_PATIENCE_MS}"),
            *("--dump-dom", path.as_uri()),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


@pytest.mark.xdist_group("browser")
def test_a_script_that_came_in_does_not_run(tmp_path: Path) -> None:
    """A text of a record could change what the evidence says."""
    steps = [aware(1, 0, basis=SMUGGLED), *whole_case()]
    page = dossier_page(document_of(steps, name=SMUGGLED, shows_words=True)).decode()
    assert SMUGGLED not in page
    assert 'data-ran="yes"' not in _shown(page, tmp_path)


@pytest.mark.xdist_group("browser")
def test_the_policy_stops_what_escaping_does_not(tmp_path: Path) -> None:
    """A mistake in one template would be enough to take over the page."""
    page = dossier_page(document_of(whole_case())).decode()
    style = "<style>h1 { display: none }</style>"
    request = '<img src="https://example.org/seen.png" onerror="document.body.dataset.ran=1">'
    forged = page.replace("</main>", f"{SMUGGLED}{style}{request}</main>")
    assert forged != page
    assert "data-ran" not in re.sub(
        r"<script>.*?</script>|onerror=\S+", "", _shown(forged, tmp_path)
    )


@pytest.mark.xdist_group("browser")
def test_the_whole_page_is_there(tmp_path: Path) -> None:
    """The browser would stop at a text that it takes for markup."""
    shown = _shown(dossier_page(document_of(whole_case(), "en")).decode(), tmp_path)
    assert "<footer>" in shown
    assert shown.count("<h2>") == 12
