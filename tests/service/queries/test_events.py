"""The history over HTTP is that of the log: same records, same words, in pages that agree."""

import csv
import io
import json
from dataclasses import replace
from datetime import UTC
from typing import Any

import pytest
from starlette.testclient import TestClient

from formats.answers.inspection import seen_document
from formats.answers.record import record_document
from formats.json_form import encode_json
from ledger.events.log_integrity import LogRead
from ledger.inspection import inspect_record
from ledger.ledger import Ledger
from ledger.merkle import Frontier
from ledger.query import EventQuery
from ledger.record import leaf_hash
from projections.erasing import erase_subject
from service.context import Context
from service.queries import searching
from service.queries.event_rows import csv_lines
from tests.grants import grant
from tests.roles import give_every_role
from tests.served import client_of

INVESTIGATOR = "person:investigator@test"


def pages(client: TestClient, path: str) -> list[dict[str, Any]]:
    """Every page of an answer."""
    found = []
    following = path
    while following:
        answer = client.get(following)
        assert answer.status_code == 200, answer.text
        found.append(answer.json())
        following = found[-1]["next"] and f"/v1/events{found[-1]['next']}"
    return found


def indexes(answers: list[dict[str, Any]]) -> list[int]:
    """The records of pages, in the order given."""
    return [record["index"] for answer in answers for record in answer["records"]]


def readings(ledger: Ledger) -> list[LogRead]:
    """Who was answered what."""
    found = ledger.read(EventQuery(kinds=("log.read",)))
    return [each.event for each in found if isinstance(each.event, LogRead)]


def test_a_record_is_told_as_the_command_line_tells_it(served: Context) -> None:
    """Two ways in would give two accounts of one record."""
    (record, *_) = client_of(served, "reader").get("/v1/events").json()["records"]
    (opened,) = served.ledger.read(EventQuery(stop=1))
    assert record == json.loads(encode_json(record_document(opened)))


@pytest.mark.parametrize("order", ["", "&reverse=true"])
def test_pages_tell_of_one_state_while_the_log_grows(served: Context, order: str) -> None:
    """A record would come twice or never, or two pages would be true of two logs."""
    client = client_of(served, "reader")
    ledger = served.ledger
    head = ledger.head()
    answer = client.get(f"/v1/events?limit=5{order}").json()
    found = [answer]
    while answer["next"]:
        ledger.record(grant(grant_id=f"later-{len(found)}"))
        answer = client.get(f"/v1/events{answer['next']}").json()
        found.append(answer)
    expected = list(range(head.size))
    assert indexes(found) == (expected[::-1] if order else expected)
    root = Frontier(head.size, head.frontier).root().hex()
    assert {json.dumps(each["as_of"]) for each in found} == {
        json.dumps({"size": head.size, "root": root})
    }


def test_a_page_is_repeatable(served: Context) -> None:
    """A client that lost an answer would lose the records in it."""
    client = client_of(served, "reader")
    following = client.get("/v1/events?limit=4").json()["next"]
    once, again = (client.get(f"/v1/events{following}").json() for _ in range(2))
    assert once["records"] == again["records"]


@pytest.mark.parametrize(
    ("asked", "query"),
    [
        ("kind=access.granted&kind=log", {"kinds": ("access.granted", "log.read")}),
        ("without=log", {"kinds": ("access.granted",)}),
        ("kind=access&without=access.granted", {"without": ("access.granted", "log.read")}),
        ("system=portal", {"system": "portal"}),
        ("actor=person:nobody", {"actor": "person:nobody"}),
        ("subject=person:p1@example.nl", {"subject": "person:p1@example.nl"}),
        ("ip=192.0.2.1", {"ip": "192.0.2.1"}),
    ],
)
def test_filters_are_those_of_the_log(served: Context, asked: str, query: dict[str, Any]) -> None:
    """A question would be answered that nobody asked."""
    expected = [each.stored.index for each in served.ledger.read(EventQuery(**query))]
    found = pages(client_of(served, "reader"), f"/v1/events?limit=3&{asked}")
    assert indexes(found) == expected


def test_windows_are_half_open_and_may_surround_a_record(served: Context) -> None:
    """The last moment of a window would be counted twice, or never."""
    client = client_of(served, "reader")
    window = "since=2026-01-02T09:00:00Z&until=2026-01-04T10:00:00%2B01:00"
    assert indexes(pages(client, f"/v1/events?{window}")) == [1, 2]
    assert indexes(pages(client, "/v1/events?around=5&within=P1D")) == [4, 5]
    assert client.get("/v1/events?around=5&since=2026-01-02T09:00:00Z").status_code == 400
    assert client.get("/v1/events?within=P1D").status_code == 400


