"""A rule of a declared promise, made ready to judge: what it looks at in which events."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Final, NamedTuple

from ledger.events.promise import Condition, PromiseDeclared, PromiseRule
from projections.bitemporal import FOREVER
from projections.promises.editions import Declaration, Edition
from projections.promises.machines import MACHINES
from projections.promises.machines.telling import settled_at_once, tells
from projections.promises.matching import Matched, fails, kinds_named, matcher, passes
from projections.promises.material import Ask, Evidence, Machine
from projections.promises.needs import SharedNeed
from projections.promises.values import EventValues, Paths, Terms
from projections.promises.windows import BEFORE, Reach, reach_of

ORGANISATIONS: Final = (
    "organisation",
    "controller",
    "processor",
    "on_behalf_of",
    "actor_organisation",
    "parties.organisation",
    "controllers.organisation",
    "sender.organisation",
    "recipient.organisation",
)
"""Fields that name an organisation that an event is of."""


class Trigger(NamedTuple):
    """Which events are judged, and the field that gives their moment."""

    fits: Matched
    at: str | None
    paths: Paths
    """The fields that its conditions look at."""


@dataclass(frozen=True)
class JudgedRule:
    """One rule of one declaration."""

    name: str
    """`RAG-03@45/0`, of a reading `RAG-06@51/megabit/0`: promise, declaration, reading, part."""
    declaration: Declaration
    reading: str | None
    part: int
    rule: PromiseRule
    number: int = 0
    """Its place in the rulebook."""
    editions: Sequence[Edition] = ()
    """Those of its declaration."""
    needs: tuple[SharedNeed, ...] = ()
    """Its needs, in order."""

    @cached_property
    def machine(self) -> Machine:
        """The state machine that judges it."""
        return MACHINES[self.rule.rule_kind](self.rule)

    @cached_property
    def settled_from(self) -> int:
        """The index of the record since which nothing changed in what is believed of it."""
        gone = (each.known_to for each in self.editions if each.known_to != FOREVER)
        return max(gone, default=0)

    def edition_believed(self, moment: int, index: int) -> Edition | None:
        """The one edition at a moment, for a record since which none came or went; else nothing."""
        if index < self.settled_from:
            return None
        for each in self.editions:
            if each.valid_from <= moment < each.valid_to and each.known_to == FOREVER:
                return each
        return None

    @cached_property
    def is_state(self) -> bool:
        """Whether it follows a state through time, and judges no events."""
        return self.rule.rule_kind == "interval-state"

    @cached_property
    def is_alone(self) -> bool:
        """Whether each event is judged by itself, whatever else happens."""
        return not self.rule.needs

    @cached_property
    def is_tallied(self) -> bool:
        """Whether events that keep it are only counted: nothing of them is asked for by itself."""
        plain = all(one.at is None for one in self.rule.for_each)
        return self.is_alone and plain and self.rule.measure is None

    @cached_property
    def triggers(self) -> Mapping[str, Sequence[Trigger]]:
        """By kind, which events are judged."""
        return _by_kind(
            (kind, Trigger(matcher(one), one.at, tuple(each.field for each in one.where)))
            for one in self.rule.for_each
            for kind in kinds_named(one)
        )

    def reaches(self, ask: Ask) -> tuple[Reach, ...]:
        """For each need, how far from a judged event lies what serves it."""
        edition = self.edition_believed(ask.moment, ask.index)
        if edition is None:  # it was judged by several editions in turn, or by none
            return self._widest_reaches
        found = self._reaches.get(edition.valid_from)
        if found is None:
            found = self._reaches[edition.valid_from] = self._reaches_under([edition])
        return found

    @cached_property
    def _reaches(self) -> dict[int, tuple[Reach, ...]]:
        """By the beginning of the edition; a number that is not set yet would reach for ever."""
        return {}

    @cached_property
    def _widest_reaches(self) -> tuple[Reach, ...]:
        return self._reaches_under(self.editions)

    def _reaches_under(self, editions: Sequence[Edition]) -> tuple[Reach, ...]:
        return tuple(reach_of(need, editions) for need in self.rule.needs)

    def may_judge(self, system: str | None) -> bool:
        """Whether events of a system, or of none, can be this promise's."""
        return system is None or not self._systems or system in self._systems

    def judges_all_of(self, system: str | None) -> bool:
        """Whether the system of an event that it may judge leaves nothing else to ask."""
        if system is not None and self._systems:
            return True
        return self.declaration.event.organisation is None and not self._systems

    def is_about(self, values: EventValues) -> bool:
        """Whether an event is of the organisation of the promise."""
        organisation = self.declaration.event.organisation
        if organisation is None:
            return False
        return any(organisation in values[path] for path in ORGANISATIONS)

    def links(self, terms: Terms) -> tuple[tuple[str, ...], ...]:
        """For each need, the links under which other events may meet the judged one."""
        return tuple([need.asked_under(terms) for need in self.needs])

    def ask(self, index: int, moment: int, values: EventValues) -> Ask:
        """An event as one to judge."""
        return Ask(self.number, index, moment, values, self.links(values))

    def values_compared(self, ask: Ask) -> tuple[object, ...] | None:
        """What gives two events the same verdict while nothing changes that they need.

        Nothing, where more counts: how long ago something began, which event came first, or values
        that are no texts (`True` equals 1).
        """
        if not self._asks_what_stands:
            return None
        values = [ask.terms[path] for path in self.asked_paths]
        for some in values:
            for each in some:
                if type(each) is not str:
                    return None
        return (self.number, *values)

    @cached_property
    def _asks_what_stands(self) -> bool:
        """Whether only what stands at its moment decides about an event."""
        return (
            self.rule.rule_kind == "only-if"
            and self.rule.measure is None
            and not any(need.lasting or need.within or need.once for need in self.rule.needs)
            and {need.role for need in self.rule.needs} <= BEFORE
        )

    def is_settled(self, ask: Ask) -> bool:
        """Whether the judged event alone gives the verdict: it says too little, or is exempt."""
        if not self._may_be_settled:
            return False
        return settled_at_once(self.rule, ask, {}) is not None

    @cached_property
    def _may_be_settled(self) -> bool:
        if any(each.parameter is not None for each in self.rule.unless):
            return False
        return bool(self.rule.told_by or self.rule.unless)

    def edition_standing(self, moment: int, index: int) -> Edition | None:
        """The one edition in force for an event, if it was when the event was recorded."""
        edition = self.edition_believed(moment, index)
        if edition is None or edition.known_from > index or edition.waived_by is not None:
            return None
        return edition

    @cached_property
    def keeping(self) -> tuple[Matched, ...]:
        """What an event passes that plainly keeps a rule which judges it by itself.

        Nothing, where that cannot be said so.
        """
        if not self.is_tallied or any(each.parameter is not None for each in self.rule.where):
            return ()
        plain: dict[str, Callable[[Condition], Matched]] = {"never": fails, "subset": passes}
        test = plain.get(self.rule.rule_kind)
        if test is None or not self.rule.where:
            return ()
        telling = (partial(tells, self.rule.told_by),) if self.rule.told_by else ()
        return (*telling, *map(test, self.rule.where))

    @cached_property
    def used_up(self) -> Sequence[int]:
        """The places of the needs that serve only once."""
        return [place for place, need in enumerate(self.rule.needs) if need.once]

    def uses(self, ask: Ask) -> Iterator[Evidence]:
        """The judged event as one that uses up what serves only once."""
        for place in self.used_up:
            need = self.needs[place]
            terms = {pair.field: ask.terms[pair.field] for pair in need.need.pairs}
            for link in ask.links[place]:
                yield Evidence(need.number, ask.index, link, "", ask.moment, FOREVER, "uses", terms)

    @cached_property
    def _systems(self) -> frozenset[str]:
        return frozenset(self.declaration.event.applies_to)

    @cached_property
    def asked_paths(self) -> Paths:
        """The fields of a judged event that it looks at."""
        rule, measure = self.rule, self.rule.measure
        paths = [each.field for each in (*rule.where, *rule.unless)]
        paths += rule.told_by
        paths += [pair.field for need in rule.needs for pair in need.pairs]
        if measure is not None:
            paths += [path for path in (measure.field, measure.group) if path]
        return tuple(dict.fromkeys(paths))


def rules_of(declaration: Declaration) -> list[JudgedRule]:
    """Every rule of a declaration: of the promise itself, then of each reading."""
    event: PromiseDeclared = declaration.event
    stem = f"{event.promise_id}@{declaration.index}"
    found = [
        JudgedRule(f"{stem}/{part}", declaration, None, part, rule)
        for part, rule in enumerate(event.rules)
    ]
    found += [
        JudgedRule(f"{stem}/{reading.name}/{part}", declaration, reading.name, part, rule)
        for reading in event.readings
        for part, rule in enumerate(reading.rules)
    ]
    return found


def _by_kind(pairs: Iterator[tuple[str, Trigger]]) -> dict[str, list[Trigger]]:
    found: dict[str, list[Trigger]] = {}
    for kind, each in pairs:
        found.setdefault(kind, []).append(each)
    return found
