"""How each promise stands at a moment, by what was known at another.

Broken outweighs undeterminable, that pending, that kept. A promise about all that happens is kept
only where the sources were connected that would have told of a breach.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import cast

from ledger.errors import BadRequest
from ledger.events.promise import Limit, PromiseRule
from ledger.ledger import Ledger
from ledger.opening import instant_of
from ledger.units import Index
from projections.bitemporal import FOREVER
from projections.cases.reading import Moment
from projections.promises.answers import (
    CoverageGap,
    Item,
    ParameterInForce,
    PromiseVerdict,
    Verdict,
)
from projections.promises.counting import VERDICTS, Counts, broken_or_open, count, items_of
from projections.promises.coverage import Covered, declared_coverage, gaps_of
from projections.promises.editions import Edition
from projections.promises.metrics import Measured, is_counted, measured
from projections.promises.program import JudgedRule
from projections.promises.rulebook import Rulebook, rulebook_read
from projections.promises.settling import settle_gap, settle_of, settle_reading
from projections.promises.view import PROMISES
from projections.reader import Reader
from projections.snapshot import reader_at


def promise_verdicts(
    ledger: Ledger,
    moment: Moment,
    *,
    system: str | None = None,
    organisation: str | None = None,
    promise_ids: Collection[str] | None = None,
) -> list[PromiseVerdict]:
    """The verdict on every promise that stands at a moment, by promise id.

    Args:
        ledger: The log; the view catches up with it first.
        moment: As of when, and by what was known.
        system: Only promises of statements that apply to this system.
        organisation: Only those of this organisation.
        promise_ids: Only these.

    Raises:
        StoreUnavailable: the database cannot be used.
    """
    with reader_at(ledger, PROMISES, moment.as_of, moment.known_size) as reader:
        bench = _Bench(reader, rulebook_read(reader.connection, reader.scope))
        return [
            _Case(bench, edition).verdict()
            for edition in bench.standing()
            if _is_wanted(bench.book, edition, system, organisation, promise_ids)
        ]


def promise_items(
    ledger: Ledger,
    moment: Moment,
    promise_id: str,
    *,
    verdict: Verdict | None = None,
    limit: int | None = None,
) -> list[Item]:
    """The judged events of one promise under the reading that counts, oldest first.

    Where the reading is open, those of every reading are given.

    Args:
        ledger: The log; the view catches up with it first.
        moment: As of when, and by what was known.
        promise_id: Which promise.
        verdict: Only these; all, if not given.
        limit: At most so many.

    Raises:
        BadRequest: no such promise stands at that moment.
        StoreUnavailable: the database cannot be used.
    """
    with reader_at(ledger, PROMISES, moment.as_of, moment.known_size) as reader:
        bench = _Bench(reader, rulebook_read(reader.connection, reader.scope))
        for edition in bench.standing():
            if edition.promise_id == promise_id:
                return _Case(bench, edition).items(verdict, limit)
        known = ", ".join(each.promise_id for each in bench.standing()) or "none"
    raise BadRequest(f"promise: expected one that stands, {known}; found {promise_id!r}")


def _is_wanted(
    book: Rulebook,
    edition: Edition,
    system: str | None,
    organisation: str | None,
    promise_ids: Collection[str] | None,
) -> bool:
    declared = book.editions.declarations[edition.declared_index].event
    return (
        (system is None or system in declared.applies_to)
        and (organisation is None or organisation == declared.organisation)
        and (promise_ids is None or edition.promise_id in promise_ids)
    )


@dataclass(frozen=True)
class _Bench:
    """What all cases share: the rows, the rules, the counts."""

    reader: Reader
    book: Rulebook

    @cached_property
    def counts(self) -> Counts:
        """Of everything up to the moment asked."""
        return count(self.reader)

    @cached_property
    def coverage(self) -> Sequence[Covered]:
        """What was declared of sources."""
        return declared_coverage(self.reader)

    def standing(self) -> Iterator[Edition]:
        """The edition of each promise at the moment asked, by promise id."""
        for promise_id in sorted(self.book.editions.by_promise):
            edition = self.book.editions.standing(
                promise_id, self.reader.as_of, self.reader.known_size
            )
            if edition is not None:
                yield edition

    def known_editions(self, promise_id: str) -> list[Edition]:
        """The editions of a promise up to the moment asked, in order of time."""
        size = self.reader.known_size
        return [
            each
            for each in self.book.editions.by_promise[promise_id]
            if each.known_from < size <= each.known_to and each.valid_from <= self.reader.as_of
        ]


@dataclass(frozen=True)
class _Stretch:
    """A time over which the same rules of a promise count."""

    since: int
    until: int
    declared_index: int
    rules: tuple[JudgedRule, ...]
    open_readings: tuple[str, ...] = ()


class _Case:
    """One promise at the moment asked."""

    def __init__(self, bench: _Bench, edition: Edition) -> None:
        self.bench, self.edition = bench, edition
        self.declaration = bench.book.editions.declarations[edition.declared_index]
        self.event = self.declaration.event
        self.editions = bench.known_editions(edition.promise_id)

    @cached_property
    def stretches(self) -> list[_Stretch]:
        """Which rules count when, neighbours with the same rules joined."""
        found: list[_Stretch] = []
        for each in self.editions:
            rules, readings = self._rules_of(each)
            since, last = each.valid_from, found[-1] if found else None
            if (
                last
                and last.until == since
                and (last.rules, last.open_readings)
                == (
                    rules,
                    readings,
                )
            ):
                since = found.pop().since
            found.append(_Stretch(since, each.valid_to, each.declared_index, rules, readings))
        return found

    def _rules_of(self, edition: Edition) -> tuple[tuple[JudgedRule, ...], tuple[str, ...]]:
        """The rules that count under an edition, and the readings that are open under it."""
        event = self.bench.book.editions.declarations[edition.declared_index].event
        names = [reading.name for reading in event.readings]
        leading = next((reading.name for reading in event.readings if reading.leads), None)
        chosen = edition.reading if edition.reading in names else leading
        rules = tuple(
            rule
            for rule in self.bench.book.rules
            if rule.declaration.index == edition.declared_index and rule.reading in {None, chosen}
        )
        return rules, tuple(names) if names and chosen is None else ()

    @property
    def reading(self) -> str | None:
        """The reading that counts at the moment asked."""
        chosen = {rule.reading for rule in self._rules_of(self.edition)[0]} - {None}
        names = {reading.name for reading in self.event.readings}
        if self.edition.reading in names:
            return self.edition.reading
        leading = next((each.name for each in self.event.readings if each.leads), None)
        return leading or next(iter(chosen), None)

    @cached_property
    def since(self) -> int:
        """From when on the promise stands without a break."""
        first = self.edition.valid_from
        ends = {each.valid_to: each.valid_from for each in self.editions}
        while first in ends and ends[first] != first:
            first = ends[first]
        return first

    @cached_property
    def metrics(self) -> list[tuple[JudgedRule, Measured]]:
        """What the metrics among the rules measured."""
        rules = {rule.number: rule for stretch in self.stretches for rule in stretch.rules}
        return [
            (rule, measured(self.bench.reader, rule, self.edition.parameters))
            for rule in rules.values()
            if rule.rule.rule_kind == "metric"
        ]

    @cached_property
    def totals(self) -> Counter[str]:
        """How many judged events stand how."""
        total: Counter[str] = Counter()
        for stretch in self.stretches:
            single = [rule.number for rule in stretch.rules if not is_counted(rule.rule)]
            total.update(self._counts_in(stretch).of(single))
            if stretch.open_readings:
                total.update(self._open_totals(stretch))
        for _, found in self.metrics:
            total.update(kept=found.within, broken=found.above, undeterminable=found.unknown)
        return total

    def _counts_in(self, stretch: _Stretch) -> Counts:
        names = [reading.name for reading in self.event.readings]
        if len(self.stretches) == 1 or not names:
            # Without readings rules never change hands, so what each judged is all its own.
            return self.bench.counts
        return count(self.bench.reader, stretch.since, stretch.until)

    def _open_totals(self, stretch: _Stretch) -> Counter[str]:
        """Events under readings none of which counts: settled only where all of them agree."""
        by_reading = self._rules_by_reading(stretch.declared_index)
        counts = self._counts_in(stretch)
        rules = {rule.number: name for name, some in by_reading.items() for rule in some}
        found: dict[int, dict[str, str]] = {}
        for index, rule, verdict in broken_or_open(
            self.bench.reader, list(rules), stretch.since, stretch.until
        ):
            mine = found.setdefault(index, {})
            mine[rules[rule]] = _worst([verdict, mine.get(rules[rule], "kept")])
        total: Counter[str] = Counter()
        for verdicts in found.values():
            every = {verdicts.get(name, "kept") for name in by_reading}
            total[every.pop() if len(every) == 1 else "undeterminable"] += 1
        events = max(
            (counts.of([rule.number]).total() for some in by_reading.values() for rule in some),
            default=0,
        )
        total["kept"] += max(events - len(found), 0)
        return total

    def _rules_by_reading(self, declared_index: int | None = None) -> dict[str, list[JudgedRule]]:
        """The rules of each reading of a declaration; of the one that counts now, if not given."""
        index = self.edition.declared_index if declared_index is None else declared_index
        declared = self.bench.book.editions.declarations[index].event
        return {
            reading.name: [
                rule
                for rule in self.bench.book.rules
                if rule.declaration.index == self.declaration.index and rule.reading == reading.name
            ]
            for reading in declared.readings
        }

    @cached_property
    def counted_rules(self) -> list[JudgedRule]:
        """Every rule that counts at the moment asked, those of open readings too."""
        rules, readings = self._rules_of(self.edition)
        by_reading = self._rules_by_reading()
        return [*rules, *(rule for name in readings for rule in by_reading[name])]

    def verdict(self) -> PromiseVerdict:
        """Everything about the promise."""
        edition, totals = self.edition, self.totals
        reasons = self._reasons()
        verdict = self._outcome(totals, [reason for reason, _ in reasons])
        names = [rule.number for stretch in self.stretches for rule in stretch.rules]
        due = self.bench.counts.next_due(names)
        oldest = self._oldest_break() if totals["broken"] else None
        undetermined = verdict == "undeterminable"
        return PromiseVerdict(
            promise_id=edition.promise_id,
            policy_id=self.event.policy_id,
            organisation=self.event.organisation,
            systems=self.event.applies_to,
            promise_class=self.event.promise_class,
            subject_matter=self.event.subject_matter,
            rule_kinds=tuple(dict.fromkeys(rule.rule.rule_kind for rule in self.counted_rules)),
            verdict=verdict,
            reasons=self._told(verdict, oldest, reasons),
            settle=tuple(dict.fromkeys(settle for _, settle in reasons)) if undetermined else (),
            due_at=None if due is None else instant_of(due),
            kept=totals["kept"],
            broken=totals["broken"],
            pending=totals["pending"],
            undeterminable=totals["undeterminable"],
            oldest_break=oldest,
            figures=tuple(found.figures for _, found in self.metrics),
            since=instant_of(self.since),
            until=None if edition.valid_to == FOREVER else instant_of(edition.valid_to),
            waived=edition.waived_by is not None,
            reading=self.reading,
            open_readings=self._rules_of(edition)[1],
            by_reading=self._by_reading(),
            parameters=self._parameters(),
            declared_index=Index(edition.declared_index),
            policy_index=None if edition.policy_index is None else Index(edition.policy_index),
            rules=self.event.rules,
            readings=self.event.readings,
            coverage_gaps=tuple(self._gaps()),
            rests_on=self._rests_on(oldest),
        )

    def items(self, verdict: str | None, limit: int | None) -> list[Item]:
        """The judged events."""
        found: list[Item] = []
        for stretch in self.stretches:
            rules = {rule.number: rule for rule in stretch.rules if not is_counted(rule.rule)}
            for name in stretch.open_readings:
                rules |= {
                    rule.number: rule
                    for rule in self._rules_by_reading(stretch.declared_index)[name]
                }
            if rules:
                bounds = {"since": stretch.since, "until": stretch.until}
                reader = self.bench.reader
                found += items_of(reader, rules, verdict=verdict, limit=limit, **bounds)
        if verdict in {None, "broken"}:
            found += [each.first_above for _, each in self.metrics if each.first_above]
        found.sort(key=lambda item: (item.occurred_at, item.index, item.part))
        return found if limit is None else found[:limit]

    def _oldest_break(self) -> Item | None:
        return next(iter(self.items("broken", 1)), None)

    def _reasons(self) -> list[tuple[str, str]]:
        """Why the promise cannot be said to be kept, each with what would settle it."""
        promise_id = self.edition.promise_id
        found: list[tuple[str, str]] = []
        for name in self._unset():
            reason = f"parameter {name} is not set"
            found.append((reason, settle_of(promise_id, reason) or ""))
        readings = self._rules_of(self.edition)[1]
        if readings:
            reason = f"nobody decided how to read it: {', '.join(readings)}"
            found.append((reason, settle_reading(promise_id, readings)))
        if self.totals["undeterminable"]:
            found += [
                (each.reason or "", each.settle or "")
                for each in self.items("undeterminable", 3)
                if each.reason
            ]
        found += [(_gap_in_words(gap), settle_gap(gap)) for gap in self._gaps()]
        if not self.totals.total() and not self._needs_coverage() and self.counted_rules:
            found.append(
                (
                    "nothing on record that keeps or breaks it",
                    "record what was done, or declare the sources connected that would tell of it",
                )
            )
        return list(dict.fromkeys(found))

    def _outcome(self, totals: Counter[str], reasons: Sequence[str]) -> Verdict:
        if totals["broken"]:
            return "broken"
        if reasons or totals["undeterminable"]:
            return "undeterminable"
        return "pending" if totals["pending"] else "kept"

    @staticmethod
    def _told(
        verdict: Verdict, oldest: Item | None, reasons: Sequence[tuple[str, str]]
    ) -> tuple[str, ...]:
        """The reasons for a verdict, in words."""
        if verdict == "broken":
            return () if oldest is None or oldest.reason is None else (oldest.reason,)
        return tuple(dict.fromkeys(reason for reason, _ in reasons))

    def _by_reading(self) -> Mapping[str, Verdict]:
        """What the judged events would say under each reading."""
        found: dict[str, Verdict] = {}
        common = [rule.number for rule in self.counted_rules if rule.reading is None]
        for name, rules in self._rules_by_reading().items():
            names = [*common, *(rule.number for rule in rules)]
            total = self.bench.counts.of(names)
            found[name] = cast("Verdict", _worst(verdict for verdict in total if total[verdict]))
        return found

    def _unset(self) -> list[str]:
        wanted = dict.fromkeys(
            name for rule in self.counted_rules for name in parameters_named(rule.rule)
        )
        set_names = {
            name
            for name, each in self.edition.parameters.items()
            if each.value is not None or each.values
        }
        return [name for name in wanted if name not in set_names]

    def _needs_coverage(self) -> list[str]:
        rules = [rule.rule for rule in self.counted_rules]
        return list(dict.fromkeys(system for rule in rules for system in rule.needs_coverage))

    def _gaps(self) -> list[CoverageGap]:
        """When sources that the promise rests on were not declared connected."""
        found: list[CoverageGap] = []
        for rule in self.counted_rules:
            kinds = [kind for each in rule.rule.for_each for kind in each.kinds]
            found += gaps_of(
                self.bench.coverage,
                rule.rule.needs_coverage,
                kinds,
                self.since,
                self.bench.reader.as_of,
            )
        return list(dict.fromkeys(found))

    def _parameters(self) -> tuple[ParameterInForce, ...]:
        declared = {each.name: each for each in self.event.params}
        held = self.edition.parameters
        found = []
        for name in dict.fromkeys([*declared, *held]):
            each = held.get(name) or declared[name]
            index = self.edition.set_by.get(name)
            found.append(
                ParameterInForce(
                    name=name,
                    value=each.values or each.value,
                    unit=each.unit or each.period,
                    set_by_index=None if index is None else Index(index),
                )
            )
        return tuple(found)

    def _rests_on(self, oldest: Item | None) -> tuple[int, ...]:
        edition = self.edition
        settled = [edition.policy_index, edition.read_by, edition.waived_by]
        indexes = {edition.declared_index, *edition.set_by.values()}
        indexes |= {index for index in settled if index is not None}
        if oldest is not None:
            indexes |= {oldest.index, *oldest.rests_on}
        return tuple(sorted(indexes))


def parameters_named(rule: PromiseRule) -> Iterator[str]:
    """The parameters that a rule asks for, its needs and limits included."""
    for condition in (*rule.where, *rule.unless):
        if condition.parameter is not None:
            yield condition.parameter
    limits: list[Limit | None] = [rule.within]
    limits.append(rule.measure.limit if rule.measure is not None else None)
    for need in rule.needs:
        limits += [need.lasting, need.within]
        if need.at_least_parameter is not None:
            yield need.at_least_parameter
    for limit in limits:
        if limit is not None and limit.parameter is not None:
            yield limit.parameter


def _worst(verdicts: Iterable[str]) -> str:
    found = set(verdicts)
    return next((each for each in VERDICTS if each in found), "kept")


def _gap_in_words(gap: CoverageGap) -> str:
    until = "" if gap.until is None else f" until {gap.until:%Y-%m-%d %H:%M} UTC"
    return f"{gap.system} is not declared connected from {gap.since:%Y-%m-%d %H:%M} UTC{until}"
