"""Rules that were declared after the time over which they count: what they took the place of.

A statement can be published again with other rules and an old date. Events that were judged by then
are judged anew, and a break may be none any more. The log keeps both declarations, so that it can
be told which took the time of which, and from when on.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from ledger.events.promise import PromiseDeclared
from ledger.ledger import Ledger
from ledger.opening import instant_of
from ledger.units import Index
from projections.promises.editions import Edition
from projections.promises.finding import ChangedRules
from projections.promises.standing_promise import StandingPromise

_AT_ONCE: Final = 60_000_000
"""A minute, in microseconds: what begins when it is declared is sealed a moment later."""


def declared_again(promise: StandingPromise) -> list[int]:
    """The declarations of a promise that are known, if there are several; ascending."""
    found = sorted({each.declared_index for each in _believed(promise)})
    return found if len(found) > 1 else []


def recording_times(ledger: Ledger, promises: Sequence[StandingPromise]) -> Mapping[int, int]:
    """When each declaration was recorded, in microseconds, of promises that have several.

    Raises:
        StoreUnavailable: the database cannot be used.
    """
    indexes = sorted({index for promise in promises for index in declared_again(promise)})
    if not indexes:
        return {}
    return {each.index: each.recorded_at_us for each in ledger.log.records_at(indexes)}


def changed_afterwards(
    promise: StandingPromise, recorded: Mapping[int, int]
) -> Iterator[ChangedRules]:
    """Each declaration whose rules count, as is known now, over time that had passed by then.

    It is told with the declaration whose time it took the longest ago. One that says the same as
    the other changed nothing.

    Args:
        promise: The promise.
        recorded: When its declarations were recorded, in microseconds.
    """
    indexes = declared_again(promise)
    for later in indexes:
        at = recorded.get(later)
        taken = [
            (since, -earlier)
            for earlier in indexes
            if earlier < later and _differ(promise, earlier, later)
            for since in _shared(promise, earlier, later)
        ]
        if at is None or not taken:
            continue
        since, earlier = min(taken)
        if since <= promise.bench.reader.as_of and since < at - _AT_ONCE:
            yield ChangedRules(
                earlier_index=Index(-earlier),
                later_index=Index(later),
                since=instant_of(since),
                recorded_at=instant_of(at),
            )


def _believed(promise: StandingPromise) -> list[Edition]:
    """Every edition that is or was believed."""
    size = promise.bench.reader.known_size
    mine = promise.bench.book.editions.by_promise[promise.edition.promise_id]
    return [each for each in mine if each.known_from < size]


def _shared(promise: StandingPromise, earlier: int, later: int) -> Iterator[int]:
    """Where stretches begin that an earlier declaration covered, and a later one covers now."""
    size = promise.bench.reader.known_size
    believed = _believed(promise)
    covered = [e for e in believed if e.declared_index == earlier and e.known_from < later]
    covers = [each for each in believed if each.declared_index == later and each.is_known(size)]
    for before in covered:
        for after in covers:
            since = max(before.valid_from, after.valid_from)
            if since < min(before.valid_to, after.valid_to):
                yield since


def _differ(promise: StandingPromise, earlier: int, later: int) -> bool:
    """Whether two declarations judge by different rules."""
    return _judged_by(promise.bench.declared(earlier)) != _judged_by(promise.bench.declared(later))


def _judged_by(event: PromiseDeclared) -> tuple[object, ...]:
    return event.rules, event.readings, event.params, event.applies_to, event.zone
