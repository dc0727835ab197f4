"""Rows of a view as cells: together what belongs together, nothing lost, differences told."""

from datetime import UTC, datetime
from typing import Any

import pytest

from projections import VIEWS
from projections.row_changes import SUBJECTS, row_changes
from projections.view import Column
from service.page.views.sheet import Sheet, sheet_of, unchanged

COLUMNS = (
    Column("grantee", "grantee", "token"),
    Column("resource", "resource"),
    Column("organisation", "organisation"),
    Column("uses", "uses", "count"),
    Column("last_used", "last used", "instant"),
    Column("ticket", "ticket", "token"),
    Column("indexes", "rests on", "indexes"),
)
USED = datetime(2026, 1, 1, tzinfo=UTC)


def row(**changed: object) -> dict[str, Any]:
    """One row about a grant."""
    return {
        "grantee": "person#1",
        "resource": "file",
        "organisation": "ragiox",
        "uses": 1,
        "last_used": USED,
        "ticket": None,
        "indexes": [4],
        **changed,
    }


def shown(
    before: list[dict[str, Any]] | None,
    after: list[dict[str, Any]],
    *,
    changes_only: bool = False,
    first: int = 0,
    most: int = 10,
) -> Sheet:
    """The sheet of rows."""
    changes = unchanged(after) if before is None else row_changes(before, after, ("grantee",))
    return sheet_of(
        COLUMNS,
        changes,
        "en",
        narrowed=lambda name, value: f"?{name}={value}",
        is_compared=before is not None,
        changes_only=changes_only,
        first=first,
        most=most,
    )


def test_what_belongs_together_stands_in_one_cell() -> None:
    """A table of sixteen columns would fit no screen."""
    sheet = shown(None, [row()])
    assert [heading for heading, _ in sheet.headings] == [
        "grantee",
        "resource",
        "uses",
        "rests on",
    ]
    (line,) = sheet.lines
    assert [[each.name for each in cell.values] for cell in line.cells] == [
        ["grantee", "organisation"],
        ["resource"],
        ["uses", "last_used"],
        ["indexes"],
    ]


@pytest.mark.parametrize(("view", "section"), sorted(SUBJECTS))
def test_no_column_is_lost(view: str, section: str) -> None:
    """A field of an answer would be in the file and not on the page."""
    columns = VIEWS[view].sections[section].columns
    filled = {column.name: [7] if column.unit in {"list", "indexes"} else 7 for column in columns}
    sheet = sheet_of(
        columns,
        unchanged([filled]),
        "nl",
        narrowed=lambda _name, _value: None,
        is_compared=False,
        most=1,
    )
    names = [each.name for cell in sheet.lines[0].cells for each in cell.values]
    assert sorted(names) == sorted(column.name for column in columns)


def test_a_field_that_differs_tells_both_values() -> None:
    """Somebody would see that something changed, and not from what."""
    sheet = shown([row(uses=0, last_used=None)], [row(uses=2)])
    uses = sheet.lines[0].cells[2].values
    assert [(each.name, each.was, each.value, each.differs) for each in uses] == [
        ("uses", 0, 2, True),
        ("last_used", None, USED, True),
    ]
    assert sheet.counts["changed"] == 1


def test_only_what_differs_can_be_shown() -> None:
    """A difference would be lost among hundreds of rows that stayed the same."""
    before = [row(), row(grantee="person#2")]
    after = [row(), row(grantee="person#3")]
    sheet = shown(before, after, changes_only=True)
    assert [line.what for line in sheet.lines] == ["came", "went"]
    assert sheet.counts == {"same": 1, "came": 1, "went": 1}
    assert sheet.total == 2


def test_a_page_of_rows_knows_its_place() -> None:
    """Rows would be shown twice, or be left out between pages."""
    many = [row(grantee=f"person#{number}") for number in range(5)]
    sheet = shown(None, many, first=2, most=2)
    assert [line.cells[0].values[0].value for line in sheet.lines] == ["person#2", "person#3"]
    assert (sheet.first, sheet.total) == (2, 5)


def test_names_lead_to_the_same_page_narrowed() -> None:
    """Somebody would have to type what they see."""
    sheet = shown(None, [row()])
    assert sheet.lines[0].cells[1].values[0].url == "?resource=file"
