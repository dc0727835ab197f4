"""The page of one record: what it shows, to whom, and what it proves."""

import json
import re
from typing import Any

import pytest
from sqlalchemy import text, update

from ledger.events.log_integrity import LogRead
from ledger.events.log_keeping import LogCorrectionRecorded
from ledger.ledger import Ledger
from ledger.query import EventQuery
from ledger.record import leaf_hash
from ledger.roles import take_roles
from ledger.store.schema import RECORD
from service.context import Context
from service.page.languages import Language
from tests.paged import visitor

GRANT = 0


def readings(ledger: Ledger) -> list[LogRead]:
    """Who was answered what."""
    found = ledger.read(EventQuery(kinds=("log.read",)))
    return [each.event for each in found if isinstance(each.event, LogRead)]


def evidence_in(page: str) -> dict[str, Any]:
    """What a page gives the browser to verify."""
    found = re.search(r'<script type="application/json" id="evidence">(.*?)</script>', page)
    assert found is not None
    carried: dict[str, Any] = json.loads(found[1])
    return carried


def forge(context: Context, index: int) -> None:
    """Changes one letter of a sealed record, as somebody with the database could."""
    record = context.ledger.log.record_at(index)
    assert record is not None
    with context.ledger.log.engine.begin() as connection:
        named = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        for name in connection.execute(text(named)).scalars().all():
            connection.execute(text(f"DROP TRIGGER {name}"))
        forged = bytes(record.sealed).replace(b"portal", b"partal", 1)
        if forged == record.sealed:
            forged = record.sealed[:-2] + b" }"
        connection.execute(update(RECORD).where(RECORD.c.idx == index).values(sealed=forged))


def test_a_record_is_shown_with_both_times_and_its_proof(page_context: Context) -> None:
    """An investigator would see less of a record than at the terminal."""
    client, _ = visitor(page_context, "reader")
    record = page_context.ledger.log.record_at(GRANT)
    assert record is not None
    answer = client.get(f"/history/{GRANT}")
    assert answer.status_code == 200
    for told in ("Access was granted", "Occurred", "Recorded", leaf_hash(record.sealed).hex()):
        assert told in answer.text
    carried = evidence_in(answer.text)
    assert carried["index"] == GRANT
    assert carried["before"] is None
    assert carried["after"] is not None
    assert carried["checkpoint"].startswith(page_context.ledger.origin)


def test_the_first_and_the_last_record_have_one_neighbour(page_context: Context) -> None:
    """The ends of the chain would lead to records that are not there."""
    client, _ = visitor(page_context, "reader")
    first = client.get("/history/0").text
    assert 'rel="prev"' not in first
    last = page_context.ledger.head().size  # the look at the first one was recorded meanwhile
    page = client.get(f"/history/{last - 1}").text
    assert f'href="/history/{last - 2}"' in page


def test_a_record_that_nobody_signed_yet_is_not_called_proven(page_context: Context) -> None:
    """A record would look proven that no checkpoint covers."""
    client, _ = visitor(page_context, "reader")
    newest = page_context.ledger.head().size
    client.get("/history/0")
    page = client.get(f"/history/{newest}").text
    assert "No checkpoint covers this record yet" in page
    assert evidence_in(page)["checkpoint"] is None


def test_a_record_that_was_taken_back_says_so(page_context: Context) -> None:
    """Somebody would rest on what a later record corrected."""
    ledger = page_context.ledger
    first, second = (
        each.stored.index
        for each in ledger.read(EventQuery(kinds=("breach.awareness_determined",), limit=2))
    )
    corrected = ledger.log.record_at(first)
    assert corrected is not None
    assert corrected.event_id is not None
    event = LogCorrectionRecorded(
        occurred_at=ledger.clock(), corrected_event_id=corrected.event_id, reason="a slip"
    )
    told = ledger.record(event)
    client, _ = visitor(page_context, "reader")
    page = client.get(f"/history/{first}").text
    assert "Taken back:" in page
    assert f'<a href="/history/{told.index}">{told.index}</a>' in page
    other = client.get(f"/history/{second}").text
    assert f'<a href="/history/{told.index}">' not in other


def test_each_look_is_recorded_before_it_is_shown(page_context: Context) -> None:
    """Somebody could look at a record, and the log would not know."""
    client, _ = visitor(page_context, "reader")
    before = len(readings(page_context.ledger))
    client.get(f"/history/{GRANT}")
    client.get(f"/history/{GRANT}/sealed")
    found = readings(page_context.ledger)[before:]
    assert [(each.records, each.identities) for each in found] == [(1, 0), (1, 0)]


def test_the_sealed_bytes_are_those_that_were_hashed(page_context: Context) -> None:
    """Whoever verifies elsewhere would be given other bytes than the log has."""
    client, _ = visitor(page_context, "reader")
    record = page_context.ledger.log.record_at(GRANT)
    assert record is not None
    answer = client.get(f"/history/{GRANT}/sealed")
    assert leaf_hash(answer.content) == record.leaf_hash
    assert answer.headers["content-disposition"] == f'attachment; filename="{GRANT}.record"'


