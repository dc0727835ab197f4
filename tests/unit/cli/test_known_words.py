"""A word that is not known is answered with those that are, a handful of them."""

import pytest

from cli.known_words import listed


@pytest.mark.parametrize(
    ("known", "told"),
    [
        ([], "there is none"),
        (["a"], "a"),
        (["a", "b"], "a, b"),
        (["a", "b", "c"], "a, b and 1 more"),
        (["a", "b", "c", "d"], "a, b and 2 more"),
    ],
)
def test_a_handful_is_written_out(known: list[str], told: str) -> None:
    """Whoever mistyped a word would be told none, all of a thousand, or a wrong number."""
    assert listed(known, "there is none", 2) == told
