"""Many UUIDs are written as each would be."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.verification.uuid_texts import UUID_CHARACTERS, uuid_texts


@given(st.lists(st.uuids()))
def test_the_texts_are_those_of_each(ids: list[UUID]) -> None:
    """A stream of another name would pass as the one that the header names."""
    texts = uuid_texts([each.bytes for each in ids]).decode("ascii")
    assert len(texts) == UUID_CHARACTERS * len(ids)
    assert texts == "".join(map(str, ids))


@pytest.mark.parametrize("lengths", [(15,), (16, 17, 15), (0,), (32,)])
def test_other_lengths_are_refused(lengths: tuple[int, ...]) -> None:
    """Bytes of one id could be read as those of its neighbour."""
    with pytest.raises(ValueError, match="expected 16 bytes"):
        uuid_texts([bytes(length) for length in lengths])
