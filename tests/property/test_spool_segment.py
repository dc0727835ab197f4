"""Entries of a spool come back as they were, and no damage of the end passes for an entry."""

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from cli.watching.spool_segment import encode_entry, encode_head, entries_of, read_head

FIRST = datetime(1970, 1, 1, tzinfo=UTC)
ENTRIES = st.lists(
    st.tuples(
        st.binary(max_size=200),
        st.integers(0, 10**16).map(lambda us: FIRST + timedelta(microseconds=us)),
        st.binary(max_size=30),
    ),
    max_size=8,
)


@given(st.binary(min_size=16, max_size=16), st.binary(max_size=40), ENTRIES)
def test_what_is_written_is_read(
    identity: bytes, mark: bytes, entries: list[tuple[bytes, datetime, bytes]]
) -> None:
    """A frame, its time or a cursor would come out of the spool changed."""
    whole = encode_head(identity, mark) + b"".join(encode_entry(*each) for each in entries)
    stream = io.BytesIO(whole)
    head = read_head(stream, Path("segment"))
    assert (head.identity, head.mark) == (identity, mark)
    found = list(entries_of(stream, head.end))
    assert [(each.text, each.observed_at, each.mark) for each in found] == entries
    assert (found[-1].end if found else head.end) == len(whole)


@given(ENTRIES.filter(bool), st.data())
def test_a_torn_end_is_never_an_entry(
    entries: list[tuple[bytes, datetime, bytes]], data: st.DataObject
) -> None:
    """After a crash a fact would be recorded that nobody sent."""
    pieces = [encode_entry(*each) for each in entries]
    whole = encode_head(bytes(16), b"") + b"".join(pieces)
    cut = data.draw(st.integers(1, len(pieces[-1])))
    stream = io.BytesIO(whole[:-cut])
    head = read_head(stream, Path("segment"))
    found = list(entries_of(stream, head.end))
    assert [each.text for each in found] == [text for text, _, _ in entries[:-1]]
