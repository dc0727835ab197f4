"""The first page: how the log stands, what runs out, and what needs somebody."""

import re
from datetime import timedelta
from html import unescape
from pathlib import Path
from threading import Event
from uuid import uuid4

import pytest

from ledger.events import event_from_mapping
from ledger.events.log_integrity import LogRead
from ledger.query import EventQuery
from ledger.rolling_verification import RollingVerifier
from ledger.store.schema import RECORD
from service.context import Context
from service.page.overview import routes
from service.page.overview.reading import MOST_BLOCKS, MOST_CLOCKS, MOST_PROMISES, running_clocks
from tests.paged import visitor
from tests.sealed_home import SealedHome
from tests.served import served_context


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine too, a page shows what was just recorded."""
    monkeypatch.setattr("service.operations.remembering.PATIENCE_S", 60.0)
    monkeypatch.setattr("service.operations.remembering._FIRST_PATIENCE_S", 60.0)


def verified(context: Context) -> RollingVerifier:
    """The verifier, once it has verified everything."""
    verifier = RollingVerifier(context.ledger, context.home, context.verification)
    verifier.verify_all(Event())
    return verifier


def shown(context: Context, language: str = "en") -> str:
    """The page, with single spaces."""
    client, _ = visitor(context, "dpo", language="nl" if language == "nl" else "en")
    answer = client.get("/")
    assert answer.status_code == 200, answer.text
    return re.sub(r"\s+", " ", answer.text)


def record(context: Context, kind: str, hours_ago: float, **fields: str) -> int:
    """The index of an event that occurred some hours ago."""
    at = context.ledger.clock() - timedelta(hours=hours_ago)
    event = event_from_mapping({"kind": kind, "occurred_at": at.isoformat(), **fields})
    return context.ledger.record(event).index


def test_the_badge_says_how_far_the_log_was_verified(page_context: Context) -> None:
    """A green tick alone would say nothing that anybody can check."""
    before = shown(page_context)
    assert "Not checked yet" in before
    verified(page_context)
    size = page_context.verification.read().full.size  # type: ignore[union-attr]  # just verified
    page = shown(page_context)
    assert "Whole, not yet anchored" in page
    assert f'up to <a href="/history/{size - 1}">record {size - 1}</a>' in page
    assert "personal values opened and compared" in page
    assert "The settings name no independent party." in page
    assert "zegel verify --checkpoint" in page


def test_a_changed_record_is_named_with_what_was_expected(page_context: Context) -> None:
    """People would be told that something is wrong, and not where."""
    verifier = verified(page_context)
    home = SealedHome(str(page_context.ledger.log.engine.url), page_context.home.folder)
    home.write(RECORD, 41, sealed=home.record_row(41)["sealed"][:-1] + b"!")
    verifier.verify_all(Event())
    page = shown(page_context)
    assert page.count("Broken at record 41") == 2  # in the menu and on the page
    assert '<a href="/history/41">record 41</a>' in page
    assert "<code>MODIFIED</code>" in page
    assert "Verbroken bij gebeurtenis 41" in shown(page_context, "nl")


def test_the_most_urgent_clock_comes_first(page_context: Context) -> None:
    """A deadline of tonight would stand below one of next month."""
    breach, request = f"B-{uuid4().hex[:8]}", f"R-{uuid4().hex[:8]}"
    received = record(
        page_context, "dsr.received", 24, request_id=request, right="A15",
        subject="data-subject:customer:4711",
    )  # fmt: skip
    suspected = record(page_context, "breach.suspected", 70, breach_id=breach)
    page = shown(page_context)
    clocks = re.findall(r'<li class="clock (\w+)">(.*?)</li>', page)
    tones = [tone for tone, _ in clocks]
    assert tones == sorted(tones, key=["bad", "warn", "quiet"].index)
    (soon,) = [text for _, text in clocks if f'href="/history/{suspected}"' in text]
    (later,) = [text for _, text in clocks if f'href="/history/{received}"' in text]
    assert clocks.index(("warn", soon)) < clocks.index(("quiet", later))
    assert "Tell the authority" in soon
    assert re.search(r'data-due="[^"]+" role="timer"><span data-left>1 h \d+ min left</span>', soon)
    assert "nothing is decided yet; this is the earliest moment" in soon
    assert "GDPR art. 33(1)" in soon
    assert '<a href="/requests/' in later
    assert "Answer the request" in later
    assert "Het verzoek beantwoorden" in shown(page_context, "nl")


def test_a_deadline_that_passed_is_overdue(page_context: Context) -> None:
    """A missed deadline would look like one that runs."""
    breach = f"B-{uuid4().hex[:8]}"
    record(page_context, "breach.suspected", 90, breach_id=breach)
    at = (page_context.ledger.clock() - timedelta(hours=80)).isoformat()
    aware = record(page_context, "breach.awareness_determined", 79, breach_id=breach, aware_at=at)
    page = shown(page_context)
    (clock,) = [
        text
        for text in re.findall(r'<li class="clock bad">(.*?)</li>', page)
        if f'href="/history/{aware}"' in text
    ]
    assert "✗ overdue" in clock
    assert re.search(r"<span data-left>\d+ h( \d+ min)? late</span>", clock)


def test_broken_promises_lead_to_their_records(page_context: Context) -> None:
    """A broken promise would be a number that nobody can look into."""
    page = shown(page_context)
    part = page[page.index("Broken promises") : page.index("Silent sources")]
    assert 0 < part.count("✗ broken") <= MOST_PROMISES
    assert '<a href="/promises/IFB-04">' in part
    assert re.search(r'First <time datetime="[^"]+".*?<a href="/history/\d+">record \d+</a>', part)
    assert "that the log cannot decide" in part


def test_blocked_addresses_are_tokens_with_their_attempts(page_context: Context) -> None:
    """Addresses of people would be shown to whoever opens the page."""
    page = shown(page_context)
    part = page[page.index("Blocked addresses") : page.index("Records per hour")]
    assert part.count('href="/history?ip=ip%23') == MOST_BLOCKS
    assert len(re.findall(r">\d+ attempts?</span>", part)) == MOST_BLOCKS
    assert "13 more are kept out." in part
    assert re.search(r"\d+\.\d+\.\d+\.\d+", part) is None


def test_a_source_that_fell_silent_is_told(page_context: Context) -> None:
    """Somebody who switched a source off would not be noticed."""
    record(page_context, "access.used", 30, system="quiet-system", resource="customer-file")
    record(page_context, "access.used", 2, system="busy-system", resource="customer-file")
    page = shown(page_context)
    part = page[page.index("Silent sources") : page.index("Blocked addresses")]
    assert '<a href="/history?system=quiet-system"><strong>quiet-system</strong></a>' in part
    assert "silent for 1 day 6 hours" in part
    assert "busy-system" not in part
    assert "zegel.readings" not in part
    assert "It is declared connected: silence means that nothing happened." in part


def test_every_hour_in_which_something_happened_is_drawn_and_listed(
    page_context: Context,
) -> None:
    """Who cannot see the drawing would not be told what it says."""
    record(page_context, "access.used", 5, system="busy-system", resource="customer-file")
    page = shown(page_context)
    part = page[page.index('id="hours-title"') :]
    drawn = len(re.findall(r'<rect class="bar"[^>]* height="(?!0\.0")', part))
    listed = len(re.findall(r'<tr><th scope="row"><a href="/history\?since=', part))
    assert drawn == listed >= 2
    assert part.count("<rect") in {48, 49}


def test_that_somebody_looked_is_recorded(page_context: Context) -> None:
    """Who opens the page every day would leave no trace."""
    size = page_context.ledger.head().size
    shown(page_context)
    (read,) = page_context.ledger.read(EventQuery(kinds=("log.read",), start=size))
    assert isinstance(read.event, LogRead)
    assert page_context.ledger.head().size == size + 1


def test_a_new_log_has_an_overview_too(tmp_path: Path) -> None:
    """The first thing that somebody sees would be an error."""
    with served_context(tmp_path) as context:
        page = shown(context)
    for empty in (
        "Nothing is due",
        "No statement with promises is published.",
        "No address is kept out.",
        "No source is registered, and none reported.",
    ):
        assert empty in page


def test_what_takes_long_is_shown_as_soon_as_it_is_there(
    page_context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over a long history the page would hang, or claim that nothing is due."""
    release = Event()
    whole = running_clocks

    def slow(context: Context) -> object:
        release.wait(20)
        return whole(context)

    monkeypatch.setattr(routes, "running_clocks", slow)
    monkeypatch.setattr("service.operations.remembering.PATIENCE_S", 0.05)
    monkeypatch.setattr("service.operations.remembering._FIRST_PATIENCE_S", 0.05)
    client, _ = visitor(page_context, "reader")
    answer = client.get("/")
    release.set()
    assert answer.status_code == 200
    assert "The deadlines are being computed" in answer.text
    assert "Nothing is due" not in answer.text
    assert answer.headers["refresh"] == "3"


def test_only_the_most_urgent_clocks_are_listed(page_context: Context) -> None:
    """A hundred requests would push everything else off the page."""
    for _ in range(MOST_CLOCKS + 3):
        record(
            page_context, "dsr.received", 24, request_id=f"R-{uuid4().hex[:8]}", right="A15",
            subject="data-subject:customer:4711",
        )  # fmt: skip
    page = shown(page_context)
    assert page.count('<li class="clock ') == MOST_CLOCKS
    assert re.search(r"[3-9] more run\.", page)


def test_every_link_leads_somewhere(page_context: Context) -> None:
    """Somebody who follows a number to its records would find an error."""
    record(page_context, "breach.suspected", 3, breach_id=f"B-{uuid4().hex[:8]}")
    record(
        page_context, "dsr.received", 3, request_id=f"R-{uuid4().hex[:8]}", right="A15",
        subject="data-subject:customer:4711",
    )  # fmt: skip
    page = shown(page_context)
    links = {
        unescape(each) for each in re.findall(r'href="(/[^"#]+)"', page[page.index("<main") :])
    }
    assert len(links) > 30
    client, _ = visitor(page_context, "dpo")
    failed = {link: client.get(link).status_code for link in sorted(links)}
    assert set(failed.values()) == {200}, failed
