"""A pattern of a stranger finds what it says, and keeps nobody waiting."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import BadRequest
from service.queries.pattern import LONGEST_PATTERN, matcher

TEXT = "a" * 60_000 + "b"


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|a)*c", "(a*)*c", "a*a*a*a*a*c", "(.*a){20}c"])
def test_patterns_that_never_end_elsewhere_end_here(pattern: str) -> None:
    """One request would keep every thread of the service waiting, for years."""
    assert not matcher(pattern)(TEXT)


@given(st.text(alphabet="abc", max_size=12), st.sampled_from(["a+b", "^ab?c", "[ab]{2}c", "a|bc"]))
def test_it_finds_what_python_finds(text: str, pattern: str) -> None:
    """The same pattern would find other records than on the command line."""
    assert matcher(pattern)(text) == (re.search(pattern, text) is not None)


@pytest.mark.parametrize(
    "pattern", ["", "x" * (LONGEST_PATTERN + 1), "(", "(?=a)", r"(a)\1", "(.{0,300}a){3}.{900}b"]
)
def test_what_cannot_be_searched_in_time_is_refused(pattern: str) -> None:
    """A pattern would be an unexpected failure, or cost without bound."""
    with pytest.raises(BadRequest, match="grep: expected a pattern"):
        matcher(pattern)
