"""Lines of processing as the reading extension of LDV gives them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.role_names import ServiceRole
from tests.served import client_of
from tests.service.ldv.told_acts import (
    ACTIVITY,
    NUMBER,
    OPENING,
    OTHER,
    TRACE,
    Asking,
    asking,
    kinds,
    record_line,
    registered,
)

PATH = "/data-processing-operations"
DASHED = "ef4e77b9-b03b-585f-b613-5fcf8d8555fb"


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Asking]:
    with asking(tmp_path, lezen_most_lines=3, lezen_most_requests=2) as found:
        yield found


def by_subject(number: str, **more: str) -> dict[str, Any]:
    return {"dpl": {"core": {"dataSubjectId": number, "dataSubjectIdType": "BSN"}}, **more}


def test_a_line_is_shown_by_tokens_and_opened_against_a_reading(log: Asking) -> None:
    """Names would be shown without a record of it, or not to who may see them."""
    record_line(
        log.context,
        started_nanoseconds=7,
        parent_span_id="b" * 16,
        foreign_processor="https://caller.example/",
        resource={"service.name": "crm"},
        attributes={"dpl.read.next_logbook_id": "https://next.example/", "level": 1},
    )
    shown = log.reader.post(PATH, json=by_subject(NUMBER))
    assert (shown.status_code, shown.headers["API-Version"]) == (200, "1.1.0")
    core = {
        "processingActivityId": ACTIVITY,
        "dataSubjectId": NUMBER,
        "dataSubjectIdType": "BSN",
    }
    line = {
        "traceId": DASHED,
        "spanId": "a" * 16,
        "parentSpanId": "b" * 16,
        "status": "Ok",
        "name": "withheld",
        "startTime": "2026-01-01T10:00:00.000000007Z",
        "endTime": "2026-01-01T10:00:01.000000Z",
        "attributes": {"dpl": {"core": core}},
    }
    origin = log.context.ledger.origin
    assert shown.json() == {
        "metadata": {"logbookId": origin, "organizationName": origin},
        "dataProcessingOperations": [line],
    }
    opened = log.officer.post(PATH, json={"traceId": TRACE}, headers=OPENING)
    assert opened.json()["dataProcessingOperations"] == [
        {
            **line,
            "name": "look up",
            "resource": {"attributes": {"service.name": "crm"}},
            "attributes": {
                "dpl": {
                    "core": {
                        **core,
                        "foreignOperation": {"processor": "https://caller.example/"},
                    },
                    "read": {"nextLogbookId": "https://next.example/"},
                },
                "level": 1,
            },
        }
    ]
    assert kinds(log.context)[-2:] == ["log.read.v1", "log.read.v1"]


def test_a_reading_is_recorded_without_the_number(log: Asking) -> None:
    """The log would keep in words whom somebody asked for."""
    record_line(log.context)
    log.reader.post(PATH, json=by_subject(NUMBER))
    log.officer.post(PATH, json=by_subject(OTHER), headers=OPENING)
    log.reader.post(PATH, json={"dpl": {"core": {"processingActivityId": f"urn:x:{NUMBER}"}}})
    ledger = log.context.ledger
    rows = [row for row in ledger.log.scan() if row.kind == "log.read.v1"]
    told = [
        ledger.vault.values_of(each, row.event_id) or {}
        for row in rows
        if row.event_id is not None
        for each in ledger.log.disclosures_of([row.index])[row.index]
    ]
    questions = [values["question"] for values in told if "question" in values]
    assert len(questions) == 3
    assert "subject=data-subject#" in questions[0]
    assert "somebody unknown" in questions[1]
    assert not any(number in str(told) for number in (NUMBER, OTHER))


@pytest.mark.parametrize(
    ("body", "location"),
    [
        ({}, "#"),
        ({"startTime": "2026-01-01T00:00:00Z"}, "#"),
        ({"traceId": "zz"}, "#/traceId"),
        ({"traceId": 5}, "#/traceId"),
        ({"traceId": TRACE, "endTime": "yesterday"}, "#/endTime"),
        ({"dpl": {"core": {"processingActivityId": "no uri"}}}, "#/dpl/core/processingActivityId"),
        ({"dpl": {"core": {"dataSubjectId": "4711"}}}, "#/dpl/core/dataSubjectIdType"),
        ({"dpl": {"core": {"dataSubjectIdType": "BSN"}}}, "#/dpl/core/dataSubjectIdType"),
        ({"traceId": TRACE, "dpl": {"read": {}}}, "#/dpl/read"),
        ([], "#"),
    ],
)
def test_a_question_that_selects_nothing_is_refused(
    log: Asking, body: object, location: str
) -> None:
    """The whole log would be the answer to a slip of the pen."""
    answer = log.reader.post(PATH, json=body)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["API-Version"] == "1.1.0"
    (fault,) = answer.json()["errors"]
    assert fault["in"] == "body"
    assert fault["location"] == location
    assert fault["code"]
    assert fault["detail"]


def test_a_number_that_is_none_is_refused_without_being_repeated(log: Asking) -> None:
    """An error message would tell whom somebody asked for."""
    answer = log.reader.post(PATH, json=by_subject("123456789"))
    assert answer.status_code == 400
    assert "123456789" not in answer.text


def test_traces_are_taken_both_ways_and_times_narrow(log: Asking) -> None:
    """A client that writes traces as OTLP does would find nothing."""
    record_line(log.context)
    record_line(log.context, "b" * 16, on=1)
    for trace in (TRACE, TRACE.upper(), DASHED):
        found = log.reader.post(PATH, json={"traceId": trace}).json()["dataProcessingOperations"]
        assert [each["spanId"][0] for each in found] == ["a", "b"]
    narrowed = {
        "startTime": "2026-01-02T10:00:00Z",
        "endTime": "2026-01-02T12:00:01+02:00",
    }
    for times, spans in (
        (narrowed, ["b"]),
        ({"startTime": "2026-01-02T10:00:00.000001Z"}, []),
        ({"endTime": "2026-01-01T10:00:01Z"}, ["a"]),
        ({"endTime": "2026-01-01T10:00:00Z"}, []),
    ):
        body = {"dpl": {"core": {"processingActivityId": ACTIVITY}}, **times}
        found = log.reader.post(PATH, json=body).json()["dataProcessingOperations"]
        assert [each["spanId"][0] for each in found] == spans


def test_traces_go_out_as_the_settings_say_also_by_the_older_name(tmp_path: Path) -> None:
    """A client of a side branch of the draft could not read its traces."""
    with asking(tmp_path, lezen_hex_traces=True, logbook_id="book", organisation_name="X") as log:
        record_line(log.context)
        answer = log.reader.post("/processing-activities", json={"traceId": TRACE}).json()
    assert answer["dataProcessingOperations"][0]["traceId"] == TRACE
    assert answer["metadata"] == {"logbookId": "book", "organizationName": "X"}


def test_more_lines_than_one_answer_holds_are_refused(log: Asking) -> None:
    """An answer would leave lines out without saying so."""
    for place in range(4):
        record_line(log.context, f"{place + 1:016x}", on=place)
    whole = log.reader.post(PATH, json={"traceId": TRACE})
    assert whole.status_code == 400
    assert "narrow" in whole.json()["detail"]
    some = log.reader.post(PATH, json={"traceId": TRACE, "startTime": "2026-01-02T00:00:00Z"})
    assert len(some.json()["dataProcessingOperations"]) == 3
    halves = [{"filter": {"traceId": TRACE, "endTime": "2026-01-03T00:00:00Z"}}] * 2
    assert log.reader.post(f"{PATH}/_batch", json={"requests": halves}).status_code == 400


def test_a_batch_is_answered_by_position(log: Asking) -> None:
    """Lines of one person would be taken for those of another."""
    record_line(log.context)
    body = {
        "context": {"startTime": "2026-01-01T00:00:00Z"},
        "requests": [{"filter": by_subject(OTHER)}, {"filter": {"traceId": TRACE}}],
    }
    answer = log.reader.post(f"{PATH}/_batch", json=body)
    assert answer.status_code == 200
    first, second = answer.json()["results"]
    assert first == {"items": []}
    assert [each["spanId"] for each in second["items"]] == ["a" * 16]
    assert kinds(log.context)[-1] == "log.read.v1"
    assert kinds(log.context).count("log.read.v1") == 1


@pytest.mark.parametrize(
    ("body", "location"),
    [
        ({"requests": [{"filter": {"traceId": TRACE}}] * 3}, "#/requests"),
        ({"requests": [{"filter": {}}]}, "#/requests/0/filter"),
        ({"requests": [{}]}, "#/requests/0/filter"),
        (
            {
                "context": {"endTime": "2026-01-01T00:00:00Z"},
                "requests": [{"filter": {"traceId": TRACE, "endTime": "2026-01-01T00:00:00Z"}}],
            },
            "#/requests/0/filter/endTime",
        ),
        ({"context": {"traceId": TRACE}, "requests": []}, "#/context"),
    ],
)
def test_a_batch_is_refused_whole(log: Asking, body: object, location: str) -> None:
    """Which of two times counts would be left to chance."""
    answer = log.reader.post(f"{PATH}/_batch", json=body)
    assert answer.status_code == 400
    assert [each["location"] for each in answer.json()["errors"]] == [location]


def test_confidential_lines_are_for_who_may_decide_and_withdrawn_ones_for_nobody(
    log: Asking,
) -> None:
    """Somebody would learn of an investigation into themselves."""
    act = registered(log.officer, vertrouwelijkheid="vertrouwelijk")
    question = {"traceId": act["verwerkingId"]}

    def count(client: Any) -> int:  # noqa: ANN401 - a client
        return len(client.post(PATH, json=question).json()["dataProcessingOperations"])

    assert (count(log.reader), count(log.officer)) == (0, 2)
    assert log.officer.delete(f"/verwerkingsacties/{act['actieId']}").status_code == 204
    assert (count(log.reader), count(log.officer)) == (0, 0)


@pytest.mark.parametrize(("role", "status"), [(None, 401), ("recorder", 403), ("auditor", 403)])
def test_lines_need_a_caller_who_may_read(
    log: Asking,
    role: ServiceRole | None,
    status: int,
) -> None:
    """Anybody could read what was done with a person's data."""
    answer = client_of(log.context, role).post(PATH, json={"traceId": TRACE})
    assert answer.status_code == status
    assert answer.headers["API-Version"] == "1.1.0"
    assert {"status", "title"} <= answer.json().keys()


def test_another_media_type_and_another_method_are_refused(log: Asking) -> None:
    """A number in the path or query of a request would be written down on its way."""
    assert log.reader.post(PATH, content=b"traceId=1").status_code == 415
    refused = log.reader.get(PATH)
    assert (refused.status_code, refused.headers["API-Version"]) == (405, "1.1.0")
    assert refused.headers["Allow"] == "POST"
