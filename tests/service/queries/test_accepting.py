"""The form of an answer is the one that was asked for."""

import pytest

from service.queries.accepting import CSV, JSON, NDJSON, preferred

OFFERED = (JSON, NDJSON, CSV)


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        ("text/html,application/xhtml+xml,*/*;q=0.8", JSON),
        ("application/x-ndjson", NDJSON),
        ("Text/CSV ; charset=utf-8", CSV),
        ("text/csv;q=0.5, application/x-ndjson;q=0.9", NDJSON),
        ("text/csv;q=0", JSON),
        ("text/csv;q=nonsense", JSON),
        ("image/png", JSON),
        ("application/json;q=0.1, text/csv", CSV),
    ],
)
def test_the_form_follows_the_header(accept: str | None, expected: str) -> None:
    """A browser would get a file to save, or a pipe one page of many."""
    assert preferred(accept, OFFERED) == expected
