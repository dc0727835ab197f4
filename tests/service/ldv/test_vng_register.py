"""The register of processing activities as VNG clients read it."""

from pathlib import Path

from tests.histories import event
from tests.service.ldv.told_acts import ACTIVITY, OPENING, Asking, asking

KNOWN = "c83b2d4e-119b-4214-9567-8095e1d30eff"


def enter(log: Asking, activity: str, **fields: object) -> None:
    log.context.ledger.record(
        event(
            "processing_activity.registered",
            0,
            processing_activity_id=activity,
            role="controller",
            **fields,
        )
    )


def test_an_activity_is_shown_with_its_words_only_against_a_reading(tmp_path: Path) -> None:
    """Words that people typed would be shown without a record, or a required one be missing."""
    with asking(tmp_path, organisation_oin="00000001821002193000") as log:
        enter(
            log,
            f"https://var.example/{KNOWN}",
            name="Wijzigen van geslachtsnaam",
            purposes=[{"id": "name-change", "legal_basis": "legal-obligation"}],
            purpose_texts=["Verwerken van een verzoek"],
            categories=[{"subject_category": "citizen", "data_categories": ["name"]}],
            recipients=[{"role": "authority", "category": "courts"}],
            transfers=[{"country": "US"}],
            retention=[{"category": "name", "period": "P75Y"}],
        )
        path = f"/verwerkingsactiviteit/{KNOWN}"
        shown, opened = log.reader.get(path), log.officer.get(path, headers=OPENING)
    document = {
        "id": KNOWN,
        "naam": f"https://var.example/{KNOWN}",
        "verantwoordelijkeOrganisatie": "00000001821002193000",
        "doel": "name-change",
        "grondslag": "Wettelijke verplichting",
        "bewaartermijn": "name: P75Y",
        "afnemendeInternationaleDerden": ["US"],
        "afnemendeCategorieOntvangers": ["courts"],
        "verwerktePersoonsgegevens": [{"rolBetrokkene": "citizen", "naam": "name"}],
    }
    assert shown.json() == document
    words = {"naam": "Wijzigen van geslachtsnaam", "doel": "Verwerken van een verzoek"}
    assert opened.json() == {**document, **words}
    assert opened.headers["API-version"] == "0.1.0"


def test_what_did_not_change_is_not_sent_again(tmp_path: Path) -> None:
    """A client would take the register anew each time, or miss a change of it."""
    with asking(tmp_path, organisation_oin="0" * 20) as log:
        enter(log, ACTIVITY)
        (entry,) = log.reader.get("/verwerkingsactiviteiten").json()["results"]
        path = f"/verwerkingsactiviteit/{entry['id']}"
        tag = log.reader.get(path).headers["ETag"]
        for known, status in ((tag, 304), (f'"x", W/{tag}', 304), ("*", 304), ('"x"', 200)):
            answer = log.reader.get(path, headers={"If-None-Match": known})
            assert (answer.status_code, answer.headers["ETag"]) == (status, tag)
        amended = {"processing_activity_id": ACTIVITY, "role": "processor"}
        log.context.ledger.record(
            event("processing_activity.amended", 1, purposes=[{"id": "other"}], **amended)
        )
        answer = log.reader.get(path, headers={"If-None-Match": tag})
        assert (answer.status_code, answer.json()["doel"]) == (200, "other")


def test_without_a_number_of_the_organisation_there_is_no_answer(tmp_path: Path) -> None:
    """Another organisation would be named as the one that answers for the register."""
    with asking(tmp_path) as log:
        enter(log, ACTIVITY)
        answer = log.reader.get("/verwerkingsactiviteiten")
        assert answer.status_code == 404
        assert "organisation_oin" in answer.json()["detail"]


def test_an_activity_that_is_not_in_force_is_not_found(tmp_path: Path) -> None:
    """An activity that ended would be given for one that stands."""
    with asking(tmp_path, organisation_oin="0" * 20) as log:
        enter(log, f"urn:uuid:{KNOWN}")
        log.context.ledger.record(
            event(
                "processing_activity.retired",
                1,
                processing_activity_id=f"urn:uuid:{KNOWN}",
            )
        )
        assert log.reader.get(f"/verwerkingsactiviteit/{KNOWN}").status_code == 404
        assert log.reader.get("/verwerkingsactiviteiten").json()["count"] == 0
        assert log.recorder.get("/verwerkingsactiviteiten").status_code == 403
