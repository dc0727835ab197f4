"""Which events need no completion, and what is remembered of them."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final
from uuid import UUID

import pytest

from ledger import settled_events
from ledger.events.access import AccessUsed
from ledger.settled_events import settled_already

_AT: Final = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
_ID: Final = UUID("0192f5a4-7c1e-7b3a-9d2e-5f6a7b8c9d0e")
_PLAIN: Final[dict[str, Any]] = {
    "event_id": _ID,
    "occurred_at": _AT,
    "system": "infactor-web",
    "actor": "person:jan@example.nl",
    "subjects": ("data-subject:CUSTOMER:1",),
    "resource": "customer-file",
    "outcome": "success",
    "employment_verified": True,
    "records_count": 3,
    "note": "as asked by phone",
    "data_categories": ("contact", "contract"),
}


def test_an_event_of_plain_values_needs_no_completion() -> None:
    """Every append would pay for what it does not need."""
    assert settled_already(AccessUsed(**_PLAIN)) is not None


@pytest.mark.parametrize(
    "changes",
    [
        {"actor": "person:Jan@example.nl"},
        {"actor": "person#" + "0" * 32},
        {"note": "withheld"},
        {"occurred_at": _AT.astimezone(timezone(timedelta(hours=1)))},
        {"occurred_uncertainty": timedelta(seconds=1)},
        {"data_categories": []},
        {"records_count": 3.0},
        {"records_count": -1},
        {"outcome": "maybe"},
        {"resource": "reports-111222333"},
        {"purpose": "No Word"},
        {"purpose": ["reporting"]},
        {"event_id": str(_ID)},
    ],
)
def test_anything_else_is_left_to_completion(changes: dict[str, Any]) -> None:
    """Something would be sealed in another form than the one that readers expect."""
    assert settled_already(AccessUsed(**{**_PLAIN, **changes})) is None


def test_words_are_remembered_up_to_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """A source could fill the memory of a service with words that it makes up."""
    monkeypatch.setattr(settled_events, "_REMEMBERED_WORDS", 2)
    catalogue = settled_events._Catalogue(r"^[a-z0-9]+\Z", 1, 4)
    for word in ("a", "b", "c", "d", "e"):
        assert catalogue.holds(word)
        assert len(catalogue._known) <= 2
    for no_word in ("A", "", "abcde", "a\n", None, 7):
        assert not catalogue.holds(no_word)
        assert no_word not in catalogue._known
