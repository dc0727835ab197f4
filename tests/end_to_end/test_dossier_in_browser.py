"""A dossier opened from disk in a real browser verifies itself and shows what it found."""

import json
import re
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Final

import pytest

from formats.dossier.page import escaped_json
from tests.browser import shown_page
from tests.bundled_evidence import bundle_of

PAGE: Final = bundle_of(300, [3, 4, 260])["dossier.html"].decode()


def _text_of(element: str, page: str) -> str:
    found = re.search(rf'id="{element}"[^>]*>(.*?)</', page, re.DOTALL)
    assert found is not None, element
    return found[1]


def _forged(old: bytes, new: bytes) -> str:
    embedded = re.search(r'(?<=id="dossier">).*?(?=</script>)', PAGE, re.DOTALL)
    assert embedded is not None
    data = json.loads(embedded[0])
    sealed = b64decode(data["records"][1]["sealed"])
    assert old in sealed
    data["records"][1]["sealed"] = b64encode(sealed.replace(old, new)).decode()
    return PAGE.replace(embedded[0], escaped_json(data))


def test_a_good_dossier_shows_valid(tmp_path: Path) -> None:
    """An auditor would open the page and see nothing, or an error."""
    page = shown_page(PAGE, tmp_path)
    assert 'data-outcome="valid"' in page
    assert "VALID" in _text_of("outcome", page)
    assert page.count('class="record sound"') == 3
    assert "person:clerk3@example.org" in page
    assert "log.example/vectors+e986f0a0+" in page


def test_a_forged_dossier_names_the_wrong_record(tmp_path: Path) -> None:
    """A changed event would be shown under a green seal."""
    page = shown_page(_forged(b"customer-file", b"customer-mail"), tmp_path)
    assert 'data-outcome="broken"' in page
    assert "MODIFIED" in _text_of("outcome", page)
    assert re.search(r"\b4\b", _text_of("headline", page))
    assert page.count('class="record wrong"') == 1
    assert page.count('class="record sound"') == 2


@pytest.mark.parametrize("data", ["", "null", "{}", '{"records":7,"indexes":{}}', '{"policy":1}'])
def test_a_dossier_that_is_none_never_shows_valid(tmp_path: Path, data: str) -> None:
    """A damaged page would stay at "verifying", which some will read as a yes."""
    embedded = re.search(r'(?<=id="dossier">).*?(?=</script>)', PAGE, re.DOTALL)
    assert embedded is not None
    page = shown_page(PAGE.replace(embedded[0], data), tmp_path)
    assert 'data-outcome="broken"' in page
    assert "VALID" not in _text_of("outcome", page)


def test_a_page_with_another_script_does_not_run_it(tmp_path: Path) -> None:
    """A script that came in with the data could paint the seal green."""
    smuggled = "<script>document.body.dataset.outcome = 'smuggled'</script></body>"
    page = shown_page(PAGE.replace("</body>", smuggled), tmp_path)
    assert 'data-outcome="smuggled"' not in page
    assert 'data-outcome="valid"' in page
