"""Steps of breaches and subject requests, recorded from the page."""

import re
from datetime import timedelta

import pytest

from formats.steps.breach import BREACH_STEPS
from formats.steps.request import REQUEST_STEPS
from ledger.events.breach import (
    BreachAssessed,
    BreachAwarenessDetermined,
    BreachFactsUpdated,
    BreachMeasureTaken,
    BreachSuspected,
)
from ledger.events.breach_notices import BreachAuthorityNotified
from ledger.events.incident import IncidentSignalled, IncidentTriaged
from ledger.events.subject_requests import DsrReceived
from ledger.personal import WITHHELD
from ledger.query import EventQuery
from projections.cases.breach_reading import read_breach
from projections.cases.reading import find_case, moment_of
from service.context import Context
from service.page.languages import Language
from tests.paged import fresh_name
from tests.step_forms import Filler, filler, kept_in, words_of

BREACH = "NXT-2025-11"
REQUEST = "DSR-5"
PATHS = [
    *(f"/breaches/{BREACH}/steps/{name}" for name in BREACH_STEPS),
    *(f"/requests/{REQUEST}/steps/{name}" for name in REQUEST_STEPS),
    "/breaches/new",
    "/requests/new",
]


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_step_has_its_form(steps_context: Context, language: Language) -> None:
    """A step could be recorded at a terminal only."""
    visitor = filler(steps_context, language=language)
    for path in PATHS:
        answer = visitor.client.get(path)
        assert answer.status_code == 200, path
        assert 'value="check"' in answer.text
        labelled = set(re.findall(r'<label for="([^"]+)"', answer.text))
        asked = set(re.findall(r'<(?:input|select|textarea)[^>]* id="([^"]+)"', answer.text))
        assert asked <= labelled | {"main"}, path


def test_a_step_is_recorded_after_its_check_and_never_before(dpo: Filler) -> None:
    """What somebody only wanted to look at would stand in the log for ever."""
    name, before = fresh_name("B"), dpo.size()
    given = {"breach_id": name, "cause": "phishing", "summary": "odd mail"}
    assert dpo.client.get("/breaches/new").status_code == 200
    checked = dpo.check("/breaches/new", given)
    assert checked.status_code == 200
    assert f"Your id of the case {name}" in words_of(checked)
    assert dpo.size() == before
    event = dpo.record("/breaches/new", given)
    assert dpo.size() == before + 1
    assert isinstance(event, BreachSuspected)
    assert event.cause == "phishing"
    assert event.summary == WITHHELD
    assert event.collector == "zegel-page"
    find_case(dpo.context.ledger, "breach", name)


def test_the_reporter_is_who_logged_in(dpo: Filler, case: str) -> None:
    """Somebody could put a step in the name of another."""
    path = f"/breaches/{case}/steps/measure"
    event = dpo.record(path, {"aim": "containment", "actor": "person:somebody@else.example"})
    assert isinstance(event, BreachMeasureTaken)
    query = EventQuery(kinds=("breach.measure_taken",), actor="person:dpo@test")
    assert event.event_id in {
        each.event.event_id for each in dpo.context.ledger.read(query) if each.event is not None
    }


def test_a_form_that_is_sent_twice_records_once(dpo: Filler) -> None:
    """A second press of the button would double a step that cannot be taken away."""
    checked = dpo.check("/breaches/new", {"breach_id": fresh_name("B")})
    before = dpo.size()
    answers = [dpo.send("/breaches/new", kept_in(checked), "record") for _ in range(2)]
    assert {each.status_code for each in answers} == {303}
    assert len({each.headers["location"] for each in answers}) == 1
    assert dpo.size() == before + 1


def test_a_name_of_a_case_is_taken_once(dpo: Filler, case: str) -> None:
    """Two breaches would become one case."""
    answer = dpo.check("/breaches/new", {"breach_id": case})
    assert answer.status_code == 422
    assert "A case of this name is recorded already." in words_of(answer)


