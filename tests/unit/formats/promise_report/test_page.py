"""The page about promises is one file that runs nothing and shows what it was given."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

from formats.promise_report.content import report_of
from formats.promise_report.page import report_page
from formats.promise_report.story import PromiseText, Story
from tests.promise_findings import contradiction
from tests.promise_stories import broken_story, plain_story, subject_of, verdict

UTC_ZONE = ZoneInfo("UTC")
EVIL = "<script>alert(1)</script> & \"quotes\" 'and' </details>"


def page(*stories: Story) -> str:
    """The page as text."""
    return report_page(report_of(subject_of(*stories), "en", UTC_ZONE)).decode()


class Tags(HTMLParser):
    """Every tag of a page with its attributes, and whether each was closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes a tag."""
        self.found.append((tag, dict(attrs)))
        if tag not in {"meta", "br", "img"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Closes the tag that is open."""
        assert self.open.pop() == tag


def test_the_page_is_whole_and_loads_nothing() -> None:
    """A page that was mailed would be broken, or tell somebody that it was opened."""
    text = page(broken_story(), plain_story(verdict("ABC-03", "pending")))
    tags = Tags(text)
    assert tags.open == []
    names = {name for name, _ in tags.found}
    assert not names & {"script", "img", "link", "iframe", "object", "form"}
    links = [attrs["href"] or "" for _, attrs in tags.found if "href" in attrs]
    anchors = {attrs["id"] for _, attrs in tags.found if "id" in attrs}
    assert {link.removeprefix("#") for link in links} <= anchors
    assert all(link.startswith("#") for link in links)
    assert not re.search(r"url\(|@import|https?:", text)
    policies = [attrs["content"] or "" for _, attrs in tags.found if "http-equiv" in attrs]
    assert policies[0].startswith("default-src 'none'; style-src 'sha256-")


def test_a_tile_names_an_anchor_inside_its_panel() -> None:
    """A browser opens a panel only for an anchor that lies inside it."""
    text = page(broken_story())
    details, told = text.index("<details"), text.index('id="promise-abc-02"')
    assert details < told < text.index("</details>")


def test_nothing_of_a_log_becomes_markup() -> None:
    """A record with a tag in it would run in the browser of whoever reads the page."""
    story = broken_story()
    words = PromiseText(
        source="log", words={"nl": EVIL, "en": EVIL}, place=EVIL, quote=EVIL, statement=EVIL
    )
    items = tuple(replace(each, reason=EVIL, settle=EVIL, part_name="evil") for each in story.items)
    events = {
        index: replace(event, sentences={"nl": EVIL, "en": EVIL}, actor=EVIL)
        for index, event in story.events.items()
    }
    judged = replace(
        story.verdict, systems=(EVIL,), reasons=(EVIL,), settle=(EVIL,), organisation=EVIL
    )
    findings = (contradiction("open", promise_ids=(EVIL, EVIL), settle=(EVIL,)),)
    told = replace(story, verdict=judged, text=words, items=items, events=events, findings=findings)
    text = page(told)
    assert "<script" not in text
    assert text.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 15
    assert Tags(text).open == []


def test_the_same_report_gives_the_same_bytes() -> None:
    """Two people who ask the same would not get the same page."""
    assert page(broken_story()) == page(broken_story())


def test_a_verdict_is_told_by_word_and_sign() -> None:
    """Whoever cannot tell red from green would not know what is broken."""
    text = page(broken_story())
    assert re.search(r'class="badge broken"><i aria-hidden="true">✗</i>broken<', text)
