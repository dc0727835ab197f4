"""Members of JSON by type: what is there is right, absent or refused by name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.json_members import (
    count_in,
    needed_count,
    needed_text,
    object_in,
    objects_in,
    text_in,
)
from ledger.errors import FormatError

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def test_what_is_absent_null_or_empty_is_none() -> None:
    """Sources that leave out what they do not know could not be read."""
    value = {"a": None, "b": {"c": ""}}
    assert text_in(value, "a") is None
    assert text_in(value, "b", "c") is None
    assert text_in(value, "x", "y", "z") is None
    assert object_in(value, "a") == {}
    assert objects_in(value, "a") == []
    assert count_in(value, "b", "c") is None


@pytest.mark.parametrize(("written", "count"), [(0, 0), ("17", 17), (2**63, 2**63), (2048.0, 2048)])
def test_numbers_are_read_however_they_are_written(written: object, count: int) -> None:
    """A number in quotes, as OTLP writes it, would be missing."""
    assert count_in({"n": written}, "n") == count


@pytest.mark.parametrize("written", [-1, 1.5, True, "x", "\uff11", "9" * 21, [], float("inf")])
def test_what_is_no_number_is_refused(written: object) -> None:
    """A damaged number would be read as another."""
    with pytest.raises(FormatError, match="n: expected a whole number"):
        count_in({"n": written}, "n")


@given(ANY_JSON)
def test_no_value_breaks_a_reader(value: object) -> None:
    """A stranger's message could end the import with an error of the language."""
    for read in (text_in, count_in, object_in, objects_in, needed_text, needed_count):
        try:
            read({"m": value}, "m")
        except FormatError as error:
            if error.place != "m":
                raise


def test_errors_say_the_path_and_not_the_value() -> None:
    """What names people would stand in messages."""
    with pytest.raises(FormatError) as caught:
        text_in({"a": {"b": ["anna"]}}, "a", "b")
    assert (caught.value.place, caught.value.found) == ("a.b", "an array")
    with pytest.raises(FormatError, match=r"a: expected an object, found other text"):
        text_in({"a": "anna"}, "a", "b")
