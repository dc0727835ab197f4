"""One promise as it stands at the moment asked: which of its rules counted when."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from ledger.events.promise import PromiseDeclared
from projections.promises.answers import CoverageGap
from projections.promises.counting import Counts, count
from projections.promises.coverage import (
    Covered,
    Lost,
    declared_coverage,
    gaps_of,
    known_losses,
    losses_of,
    relied_on,
)
from projections.promises.editions import Edition
from projections.promises.program import JudgedRule
from projections.promises.rulebook import Rulebook
from projections.reader import Reader


@dataclass(frozen=True)
class Bench:
    """What all promises share at one moment: the rows, the rules, the counts."""

    reader: Reader
    book: Rulebook
    now: int
    """The present, in microseconds: nothing on record tells of what comes after it."""

    @cached_property
    def counts(self) -> Counts:
        """Of everything up to the moment asked."""
        return count(self.reader)

    @cached_property
    def coverage(self) -> Sequence[Covered]:
        """What was declared of sources."""
        return declared_coverage(self.reader)

    @cached_property
    def lost(self) -> Sequence[Lost]:
        """What is known to be missing of sources."""
        return known_losses(self.reader)

    def declared(self, index: int) -> PromiseDeclared:
        """The declaration that a record is."""
        return self.book.editions.declarations[index].event

    def standing(self) -> Iterator["StandingPromise"]:
        """Every promise that stands at the moment asked, by promise id."""
        for promise_id in sorted(self.book.editions.by_promise):
            edition = self.book.editions.standing(
                promise_id, self.reader.as_of, self.reader.known_size
            )
            if edition is not None:
                yield StandingPromise(self, edition)

    def editions_of(self, promise_id: str) -> list[Edition]:
        """The editions of a promise known, up to the moment asked, in order of time."""
        size = self.reader.known_size
        return [
            each
            for each in self.book.editions.by_promise[promise_id]
            if each.is_known(size) and each.valid_from <= self.reader.as_of
        ]


@dataclass(frozen=True)
class Stretch:
    """A time over which the same rules of a promise count."""

    since: int
    until: int
    declared_index: int
    rules: tuple[JudgedRule, ...]
    open_readings: tuple[str, ...] = ()
    """Readings between which nobody had decided and none of which leads."""


class Waiver(NamedTuple):
    """A time for which a promise was not checked."""

    waived_by: int
    """The record by which it was waived."""
    since: int
    until: int


@dataclass(frozen=True)
class StandingPromise:
    """A promise that stands at the moment asked."""

    bench: Bench
    edition: Edition

    @cached_property
    def event(self) -> PromiseDeclared:
        """Its declaration."""
        return self.bench.declared(self.edition.declared_index)

    @cached_property
    def editions(self) -> list[Edition]:
        """All it was, up to the moment asked."""
        return self.bench.editions_of(self.edition.promise_id)

    @cached_property
    def since(self) -> int:
        """From when on it stands without a break."""
        first = self.edition.valid_from
        ends = {each.valid_to: each.valid_from for each in self.editions}
        while first in ends and ends[first] != first:
            first = ends[first]
        return first

    @cached_property
    def until(self) -> int:
        """Until when it stands without a break: decisions about it are none."""
        size = self.bench.reader.known_size
        mine = self.bench.book.editions.by_promise[self.edition.promise_id]
        goes_on = {each.valid_from: each.valid_to for each in mine if each.is_known(size)}
        last = self.edition.valid_to
        while last in goes_on:
            last = goes_on[last]
        return last

    @cached_property
    def stretches(self) -> list[Stretch]:
        """Which rules counted when; neighbours with the same rules are one."""
        found: list[Stretch] = []
        for each in self.editions:
            rules, readings = self._rules_under(each)
            since, last = each.valid_from, found[-1] if found else None
            same = last is not None and (last.rules, last.open_readings) == (rules, readings)
            if last is not None and same and last.until == since:
                since = found.pop().since
            found.append(Stretch(since, each.valid_to, each.declared_index, rules, readings))
        return found

    @cached_property
    def waivers(self) -> list[Waiver]:
        """When it was not checked, as far as it stands without a break; oldest first."""
        found: list[Waiver] = []
        for each in self.editions:
            if each.waived_by is None or each.valid_from < self.since:
                continue
            since, last = each.valid_from, found[-1] if found else None
            if last is not None and (last.waived_by, last.until) == (each.waived_by, since):
                since = found.pop().since
            found.append(Waiver(each.waived_by, since, each.valid_to))
        return found

    @cached_property
    def reading(self) -> str | None:
        """The reading that counts: the one decided, else the one that leads."""
        return _chosen(self.event, self.edition)

    @cached_property
    def open_readings(self) -> tuple[str, ...]:
        """The readings between which nobody has decided and none of which leads."""
        return self._rules_under(self.edition)[1]

    @cached_property
    def rules(self) -> list[JudgedRule]:
        """Every rule that counts at the moment asked, those of open readings too."""
        rules, readings = self._rules_under(self.edition)
        by_reading = self.rules_by_reading(self.edition.declared_index)
        return [*rules, *(rule for name in readings for rule in by_reading[name])]

    def rules_by_reading(self, declared_index: int) -> dict[str, list[JudgedRule]]:
        """The rules that each reading of a declaration adds."""
        mine = self._rules_declared(declared_index)
        return {
            reading.name: [rule for rule in mine if rule.reading == reading.name]
            for reading in self.bench.declared(declared_index).readings
        }

    @cached_property
    def gaps(self) -> list[CoverageGap]:
        """When sources that it rests on were not declared connected, or lost lines."""
        covered, until = self.bench.coverage, self.bench.reader.as_of
        found = [
            gap
            for rule in self.rules
            for gap in gaps_of(
                covered, rule.rule.needs_coverage, _kinds_of(rule), self.since, until
            )
        ]
        needed = {system for rule in self.rules for system in rule.rule.needs_coverage}
        found += losses_of(self.bench.lost, needed, self.since, until)
        return list(dict.fromkeys(found))

    @property
    def coverage(self) -> set[int]:
        """The declarations by which the sources that it rests on were connected."""
        covered, until = self.bench.coverage, self.bench.reader.as_of
        return {
            index
            for rule in self.rules
            for index in relied_on(
                covered, rule.rule.needs_coverage, _kinds_of(rule), self.since, until
            )
        }

    def _rules_declared(self, index: int) -> list[JudgedRule]:
        return [rule for rule in self.bench.book.rules if rule.declaration.index == index]

    def _rules_under(self, edition: Edition) -> tuple[tuple[JudgedRule, ...], tuple[str, ...]]:
        """The rules that count under an edition, and the readings that are open under it."""
        event = self.bench.declared(edition.declared_index)
        chosen = _chosen(event, edition)
        mine = self._rules_declared(edition.declared_index)
        rules = tuple(rule for rule in mine if rule.reading in {None, chosen})
        names = tuple(reading.name for reading in event.readings)
        return rules, names if chosen is None else ()


def _kinds_of(rule: JudgedRule) -> list[str]:
    return [kind for each in rule.rule.for_each for kind in each.kinds]


def _chosen(event: PromiseDeclared, edition: Edition) -> str | None:
    if edition.reading in {reading.name for reading in event.readings}:
        return edition.reading
    return next((reading.name for reading in event.readings if reading.leads), None)
