"""The judged events of one promise put together: how many stand how, and which they are."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import cast

from projections.bitemporal import FOREVER
from projections.promises.answers import Figures, Item, Verdict
from projections.promises.counting import (
    EARLIEST,
    VERDICTS,
    Counts,
    broken_or_open,
    count,
    items_of,
)
from projections.promises.metrics import Measured, is_counted, measured
from projections.promises.program import JudgedRule
from projections.promises.standing_promise import StandingPromise, Stretch


@dataclass(frozen=True, slots=True)
class Totals:
    """How the judged events of a promise stand."""

    verdicts: Counter[str]
    figures: tuple[Figures, ...]
    """What its metrics measured."""
    above: tuple[Item, ...]
    """The events by which a count went above its limit."""
    doubts: tuple[str, ...]
    """Why some counts cannot be told."""
    due: int | None
    """When the next pending event is due, in microseconds."""
    latest: int | None
    """The latest judged event that was recorded."""


def totals_of(promise: StandingPromise) -> Totals:
    """The judged events of a promise, put together."""
    verdicts: Counter[str] = Counter()
    for stretch in promise.stretches:
        if stretch.open_readings:
            verdicts.update(_between_readings(promise, stretch))
    if promise.event.readings:
        for stretch in promise.stretches:
            verdicts.update(_counts_in(promise, stretch).of(_single(stretch.rules)))
    else:  # rules never change hands, so what each judged is all its own, whenever it stood
        rules = {rule for stretch in promise.stretches for rule in _single(stretch.rules)}
        verdicts.update(promise.bench.counts.of(rules))
    metrics = _metrics(promise)
    for found in metrics:
        verdicts.update(kept=found.within, broken=found.above, undeterminable=found.unknown)
    numbers = {rule.number for stretch in promise.stretches for rule in stretch.rules}
    numbers |= {rule.number for rule in promise.rules}
    return Totals(
        +verdicts,
        tuple(found.figures for found in metrics),
        tuple(found.first_above for found in metrics if found.first_above is not None),
        tuple(doubt for found in metrics for doubt in found.doubts),
        promise.bench.counts.next_due(numbers),
        promise.bench.counts.latest_of(numbers),
    )


def items_in(
    promise: StandingPromise,
    totals: Totals,
    verdict: str | None = None,
    limit: int | None = None,
) -> list[Item]:
    """The judged events of a promise, oldest first.

    Args:
        promise: The promise.
        totals: What was put together of it.
        verdict: Only these; all, if not given.
        limit: At most so many.
    """
    found: list[Item] = []
    for stretch in _alone(promise):
        rules = {rule.number: rule for rule in stretch.rules if not is_counted(rule.rule)}
        by_reading = promise.rules_by_reading(stretch.declared_index)
        for name in stretch.open_readings:
            rules |= {rule.number: rule for rule in by_reading[name]}
        if rules:
            found += items_of(
                promise.bench.reader,
                rules,
                verdict=verdict,
                limit=limit,
                since=stretch.since,
                until=stretch.until,
            )
    if verdict in {None, "broken"}:
        found += totals.above
    found.sort(key=lambda item: (item.occurred_at, item.index, item.part))
    return found if limit is None else found[:limit]


def verdicts_by_reading(promise: StandingPromise) -> Mapping[str, Verdict]:
    """What the judged events would say under each reading."""
    common = [rule.number for rule in promise.rules if rule.reading is None]
    found: dict[str, Verdict] = {}
    by_reading = promise.rules_by_reading(promise.edition.declared_index)
    for name, rules in by_reading.items():
        total = promise.bench.counts.of([*common, *(rule.number for rule in rules)])
        found[name] = worst(verdict for verdict in total if total[verdict])
    return found


def worst(verdicts: Iterable[str]) -> Verdict:
    """The verdict that outweighs the others; kept, where there is none."""
    found = set(verdicts)
    return cast("Verdict", next((each for each in VERDICTS if each in found), "kept"))


def _metrics(promise: StandingPromise) -> list[Measured]:
    rules = {rule.number: rule for stretch in promise.stretches for rule in stretch.rules}
    return [
        measured(promise.bench.reader, rule, promise.edition.parameters)
        for rule in rules.values()
        if rule.rule.rule_kind == "metric"
    ]


def _single(rules: Iterable[JudgedRule]) -> list[int]:
    """The rules that judge single events."""
    return [rule.number for rule in rules if not is_counted(rule.rule)]


def _alone(promise: StandingPromise) -> list[Stretch]:
    """The stretches of a promise; where rules never change hands, one for all time of each."""
    if promise.event.readings:
        return promise.stretches
    by_declaration = {each.declared_index: each for each in promise.stretches}
    return [
        Stretch(EARLIEST, FOREVER, each.declared_index, each.rules)
        for each in by_declaration.values()
    ]


def _counts_in(promise: StandingPromise, stretch: Stretch) -> Counts:
    if len(promise.stretches) == 1:
        return promise.bench.counts
    return count(promise.bench.reader, stretch.since, stretch.until)


def _between_readings(promise: StandingPromise, stretch: Stretch) -> Counter[str]:
    """Events under readings none of which counts: settled only where all of them agree."""
    by_reading = promise.rules_by_reading(stretch.declared_index)
    counts = _counts_in(promise, stretch)
    names = {rule.number: name for name, some in by_reading.items() for rule in some}
    found: dict[int, dict[str, str]] = {}
    reader = promise.bench.reader
    for index, rule, verdict in broken_or_open(reader, list(names), stretch.since, stretch.until):
        mine = found.setdefault(index, {})
        mine[names[rule]] = worst([verdict, mine.get(names[rule], "kept")])
    total: Counter[str] = Counter()
    for verdicts in found.values():
        every = {verdicts.get(name, "kept") for name in by_reading}
        total[every.pop() if len(every) == 1 else "undeterminable"] += 1
    events = max((counts.of([number]).total() for number in names), default=0)
    total["kept"] += max(events - len(found), 0)
    return total
