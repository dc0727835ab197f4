"""Acts that VNG clients register, change and withdraw: every change is an event."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from ledger.events.processing import ProcessingPerformed
from service.access.caller import Caller
from service.app import create_app
from tests.service.ldv.told_acts import (
    DAYS,
    NUMBER,
    OPENING,
    OTHER,
    PERSON,
    PROCESSING,
    Asking,
    about,
    act,
    asking,
    kinds,
    record_line,
    registered,
)

WHOLE = {
    "actieNaam": "Zoeken personen",
    "handelingNaam": "Intake",
    "verwerkingNaam": "Huwelijk",
    "verwerkingId": PROCESSING,
    "verwerkingsactiviteitId": "5f0bef4c-f66f-4311-84a5-19e8bf359eaf",
    "verwerkingsactiviteitUrl": "https://var.example/5f0bef4c-f66f-4311-84a5-19e8bf359eaf",
    "vertrouwelijkheid": "normaal",
    "bewaartermijn": "P10Y",
    "uitvoerder": "00000001821002193000",
    "systeem": "FooBarApp v2.1",
    "gebruiker": "u-123",
    "gegevensbron": "FooBar Database",
    "soortAfnemerId": "OIN",
    "afnemerId": "00000001821002193001",
    "verwerkingsactiviteitIdAfnemer": "c5b9f4e7-8c79-41b9-91e2-6268419cb167",
    "verwerkingsactiviteitUrlAfnemer": "https://elsewhere.example/var/1",
    "verwerkingIdAfnemer": "4b698de3-ffba-45e7-8697-a283ec863db2",
    "tijdstip": "2026-04-05T12:35:42Z",
    "verwerkteObjecten": [
        {
            **PERSON,
            "betrokkenheid": "Getuige",
            "verwerkteSoortenGegevens": [{"soortGegeven": "BSN"}],
        },
        {"objecttype": "persoon", "soortObjectId": "klant nr", "objectId": "K 7"},
    ],
}
"""An act with every member that a client may send."""


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Asking]:
    with asking(tmp_path) as found:
        yield found


def path_of(told: dict[str, Any]) -> str:
    return f"/verwerkingsacties/{told['actieId']}"


def opened(log: Asking, told: dict[str, Any]) -> dict[str, Any]:
    answer = log.officer.get(path_of(told), headers=OPENING)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def patched(client: TestClient, **terms: str) -> int:
    answer = client.patch("/verwerkingsacties", params={"verwerkingId": PROCESSING}, json=terms)
    return answer.status_code


def test_an_act_comes_back_as_it_was_sent(log: Asking) -> None:
    """A member would be lost, or kept where nobody finds it."""
    answer = log.recorder.post("/verwerkingsacties", json=WHOLE)
    told = answer.json()
    assert (answer.status_code, answer.headers["API-version"]) == (201, "0.9.0")
    assert answer.headers["Location"] == told["url"]
    assert told["url"].endswith(path_of(told))
    assert opened(log, told) == told
    ids = {"url", "actieId", "tijdstipRegistratie", "verwerkteObjecten"}
    sent = {name: value for name, value in WHOLE.items() if name not in ids}
    assert {name: value for name, value in told.items() if name not in ids} == sent
    assert kinds(log.context).count("processing.performed.v1") == 3
    assert kinds(log.context).count("processing.registered.v1") == 1


def test_what_was_not_sent_stays_out(log: Asking) -> None:
    """A client would take what nobody said for a fact."""
    sent = {"vertrouwelijkheid": "normaal", "tijdstip": "2026-04-05T12:35:42Z"}
    told = log.recorder.post("/verwerkingsacties", json={**sent, "verwerkteObjecten": []}).json()
    given = {"url", "actieId", "tijdstipRegistratie", "verwerkteObjecten", *sent}
    assert told.keys() == given
    assert opened(log, told).keys() == given


def test_names_and_numbers_are_sealed_nowhere_in_clear(log: Asking) -> None:
    """No erasure would ever reach them."""
    registered(log.recorder, soortAfnemerId="BSN", afnemerId=OTHER, gebruiker="u-123")
    sealed = b"".join(row.sealed for row in log.context.ledger.log.scan())
    for text in (NUMBER, OTHER, "Zoeken personen", "Getuige", "u-123"):
        assert text.encode() not in sealed


def test_a_recipient_who_is_a_person_is_found_as_one(log: Asking) -> None:
    """Erasing that person would leave the number in the words of the act."""
    told = registered(log.recorder, soortAfnemerId="BSN", afnemerId=OTHER)
    assert opened(log, told)["afnemerId"] == OTHER
    assert log.context.ledger.subjects_matching(f"data-subject:BSN:{OTHER}")
    (shown,) = about(log.officer)
    assert "afnemerId" not in shown["verwerkingsactie"]


def test_people_are_tokens_for_who_may_not_see_them(log: Asking) -> None:
    """Whoever reads acts would learn whom they concern."""
    told = registered(log.recorder)
    shown = log.reader.get(path_of(told)).json()
    (person,) = shown["verwerkteObjecten"]
    assert person["soortObjectId"] == "zegel-token"
    assert NUMBER not in str(shown)
    asked = {**PERSON, **DAYS, "vertrouwelijkheid": "normaal"}
    asked |= {"soortObjectId": "zegel-token", "objectId": person["objectId"]}
    found = log.reader.get("/verwerkingsacties", params=asked).json()
    assert [each["actieId"] for each in found["results"]] == [told["actieId"]]


def test_registering_anew_replaces_lines_and_keeps_ids(log: Asking) -> None:
    """An act would stand there twice, or get another id under which nobody knows it."""
    told = log.recorder.post("/verwerkingsacties", json=WHOLE).json()
    first, second = told["verwerkteObjecten"]
    body = {**told, "actieNaam": "Anders", "verwerkteObjecten": [first]}
    answer = log.recorder.put(path_of(told), json=body)
    assert answer.status_code == 200
    again = answer.json()
    assert again["actieId"] == told["actieId"]
    assert again["verwerkteObjecten"] == [first]
    assert again["tijdstipRegistratie"] > told["tijdstipRegistratie"]
    assert opened(log, told) == again
    assert about(log.officer)[0]["verwerkingsactie"]["actieNaam"] == "Anders"
    gone = log.reader.get(f"/verwerkte-objecten/{second['verwerktObjectId']}")
    assert gone.status_code == 404
    assert kinds(log.context).count("processing.performed.v1") == 5
    assert kinds(log.context).count("log.correction_recorded.v1") == 1


def test_of_two_who_register_anew_one_is_first(log: Asking) -> None:
    """Both versions would count, and nobody would know which."""
    told = registered(log.recorder)
    ledger = log.context.ledger
    base = next(
        each.event
        for each in ledger.open_records(ledger.log.scan())
        if isinstance(each.event, ProcessingPerformed) and each.event.subject is None
    )
    assert base.event_id is not None
    next_id = ledger.derive_id(None, b"vng\x00next\x00" + base.event_id.bytes)
    record_line(log.context, "c" * 16, event_id=str(next_id))  # the other one was first
    answer = log.recorder.put(path_of(told), json={**told, "actieNaam": "Anders"})
    assert answer.status_code == 409
    assert opened(log, told)["actieNaam"] == told["actieNaam"]


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"tijdstip": "gisteren"}, "tijdstip"),
        ({"tijdstip": "2026-04-05T12:35:42"}, "tijdstip"),
        ({"vertrouwelijkheid": "Normaal"}, "vertrouwelijkheid"),
        ({"vertrouwelijkheid": None}, "vertrouwelijkheid"),
        ({"bewaartermijn": "10 jaar"}, "bewaartermijn"),
        ({"uitvoerder": "x00000001821002193000"}, "uitvoerder"),
        ({"actieNaam": "x" * 243}, "actieNaam"),
        ({"verwerkingsactiviteitUrl": "geen url"}, "verwerkingsactiviteitUrl"),
        ({"verwerkingsactiviteitUrl": f"urn:x:{NUMBER}"}, "verwerkingsactiviteitUrl"),
        ({"verwerkteObjecten": [{**PERSON, "objectId": "123456789"}]}, "objectId"),
        ({"verwerkteObjecten": [{**PERSON, "objecttype": "zaak"}]}, "objecttype"),
        ({"verwerkteObjecten": [{**PERSON, "objectId": " "}]}, "objectId"),
        ({"gebruiker": NUMBER}, "gebruiker"),
    ],
)
def test_a_member_that_is_wrong_is_named(log: Asking, change: dict[str, Any], name: str) -> None:
    """A client could not tell what to change, or half of the act would be stored."""
    before = kinds(log.context)
    answer = log.recorder.post("/verwerkingsacties", json=act(**change))
    assert answer.status_code == 400, answer.text
    (fault,) = answer.json()["invalidParams"]
    assert name in fault["name"]
    assert {"code", "title", "status", "detail", "instance"} <= answer.json().keys()
    assert "123456789" not in answer.text
    assert NUMBER not in answer.text
    assert kinds(log.context) == [*before, "log.intake_refused.v1"]


def test_an_act_that_is_sent_again_under_its_key_is_stored_once(log: Asking) -> None:
    """A client that lost an answer would register the act twice."""

    def sent(key: str, **members: Any) -> Any:  # noqa: ANN401 - a response
        headers = {"Idempotency-Key": key}
        return log.recorder.post("/verwerkingsacties", json=act(**members), headers=headers)

    first = sent('"a-1"')
    before = kinds(log.context)
    again = sent("a-1")
    assert (again.status_code, again.json()) == (201, first.json())
    assert kinds(log.context) == before
    assert sent("a-1", actieNaam="Anders").status_code == 409
    assert sent("a-2").json()["actieId"] != first.json()["actieId"]
    assert len(about(log.reader)) == 2


def test_registering_anew_takes_the_whole_act(log: Asking) -> None:
    """A member that was forgotten would silently be lost."""
    told = registered(log.recorder)
    for body in (act(), {"actieNaam": "Anders"}):
        assert log.recorder.put(path_of(told), json=body).status_code == 400


def test_confidentiality_needs_its_scope(log: Asking) -> None:
    """An application could hide what it did, or show what an investigation hides."""
    secret = act(vertrouwelijkheid="vertrouwelijk")
    lifted = act(vertrouwelijkheid="opgeheven")
    assert log.recorder.post("/verwerkingsacties", json=secret).status_code == 403
    assert log.recorder.post("/verwerkingsacties", json=lifted).status_code == 403
    assert log.officer.post("/verwerkingsacties", json=lifted).status_code == 403
    told = registered(log.officer, vertrouwelijkheid="vertrouwelijk")
    assert log.recorder.put(path_of(told), json=told).status_code == 403
    assert log.officer.put(path_of(told), json={**told, **lifted}).status_code in {400, 403}
    assert log.recorder.delete(path_of(told)).status_code == 403
    assert patched(log.recorder, bewaartermijn="P1Y") == 403
    assert log.reader.get(path_of(told)).status_code == 403
    assert opened(log, told)["vertrouwelijkheid"] == "vertrouwelijk"
    asked = {**PERSON, **DAYS}
    for words, status in (
        ([], 403),
        (["Normaal"], 200),
        (["normaal,vertrouwelijk"], 403),
        (["geheim"], 400),
    ):
        answer = log.reader.get("/verwerkingsacties", params={**asked, "vertrouwelijkheid": words})
        assert answer.status_code == status, words
        assert answer.status_code != 200 or answer.json()["count"] == 0
    for name in ("vertrouwelijkheid", "vertrouwelijkheid__in"):
        answer = log.officer.get("/verwerkingsacties", params={**asked, name: "vertrouwelijk"})
        assert answer.json()["count"] == 1


def test_terms_of_a_processing_change_for_all_its_acts(log: Asking) -> None:
    """One act of several would keep terms that were changed."""
    acts = [registered(log.recorder), registered(log.recorder)]
    registered(log.recorder, verwerkingId="4b698de3-ffba-45e7-8697-a283ec863db2")
    before = len(kinds(log.context))
    assert patched(log.recorder, bewaartermijn="P20Y") == 204
    assert kinds(log.context)[before:].count("processing.terms_changed.v1") == 2
    assert [opened(log, each)["bewaartermijn"] for each in acts] == ["P20Y", "P20Y"]
    assert patched(log.recorder, vertrouwelijkheid="vertrouwelijk") == 403
    assert patched(log.officer, vertrouwelijkheid="vertrouwelijk") == 204
    assert [opened(log, each)["bewaartermijn"] for each in acts] == ["P20Y", "P20Y"]
    assert len(about(log.officer)) == 1


def test_lines_of_applications_have_terms_too(log: Asking) -> None:
    """What came over OTLP could not be kept from the person whom it would warn."""
    record_line(log.context)
    processing = "ef4e77b9-b03b-585f-b613-5fcf8d8555fb"
    (shown,) = about(log.reader)
    assert shown["verwerkingsactie"]["verwerkingId"] == processing
    body = {"vertrouwelijkheid": "vertrouwelijk"}
    answer = log.officer.patch(f"/verwerkingsacties?verwerkingId={processing}", json=body)
    assert answer.status_code == 204
    assert about(log.reader) == []


def test_what_was_withdrawn_or_is_over_is_known_no_more(log: Asking) -> None:
    """An act would be changed that nobody is shown."""
    told = registered(log.recorder)
    assert log.recorder.delete(path_of(told)).status_code == 204
    over = registered(log.recorder, tijdstip="2020-01-01T00:00:00Z", bewaartermijn="P1Y")
    for each in (told, over, {**told, "actieId": "7a22eb38-bca6-463f-9955-54ab040287cb"}):
        assert log.reader.get(path_of(each)).status_code == 404
        assert log.recorder.put(path_of(each), json=told).status_code == 400
        assert log.recorder.delete(path_of(each)).status_code == 400
    assert patched(log.recorder, bewaartermijn="P1Y") == 400
    assert kinds(log.context).count("processing.withdrawn.v1") == 1


def test_a_key_of_one_system_changes_its_own_acts_only(log: Asking) -> None:
    """One application could withdraw what another one did."""

    def as_system(system: str) -> TestClient:
        caller = Caller(
            f"person:{system}@test",
            is_program=True,
            roles=frozenset({"recorder"}),
            systems=frozenset({system}),
        )
        return TestClient(create_app(replace(log.context, authenticate=lambda _: caller)))

    told = registered(as_system("crm"))
    assert as_system("web").delete(path_of(told)).status_code == 403
    assert as_system("web").put(path_of(told), json=told).status_code == 403
    assert patched(as_system("web"), bewaartermijn="P1Y") == 403
    assert patched(as_system("crm"), bewaartermijn="P1Y") == 204
    rows = [row for row in log.context.ledger.log.scan() if row.kind.startswith("processing.")]
    assert {row.system for row in rows} == {"crm"}


def test_writing_needs_a_caller_who_may_record(log: Asking) -> None:
    """Whoever may read could write history."""
    told = registered(log.recorder)
    for method in ("POST", "PATCH"):
        path = f"/verwerkingsacties?verwerkingId={PROCESSING}"
        assert log.reader.request(method, path, json={}).status_code == 403
    assert log.reader.put(path_of(told), json=told).status_code == 403
    assert log.reader.delete(path_of(told)).status_code == 403
    assert log.recorder.get(path_of(told)).status_code == 403
