"""The page of one breach: clocks that explain themselves, anchors, open items, words on request."""

import re

import pytest

from ledger.events.log_integrity import LogRead
from ledger.evidence import Reading
from ledger.ledger import Ledger
from ledger.query import EventQuery
from ledger.roles import take_roles
from projections.cases.breach_reading import read_breach
from projections.cases.reading import find_case, moment_of
from projections.clocks import clocks
from service.context import Context
from service.page.languages import Language
from tests.paged import visitor

BREACH = "NXT-2025-11"
PAGE = f"/breaches/{BREACH}"
WORDS = "s.dekker"


def readings(ledger: Ledger) -> list[LogRead]:
    """Who was answered what."""
    reader = "person:auditor@test"
    take_roles(ledger, reader)
    found = ledger.read(EventQuery(kinds=("log.read",)), reading=Reading(reader, "audit"))
    return [each.event for each in found if isinstance(each.event, LogRead)]


def section(page: str, name: str) -> str:
    """One part of a page, by the id of its heading."""
    found = re.search(rf'<section[^>]*aria-labelledby="{name}".*?</section>', page, re.DOTALL)
    assert found is not None, name
    return found[0]


def test_the_notice_that_is_due_stands_first_with_its_record(page_context: Context) -> None:
    """A data officer would have to look for the 72 hours."""
    client, _ = visitor(page_context, "dpo")
    told = section(client.get(PAGE).text, "glance-authority")
    assert "17 h 5 min to spare" in told
    assert "Thu 20 Nov 2025 09:35 CET" in told
    assert re.search(r'href="/history/\d+"', told)


def test_every_clock_says_how_it_was_computed(page_context: Context) -> None:
    """A deadline would have to be believed."""
    client, _ = visitor(page_context, "dpo")
    page = client.get(f"{PAGE}?as_of=2025-11-18T12:00:00%2B01:00").text
    running = section(page, "running")
    assert "tell the authority" in running
    assert "GDPR art. 33(1)" in running
    assert "How this was computed, and other readings" in running
    assert "counted in UTC" in running
    assert "other reading" in running.lower()


def test_a_clock_of_the_past_does_not_tick(page_context: Context) -> None:
    """A page about last week would count down to a moment that is long over."""
    client, _ = visitor(page_context, "dpo")
    assert "data-due=" not in client.get(f"{PAGE}?as_of=2025-11-18T12:00:00%2B01:00").text


def test_every_moment_of_awareness_stands_with_the_end_it_gives(page_context: Context) -> None:
    """A regulator would see one moment, and not those that were not chosen."""
    client, _ = visitor(page_context, "dpo")
    told = section(client.get(PAGE).text, "awareness")
    ledger = page_context.ledger
    case = read_breach(ledger, find_case(ledger, "breach", BREACH), moment_of(ledger))
    for candidate in case.candidates:
        assert f'href="/history/{candidate.index}"' in told
    assert told.count("for comparison") >= 4
    assert "corrected by <a" in told


def test_what_is_still_to_be_told_is_known_at_any_moment(page_context: Context) -> None:
    """Items that art. 33(3) asks for would be forgotten after the first notice."""
    client, _ = visitor(page_context, "dpo")
    now = section(client.get(PAGE).text, "glance-items")
    then = section(client.get(f"{PAGE}?as_of=2025-11-25T12:00:00Z").text, "glance-items")
    assert now.count("<strong>open</strong>") == 0
    assert then.count("<strong>open</strong>") == 1
    assert "the likely consequences <strong>open</strong>" in then
    assert f'{PAGE}/steps/supplement"' in then


def test_what_was_not_known_then_is_not_shown(page_context: Context) -> None:
    """Asked what was known before anything was, the page would tell of it all the same."""
    client, _ = visitor(page_context, "dpo")
    page = client.get(f"{PAGE}?as_of=2025-10-01T12:00:00Z").text
    assert "No record of this case was known at that moment." in page
    assert 'id="running"' not in page


def test_a_breach_that_nobody_recorded_is_not_found(page_context: Context) -> None:
    """A slip in a case number would show an empty case."""
    client, _ = visitor(page_context, "dpo")
    assert client.get("/breaches/NXT-2025-12").status_code == 404
    assert client.get("/breaches/NXT-2025-12/timeline").status_code == 404
    assert client.get("/breaches/NXT-2025-12/dossier.pdf").status_code == 404


