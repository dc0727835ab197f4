"""JSON from strangers says one thing, or is refused."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.strict_json import strict_json
from ledger.errors import FormatError

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_what_says_one_thing_is_read(value: Any) -> None:  # noqa: ANN401 - any JSON
    """A sender of well-formed JSON would be refused, or stored as something else."""
    assert strict_json(json.dumps(value).encode()) == value


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a": 1, "a": 2}',
        b'{"a": 1, "a": 1}',
        b'[{"b": {"x": null, "y": 1, "x": 2}}]',
        b'{"a": 1, "\\u0061": 2}',
    ],
)
def test_a_name_that_stands_twice_is_refused(raw: bytes) -> None:
    """Two systems would read two facts in the same bytes."""
    with pytest.raises(FormatError, match=r"each name once in an object, found '[ax]' twice"):
        strict_json(raw)


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_depth_is_limited(opening: str) -> None:
    """A few kilobytes would take the parser to the end of its stack."""
    closing = "]" if opening == "[" else "}"

    def nested(levels: int) -> bytes:
        return (opening * levels + "1" + closing * levels).encode()

    assert strict_json(nested(64)) is not None
    for levels in (65, 5_000, 500_000):
        with pytest.raises(FormatError, match="at most 64 levels"):
            strict_json(nested(levels))


def test_brackets_in_texts_are_no_depth() -> None:
    """A text of brackets would be refused as too deep."""
    text = '[{"' * 100 + "\\"
    assert strict_json(json.dumps({"a": text}).encode()) == {"a": text}


def test_many_objects_beside_one_another_are_no_depth() -> None:
    """A batch of small events would be refused as too deep."""
    assert len(strict_json(b"[" + b",".join([b'{"a":[]}'] * 500) + b"]")) == 500


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"NaN", b'{"a": Infinity}', b"\xff", b'"\xed\xa0\x80"', b'{"a": 1} x', b"'a'"],
)
def test_what_is_no_json_is_refused(raw: bytes) -> None:
    """Bytes that another parser refuses would be taken for a fact."""
    with pytest.raises(FormatError, match="expected JSON"):
        strict_json(raw)


def test_numbers_beyond_all_measure_are_refused() -> None:
    """A number of thousands of digits would stop the service, or be stored as another one."""
    for raw in (b"9" * 10_000, b"9" * 10_000 + b".5", b"1e999"):
        with pytest.raises(FormatError, match="expected JSON"):
            strict_json(b'{"a": ' + raw + b"}")
