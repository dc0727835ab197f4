"""The events caught between two readings: broken under one, and not under another."""

from typing import Final

from ledger.units import Index
from projections.promises.counting import broken_or_open
from projections.promises.finding import CaughtEvent
from projections.promises.standing_promise import StandingPromise

MOST_CAUGHT: Final = 20
"""So many are told one by one; the others are counted."""


def caught_between_readings(promise: StandingPromise) -> list[CaughtEvent]:
    """The events that a promise breaks under one of its readings and not under another.

    They are given in the order of the log, from the beginning of the promise on. What a reading
    cannot determine, or not yet, counts neither as broken nor as kept.
    """
    by_reading = promise.rules_by_reading(promise.edition.declared_index)
    names = {rule.number: name for name, rules in by_reading.items() for rule in rules}
    if not names:
        return []
    reader = promise.bench.reader
    broken: dict[int, set[str]] = {}
    unknown: dict[int, set[str]] = {}
    for index, rule, verdict in broken_or_open(reader, names, promise.since, reader.as_of + 1):
        found = broken if verdict == "broken" else unknown
        found.setdefault(index, set()).add(names[rule])
    caught = []
    for index in sorted(broken):
        told = broken[index] | unknown.get(index, set())
        kept = tuple(name for name in by_reading if name not in told)
        if kept:
            under = tuple(name for name in by_reading if name in broken[index])
            caught.append(
                CaughtEvent(
                    index=Index(index),
                    promise_id=promise.edition.promise_id,
                    broken_under=under,
                    kept_under=kept,
                )
            )
    return caught
