"""Whether a deletion is about what was stored."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.personal import WITHHELD
from projections.stored.data import PLACE
from projections.stored.matching import Named, extent, is_below

_PLACES = st.fixed_dictionaries(
    {name: st.none() | st.sampled_from(["a", "b", "a/c", WITHHELD]) for name in PLACE}
)


def _said(**fields: Any) -> dict[str, Any]:  # noqa: ANN401 - any value
    return {**dict.fromkeys(PLACE), "count": None, **fields}


@pytest.mark.parametrize(
    ("said", "stored", "expected"),
    [
        ({"customer": "x"}, {"customer": "x"}, "whole"),
        ({"customer": "x"}, {"customer": "y"}, None),
        ({"dataset": "crm"}, {"dataset": "crm/mail"}, "whole"),
        ({"dataset": "crm/mail"}, {"dataset": "crm"}, None),
        ({"dataset": "crm"}, {"dataset": "crm-old"}, None),
        ({"dataset": "crm", "scope": "backup"}, {"dataset": "crm"}, "part"),
        ({"system": "crm"}, {"system": "crm"}, None),
        ({"dataset": "crm", "system": "crm"}, {"dataset": "crm"}, "whole"),
        ({"dataset": "crm", "customer": WITHHELD}, {"dataset": "crm", "customer": "x"}, "whole"),
        ({"customer": WITHHELD}, {"customer": WITHHELD}, None),
        ({"dataset": "crm", "count": 1}, {"dataset": "crm", "count": 2}, "part"),
        ({}, {"dataset": "crm"}, None),
        ({"dataset": "crm", "customer": "x"}, {"dataset": "crm"}, None),
        ({"customer": "x", "contract": "c"}, {"customer": "x"}, "whole"),
        ({"customer": "x", "file": "f"}, {"customer": "x"}, None),
    ],
)
def test_what_a_deletion_names_decides_how_much_is_gone(
    said: dict[str, Any], stored: dict[str, Any], expected: str | None
) -> None:
    """Data that are still there would be reported as gone, or the other way round."""
    assert extent(_said(**said), _said(**stored)) == expected


@given(_PLACES)
def test_a_deletion_that_names_exactly_what_was_stored_takes_all_of_it(
    place: dict[str, Any],
) -> None:
    """The plainest report of all would leave data standing."""
    named = {name: value for name, value in place.items() if name != "system"}
    telling = any(value not in {None, WITHHELD} for value in named.values())
    assert extent(_said(**place), _said(**place)) == ("whole" if telling else None)


@given(st.lists(_PLACES), _PLACES)
def test_looking_up_by_what_is_named_finds_what_comparing_all_finds(
    said: list[dict[str, Any]], place: dict[str, Any]
) -> None:
    """A deletion would be overlooked because it is filed under another of its names."""
    rows = [{**_said(**each), "occurred": 1, "idx": place} for place, each in enumerate(said)]
    stored = {**_said(**place), "occurred": 1}
    expected = [(row["idx"], extent(row, stored)) for row in rows if extent(row, stored)]
    assert [(row["idx"], how) for row, how in Named(rows).about(stored)] == expected


def test_a_part_is_below_its_whole_and_nothing_else_is() -> None:
    """A dataset whose name begins alike would be taken for a part."""
    assert is_below("crm", "crm/mail")
    assert not is_below("crm", "crm-old")