def test_a_contradiction_is_shown_before_it_is_recorded(dpo: Filler, case: str) -> None:
    """Somebody would learn only afterwards that a decision has no ground in the case."""
    path = f"/breaches/{case}/steps/close"
    checked = dpo.check(path, {"reason": "done"})
    told = words_of(checked)
    assert "Nobody decided whether and from when this was a breach." in told
    assert "GDPR art. 33" in told
    assert "Record it nevertheless" in told
    assert dpo.send(path, kept_in(checked), "record").status_code == 303


def test_a_contradiction_is_told_in_the_language_of_the_visitor(
    steps_context: Context, case: str
) -> None:
    """A Dutch officer would have to decide by English sentences."""
    told = words_of(filler(steps_context, language="nl").check(f"/breaches/{case}/steps/close", {}))
    assert "Niemand heeft besloten of en vanaf wanneer dit een datalek was." in told


def test_who_saw_other_warnings_checks_again(dpo: Filler, case: str) -> None:
    """A step would be recorded against a case that changed while somebody was reading."""
    path = f"/breaches/{case}/steps/close"
    kept = kept_in(dpo.check(path, {}))
    dpo.record(f"/breaches/{case}/steps/aware", {"aware_at": "2026-11-20T09:00", "basis": "files"})
    before = dpo.size()
    answer = dpo.send(path, kept, "record")
    assert answer.status_code == 200
    assert "The case changed since you checked" in words_of(answer)
    assert dpo.size() == before
    assert dpo.send(path, kept_in(answer), "record").status_code == 303


