"""HEAD on what anybody may read."""

from pathlib import Path

import pytest

from tests.served import client_of, served_context


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/v1/openapi.json"])
def test_a_head_is_that_of_the_whole_answer(tmp_path: Path, path: str) -> None:
    """A cache or monitor that asks for the head alone would meet a refusal."""
    with served_context(tmp_path) as context:
        client = client_of(context)
        whole, head = client.get(path), client.head(path)
    assert head.status_code == whole.status_code
    assert head.headers["content-type"] == whole.headers["content-type"]
    assert head.content == b""


def test_a_head_of_a_question_is_refused(tmp_path: Path) -> None:
    """A question would be computed and recorded for an answer that nobody reads."""
    with served_context(tmp_path) as context:
        answer = client_of(context, "reader").head("/v1/events")
    assert answer.status_code == 405
