"""Laws of what an erasure commits to, and of the judgement that rests on it."""

from hypothesis import given
from hypothesis import strategies as st

from ledger.erasure.commitment import commitment_of, encode_tombstone
from ledger.stored import StoredTombstone

REQUESTED = 1_000
tombstones = st.builds(
    StoredTombstone,
    st.integers(0, REQUESTED),
    st.integers(0, 3),
    st.text(max_size=6),
    st.binary(max_size=70),
    st.just(REQUESTED),
)
lists = st.lists(tombstones, max_size=4)


@given(lists, lists)
def test_only_the_same_tombstones_have_the_same_commitment(
    one: list[StoredTombstone], other: list[StoredTombstone]
) -> None:
    """A byte could move from one row, or one column, to the next."""
    same_bytes = list(map(encode_tombstone, one)) == list(map(encode_tombstone, other))
    assert same_bytes is (one == other)
    assert (commitment_of(one).hex() == commitment_of(other).hex()) is (one == other)


@given(st.data(), st.lists(tombstones, min_size=1, max_size=4))
def test_a_changed_tombstone_changes_the_commitment(
    data: st.DataObject, rows: list[StoredTombstone]
) -> None:
    """A row could be changed after an erasure was confirmed."""
    place = data.draw(st.integers(0, len(rows) - 1))
    changed = [*rows]
    changed[place] = data.draw(tombstones.filter(lambda row: row != rows[place]))
    assert commitment_of(changed).hex() != commitment_of(rows).hex()
