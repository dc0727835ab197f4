"""Refusals of the service: one table, one form."""

from pathlib import Path

from tests.served import client_of, served_context


def test_an_unknown_path_is_a_problem(tmp_path: Path) -> None:
    """A client that reads problems would meet a page of the framework instead."""
    with served_context(tmp_path) as context:
        client = client_of(context)
        answer = client.get("/nowhere")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:zegel:problem:not-found"
