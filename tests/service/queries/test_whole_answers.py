"""Views, breaches, clocks and promises over HTTP are those of the command line, word for word."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cli.exit_codes import ExitCode
from ledger.events.log_integrity import LogRead
from ledger.evidence import Reading
from ledger.ledger import Ledger
from ledger.personal import token_text
from ledger.query import EventQuery
from projections import VIEWS
from service.context import Context
from tests.command_line import zegel_here
from tests.grants import grant
from tests.handled_breach import handle_breach
from tests.roles import give_every_role
from tests.served import client_of, served_context

NOW = "2026-11-15T12:00:00Z"
DPO = "person:dpo@test"
LATER = "2100-01-01T00:00:00Z"
"""When the statement that is published in the test is in force."""


@pytest.fixture(scope="module")
def handled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    """A log with a breach that was reported late, and a shipped statement."""
    folder = tmp_path_factory.mktemp("handled")
    with served_context(folder) as context:
        options = ("--home", context.home.folder, "--utc")
        handle_breach(options)
        published = zegel_here(*options, "policy", "publish", "ragiox-gold")
        assert published.returncode == ExitCode.FINE, published.stderr
        yield context


def told(context: Context, *arguments: str) -> Any:  # noqa: ANN401 - JSON
    """What the command line answers."""
    answer = zegel_here("--home", context.home.folder, *arguments, "--json")
    lines = [json.loads(line) for line in _documents(answer.stdout)]
    return lines[0] if len(lines) == 1 else lines


def _documents(text: str) -> list[str]:
    return [text] if text.startswith(("{\n", "[\n", "[]")) else text.splitlines()


def asked(context: Context, path: str, **parameters: str) -> dict[str, Any]:
    """What the service answers."""
    answer = client_of(context, "reader").get(path, params=parameters)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def answered(context: Context) -> list[int]:
    """How many records or rows each answer so far told of."""
    found = context.ledger.read(EventQuery(kinds=("log.read",)))
    return [each.event.records for each in found if isinstance(each.event, LogRead)]


def test_a_view_is_that_of_the_command_line(handled: Context) -> None:
    """Two ways in would give two states of the world."""
    answer = asked(handled, "/v1/views/access", as_of=NOW, person="person:j.jansen@example.nl")
    expected = told(handled, "state", "access", "--as-of", NOW, "person=person:j.jansen@example.nl")
    assert answer["rows"] == expected["rows"]
    assert len(answer["rows"]) == 1
    assert (answer["view"], answer["question"]) == (expected["view"], expected["question"])
    assert answer["as_of"]["moment"] == NOW
    assert answered(handled)[-1] == 1


def test_who_asked_about_whom_is_found_by_token(tmp_path: Path) -> None:
    """Somebody could go through a list of names with `read` alone, and nobody see after whom."""
    with served_context(tmp_path) as context:
        ledger = context.ledger
        ledger.record(grant(grantee="person:jan@example.nl"))
        for person in ("jan", "nobody"):
            asked(context, "/v1/views/access", person=f"person:{person}@example.nl")
        give_every_role(ledger, DPO)
        query = EventQuery(kinds=("log.read",))
        found = [each.event for each in ledger.read(query, reading=Reading(DPO, "audit"))]
        questions = [each.question for each in found if isinstance(each, LogRead)]
        (token,) = ledger.subjects_matching("person:jan@example.nl")
    assert questions == [
        f"GET /v1/views/access; person={token_text('person', token)}",
        "GET /v1/views/access; person=nobody known",
    ]


def test_every_view_answers_every_question(handled: Context) -> None:
    """A question that is listed would end in a failure."""
    listed = asked(handled, "/v1/views")["views"]
    assert {each["view"] for each in listed} == set(VIEWS)
    for each in listed:
        answer = asked(handled, f"/v1/views/{each['view']}", only=each["question"], as_of=NOW)
        assert answer["question"] == each["question"]


def test_the_breach_is_that_of_the_command_line(handled: Context) -> None:
    """A data protection officer and a monitor would see two breaches."""
    expected = told(handled, "breach", "show", "B-7", "--as-of", NOW)
    answer = asked(handled, "/v1/breaches/B-7", as_of=NOW)
    for name in ("status", "aware_at", "risk", "facts", "steps", "clocks", "candidates"):
        assert answer[name] == expected[name]
    by_stream = asked(handled, f"/v1/breaches/{answer['breach']}", as_of=NOW)
    assert by_stream["clocks"] == answer["clocks"]
    (row,) = asked(handled, "/v1/breaches", as_of=NOW)["breaches"]
    assert row == told(handled, "breach", "list", "--as-of", NOW)


@pytest.mark.parametrize("order", ["occurred", "recorded"])
def test_the_timeline_is_that_of_the_command_line(handled: Context, order: str) -> None:
    """A timeline would differ from the one in the dossier."""
    answer = asked(handled, "/v1/breaches/B-7/timeline", as_of=NOW, order=order)
    expected = told(handled, "breach", "timeline", "B-7", "--as-of", NOW, "--order", order)
    assert answer["entries"] == expected
    cut = asked(handled, "/v1/breaches/B-7/timeline", as_of=NOW, around="0")
    assert sum(cut["left_out"].values()) == len(answer["entries"]) - len(cut["entries"])


def test_clocks_are_those_of_the_command_line(handled: Context) -> None:
    """A monitor would wake the wrong people, or nobody."""
    expected = told(handled, "clocks", "--all", "--as-of", NOW)
    assert asked(handled, "/v1/clocks", all="true", as_of=NOW)["clocks"] == expected
    early = "2026-11-12T12:00:00Z"
    found = asked(handled, "/v1/clocks", as_of=early, due_within="P2D")
    within = told(handled, "clocks", "--as-of", early, "--due-within", "2d")
    assert found["clocks"] == within
    assert found["clocks"]


def test_promises_are_those_of_the_command_line(handled: Context) -> None:
    """A verdict would depend on who asks."""
    expected = told(handled, "promises", "ragiox-gold", "--as-of", LATER)
    answer = asked(handled, "/v1/promises", system="ragiox-gold", as_of=LATER)
    for name in ("counts", "promises", "contradictions"):
        assert answer[name] == expected[name]
    promise = answer["promises"][0]["promise_id"]
    story = asked(handled, f"/v1/promises/{promise.lower()}", as_of=LATER)
    one = told(handled, "promises", "--explain", promise, "--as-of", LATER)
    assert {name: story[name] for name in one if name in story and name != "as_of"} == {
        name: one[name] for name in one if name in story and name != "as_of"
    }
    assert {"items", "events", "findings", "verdict"} <= set(story)
    findings = asked(handled, "/v1/promises/findings", as_of=LATER)
    assert (
        findings["statements"]
        == told(handled, "promises", "--findings", "--as-of", LATER)["statements"]
    )
    verdict = answer["promises"][0]["verdict"]
    chosen = asked(handled, "/v1/promises", verdict=verdict, as_of=LATER)["promises"]
    assert {each["verdict"] for each in chosen} == {verdict}


@pytest.mark.parametrize(
    "path",
    [
        "/v1/views/access", "/v1/breaches", "/v1/breaches/B-7", "/v1/breaches/B-7/timeline",
        "/v1/clocks", "/v1/promises", "/v1/promises/findings",
    ],
)  # fmt: skip
def test_a_past_state_of_knowledge_stays_what_it_was(handled: Context, path: str) -> None:
    """A client would read again what cannot have changed."""
    known = handled.ledger.head().last_recorded_at
    assert known is not None
    client = client_of(handled, "reader")
    parameters = {"as_known": known.isoformat(), "as_of": NOW}
    answer = client.get(path, params=parameters)
    assert answer.status_code == 200, answer.text
    assert answer.json()["as_of"]["known_size"] <= answer.json()["as_of"]["size"]
    size = handled.ledger.head().size
    again = client.get(path, params=parameters, headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    assert handled.ledger.head().size == size


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/views/nonsense", 404),
        ("/v1/views/access?nonsense=1", 400),
        ("/v1/views/access?zone=UTC", 400),
        ("/v1/views/access?only=nonsense", 400),
        ("/v1/views/access?as_of=yesterday", 400),
        ("/v1/views/access?as_of=2026-01-01T00:00:00Z&as_of=2026-01-02T00:00:00Z", 400),
        ("/v1/views/access?limit=10001", 400),
        ("/v1/views?more=1", 400),
        ("/v1/breaches/nonsense", 404),
        ("/v1/breaches?more=1", 400),
        ("/v1/breaches/B-7/timeline?order=backwards", 400),
        ("/v1/clocks?due_within=3d", 400),
        ("/v1/promises/NON-1", 404),
        ("/v1/promises?verdict=perhaps", 400),
    ],
)
def test_what_is_not_there_or_not_understood(handled: Context, path: str, status: int) -> None:
    """A wrong question would get an empty answer, which reads as: nothing happened."""
    answer = client_of(handled, "reader").get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_pages_of_a_view_tell_of_one_state(tmp_path: Path, database_url: str) -> None:
    """A row would come twice or never while the log grows."""
    with served_context(tmp_path, database_url) as context:
        grants(context.ledger, range(5))
        client = client_of(context, "reader")
        expected = client.get("/v1/views/access").json()["rows"]
        answer = client.get("/v1/views/access?limit=2").json()
        found, states = list(answer["rows"]), [answer["as_of"]]
        while answer["next"]:
            grants(context.ledger, range(10 * len(found), 10 * len(found) + 2))
            answer = client.get(f"/v1/views/access{answer['next']}").json()
            found += answer["rows"]
            states.append(answer["as_of"])
        assert found == expected
        assert len(found) == 5
        assert all(each == states[0] for each in states)
        stream = client.get("/v1/views/access", headers={"Accept": "application/x-ndjson"})
        rows = [json.loads(line) for line in stream.text.splitlines()]
        assert len(rows) > 5
        sheet = client.get("/v1/views/access", headers={"Accept": "text/csv"})
        assert len(sheet.text.splitlines()) == len(rows) + 1


def grants(ledger: Ledger, numbers: range) -> None:
    """A grant for each number."""
    begun = datetime(2026, 1, 1, tzinfo=UTC).isoformat()
    ledger.record_many([grant(grant_id=f"G-{each}", occurred_at=begun) for each in numbers])
