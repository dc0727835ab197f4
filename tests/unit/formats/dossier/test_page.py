"""The dossier page: data stays data, and nothing on the page reaches a network."""

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from typing import Final

import msgspec
import pytest

from formats.dossier.page import DossierRecord, dossier_data, dossier_page, escaped_json
from tests.bundled_evidence import bundle_of

PAGE: Final = bundle_of(5, [1, 2])["dossier.html"].decode()


class _Elements(HTMLParser):
    """Collects the elements of a page and the text of its scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._is_kept = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        self._is_kept = tag in {"script", "style"}
        if self._is_kept:
            self.texts.append("")

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - the parser's signature
        self._is_kept = False

    def handle_data(self, data: str) -> None:
        if self._is_kept:
            self.texts[-1] += data


def _elements(page: str) -> _Elements:
    elements = _Elements()
    elements.feed(page)
    return elements


def test_nothing_is_loaded_from_elsewhere() -> None:
    """The page would not open offline, or tell others that it was opened."""
    for tag, attributes in _elements(PAGE).found:
        assert not {"src", "href", "action", "srcset", "data"} & set(attributes), tag
    assert not re.search(r"\b(?:fetch|XMLHttpRequest|WebSocket|import)\(|url\(|@import", PAGE)


def test_only_the_scripts_of_the_page_may_run() -> None:
    """A script smuggled in with the data would run; or the page's own would not."""
    elements = _elements(PAGE)
    (policy,) = [
        attributes["content"]
        for tag, attributes in elements.found
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy is not None
    assert policy.startswith("default-src 'none'; ")
    style, _data, script = elements.texts
    for text in (style, script):
        assert f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" in policy
    assert "unsafe" not in policy


def test_markup_is_never_made_of_data() -> None:
    """A text of an event could become markup."""
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(", PAGE)


@pytest.mark.parametrize(
    "text",
    ["</script><script>alert(1)</script>", "<!--<script>", "a & b", "\u2028\u2029", "{{style}}"],
)
def test_text_cannot_leave_the_data(text: str) -> None:
    """A reason typed by somebody could take over the page that is shown as evidence."""
    data = {"question": {"since": text}}
    assert not re.search("[<>&\u2028\u2029]", escaped_json(data))
    assert msgspec.json.decode(escaped_json(data)) == data
    page = dossier_page(data).decode()
    embedded = re.search(r'id="dossier">(.*?)</script>', page, re.DOTALL)
    assert embedded is not None
    assert msgspec.json.decode(embedded[1]) == data
    assert len(_elements(page).texts) == 3


def test_each_hash_stands_in_the_data_once() -> None:
    """A dossier about many records would be too large to open."""
    shared, own = bytes(32), b"\1" * 32
    records = [DossierRecord(0, b"a", [own, shared]), DossierRecord(1, b"b", [shared])]
    data = dossier_data(
        origin="o", checkpoint=b"c", policy=b"p", records=records, question={}, anchors=[]
    )
    assert data["indexes"] == [0, 1]
    assert [record["proof"] for record in data["records"]] == [[0, 1], [1]]
    assert len(data["hashes"]) == 2
