"""The register's page in a real browser: it is shown whole, and nothing in it runs."""

from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from formats.register.page import register_page
from projections.art30.findings import findings
from tests.browser import shown_page
from tests.registers import CUSTOMERS, HOSTING, WHOLE

SMUGGLED: Final = "<script>document.body.dataset.ran = 'yes'</script>"


def test_what_came_in_does_not_run_and_everything_is_there(tmp_path: Path) -> None:
    """A name that somebody typed would change what an authority reads, or end the page."""
    register = replace(WHOLE, activities=(replace(CUSTOMERS, name=SMUGGLED), HOSTING))
    page = register_page(register, findings(register), "en", ZoneInfo("Europe/Amsterdam")).decode()
    forged = page.replace("</main>", f"{SMUGGLED}</main>")
    assert SMUGGLED not in page
    assert forged != page
    shown = shown_page(forged, tmp_path)
    assert 'data-ran="yes"' not in shown
    assert shown.count("<h4>") == 4
    assert "<footer>" in shown