def test_an_event_id_leads_to_its_record(page_context: Context) -> None:
    """A link to an event would lead nowhere."""
    client, _ = visitor(page_context, "reader")
    record = page_context.ledger.log.record_at(13)
    assert record is not None
    answer = client.get(f"/history/{record.event_id}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/history/13")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/history/999999", 404),
        ("/history/" + "9" * 30, 400),
        ("/history/00000000-0000-7000-8000-000000000000", 404),
    ],
)
def test_what_is_not_there_is_said_so(page_context: Context, path: str, status: int) -> None:
    """A wrong link would end in a fault of the program."""
    client, _ = visitor(page_context, "reader")
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")


def test_identities_are_shown_after_a_reason_only(page_context: Context) -> None:
    """Somebody could see who it was, and the log would not know what for."""
    ledger = page_context.ledger
    take_roles(ledger, "person:investigator@test")
    client, csrf = visitor(page_context, "investigator")
    path = f"/history/{GRANT}/identities"
    tokens = client.get(f"/history/{GRANT}").text
    identity = _grantee(ledger)
    assert identity not in tokens
    before = len(readings(ledger))
    asked = {"csrf": csrf, "purpose": "incident-investigation", "case": "C-7"}
    answer = client.post(path, data=asked)
    assert answer.status_code == 200
    assert identity in answer.text
    (reading,) = readings(ledger)[before:]
    assert reading.identities
    assert reading.purpose == "incident-investigation"
    carried = evidence_in(answer.text)["disclosures"]
    assert len(carried) >= 3
    assert client.get(path).status_code == 405


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"purpose": "curiosity", "case": "C-7"},
        {"purpose": "incident-investigation"},
        {"purpose": "incident-investigation", "case": "C-7\nC-8"},
        {"purpose": "incident-investigation", "case": "C" * 201},
    ],
    ids=["nothing", "no purpose of the list", "no case", "case on two lines", "case too long"],
)
def test_without_reason_or_case_the_form_is_shown_again(
    page_context: Context, asked: dict[str, str]
) -> None:
    """Identities would be shown for nothing, or what was typed would be lost."""
    take_roles(page_context.ledger, "person:investigator@test")
    client, csrf = visitor(page_context, "investigator")
    answer = client.post(f"/history/{GRANT}/identities", data={"csrf": csrf, **asked})
    assert answer.status_code == 400
    assert _grantee(page_context.ledger) not in answer.text
    assert 'role="alert"' in answer.text
    assert 'name="purpose"' in answer.text


def test_without_permission_or_from_elsewhere_nobody_is_shown(page_context: Context) -> None:
    """Every reader, or a page of a stranger, could have identities shown."""
    take_roles(page_context.ledger, "person:reader@test")
    client, csrf = visitor(page_context, "reader")
    asked = {"purpose": "incident-investigation", "case": "C-7"}
    path = f"/history/{GRANT}/identities"
    assert client.post(path, data={"csrf": csrf, **asked}).status_code == 403
    other, _ = visitor(page_context, "investigator")
    assert other.post(path, data={"csrf": "made-up", **asked}).status_code == 403
    assert "Your roles do not let you see identities" in client.get(f"/history/{GRANT}").text


def test_who_may_see_proofs_alone_is_shown_no_tokens(page_context: Context) -> None:
    """An auditor could follow one person through the log, or could not verify a record at all."""
    client, _ = visitor(page_context, "auditor")
    answer = client.get(f"/history/{GRANT}")
    assert answer.status_code == 200
    assert "person#" not in answer.text
    assert 'href="/history?' not in answer.text
    assert evidence_in(answer.text)["checkpoint"].startswith(page_context.ledger.origin)
    breach = next(page_context.ledger.read(EventQuery(kinds=("breach.suspected",), limit=1)))
    assert 'href="/breaches/' not in client.get(f"/history/{breach.stored.index}").text
    other, _ = visitor(page_context, "admin")
    assert other.get(f"/history/{GRANT}").status_code == 403


def test_a_forged_record_is_called_broken(page_context: Context) -> None:
    """A changed event would be shown as if it were what was sealed."""
    forge(page_context, GRANT)
    client, _ = visitor(page_context, "reader")
    page = client.get(f"/history/{GRANT}").text
    assert "Evidence broken" in page
    assert "expected leaf hash" in page
    assert "The service found that it does not hold" in page
    carried = evidence_in(page)
    assert carried["hashes"]  # the browser gets all it needs to refuse it by itself
    assert "Evidence broken" not in client.get("/history/5").text


@pytest.mark.parametrize(("language", "title"), [("nl", "Er is toegang gegeven"), ("en", "Access")])
def test_it_speaks_both_languages(page_context: Context, language: Language, title: str) -> None:
    """Who reads Dutch would be told half of it in English."""
    client, _ = visitor(page_context, "reader", language=language)
    page = client.get(f"/history/{GRANT}").text
    assert title in page


def _grantee(ledger: Ledger) -> str:
    record = ledger.log.record_at(GRANT)
    assert record is not None
    disclosures = ledger.log.disclosures_of([GRANT])[GRANT]
    assert record.event_id is not None
    values = [ledger.vault.values_of(each, record.event_id) for each in disclosures]
    (identity,) = [value["grantee"] for value in values if value and "grantee" in value]
    return str(identity)