@pytest.mark.parametrize(
    ("path", "values", "control", "told"),
    [
        ("/breaches/new", {}, "breach_id", "This is needed."),
        (f"/breaches/{BREACH}/steps/aware", {}, "aware_at", "This is needed."),
        (
            f"/breaches/{BREACH}/steps/aware",
            {"aware_at": "soonish"},
            "aware_at",
            "Expected time, found “soonish”.",
        ),
        (
            f"/breaches/{BREACH}/steps/facts",
            {"records": "many"},
            "records",
            "Expected number, found “many”.",
        ),
        (
            f"/breaches/{BREACH}/steps/decide",
            {"addressee": "nobody", "notify": "yes"},
            "addressee",
            "Expected one of the answers of the list.",
        ),
        (
            f"/breaches/{BREACH}/steps/measure",
            {"aim": "containment", "evidence.0.media_type": "application/pdf"},
            "evidence-0-sha256",
            "This is needed.",
        ),
        (f"/breaches/{BREACH}/steps/facts", {"cause": "Not A Word"}, "cause", "Expected word such"),
        (
            f"/breaches/{BREACH}/steps/supplement",
            {"authority": "ap", "notice_kind": "initial"},
            "notice_kind",
            "This is needed.",
        ),
        (f"/breaches/{BREACH}/steps/close", {"corrects": "3"}, "corrects", "Expected one of"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(
    dpo: Filler, path: str, values: dict[str, str], control: str, told: str
) -> None:
    """Somebody would have to find out which of twenty fields is meant, or lose what they typed."""
    before = dpo.size()
    answer = dpo.check(path, {**values, "note": "what I typed"})
    assert answer.status_code == 422
    found = re.search(rf'id="{control}-wrong">([^<]*)<', answer.text)
    assert found is not None
    assert told in found[1]
    assert f'href="#{control}"' in answer.text
    assert "what I typed" in answer.text
    assert dpo.size() == before


def test_a_severity_is_proposed_before_the_risk_is_decided(dpo: Filler, case: str) -> None:
    """The decision would be made without the method that the regulator knows."""
    path = f"/breaches/{case}/steps/assess"
    factors = {"factor.dpc": "2", "factor.ei": "0.75", "factor.malicious": "0.5"}
    proposed = dpo.check(path, factors)
    assert proposed.status_code == 200
    assert "2 x 0.75 + 0.5 = 2" in words_of(proposed)
    assert "Check this step" in words_of(proposed)
    event = dpo.record(path, {**factors, "reason.dpc": "browsing", "risk": "risk"})
    assert isinstance(event, BreachAssessed)
    assert event.risk == "risk"
    assert [(each.name, each.hundredths) for each in event.scores] == [
        ("dpc", 200),
        ("ei", 75),
        ("malicious", 50),
    ]
    assert event.score_reasons == (WITHHELD,) * 3


def test_a_factor_that_the_method_needs_is_asked_for(dpo: Filler, case: str) -> None:
    """A severity would be computed from a part of what the method asks."""
    answer = dpo.check(f"/breaches/{case}/steps/assess", {"factor.ei": "0.5", "risk": "none"})
    assert answer.status_code == 422
    assert 'id="factor-dpc-wrong"' in answer.text


def test_a_step_replaces_another_and_starts_from_it(dpo: Filler, case: str) -> None:
    """A wrong moment of awareness would be corrected by typing everything anew, or stay."""
    path = f"/breaches/{case}/steps/aware"
    wrong = dpo.record(path, {"aware_at": "2026-11-20T09:00", "basis": "first look"})
    assert wrong.event_id is not None
    index = dpo.context.ledger.log.index_of_event(wrong.event_id)
    form = dpo.client.get(f"{path}?corrects={index}")
    assert re.search(r'name="aware_at" value="2026-11-20T09:00:00"', form.text)
    assert "first look" not in form.text  # a word that is not shown is typed anew
    assert re.search(rf'<option value="{index}" selected>', form.text)
    right = dpo.record(path, {"aware_at": "2026-11-20T11:30", "corrects": str(index)})
    assert right.supersedes == wrong.event_id
    ledger = dpo.context.ledger
    breach = read_breach(ledger, find_case(ledger, "breach", case), moment_of(ledger))
    assert isinstance(right, BreachAwarenessDetermined)
    assert breach.aware_at == right.aware_at


def test_a_case_can_be_named_by_its_stream(dpo: Filler, case: str) -> None:
    """A step from a list that shows no names would begin another case."""
    ledger = dpo.context.ledger
    stream = find_case(ledger, "breach", case)
    dpo.record(f"/breaches/{stream}/steps/measure", {"aim": "mitigation"})
    breach = read_breach(ledger, stream, moment_of(ledger))
    assert [type(step.event) for step in breach.steps] == [BreachSuspected, BreachMeasureTaken]
    assert ledger.case_stream("breach", str(stream)) is None


def test_a_signal_is_recorded_with_what_ties_it_to_the_case(dpo: Filler, case: str) -> None:
    """The first moment of the case would be missing among the candidates for awareness."""
    signal = dpo.record(
        f"/breaches/{case}/steps/signal",
        {"source": "siem", "occurred_at": "2026-11-19T08:00", "incident_id": fresh_name("SOC")},
    )
    assert isinstance(signal, IncidentSignalled)
    assert signal.event_id is not None
    index = dpo.context.ledger.log.index_of_event(signal.event_id)
    assert index is not None
    assert isinstance(dpo.at(index + 1), IncidentTriaged)
    ledger = dpo.context.ledger
    breach = read_breach(ledger, find_case(ledger, "breach", case), moment_of(ledger))
    assert {each.anchor for each in breach.candidates} == {"first-signal", "suspected"}


def test_lists_words_and_objects_are_read(dpo: Filler, case: str) -> None:
    """Half of what somebody filled in would be lost on the way to the log."""
    facts = dpo.record(
        f"/breaches/{case}/steps/facts",
        {
            "confidentiality": "yes",
            "ongoing": "no",
            "subject_categories": ["customers", "children"],
            "subject_categories.others": "visitors\n\nneighbours",
            "countries": "NL\nBE",
            "subjects_minimum": "40",
            "started_at": "2026-11-19T23:30",
            "evidence.0.sha256": "ab" * 32,
            "evidence.0.media_type": "application/pdf",
        },
    )
    assert isinstance(facts, BreachFactsUpdated)
    assert facts.confidentiality is True
    assert facts.ongoing is False
    assert facts.integrity is None
    assert facts.subject_categories == ("customers", "children", "visitors", "neighbours")
    assert facts.countries == ("NL", "BE")
    assert facts.started_at is not None
    assert facts.started_at.isoformat() == "2026-11-19T22:30:00+00:00"  # Amsterdam in winter
    assert [each.sha256 for each in facts.evidence] == ["ab" * 32]


def test_another_object_can_be_asked_for_without_a_script(dpo: Filler) -> None:
    """Only one moment could be given where scripts may not run."""
    given = {"breach_id": "B", "anchors.0.anchor": "suspected", "anchors.0.at": "2026-11-20T09:00"}
    more = dpo.send("/breaches/new", {**given, "rows.anchors": "1"}, "more:anchors")
    assert more.status_code == 200
    assert 'name="anchors.1.at"' in more.text
    assert 'name="anchors.0.at" value="2026-11-20T09:00"' in more.text
    assert 'name="anchors.2.at"' not in more.text


def test_what_was_checked_can_be_changed(dpo: Filler, case: str) -> None:
    """Somebody would have to type a form again to mend one word."""
    path = f"/breaches/{case}/steps/measure"
    checked = dpo.check(path, {"aim": "containment", "description": "reset “all” passwords"})
    form = dpo.send(path, kept_in(checked), "change")
    assert form.status_code == 200
    assert "reset “all” passwords" in form.text
    assert re.search(r'value="containment" checked', form.text)


def test_a_request_is_followed_from_receipt_to_answer(dpo: Filler) -> None:
    """A request could not be handled without a terminal."""
    name = fresh_name("R")
    received = dpo.record(
        "/requests/new",
        {
            "request_id": name,
            "right": "A15",
            "subject": "customer:4711",
            "received_at": "2026-11-02T10:00",
        },
    )
    assert isinstance(received, DsrReceived)
    assert received.occurred_at == received.received_at
    path = f"/requests/{name}/steps"
    refused = dpo.check(f"{path}/refuse", {"ground": "excessive", "remedies_named": "complaint"})
    assert "A refusal names both remedies, complaint and court." in words_of(refused)
    assert "GDPR art. 12(4)" in words_of(refused)
    dpo.record(f"{path}/acknowledge", {"channel": "e-mail"})
    dpo.record(f"{path}/fulfil", {"notified_at": "2026-11-20T10:00", "partly": "no"})
    assert "the request ended before" in words_of(dpo.check(f"{path}/withdraw", {})).lower()


def test_a_late_notice_is_told_with_its_rule(dpo: Filler, case: str) -> None:
    """Art. 33(1) asks for reasons; a late notice without them would pass in silence."""
    now = dpo.context.ledger.clock()
    aware_at = (now - timedelta(days=5)).isoformat()
    dpo.record(f"/breaches/{case}/steps/aware", {"aware_at": aware_at, "basis": "files"})
    path = f"/breaches/{case}/steps/notify"
    late = dpo.check(path, {"authority": "ap", "content": ["nature", "measures"]})
    assert "later than 72 hours and gives no reasons for the delay" in words_of(late)
    event = dpo.record(path, {"authority": "ap", "content": "nature", "reasons_for_delay": "x"})
    assert isinstance(event, BreachAuthorityNotified)
    assert event.notice_kind == "initial"
    last = {"authority": "ap", "notice_kind": "final", "content": "consequences"}
    final = dpo.record(f"/breaches/{case}/steps/supplement", last)
    assert isinstance(final, BreachAuthorityNotified)
    assert final.notice_kind == "final"
