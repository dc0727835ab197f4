"""Events are taken for alike only if no rule could tell them apart, and while that holds."""

from typing import Final

import pytest

from ledger.events.access import AccessUsed
from ledger.events.exchange import ExchangePerformed
from ledger.events.parties import Party
from projections.bitemporal import FOREVER
from projections.promises import alike
from projections.promises.alike import Given, Sort, fields_of_each, key_of
from tests.histories import day

_USED: Final = "access.used.v1"


def _used(purpose: str | None = None, resource: str = "files") -> AccessUsed:
    return AccessUsed(occurred_at=day(1), resource=resource, purpose=purpose)


def _sent(recipient: Party) -> ExchangePerformed:
    return ExchangePerformed(
        occurred_at=day(1), direction="out", exchange_kind="disclosure", recipient=recipient
    )


def _given(since: int = 0, until: int = FOREVER, first_index: int = 0) -> Given:
    return Given(since, until, first_index, (1,), (), ())


def _by_purpose() -> Sort:
    key = key_of(_USED, ["purpose"])
    assert key is not None
    return Sort(key)


def test_events_are_alike_by_what_is_looked_at_alone() -> None:
    """Every event would be judged by itself, or two that differ as one."""
    key = key_of(_USED, ["purpose", "no_such_field"])
    assert key is not None
    assert key(_used("reporting", "files")) == key(_used("reporting", "mail"))
    assert key(_used("reporting")) != key(_used("marketing"))
    assert key(_used("reporting")) != key(_used(None))


def test_a_field_of_a_field_is_compared_with_all_that_stands_beside_it() -> None:
    """Two recipients with one role would be taken for one."""
    key = key_of("exchange.performed.v1", ["recipient.role"])
    assert key is not None
    first, second = (_sent(Party(role="processor", organisation=name)) for name in "ab")
    assert key(first) == key(_sent(Party(role="processor", organisation="a")))
    assert key(first) != key(second)


def test_values_that_equal_others_of_another_type_are_not_compared() -> None:
    """`True` would be judged as the number 1."""
    assert key_of("promise.declared.v1", ["rules"]) is None
    assert key_of("promise.declared.v1", ["params"]) is None


def test_names_cases_and_numbers_are_what_most_events_differ_in() -> None:
    """Rules that look at words alone would hardly ever meet the same event again."""
    fields = fields_of_each("exchange.performed.v1")
    assert {"customer_id", "case_id", "size_bytes", "occurred_at"} <= fields
    assert fields.isdisjoint({"purpose", "direction", "content_classes", "recipient"})


@pytest.mark.parametrize(
    ("moment", "index", "holds"),
    [(4, 9, False), (5, 9, True), (7, 9, True), (8, 9, False), (6, 2, False), (6, 3, True)],
)
def test_what_was_noted_holds_for_its_stretch_and_from_its_record_on(
    moment: int, index: int, *, holds: bool
) -> None:
    """An event would be judged by a promise that did not stand, or was not known."""
    sort = _by_purpose()
    sort.note(_used(), _given(5, 8, 3))
    assert (sort.given(_used(), moment, index) is not None) == holds


def test_what_never_comes_again_is_looked_for_no_more() -> None:
    """Each event would pay for a look that finds nothing."""
    sort = _by_purpose()
    for number in range(300):
        assert sort.given(_used(f"purpose-{number}"), 1, 1) is None
        sort.note(_used(f"purpose-{number}"), _given())
    assert sort.is_varied


def test_what_comes_again_is_looked_for_on_and_on() -> None:
    """Events that say the same would be judged one by one after the first hundreds."""
    sort = _by_purpose()
    sort.note(_used(), _given())
    assert all(sort.given(_used(), 1, 1) is not None for _ in range(2_000))
    assert not sort.is_varied


def test_no_more_is_kept_than_memory_bears(monkeypatch: pytest.MonkeyPatch) -> None:
    """A log of ever new values would fill the memory."""
    monkeypatch.setattr(alike, "_MOST_KEPT", 3)
    sort = _by_purpose()
    for number in range(10):
        sort.note(_used(f"purpose-{number}"), _given())
    kept = [sort.given(_used(f"purpose-{number}"), 1, 1) for number in range(10)]
    assert sum(each is not None for each in kept) <= 3
