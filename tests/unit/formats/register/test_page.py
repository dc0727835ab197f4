"""The register as a page and as Markdown: whole, escaped, and silent about nothing."""

import re
from html import unescape
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from msgspec.structs import replace

from formats.register.markdown import escaped, register_markdown
from formats.register.page import processors_page, register_page
from formats.register.words import PageLanguage
from ledger.events.parties import Party
from projections.art30.content import Register
from projections.art30.findings import findings
from tests.registers import CUSTOMERS, HOSTING, REGISTERS, STANDING, WHOLE

ZONE = ZoneInfo("Europe/Amsterdam")
SMUGGLED = "<script>alert(1)</script>"


def _page(register: Register = WHOLE, language: PageLanguage = "en") -> str:
    return register_page(register, findings(register), language, ZONE).decode()


class _Reader(HTMLParser):
    """Collects the tags and ids of a page, and where its links go."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes one tag."""
        known = dict(attrs)
        self.tags.append(tag)
        self.ids += [str(known["id"])] if "id" in known else []
        self.links += [str(known[name]) for name in ("href", "src") if name in known]


def _read(page: str) -> _Reader:
    reader = _Reader()
    reader.feed(page)
    return reader


def test_the_page_shows_every_field_of_both_parts() -> None:
    """An authority would be handed a page on which something is left out."""
    page = _page()
    for text in (
        *("Customer service", "Acme B.V.", "privacy@acme.example", "person:dpo@acme.example"),
        *("To answer what customers ask", "contract, art. 6(1)(b)", "customers: name, address"),
        *("accountants", "standard clauses of the Commission", "7 years", "encryption-at-rest"),
        *("urn:activity:hosting", "library@example.nl", "readers: loans", "general, with notice"),
        *("no authorisation seen", "log.example/register", "12 of 14", STANDING.root),
    ):
        assert text.replace("'", "&#39;") in page, text


def test_the_page_loads_and_runs_nothing() -> None:
    """Opening the register would tell somebody who reads it."""
    reader = _read(_page())
    assert not {"script", "link", "img", "iframe", "form"} & set(reader.tags)
    assert all(link.startswith("#") for link in reader.links)
    assert {link[1:] for link in reader.links} <= set(reader.ids)
    assert "default-src 'none'" in unescape(_page())


@pytest.mark.parametrize("language", ["en", "nl"])
def test_no_value_becomes_markup(language: PageLanguage) -> None:
    """A name that somebody typed would run in the browser of an authority."""
    party = Party(role="controller", category="others")
    register = replace(
        WHOLE,
        activities=(
            replace(CUSTOMERS, name=SMUGGLED, contacts=(SMUGGLED,)),
            replace(HOSTING, controllers=(party,), officer=SMUGGLED),
        ),
    )
    page = _page(register, language)
    assert SMUGGLED not in page
    assert page.count("&lt;script&gt;") >= 3


def test_an_activity_for_two_controllers_is_told_once() -> None:
    """A long register would tell everything once for each controller."""
    page = _page()
    assert page.count('id="activity-2"') == 1
    assert page.count('class="again"') == 1


def test_a_register_without_activities_says_so() -> None:
    """An empty page would look like a failure."""
    empty = Register(standing=STANDING)
    page = _page(empty)
    assert page.count("No activity is in force at this moment.") == 2
    assert "No processing agreement is in force" in page


def test_the_list_of_processors_is_a_page_of_its_own() -> None:
    """Whoever asks for sub-processors would get the whole register."""
    page = processors_page(WHOLE, "nl", ZONE).decode()
    assert "Verwerkersovereenkomsten" in page
    assert "Customer service" not in page
    assert "urn:activity" not in page


@given(REGISTERS)
@settings(max_examples=25)
def test_any_register_makes_a_page_whose_links_lead_somewhere(register: Register) -> None:
    """Some register could not be shown at all."""
    reader = _read(_page(register, "nl"))
    assert {link[1:] for link in reader.links} <= set(reader.ids)
    assert "script" not in reader.tags


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("*bold* _it_ `code`", r"\*bold\* \_it\_ \`code\`"),
        ("[a](javascript:x)", r"\[a\](javascript:x)"),
        ("<b>|</b>", r"\<b\>\|\</b\>"),
        ("a\nb", "a b"),
        ("https://x.example www.x.example a@b", r"https\://x.example www\.x.example a\@b"),
    ],
)
def test_no_value_becomes_markdown(text: str, shown: str) -> None:
    """A name would become a link, or break a table."""
    assert escaped(text) == shown


def test_markdown_tells_the_same_as_the_page() -> None:
    """A wiki would hold less than what was handed over."""
    document = register_markdown(WHOLE, findings(WHOLE), "en", ZONE).decode()
    for text in ("Customer service", "Part 2: processor", "On behalf of library", "30(2)(a)"):
        assert text in document, text
    assert re.search(r"^\| hosted \| engaged \|", document, re.MULTILINE)
    empty = register_markdown(Register(standing=STANDING), [], "nl", ZONE).decode()
    assert empty.count("Op dit moment is geen verwerking van kracht.") == 2
