"""Refusals of the service: one table, one form."""

from pathlib import Path

import pytest

from tests.served import client_of, served_context


def test_an_unknown_path_is_a_problem(tmp_path: Path) -> None:
    """A client that reads problems would meet a page of the framework instead."""
    with served_context(tmp_path) as context:
        client = client_of(context)
        answer = client.get("/nowhere")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:zegel:problem:not-found"


def test_nobody_is_sent_to_another_host(tmp_path: Path) -> None:
    """A slash too many would send a client, and what it asks, to whatever host the head names."""
    with served_context(tmp_path) as context:
        client = client_of(context, "reader")
        answer = client.get("/v1/events/?system=web", follow_redirects=False)
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("path", "takes"), [("/v1/events", "GET, POST"), ("/tile/0/000", "GET"), ("/livez", "GET")]
)
def test_a_method_that_a_path_does_not_take_is_a_problem(
    tmp_path: Path, path: str, takes: str
) -> None:
    """A client would not learn that only its method is wrong, or which one is right."""
    with served_context(tmp_path) as context:
        answer = client_of(context, "recorder").request("DELETE", path)
    assert answer.status_code == 405
    assert answer.headers["allow"] == takes
    told = "method: expected one that this path takes, found another"
    assert answer.json()["detail"] == told


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("colour=red", "query colour: expected a parameter of this route"),
        ("limit=0", "query limit: expected greater than or equal to 1"),
    ],
)
def test_a_wrong_parameter_is_told_by_name(tmp_path: Path, query: str, told: str) -> None:
    """A mistyped filter would count for nothing, or its fault have to be guessed."""
    with served_context(tmp_path) as context:
        answer = client_of(context, "reader").get(f"/v1/events?{query}")
    assert answer.status_code == 400
    assert answer.json()["detail"] == told
