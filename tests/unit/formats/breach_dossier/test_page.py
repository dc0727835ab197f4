"""The dossier as a page: texts stay texts, nothing is loaded, files stand beside it."""

import re
from base64 import b64decode, b64encode
from hashlib import sha256
from html.parser import HTMLParser
from typing import Final

import pytest

from formats.breach_dossier.attachment import Attachment
from formats.breach_dossier.page import dossier_page
from tests.breach_dossiers import document_of, whole_case
from tests.case_steps import aware, step

HOSTILE: Final = (
    "</p><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }}",
    "&lt;b&gt; \N{RIGHT-TO-LEFT OVERRIDE}evil\x00",
    "javascript:alert(1)",
)


class _Elements(HTMLParser):
    """Collects the elements of a page and its words."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def _elements(page: str) -> _Elements:
    elements = _Elements()
    elements.feed(page)
    return elements


PAGE: Final = dossier_page(document_of(whole_case())).decode()


def test_nothing_runs_and_nothing_is_loaded() -> None:
    """Opening the dossier would tell others so, or run what came in with the records."""
    for tag, attributes in _elements(PAGE).found:
        assert tag not in {"script", "iframe", "object", "link", "form", "base"}
        assert not any(name.startswith("on") or name == "style" for name in attributes)
        if "src" in attributes:
            assert (attributes["src"] or "").startswith("data:image/svg+xml;base64,")
        if "href" in attributes:
            assert (attributes["href"] or "").startswith("./")


def test_the_policy_allows_our_style_and_pictures_alone() -> None:
    """A style that came in with the data could hide a line, or a request could leave."""
    (policy,) = [
        attributes["content"] or ""
        for tag, attributes in _elements(PAGE).found
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    style = re.search(r"<style>(.*?)</style>", PAGE, re.DOTALL)
    assert style is not None
    digest = b64encode(sha256(style[1].encode()).digest()).decode()
    assert policy.startswith("default-src 'none'; ")
    assert f"style-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("text", HOSTILE)
def test_texts_of_records_stay_texts(text: str) -> None:
    """A name of a case or a reason could rewrite the dossier."""
    steps = [
        aware(1, 0, basis=text),
        step(2, "breach.assessed", hour=1, risk="high", basis=text, score_reasons=[]),
        step(3, "breach.suspected", hour=-1, summary=text),
    ]
    page = dossier_page(document_of(steps, name=text, shows_words=True)).decode()
    plain = dossier_page(document_of(steps, shows_words=True)).decode()
    tags = [tag for tag, _ in _elements(page).found]
    assert tags == [tag for tag, _ in _elements(plain).found]
    assert "\x00" not in page
    assert "49" not in _elements(page).words


def test_the_picture_is_an_image() -> None:
    """A drawing inside the page could run script in it."""
    (source,) = [attributes["src"] for tag, attributes in _elements(PAGE).found if tag == "img"]
    assert source is not None
    assert b64decode(source.partition(",")[2]).startswith(b"<svg ")


def test_files_stand_beside_the_page_whatever_their_name() -> None:
    """The evidence could not be reached, or a link lead elsewhere."""
    files = (("../a b?#.case.json", "case"), ("javascript:x", "evidence"))
    page = dossier_page(document_of(whole_case(), files=files)).decode()
    links = [attributes["href"] for tag, attributes in _elements(page).found if tag == "a"]
    assert links == ["./..%2Fa%20b%3F%23.case.json", "./javascript%3Ax"]


def test_the_same_document_gives_the_same_bytes() -> None:
    """Two readers could not tell whether they hold the same dossier."""
    assert dossier_page(document_of(whole_case())).decode() == PAGE


def test_no_line_end_divides_a_moment() -> None:
    """The zone of a time would stand alone on the next line."""
    moments = [word for word in _elements(PAGE).words if "CET" in word]
    assert any("vr\N{NO-BREAK SPACE}20\N{NO-BREAK SPACE}nov" in word for word in moments)


def test_a_page_alone_can_hold_its_files() -> None:
    """Whoever is sent one file would get links to files that they were not sent."""
    file = Attachment("case.json", '{"a": "</script>"}', "application/json", "the case")
    page = dossier_page(document_of(whole_case()), [file]).decode()
    links = {
        attributes["download"]: attributes["href"] or ""
        for tag, attributes in _elements(page).found
        if tag == "a"
    }
    scheme, _, held = links["case.json"].partition(",")
    assert scheme == "data:application/json;base64"
    assert b64decode(held).decode() == file.content
    assert links["evidence.json"] == "./evidence.json"
