"""A dossier page in a real browser: it is shown as meant, and nothing in it runs."""

import re
from pathlib import Path
from typing import Final

from formats.breach_dossier.page import dossier_page
from tests.breach_dossiers import document_of, whole_case
from tests.browser import shown_page
from tests.case_steps import aware

SMUGGLED: Final = "<script>document.body.dataset.ran = 'yes'</script>"


def test_a_script_that_came_in_does_not_run(tmp_path: Path) -> None:
    """A text of a record could change what the evidence says."""
    steps = [aware(1, 0, basis=SMUGGLED), *whole_case()]
    page = dossier_page(document_of(steps, name=SMUGGLED, shows_words=True)).decode()
    assert SMUGGLED not in page
    assert 'data-ran="yes"' not in shown_page(page, tmp_path)


def test_the_policy_stops_what_escaping_does_not(tmp_path: Path) -> None:
    """A mistake in one template would be enough to take over the page."""
    page = dossier_page(document_of(whole_case())).decode()
    style = "<style>h1 { display: none }</style>"
    request = '<img src="https://example.org/seen.png" onerror="document.body.dataset.ran=1">'
    forged = page.replace("</main>", f"{SMUGGLED}{style}{request}</main>")
    assert forged != page
    assert "data-ran" not in re.sub(
        r"<script>.*?</script>|onerror=\S+", "", shown_page(forged, tmp_path)
    )


def test_the_whole_page_is_there(tmp_path: Path) -> None:
    """The browser would stop at a text that it takes for markup."""
    shown = shown_page(dossier_page(document_of(whole_case(), "en")).decode(), tmp_path)
    assert "<footer>" in shown
    assert shown.count("<h2>") == 12
