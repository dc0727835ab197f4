"""Copies of any content: read back as written."""

from datetime import UTC, datetime
from typing import Final

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from formats.subject_copy.content import CopiedField, SubjectCopy, decode_copy, encode_copy
from formats.subject_copy.page import copy_page
from tests.subject_copies import COPY, copy_with, record

_TEXT: Final = st.text(st.characters(codec="utf-8"), max_size=20)
_VALUES: Final = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=5,
)
_FIELDS: Final = st.builds(
    CopiedField,
    name=_TEXT,
    state=st.sampled_from(["public", "open", "another-person", "words-left-out", "erased"]),
    value=_VALUES,
    erased_by=st.none() | st.integers(0, 10**9),
)
_COPIES: Final = st.builds(
    lambda fields, subject, at: copy_with(
        *(record(index, *each) for index, each in enumerate(fields)),
        subject=tuple(subject),
        made_at=at,
    ),
    st.lists(st.lists(_FIELDS, max_size=3), max_size=3),
    st.lists(_TEXT, max_size=2),
    st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - its bounds must be naive
)


@given(_COPIES)
def test_a_copy_is_read_back_as_it_was_written(copy: SubjectCopy) -> None:
    """A program would read another thing than the person."""
    assert decode_copy(encode_copy(copy)) == copy


@given(_COPIES)
def test_any_copy_has_a_page(copy: SubjectCopy) -> None:
    """A value of some record would keep somebody from their data."""
    assert copy_page(copy, "nl", UTC).endswith(b"</html>")


def test_the_copy_of_all_states_is_read_back() -> None:
    """A state of a field would be lost for machines."""
    assert decode_copy(encode_copy(COPY)) == COPY
    assert msgspec.json.decode(encode_copy(COPY))["erasures"][0]["event"] == 14