@pytest.mark.parametrize("part", ["", "/timeline", "/reach", "/dossier"])
def test_each_look_is_recorded_by_the_stream_of_the_case(page_context: Context, part: str) -> None:
    """Somebody would read a case unseen; or its own id, which may name people, would be kept."""
    client, _ = visitor(page_context, "reader")
    assert client.get(f"{PAGE}{part}").status_code == 200
    told = readings(page_context.ledger)[-1]
    assert str(find_case(page_context.ledger, "breach", BREACH)) in str(told.question)
    assert BREACH not in str(told.question)


def test_words_and_people_are_left_out_unless_asked_for(page_context: Context) -> None:
    """Reading about a case would show people to everybody who may read."""
    client, csrf = visitor(page_context, "dpo")
    take_roles(page_context.ledger, "person:dpo@test")
    page = client.get(PAGE).text
    assert WORDS not in page
    assert 'name="purpose"' in page
    opened = client.post(
        f"{PAGE}/words", data={"csrf": csrf, "purpose": "breach-assessment", "reason": "audit"}
    )
    assert opened.status_code == 200
    assert "fg@interaction-next.example" in opened.text
    shown = readings(page_context.ledger)[-1]
    assert shown.actor == "person:dpo@test"
    assert shown.identities
    assert "identities" not in client.get(PAGE).text.partition('class="disclosing"')[0].lower()


def test_words_are_shown_to_nobody_without_purpose_or_permission(page_context: Context) -> None:
    """People would be shown to whoever sends a form."""
    dpo, csrf = visitor(page_context, "dpo")
    refused = dpo.post(f"{PAGE}/words", data={"csrf": csrf, "purpose": ""})
    assert refused.status_code == 400
    assert "purpose" in refused.text
    assert "fg@interaction-next.example" not in refused.text
    reader, csrf = visitor(page_context, "reader")
    assert 'name="purpose"' not in reader.get(PAGE).text
    answer = reader.post(f"{PAGE}/words", data={"csrf": csrf, "purpose": "breach-assessment"})
    assert answer.status_code == 403
    assert dpo.get(f"{PAGE}/words").status_code in {404, 405}


def test_steps_are_offered_to_who_may_record_them(page_context: Context) -> None:
    """A reader would be led to forms that refuse them; an officer to none."""
    dpo, _ = visitor(page_context, "dpo")
    reader, _ = visitor(page_context, "reader")
    assert f"{PAGE}/steps/close" in dpo.get(PAGE).text
    assert f"{PAGE}/steps/" not in reader.get(PAGE).text


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_page_speaks_one_language(page_context: Context, language: Language) -> None:
    """Half of the page would be in the language of the other half's reader."""
    client, _ = visitor(page_context, "dpo", language=language)
    page = client.get(PAGE).text
    words = {
        "nl": (
            "Melden aan de toezichthouder",
            "Vanaf wanneer bekend",
            "Wat de melding moet bevatten",
        ),
        "en": ("Tell the authority", "Since when known", "What the notice must hold"),
    }
    other: Language = "en" if language == "nl" else "nl"
    assert all(word in page for word in words[language])
    assert not any(word in page for word in words[other])


def test_the_clocks_are_those_of_the_command(page_context: Context) -> None:
    """Page and terminal would give two answers to one question."""
    client, _ = visitor(page_context, "dpo")
    ledger = page_context.ledger
    stream = find_case(ledger, "breach", BREACH)
    found = clocks(ledger, moment_of(ledger), zone="Europe/Amsterdam", streams=[stream])
    watched = [clock for clock in found if clock.is_watched]
    page = client.get(PAGE).text
    assert f'<span class="badge">{len(watched)}</span>' in section(page, "running")


def test_two_moments_are_told_apart(page_context: Context) -> None:
    """What was learned in between would have to be found by reading both."""
    client, _ = visitor(page_context, "dpo")
    compared = {"as_of": "2025-11-25T12:00:00Z", "compared_with": "2025-11-18T08:30:00Z"}
    told = section(client.get(PAGE, params=compared).text, "changes")
    assert "<del>" not in re.search(r"<dt>Risk</dt><dd>.*?</dd>", told, re.DOTALL)[0]  # type: ignore[index]
    assert re.search(r"<dt>Risk</dt><dd><ins>.*?high</ins></dd>", told, re.DOTALL)
    assert "people told" in told.lower()
    assert "The risk of a data breach was assessed" in told
    lines = client.get(f"{PAGE}/timeline", params=compared).text
    assert lines.count("+ new</span>") == told.count('class="record"')
    same = {"as_of": "2025-11-25T12:00:00Z", "compared_with": "2025-11-25T11:00:00Z"}
    assert "Nothing differs" in section(client.get(PAGE, params=same).text, "changes")