def test_only_what_was_known_then(served: Context) -> None:
    """An answer about yesterday would know of today."""
    client = client_of(served, "reader")
    known = client.get("/v1/events/11").json()["recorded_at"]
    served.ledger.record(grant(grant_id="later"))
    (page,) = pages(client, f"/v1/events?kind=access&as_known={known}")
    assert indexes([page]) == list(range(12))
    assert page["as_of"]["known_size"] == 12
    assert page["as_of"]["size"] > 12


def test_a_pattern_is_searched_in_bounded_pages(
    served: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One request could read a whole history, or one page would hide the rest."""
    monkeypatch.setattr(searching, "MOST_EXAMINED", 4)
    client = client_of(served, "reader")
    found = pages(client, "/v1/events?kind=access&grep=portal&limit=10")
    assert indexes(found) == [1, 3, 5, 7, 9, 11]
    assert [len(page["records"]) for page in found] == [2, 2, 2]
    assert client.get("/v1/events?grep=x", headers={"Accept": "text/csv"}).status_code == 400


def test_a_pattern_is_not_compared_with_identities(served: Context) -> None:
    """Somebody could find out who stands where, and no reading would tell of it."""
    give_every_role(served.ledger, INVESTIGATOR)
    client = client_of(served, "investigator")
    asked = "identities=true&purpose=incident-investigation&grep=example.nl"
    answer = client.get(f"/v1/events?{asked}", headers={"Zegel-Case": "C-1"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["records"] == []


@pytest.mark.parametrize(
    "asked",
    [
        "sistem=portal", "system=a&system=b", "since=yesterday", "kind=nonsense", "grep=(",
        "limit=0", "limit=1001", "cursor=x", "ip=nonsense", "reverse=perhaps", "as_known=now",
        "purpose=curiosity",
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_refused(served: Context, asked: str) -> None:
    """A question that was spelled wrong would be answered as a wider one."""
    answer = client_of(served, "reader").get(f"/v1/events?{asked}")
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


def test_each_answer_is_recorded_before_it_leaves(served: Context) -> None:
    """Somebody could read the log, and the log would not know."""
    client = client_of(served, "reader")
    client.get("/v1/events?system=portal&subject=person:p1@example.nl&limit=2")
    client.get("/v1/events/3")
    client.get("/v1/events/3/raw")
    csv_answer = client.get("/v1/events?kind=access", headers={"Accept": "text/csv"})
    assert csv_answer.status_code == 200
    assert [each.records for each in readings(served.ledger)] == [2, 1, 1, 12]
    assert all(each.identities == 0 for each in readings(served.ledger))


def test_identities_are_shown_against_a_recorded_reading(served: Context) -> None:
    """Somebody could see who it was, and the log would not know."""
    give_every_role(served.ledger, INVESTIGATOR)
    client = client_of(served, "investigator")
    asked = "/v1/events?limit=2&identities=true&purpose=incident-investigation"
    assert client.get(asked).status_code == 400  # no case
    answer = client.get(asked, headers={"Zegel-Case": "C-1"})
    assert [each["event"]["grantee"] for each in answer.json()["records"]] == [
        "person:p0@example.nl",
        "person:p1@example.nl",
    ]
    (reading,) = [each for each in readings(served.ledger) if each.identities]
    assert (reading.records, reading.identities) == (2, 2)
    looked = list(served.ledger.read(EventQuery(looked_at="person:p1@example.nl")))
    assert len(looked) == 1
    one = client.get(
        "/v1/events/1?identities=true&purpose=incident-investigation",
        headers={"Zegel-Case": "C-1"},
    )
    assert one.json()["event"]["grantee"] == "person:p1@example.nl"


def test_a_stream_may_show_identities_too(served: Context) -> None:
    """The stream would be a way around the reading, or show tokens to who may see more."""
    give_every_role(served.ledger, INVESTIGATOR)
    client = client_of(served, "investigator")
    answer = client.get(
        "/v1/events?system=portal&identities=true&purpose=incident-investigation",
        headers={"Zegel-Case": "C-1", "Accept": "application/x-ndjson"},
    )
    found = [json.loads(line)["event"]["grantee"] for line in answer.text.splitlines()]
    assert found[:2] == ["person:p1@example.nl", "person:p0@example.nl"]
    assert len(found) == 6
    assert [each.identities for each in readings(served.ledger)] == [6]


@pytest.mark.parametrize("role", ["reader", "auditor", "recorder", "admin"])
def test_others_see_no_identities(served: Context, role: Any) -> None:  # noqa: ANN401 - a role
    """Whoever has a key could see who it was."""
    answer = client_of(served, role).get("/v1/events?identities=true&purpose=audit")
    assert answer.status_code == 403
    assert "example.nl" not in answer.text


def test_a_stream_has_every_record_and_a_spreadsheet_runs_nothing(served: Context) -> None:
    """A pipe would miss records, or a spreadsheet would run what an intruder typed."""
    client = client_of(served, "reader")
    stream = client.get("/v1/events?kind=access", headers={"Accept": "application/x-ndjson"})
    assert [json.loads(line)["index"] for line in stream.text.splitlines()] == list(range(12))
    assert stream.headers["zegel-size"] == "12"
    sheet = client.get("/v1/events?kind=access&limit=11", headers={"Accept": "text/csv"})
    rows = list(csv.DictReader(io.StringIO(sheet.text, newline="")))
    assert [row["index"] for row in rows] == [str(index) for index in range(11)]
    (opened,) = served.ledger.read(EventQuery(stop=1))
    typed = replace(opened, stored=opened.stored._replace(system="=1+1"))
    (_, line) = csv_lines([typed], UTC)
    assert ",'=1+1," in line


def test_a_client_learns_cheaply_that_nothing_changed(served: Context) -> None:
    """A monitor would read the same page each minute, and each would be recorded."""
    client = client_of(served, "reader")
    path = "/v1/events?kind=access&limit=3"
    tag = client.get(path).headers["etag"]
    size = served.ledger.head().size
    again = client.get(path, headers={"If-None-Match": f'"other", {tag}'})
    assert (again.status_code, again.content) == (304, b"")
    assert served.ledger.head().size == size
    assert client.get("/v1/events?kind=breach", headers={"If-None-Match": tag}).status_code == 200
    served.ledger.record(grant(grant_id="later"))
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 200


def test_a_tag_is_of_the_one_who_was_answered(served: Context) -> None:
    """Whoever made up a tag, or took that of another, would learn who is not in the log unseen."""
    reader, other = client_of(served, "reader"), client_of(served, "dpo")
    path = "/v1/events?subject=person:nobody@example.nl"
    tag = reader.get(path).headers["etag"]
    assert reader.get(path, headers={"If-None-Match": tag}).status_code == 304
    before = len(readings(served.ledger))
    assert other.get(path, headers={"If-None-Match": tag}).status_code == 200
    assert len(readings(served.ledger)) == before + 1


def test_an_erasure_changes_what_a_client_has(served: Context) -> None:
    """A client would keep a token of somebody who was erased for good."""
    give_every_role(served.ledger, "person:dpo@test")
    client = client_of(served, "reader")
    path = "/v1/events?kind=access&limit=3"
    tag = client.get(path).headers["etag"]
    erase_subject(served.ledger, "person:p0@example.nl", requested_by="person:dpo@test")
    answer = client.get(path, headers={"If-None-Match": tag})
    assert answer.status_code == 200
    assert answer.json()["records"][0]["personal"]["grantee"] == "erased"


def test_one_record_comes_with_everything_known_of_it(served: Context) -> None:
    """An investigator would see less over HTTP than at the terminal."""
    client = client_of(served, "reader")
    answer = client.get("/v1/events/4").json()
    (opened,) = served.ledger.read(EventQuery(start=4, stop=5))
    expected = json.loads(encode_json(seen_document(inspect_record(served.ledger, opened))))
    assert {name: answer[name] for name in expected} == expected
    assert answer["faults"] == []
    by_id = client.get(f"/v1/events/{answer['event_id']}").json()
    assert by_id["index"] == 4
    assert client.get("/v1/events/4000").status_code == 404
    assert client.get("/v1/events/nonsense").status_code == 400


def test_the_sealed_bytes_are_those_that_were_hashed(served: Context) -> None:
    """A proof could not be checked against what the service gives."""
    answer = client_of(served, "auditor").get("/v1/events/4/raw")
    record = served.ledger.log.record_at(4)
    assert record is not None
    assert leaf_hash(answer.content) == record.leaf_hash
    assert answer.headers["zegel-leaf-hash"] == record.leaf_hash.hex()
