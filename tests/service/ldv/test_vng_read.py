"""What a person is shown of what was done with their data."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.merkle import Frontier
from projections import rebuild
from projections.erasing import erase_subject
from tests.service.ldv.told_acts import (
    ACTIVITY,
    DAYS,
    NUMBER,
    OPENING,
    OTHER,
    PERSON,
    PROCESSING,
    Asking,
    about,
    asking,
    kinds,
    record_line,
    registered,
)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Asking]:
    with asking(tmp_path, vng_page=2, organisation_oin="00000001821002193000") as found:
        yield found


def terms(log: Asking, word: str) -> None:
    answer = log.officer.patch(
        "/verwerkingsacties",
        params={"verwerkingId": PROCESSING},
        json={"vertrouwelijkheid": word},
    )
    assert answer.status_code == 204


def test_a_line_of_an_application_is_an_act(log: Asking) -> None:
    """What came over OTLP would be kept from the person concerned."""
    record_line(log.context, "b" * 16, name="intake", subject=None, subject_id_type=None)
    record_line(
        log.context,
        parent_span_id="b" * 16,
        foreign_processor="https://x.example/00000001821002193001/app",
        processing_activity_id="urn:uuid:5f0bef4c-f66f-4311-84a5-19e8bf359eaf",
    )
    (shown,) = about(log.officer)
    known = shown["verwerktObjectId"]
    act = shown.pop("verwerkingsactie")
    assert act.pop("verwerkteObjecten") == [shown]
    assert shown == {
        "url": f"http://testserver/verwerkte-objecten/{known}",
        "verwerktObjectId": known,
        **PERSON,
    }
    assert act.pop("tijdstipRegistratie")
    assert act == {
        "url": f"http://testserver/verwerkingsacties/{known}",
        "actieId": known,
        "actieNaam": "look up",
        "handelingNaam": "intake",
        "verwerkingNaam": "intake",
        "verwerkingId": "ef4e77b9-b03b-585f-b613-5fcf8d8555fb",
        "verwerkingsactiviteitId": "5f0bef4c-f66f-4311-84a5-19e8bf359eaf",
        "verwerkingsactiviteitUrl": "urn:uuid:5f0bef4c-f66f-4311-84a5-19e8bf359eaf",
        "vertrouwelijkheid": "normaal",
        "uitvoerder": "00000001821002193000",
        "soortAfnemerId": "OIN",
        "afnemerId": "00000001821002193001",
        "tijdstip": "2026-01-01T10:00:00Z",
    }


def test_who_may_not_see_words_gets_none(log: Asking) -> None:
    """Names would be shown to whoever may read tokens."""
    registered(log.recorder)
    (shown,) = about(log.reader)
    assert "actieNaam" not in shown["verwerkingsactie"]
    assert "betrokkenheid" not in shown
    assert shown["objectId"] == NUMBER


def test_nobody_else_and_nothing_internal_is_shown(log: Asking) -> None:
    """A person would learn who else was concerned, or who of the staff looked."""
    others = [PERSON, {**PERSON, "objectId": OTHER}]
    internal = {"systeem": "FooBarApp", "gebruiker": "u-123", "gegevensbron": "FooBar Database"}
    registered(log.recorder, verwerkteObjecten=others, **internal)
    answer = log.officer.get("/verwerkte-objecten", params={**PERSON, **DAYS}, headers=OPENING)
    for text in (OTHER, *internal, *internal.values()):
        assert text not in answer.text
    assert len(answer.json()["results"][0]["verwerkingsactie"]["verwerkteObjecten"]) == 1


def test_an_act_that_was_ever_confidential_is_not_shown(log: Asking) -> None:
    """A person would learn of an investigation from what was said about it later."""
    told = registered(log.recorder)
    known = told["verwerkteObjecten"][0]["verwerktObjectId"]
    one = f"/verwerkte-objecten/{known}"
    seen = []
    for word in (None, "vertrouwelijk", "opgeheven", "normaal"):
        if word is not None:
            terms(log, word)
        seen.append(
            (
                len(about(log.reader)),
                len(about(log.officer)),
                log.reader.get(one).status_code,
                log.officer.get(one).status_code,
            )
        )
    assert seen == [
        (1, 1, 200, 200),
        (0, 0, 404, 404),
        (0, 1, 404, 200),
        (0, 0, 404, 404),
    ]


def test_registering_anew_does_not_wash_an_act_clean(log: Asking) -> None:
    """What was confidential would be shown after a new version of it."""
    told = registered(log.officer, vertrouwelijkheid="vertrouwelijk")
    path = f"/verwerkingsacties/{told['actieId']}"
    assert log.officer.put(path, json={**told, "vertrouwelijkheid": "normaal"}).status_code == 200
    assert about(log.reader) == []


def test_an_act_is_shown_for_its_term(log: Asking) -> None:
    """A person would be shown what is to be forgotten, or not what is to be shown."""
    registered(log.recorder, tijdstip="2024-06-01T00:00:00Z", bewaartermijn="P1D")
    registered(log.recorder, tijdstip="2024-06-02T00:00:00Z", bewaartermijn="P100Y")
    found = about(log.officer)
    assert [each["verwerkingsactie"]["bewaartermijn"] for each in found] == ["P100Y"]


def test_days_count_on_the_local_calendar(log: Asking) -> None:
    """An act just after midnight would be looked for on the day before."""
    registered(log.recorder, tijdstip="2026-04-04T22:30:00Z")  # the 5th in Amsterdam
    for begin, end, count in (
        ("2026-04-05", "2026-04-06", 1),
        ("2026-04-04", "2026-04-05", 0),
        ("2026-04-06", "2026-04-05", 0),
        ("0001-01-01", "9999-12-31", 1),
    ):
        assert len(about(log.reader, beginDatum=begin, eindDatum=end)) == count


def test_an_activity_narrows_by_its_id(log: Asking) -> None:
    """A person who asks about one activity would be shown another."""
    known = "5f0bef4c-f66f-4311-84a5-19e8bf359eaf"
    registered(log.recorder, verwerkingsactiviteitId=known)
    registered(log.recorder, verwerkingsactiviteitUrl=f"https://var.example/{known}")
    registered(log.recorder, verwerkingsactiviteitUrl=ACTIVITY)
    assert len(about(log.reader, verwerkingsactiviteitId=known)) == 2


def test_results_come_in_pages(log: Asking) -> None:
    """Whoever follows the links would miss a result, or see one twice."""
    for _ in range(5):
        registered(log.recorder)
    seen, pages = [], 0
    link = f"/verwerkte-objecten?{'&'.join(f'{k}={v}' for k, v in {**PERSON, **DAYS}.items())}"
    while link:
        answer = log.reader.get(link).json()
        assert answer["count"] == 5
        assert (answer["previous"] is None) == (pages == 0)
        seen += [each["verwerktObjectId"] for each in answer["results"]]
        link, pages = answer["next"], pages + 1
    assert (len(seen), len(set(seen)), pages) == (5, 5, 3)


def test_ids_stay_over_a_rebuild(log: Asking) -> None:
    """A link that somebody kept would lead nowhere."""
    registered(log.recorder)
    record_line(log.context)
    before = about(log.officer)
    rebuild(log.context.ledger, ["processing"])
    assert about(log.officer) == before


def test_an_erased_person_is_found_no_more(log: Asking) -> None:
    """What was erased would still be shown."""
    told = registered(log.recorder)
    erase_subject(log.context.ledger, f"data-subject:BSN:{NUMBER}", requested_by="person:dpo@test")
    assert about(log.officer) == []
    answer = log.officer.get(f"/verwerkingsacties/{told['actieId']}", headers=OPENING)
    assert answer.status_code == 200
    assert NUMBER not in answer.text
    assert "Getuige" not in answer.text
    assert answer.json()["actieNaam"] == "Zoeken personen"


def test_every_answer_is_recorded_outside_the_processing_log(log: Asking) -> None:
    """Nobody could tell who looked, or the looking would look like processing."""
    registered(log.recorder)
    head = log.context.ledger.head()
    answer = log.reader.get("/verwerkte-objecten", params={**PERSON, **DAYS})
    root = Frontier(head.size, head.frontier).root().hex()
    assert (answer.headers["Zegel-Size"], answer.headers["Zegel-Root"]) == (str(head.size), root)
    before = kinds(log.context)
    about(log.officer)
    about(log.reader)
    assert kinds(log.context)[len(before) :] == ["log.read.v1", "log.read.v1"]
    assert len(about(log.officer)) == 1


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"objecttype": "zaak"}, "objecttype"),
        ({"beginDatum": "2026-02-30"}, "beginDatum"),
        ({"beginDatum": "20260203"}, "beginDatum"),
        ({"beginDatum": "2026-W05-2"}, "beginDatum"),
        ({"eindDatum": "morgen"}, "eindDatum"),
        ({"objectId": "x" * 41}, "objectId"),
        ({"soortObjectId": ""}, "soortObjectId"),
        ({"verwerkingsactiviteitId": "5f0bef4c"}, "verwerkingsactiviteitId"),
        ({"page": "0"}, "page"),
    ],
)
def test_a_parameter_that_is_wrong_is_named(log: Asking, change: dict[str, str], name: str) -> None:
    """A client could not tell what to change, or would be answered another question."""
    answer = log.reader.get("/verwerkte-objecten", params={**PERSON, **DAYS, **change})
    assert answer.status_code == 400
    assert answer.headers["API-version"] == "0.9.0"
    assert [each["name"] for each in answer.json()["invalidParams"]] == [name]


def test_all_that_the_document_requires_is_required(log: Asking) -> None:
    """A person would be shown everything ever where a day was forgotten."""
    given = {**PERSON, **DAYS}
    for name in given:
        asked = {key: value for key, value in given.items() if key != name}
        answer = log.reader.get("/verwerkte-objecten", params=asked)
        assert [each["name"] for each in answer.json()["invalidParams"]] == [name]


def test_an_investigator_names_a_case(log: Asking) -> None:
    """Somebody could look without saying in which matter."""
    registered(log.recorder)
    headers = {"Authorization": "Bearer investigator", **OPENING}
    asked = {**PERSON, **DAYS}
    answer = log.reader.get("/verwerkte-objecten", params=asked, headers=headers)
    assert answer.status_code == 400
    wrong = {**OPENING, "Zegel-Purpose": "curiosity"}
    assert log.officer.get("/verwerkte-objecten", params=asked, headers=wrong).status_code == 400
