"""What a promise is at each moment, by each state of knowledge."""

from typing import Any, Final

from ledger.events import Event
from ledger.store.requests import microseconds
from projections.bitemporal import FOREVER
from projections.promises.editions import Edition, Editions, SettingRecord
from tests.histories import day, event

A: Final = "a" * 64
B: Final = "b" * 64
RULE: Final = {"rule_kind": "never", "for_each": [{"kinds": ["access.used"]}]}


def settled(*events: Event, gone: dict[int, int] | None = None) -> Editions:
    """The editions that follow from events recorded in this order."""
    taken = gone or {}
    return Editions(
        SettingRecord(index, taken.get(index, FOREVER), each)  # type: ignore[arg-type]  # each is one that settles
        for index, each in enumerate(events)
    )


def promised(on: float, sha256: str = A, **fields: Any) -> Event:  # noqa: ANN401 - of the event
    """A promise of a version of the statement."""
    told = {"policy_id": "abc", "policy_sha256": sha256, "rules": [RULE], **fields}
    return event("promise.declared", on, promise_id="ABC-01", **told)


def published(on: float, sha256: str = A, **fields: Any) -> Event:  # noqa: ANN401 - of the event
    """A version of the statement."""
    return event("policy.published", on, policy_id="abc", text_sha256=sha256, **fields)


def decided(kind: str, on: float, **fields: Any) -> Event:  # noqa: ANN401 - of the event
    """A decision about the promise."""
    return event(f"promise.{kind}", on, promise_id="ABC-01", **fields)


def at(editions: Editions, on: float, size: int = 99) -> Edition | None:
    """The promise on a day, as so many records tell."""
    return editions.standing("ABC-01", microseconds(day(on)), size)


def test_a_promise_stands_while_its_version_is_in_force() -> None:
    """A promise that a new version leaves out would be judged for ever."""
    editions = settled(published(1), promised(1), published(9, B))
    assert at(editions, 0.9) is None
    assert at(editions, 1) is not None
    assert at(editions, 9 - 1e-6) is not None
    assert at(editions, 9) is None


def test_a_new_version_may_make_the_promise_again() -> None:
    """The rules of the old version would go on under the new one."""
    editions = settled(published(1), promised(1), published(9, B), promised(9, B))
    first, second = at(editions, 5), at(editions, 9)
    assert first is not None
    assert second is not None
    assert (first.declared_index, second.declared_index) == (1, 3)


def test_a_withdrawn_statement_stays_withdrawn() -> None:
    """Withdrawing another version would put a withdrawn one back in force."""
    withdrawn = {"policy_id": "abc"}
    editions = settled(
        published(1),
        promised(1),
        event("policy.withdrawn", 5, **withdrawn),
        event("policy.withdrawn", 7, **withdrawn, text_sha256=B),
    )
    assert at(editions, 4) is not None
    assert at(editions, 6) is None
    assert at(editions, 8) is None


def test_withdrawing_another_version_changes_nothing() -> None:
    """An old version that is withdrawn would take the one in force with it."""
    other = event("policy.withdrawn", 5, policy_id="abc", text_sha256=B)
    assert at(settled(published(1), promised(1), other), 6) is not None


def test_a_number_counts_from_when_it_takes_effect() -> None:
    """A decision would count before it, or not for the time for which it was made."""
    params = [{"name": "days", "value": 3}]
    late = decided("parameter_set", 9, params=params, effective_from=day(4).isoformat())
    editions = settled(published(1), promised(1), late)
    before, after, unknown = at(editions, 3), at(editions, 4), at(editions, 4, size=2)
    assert before is not None
    assert before.parameters == {}
    assert after is not None
    assert (after.parameters["days"].value, after.set_by) == (3, {"days": 2})
    assert unknown is not None
    assert unknown.parameters == {}


def test_a_reading_that_is_decided_twice_is_the_later_one() -> None:
    """The first decision could never be revised."""
    first = decided("interpretation_decided", 2, reading="wide")
    second = decided("interpretation_decided", 6, reading="narrow")
    editions = settled(published(1), promised(1), first, second)
    assert [each.reading for each in (at(editions, on) for on in (1, 3, 7)) if each] == [
        None,
        "wide",
        "narrow",
    ]


def test_a_waiver_ends_by_itself() -> None:
    """A waiver of a week would be one for ever."""
    until = {"effective_until": day(7).isoformat()}
    editions = settled(published(1), promised(1), decided("waived", 3, **until))
    waived = [each.waived_by for each in (at(editions, on) for on in (2, 3, 7)) if each]
    assert waived == [None, 2, None]


def test_a_decision_that_was_taken_back_counts_until_then() -> None:
    """A correction would change what was known before it."""
    waived = decided("waived", 3)
    editions = settled(published(1), promised(1), waived, gone={2: 5})
    known, since = at(editions, 4, size=5), at(editions, 4, size=6)
    assert known is not None
    assert known.waived_by == 2
    assert since is not None
    assert since.waived_by is None


def test_the_order_of_telling_makes_no_difference_in_the_end() -> None:
    """A statement told late would be in force otherwise than one told in time."""
    told = [published(1), promised(1), published(9, B), promised(9, B)]
    for order in ((0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1)):
        editions = settled(*(told[place] for place in order))
        stands = [at(editions, on) for on in (0, 5, 9)]
        assert [each is not None for each in stands] == [False, True, True]
        indexes = [each.declared_index for each in stands if each is not None]
        assert indexes == [order.index(1), order.index(3)]
