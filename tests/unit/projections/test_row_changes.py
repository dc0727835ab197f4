"""What differs between two answers: rows are followed by what they are about."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from projections import VIEWS
from projections.row_changes import SUBJECTS, RowChange, row_changes

SUBJECT = ("grant",)


def row(grant: str, uses: int = 0, index: int = 0) -> dict[str, Any]:
    """One row about a grant."""
    return {"grant": grant, "uses": uses, "indexes": [index]}


def told(changes: list[RowChange]) -> list[tuple[str, Any]]:
    """What became of each row, and which columns differ."""
    return [(each.what, each.row["grant"]) for each in changes]


def test_rows_come_go_change_and_stay() -> None:
    """A right that was given or taken away in between would not be seen."""
    before = [row("a"), row("b", 1), row("c")]
    after = [row("b", 2), row("d"), row("a")]
    changes = row_changes(before, after, SUBJECT)
    assert told(changes) == [("changed", "b"), ("came", "d"), ("same", "a"), ("went", "c")]
    assert changes[0].fields == {"uses"}


def test_another_record_that_says_the_same_is_no_difference() -> None:
    """Every row that was told again would look changed."""
    (change,) = row_changes([row("a", index=1)], [row("a", index=9)], SUBJECT)
    assert change.what == "same"


def test_what_grows_by_itself_is_no_difference() -> None:
    """Every file that is still there would look changed each day."""
    before = {"file": "f", "dwell_seconds": 60, "still_there": True}
    (change,) = row_changes([before], [{**before, "dwell_seconds": 90}], ("file",))
    assert change.what == "same"


def test_rows_about_the_same_are_paired_in_order() -> None:
    """Two rows about one thing would be compared crosswise, or one of them lost."""
    changes = row_changes([row("a", 1), row("a", 2)], [row("a", 1)], SUBJECT)
    assert [each.what for each in changes] == ["same", "went"]
    assert changes[1].row["uses"] == 2


def test_every_question_of_a_page_says_what_its_rows_are_about() -> None:
    """Rows of a question would be compared by nothing, so that each of them came and went."""
    for (view, section), subject in SUBJECTS.items():
        names = {column.name for column in VIEWS[view].sections[section].columns}
        assert subject
        assert set(subject) <= names, (view, section)


ROWS = st.lists(
    st.builds(row, st.sampled_from("abcd"), st.integers(0, 2), st.integers(0, 9)), max_size=8
)


@given(before=ROWS, after=ROWS)
def test_both_answers_follow_from_the_differences(
    before: list[dict[str, Any]], after: list[dict[str, Any]]
) -> None:
    """A row would be left out of the comparison, or made up."""
    changes = row_changes(before, after, SUBJECT)
    assert [each.after for each in changes if each.after is not None] == after
    found = [each.before for each in changes if each.before is not None]
    assert sorted(map(str, found)) == sorted(map(str, before))


@given(rows=ROWS)
def test_an_answer_does_not_differ_from_itself(rows: list[dict[str, Any]]) -> None:
    """Something would look changed although nothing happened."""
    assert {each.what for each in row_changes(rows, rows, SUBJECT)} <= {"same"}
