"""No part of a text becomes a formula, wherever a program parts a line, and none of it is lost."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.formula_guard import guarded, guarded_json, unguarded

TEXTS = st.text(alphabet=st.sampled_from("=+-@;'\n\r\t a\uff1d\xa0")) | st.text()


@given(TEXTS)
def test_nothing_is_lost(text: str) -> None:
    """A register that is read back would hold other texts."""
    assert unguarded(guarded(text)) == text


@given(TEXTS)
def test_no_part_begins_a_formula(text: str) -> None:
    """Excel in Dutch, which parts lines at `;`, would run what somebody typed as a name."""
    for part in re.split(r"[;\r\n]", guarded(text)):
        assert not part.strip().startswith(("=", "+", "-", "@", "\uff1d"))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("=1+1", "'=1+1"),
        (" =1+1", "' =1+1"),
        ("\xa0@SUM(A1)", "'\xa0@SUM(A1)"),
        ("'=1+1", "''=1+1"),
        ("x;=cmd|' /C calc'!A0;y", "x;'=cmd|' /C calc'!A0;y"),
        ("x; =1+1", "x;' =1+1"),
        ("two\n=lines", "two\n'=lines"),
        ("a=b; c - d, -1", "a=b; c - d, -1"),
        ("2026-03-01T10:00:00+01:00", "2026-03-01T10:00:00+01:00"),
    ],
)
def test_only_where_a_formula_could_begin_is_a_guard(text: str, shown: str) -> None:
    """A program would run a cell, or every sum and date would get a mark."""
    assert guarded(text) == shown


@given(
    st.recursive(TEXTS | st.integers(), lambda some: st.lists(some) | st.dictionaries(TEXTS, some))
)
def test_guarded_json_is_the_same_json(value: object) -> None:
    """A script that reads a JSON cell would get other values than the log has."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    guarded_text = guarded_json(text)
    assert json.loads(guarded_text) == value
    assert not re.search(r";'*[^\S\r\n]*[=+\-@]", guarded_text)
