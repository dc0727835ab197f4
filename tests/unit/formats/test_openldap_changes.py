"""Who belongs to a group after writes to it, told as who joined and who left."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.openldap_changes import Change, KnownMembers, changes_of, members_before
from ledger.errors import FormatError

NAMES = st.sampled_from([b"anna", b"ben", b"cas", b"dee"])
CHANGES = st.lists(
    st.one_of(
        st.tuples(st.just("+"), NAMES),
        st.tuples(st.just("-"), NAMES),
        st.tuples(st.just("="), NAMES),
        st.tuples(st.sampled_from(["-", "="]), st.none()),
    ),
    max_size=6,
)


def changes(*written: tuple[str, bytes | None]) -> list[Change]:
    return [Change("member", sort, value) for sort, value in written]


def applied(members: set[str], written: list[tuple[str, bytes | None]]) -> set[str]:
    """The members after changes, as a directory keeps them; values of one `=` stand together."""
    now = set(members)
    replacing = False
    for sort, value in written:
        replaces = sort == "=" or value is None
        if replaces and not (replacing and sort == "=" and value is not None):
            now.clear()
        if value is not None and sort == "-":
            now.discard(value.decode())
        elif value is not None:
            now.add(value.decode())
        replacing = sort == "=" and value is not None
    return now


@given(st.lists(NAMES, max_size=4), st.lists(CHANGES, max_size=5))
def test_who_joined_and_left_leads_to_who_belongs(
    first: list[bytes], writes: list[list[tuple[str, bytes | None]]]
) -> None:
    """A right would stand that ended, or end that stands."""
    known = KnownMembers()
    known.made("g", changes(*(("+", name) for name in first)), "entry 1")
    members = {name.decode() for name in first}
    told = set(members)
    for written in writes:
        # Nobody can be taken away who is no member: the directory refuses such a write.
        now = set(members)
        possible = []
        for sort, value in written:
            if sort == "-" and value is not None and value.decode() not in now:
                continue
            possible.append((sort, value))
            now = applied(members, possible)
        effect = known.changed("g", changes(*possible), [], "entry 2")
        assert not effect.undeterminable
        assert told.isdisjoint(effect.joined)
        assert told.issuperset(effect.left)
        told = (told | set(effect.joined)) - set(effect.left)
        members = applied(members, possible)
        assert told == members


@given(st.lists(NAMES, unique=True, max_size=4), CHANGES)
def test_values_before_say_as_much_as_the_history(
    before: list[bytes], written: list[tuple[str, bytes | None]]
) -> None:
    """What the log names itself would count for less than what was read before."""
    names = [name.decode() for name in before]
    told = KnownMembers()
    told.made("g", changes(*(("+", name) for name in before)), "entry 1")
    from_history = told.changed("g", changes(*written), [], "entry 2")
    from_entry = KnownMembers().changed("g", changes(*written), names, "entry 2")
    assert from_entry.joined == from_history.joined
    assert from_entry.left == from_history.left
    assert not before or not from_entry.undeterminable


def test_a_replacement_after_a_replacement_is_another_one() -> None:
    """Whoever was replaced within one write would stay a member."""
    known = KnownMembers()
    written = changes_of([b"member:= anna", b":", b"member:= ben", b"member:= cas"], "entry")
    effect = known.changed("g", written, ["anna"], "entry")
    assert (effect.joined, effect.left) == (["ben", "cas"], ["anna"])


def test_a_group_that_was_forgotten_is_not_known_whole() -> None:
    """Of a group that was read of long ago nobody would be missed."""
    known = KnownMembers()
    for number in range(3000):
        known.made(f"g{number}", changes(("+", b"anna")), "entry")
    assert known.knows("g2999")
    assert not known.knows("g0")
    assert known.changed("g0", changes(("=", b"ben")), [], "entry").undeterminable


def test_changes_are_read_with_their_attribute_and_sort() -> None:
    """A change would be taken for one of another attribute."""
    read = changes_of([b"Member;x:+ a b", b":", b"cn:-", b"n:# 1"], "entry")
    assert read == [
        Change("member", "+", b"a b"),
        Change("cn", "-", None, is_apart=True),
        Change("n", "#", b"1"),
    ]
    assert members_before([b"cn: x", b"uniqueMember: a=B"], "entry") == ["a=b"]


@pytest.mark.parametrize("value", [b"member", b"member:", b"member:? x", b"\xff:+ x"])
def test_what_is_no_change_is_refused(value: bytes) -> None:
    """Something else would be taken for a change."""
    with pytest.raises(FormatError):
        changes_of([value], "entry")
