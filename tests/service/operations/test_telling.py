"""What the service says about requests: enough to run it, nothing that names somebody."""

import io
import json
import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from starlette.testclient import TestClient

from service.app import create_app
from service.operations import logs
from service.operations.logs import JsonLines, write_logs_to
from service.operations.telling import ID_BYTES, IDS_AT_ONCE, NO_ROUTE, RequestIds, problem_name
from tests.served import client_of, served_context

BSN = "111222333"


@contextmanager
def written() -> Iterator[io.StringIO]:
    """What is logged meanwhile; the log of the tests is as before afterwards."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    quiet = {name: logging.getLogger(name).level for name in logs._QUIET}
    stream = io.StringIO()
    write_logs_to(stream)
    try:
        yield stream
    finally:
        root.handlers[:] = before
        root.setLevel(level)
        for name, each in quiet.items():
            logging.getLogger(name).setLevel(each)


def test_nothing_of_a_request_stands_in_the_log(tmp_path: Path) -> None:
    """The log of the service would be a second, unprotected log of people."""
    with written() as stream, served_context(tmp_path) as context:
        client = client_of(context, "admin")
        body = json.dumps({"kind": "person.seen", "bsn": BSN})
        for path in (f"/{BSN}", f"/metrics?bsn={BSN}", f"/v1/events?bsn={BSN}", "/v1/events"):
            for method in ("GET", "POST", BSN):
                client.request(
                    method,
                    path,
                    content=body,
                    headers={
                        "Content-Type": "application/json",
                        "Zegel-Case": BSN,
                        "X-Request-Id": BSN,
                        "traceparent": BSN,
                        "Referer": f"https://example.nl/{BSN}",
                        "User-Agent": BSN,
                        "Cookie": BSN,
                    },
                )
        client.get("/metrics", headers={"Authorization": f"Bearer {BSN}"})
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert len([line for line in lines if line["event"] == "answered"]) == 13
    assert BSN not in stream.getvalue()
    assert "admin" not in stream.getvalue()


def test_a_line_tells_route_status_and_caller_alike_each_time(tmp_path: Path) -> None:
    """An operator could not find the requests of one program, or those of one route."""
    with written() as stream, served_context(tmp_path) as context:
        client = client_of(context, "admin")
        client.get("/metrics")
        answer = client.get("/metrics")
        client.get("/nowhere")
    told = [json.loads(line) for line in stream.getvalue().splitlines()]
    first, second, nowhere = (line for line in told if line["event"] == "answered")
    assert (first["route"], first["status"], first["method"]) == ("/metrics", 200, "GET")
    assert first["caller"] == second["caller"]
    assert first["request"] != second["request"]
    assert second["request"] == answer.headers["zegel-request"]
    assert (nowhere["route"], nowhere["problem"]) == (NO_ROUTE, "not-found")


def test_probes_do_not_fill_the_log(tmp_path: Path) -> None:
    """What runs the service asks every few seconds, for years."""
    with written() as stream, served_context(tmp_path) as context:
        client_of(context).get("/livez")
    assert '"answered"' not in stream.getvalue()


def test_a_failure_nobody_foresaw_tells_places_not_words(tmp_path: Path) -> None:
    """What an error says may quote the caller."""
    with written() as stream, served_context(tmp_path) as context:
        app = create_app(context)

        @app.get("/broken")
        async def broken() -> None:
            raise LookupError(BSN)

        answer = TestClient(app, raise_server_exceptions=False).get("/broken")
    assert answer.status_code == 500
    assert BSN not in answer.text
    assert BSN not in stream.getvalue()
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    (failed,) = [line for line in lines if line.get("error")]
    assert failed["error"] == "LookupError"
    assert any(place.endswith(" broken") for place in failed["trace"])
    assert [line["status"] for line in lines if line["event"] == "answered"] == [500]


def test_a_line_is_one_line_of_json() -> None:
    """A line break in a message would look like another line, as if the service had said it."""
    record = logging.makeLogRecord({"msg": "a\nb %s", "args": (BSN,), "levelno": logging.INFO})
    line = JsonLines().format(record)
    assert "\n" not in line
    assert BSN not in line
    assert json.loads(line)["event"].startswith("a\nb ")


def test_answers_keep_browsers_careful(tmp_path: Path) -> None:
    """An answer could be shown inside a foreign page, kept, or run as a script."""
    with served_context(tmp_path) as context:
        client = client_of(context)
        for path in ("/livez", "/nowhere", "/metrics"):
            headers = client.get(path).headers
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["content-security-policy"].startswith("default-src 'none'")
            assert headers["cache-control"] == "no-store"
            assert "server" not in headers
            assert "strict-transport-security" not in headers


def test_a_problem_is_counted_by_its_name() -> None:
    """Refusals of one status but of other reasons could not be told apart."""
    assert problem_name(b'{"type":"urn:zegel:problem:too-often"}') == "too-often"
    assert problem_name(b"[1]") is None
    assert problem_name(b"{") is None
    assert problem_name(b'{"type":3}') is None


def test_no_two_requests_have_one_id() -> None:
    """The line of one request would be taken for that of another, or an id could be foreseen."""
    drawn: list[int] = []

    def entropy(count: int) -> bytes:
        drawn.append(count)
        return os.urandom(count)

    ids = RequestIds(entropy)
    found = [ids.next() for _ in range(3 * IDS_AT_ONCE)]
    assert len(set(found)) == len(found)
    assert all(re.fullmatch("[0-9a-f]{16}", each) for each in found)
    assert drawn == [ID_BYTES * IDS_AT_ONCE] * 3
