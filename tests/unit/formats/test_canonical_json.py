"""The canonical form of JSON values, compared with somebody else's."""

import json
import math

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from formats.canonical_json import LARGEST_WHOLE, canonical_json
from ledger.errors import FormatError

WHOLE = st.integers(1 - LARGEST_WHOLE, LARGEST_WHOLE - 1)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | WHOLE
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(VALUES)
def test_the_bytes_are_those_of_another_implementation(value: object) -> None:
    """A fingerprint over them would be checked in vain by every program but ours."""
    assert canonical_json(value) == rfc8785.dumps(value)  # type: ignore[arg-type] # any JSON value


@given(VALUES)
def test_the_value_is_read_back(value: object) -> None:
    """What the fingerprint covers would not be what was said."""
    found = json.loads(canonical_json(value))
    assert canonical_json(found) == canonical_json(value)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (1.0, "1"),
        (-1.5, "-1.5"),
        (1e20, "100000000000000000000"),
        (1e21, "1e+21"),
        (1e-6, "0.000001"),
        (1e-7, "1e-7"),
        (123.456, "123.456"),
        (5e-324, "5e-324"),
        (1.7976931348623157e308, "1.7976931348623157e+308"),
        (333333333.33333329, "333333333.3333333"),
    ],
)
def test_numbers_are_written_as_ecmascript_writes_them(number: float, text: str) -> None:
    """Two programs would hash two spellings of one number."""
    assert canonical_json(number) == text.encode()


def test_names_are_sorted_by_their_utf_16_units() -> None:
    """A name beyond the basic plane would stand where no other program puts it."""
    assert canonical_json({"\ufb33": 1, "\U0001f600": 2}) == '{"\U0001f600":2,"\ufb33":1}'.encode()


@pytest.mark.parametrize(
    "value", [math.nan, math.inf, LARGEST_WHOLE + 1, 10**400, "\ud800", object()]
)
def test_what_has_no_canonical_form_is_refused(value: object) -> None:
    """A fingerprint would cover a value that other programs read as another one."""
    with pytest.raises(FormatError):
        canonical_json({"value": value})
