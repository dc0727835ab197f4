"""The lines of entities: what follows from their changes, and what was known when."""

from hypothesis import given
from hypothesis import strategies as st

from projections.bitemporal import (
    FOREVER,
    Change,
    Closing,
    KnownRow,
    KnownRows,
    Line,
    Revision,
    Rule,
    Segment,
)


def _sum(state: int | None, change: Change) -> int | None:
    """Adds up; a change of kind "end" ends the entity, whatever stood before."""
    return None if change.kind == "end" else (state or 0) + change.terms["by"]


def _upright(state: int, valid_from: int, valid_to: int) -> list[Segment]:
    """Says nothing about multiples of three, so that lines have gaps."""
    return [] if state % 3 == 0 else [Segment(valid_from, valid_to, (state,))]


RULE = Rule(_sum, _upright)


def _change(moment: int, index: int, by: int = 1, kind: str = "add") -> Change:
    return Change(moment, moment, index, kind, {"by": by})


def test_a_line_is_in_the_order_of_the_world() -> None:
    """What was recorded late would come after what it preceded."""
    line = Line(RULE, [_change(20, 0, by=10), _change(10, 1, by=1)])
    assert line.rows() == [Segment(10, 20, (1,)), Segment(20, FOREVER, (11,))]


def test_equal_moments_go_by_occurrence_then_index() -> None:
    """Two changes that take effect together would be told apart by chance."""
    early, late = Change(10, 3, 9, "end", {}), Change(10, 5, 2, "add", {"by": 1})
    assert Line(RULE, [early, late]).rows() == [Segment(10, FOREVER, (1,))]
    assert Line(RULE, [_change(10, 1), _change(10, 2, kind="end")]).rows() == []


def test_a_change_in_order_touches_the_last_row_only() -> None:
    """An append would rewrite the history of an entity."""
    line = Line(RULE, [_change(moment, moment) for moment in (1, 2)])
    revision = line.revise(come=[_change(4, 4, by=2)])
    assert revision.closed == {Segment(2, FOREVER, (2,))}
    assert revision.opened == {Segment(2, 4, (2,)), Segment(4, FOREVER, (4,))}


def test_a_late_change_revises_until_the_old_states_return() -> None:
    """What a late record cannot have changed would be closed and opened again."""
    line = Line(RULE, [_change(1, 1), _change(5, 2, kind="end"), _change(9, 3, by=4)])
    revision = line.revise(come=[_change(3, 4, by=1)])
    assert revision.closed == {Segment(1, 5, (1,))}
    assert revision.opened == {Segment(1, 3, (1,)), Segment(3, 5, (2,))}


def test_what_was_taken_back_twice_is_passed_over() -> None:
    """A second correction of the same event would fail or take back something else."""
    line = Line(RULE, [_change(1, 1)])
    assert line.revise(gone=[1]).gone == (_change(1, 1),)
    assert line.revise(gone=[1]) == Revision(frozenset(), frozenset())


def test_replacing_a_change_by_its_equal_changes_nothing_known() -> None:
    """A correction that says the same would close a row and open it again at the same index."""
    line = Line(RULE, [_change(1, 1)])
    revision = line.revise(gone=[1], come=[_change(1, 2)])
    assert (revision.closed, revision.opened) == (frozenset(), frozenset())


_changes = st.builds(
    _change,
    st.integers(0, 12),
    st.just(0),
    by=st.integers(1, 4),
    kind=st.sampled_from(["add", "add", "end"]),
)
_edits = st.lists(st.tuples(st.sets(st.integers(0, 15), max_size=2), st.none() | _changes))


@given(_edits)
def test_revising_gives_what_folding_anew_gives(
    edits: list[tuple[set[int], Change | None]],
) -> None:
    """The rows would depend on the order in which changes became known."""
    line = Line(RULE)
    standing: dict[int, Change] = {}
    rows: set[Segment] = set()
    for index, (gone, change) in enumerate(edits):
        come = [] if change is None else [_change(change.moment, index, **change.terms)]
        revision = line.revise(gone=gone, come=come)
        standing = {key: each for key, each in standing.items() if key not in gone}
        standing.update((each.index, each) for each in come)
        assert revision.closed <= rows
        assert not revision.opened & rows
        rows = (rows - revision.closed) | revision.opened
        anew = Line(RULE, standing.values()).rows()
        assert line.rows() == anew
        assert rows == set(anew)


def test_a_row_of_this_batch_is_closed_before_it_is_stored() -> None:
    """A row that was believed for a while within one batch would be lost or never closed."""
    known = KnownRows()
    first, second = Segment(1, FOREVER, ("a",)), Segment(1, FOREVER, ("b",))
    known.note("x", Revision(frozenset(), frozenset([first])), 7)
    known.note("x", Revision(frozenset([first]), frozenset([second])), 9)
    assert known.closings() == []
    assert known.brought() == [KnownRow("x", first, 7, 9), KnownRow("x", second, 9, FOREVER)]


def test_a_row_of_an_earlier_batch_is_closed_where_it_is_stored() -> None:
    """What we no longer believe would still be shown."""
    known = KnownRows()
    known.note("x", Revision(frozenset([Segment(1, 5, ("a",))]), frozenset()), 9)
    assert known.closings() == [Closing("x", 1, 9)]
    assert known.brought() == []
