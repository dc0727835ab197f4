"""A rule of a declared promise, made ready to judge: what it looks at in which events."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, NamedTuple

from ledger.events import KINDS
from ledger.events.promise import Condition, Need, Pairing, PromiseDeclared, PromiseRule, Selector
from ledger.personal import WITHHELD
from ledger.store.requests import microseconds
from ledger.stored import StoredRecord
from projections.bitemporal import FOREVER
from projections.promises.conditions import holds
from projections.promises.editions import Declaration, Edition
from projections.promises.machines import MACHINES
from projections.promises.machines.deadline import TERM_FIELDS
from projections.promises.material import Ask, Effect, Evidence, Machine
from projections.promises.values import BEGINNINGS, ENDINGS, EventValues, Terms, moment_in
from projections.promises.windows import Reach, reach_of

_ORGANISATIONS: Final = (
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

Matched = Callable[[EventValues], bool]
Paths = tuple[str, ...]


class _Trigger(NamedTuple):
    fits: Matched
    at: str | None


class _Serving(NamedTuple):
    """How events of one kind serve a need."""

    need: int
    effect: Effect
    fits: Matched
    at: str | None
    renews: bool
    """It ends what it replaces: a new version of a case, whatever its other values."""


@dataclass(slots=True)
class ServedMemory:
    """What was found of one event for one need, and serves others as well."""

    stretches: dict[str | None, tuple[int, int]] = field(default_factory=dict)
    """From when until when it stands, by the field that says so."""
    terms: dict[Paths, Terms] = field(default_factory=dict)


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
    def is_alone(self) -> bool:
        """Whether each event is judged by itself, whatever else happens."""
        return not self.rule.needs

    @cached_property
    def is_tallied(self) -> bool:
        """Whether events that keep it are only counted: nothing of them is asked for by itself."""
        plain = all(one.at is None for one in self.rule.for_each)
        return self.is_alone and plain and self.rule.measure is None

    @cached_property
    def triggers(self) -> Mapping[str, Sequence[_Trigger]]:
        """By kind, which events are judged."""
        return _by_kind(
            (kind, _Trigger(_matcher(one), one.at))
            for one in self.rule.for_each
            for kind in kinds_named(one)
        )

    @cached_property
    def serving(self) -> Mapping[str, Sequence[_Serving]]:
        """By kind, which events serve which need."""
        return _by_kind(
            (kind, _Serving(place, effect, _matcher(one), one.at, kind in _opening_kinds(need)))
            for place, need in enumerate(self.rule.needs)
            for effect, selectors in _effects(need)
            for one in selectors
            for kind in kinds_named(one)
        )

    @cached_property
    def reaches(self) -> tuple[Reach, ...]:
        """For each need, how far from the judged event lies what serves it."""
        return tuple(reach_of(need, self.editions) for need in self.rule.needs)

    @cached_property
    def spans(self) -> tuple[bool, ...]:
        """For each need, whether endings may come that name nothing but the case."""
        return tuple(bool(need.closes) for need in self.rule.needs)

    def may_judge(self, system: str | None) -> bool:
        """Whether events of a system, or of none, can be this promise's."""
        return system is None or not self._systems or system in self._systems

    def keys(self, terms: Terms) -> tuple[tuple[str, ...], ...]:
        """For each need, the keys under which other events may meet the judged one."""
        return tuple([_keys(pair, terms, "field") for pair in self._key_pairs])

    def ask(self, index: int, kind: str, values: EventValues) -> Ask | None:
        """An event of a kind as one to judge, if it is."""
        trigger = self._trigger_of(kind, values)
        if trigger is None:
            return None
        moment = moment_in(values.event, trigger.at)
        moment = microseconds(values.event.occurred_at) if moment is None else moment
        terms = {path: values.at(path) for path in self._asked_paths}
        return Ask(index, moment, terms, self.keys(terms))

    def is_kept(self, kind: str, values: EventValues, index: int, moment: int) -> bool | None:
        """Whether an event plainly keeps a rule that judges it by itself.

        Args:
            kind: Of the event.
            values: Of the event.
            index: Of its record.
            moment: When it occurred, in microseconds.

        Returns:
            `True` if it does, `None` if it is not judged; `False` says nothing yet.
        """
        if self._trigger_of(kind, values) is None:
            return None
        edition = self.edition_believed(moment, index)
        if edition is None or edition.known_from > index or edition.waived_by is not None:
            return False
        if self.rule.told_by and not any(values.at(path) for path in self.rule.told_by):
            return False
        for fits in self._plain_tests:
            if not fits(values):
                return False
        return bool(self._plain_tests)

    @cached_property
    def _plain_tests(self) -> tuple[Matched, ...]:
        """What an event passes that is plainly in order; none, where that cannot be said so."""
        if any(each.parameter is not None for each in self.rule.where):
            return ()
        match self.rule.rule_kind:
            case "never":
                return tuple(_fails(condition) for condition in self.rule.where)
            case "subset":
                return tuple(_test(condition) for condition in self.rule.where)
            case _:
                return ()

    def _trigger_of(self, kind: str, values: EventValues) -> _Trigger | None:
        for trigger in self.triggers[kind]:
            if trigger.fits(values) and self._in_scope(values):
                return trigger
        return None

    def evidence(
        self, stored: StoredRecord, values: EventValues, memory: "ServedMemory"
    ) -> list[Evidence]:
        """An event as one on which verdicts about others depend, once for each need and key.

        Args:
            stored: Its record.
            values: Of the event.
            memory: What was found of this event already, for other needs.
        """
        found: list[Evidence] = []
        for serving in self.serving[stored.kind]:
            if not serving.fits(values):
                continue
            stretch = memory.stretches.get(serving.at)
            if stretch is None:
                stretch = memory.stretches[serving.at] = _stretch(values.event, serving.at)
            paths = self._served_paths[serving.need]
            terms = memory.terms.get(paths)
            if terms is None:
                terms = memory.terms[paths] = {path: values.at(path) for path in paths}
            keys = _keys(self._key_pairs[serving.need], terms, "of")
            stream = str(stored.stream) if type(values.event).STREAM_FIELD else ""
            if serving.effect == "closes" and stream and (serving.renews or not keys):
                keys = ("",)
            found += [
                Evidence(serving.need, stored.index, key, stream, *stretch, serving.effect, terms)
                for key in keys
            ]
        return found

    def uses(self, ask: Ask) -> Iterator[Evidence]:
        """The judged event as one that uses up what serves only once."""
        for place, need in enumerate(self.rule.needs):
            if need.once:
                terms = {pair.field: ask.terms[pair.field] for pair in need.pairs}
                for key in ask.keys[place]:
                    yield Evidence(place, ask.index, key, "", ask.moment, FOREVER, "uses", terms)

    @cached_property
    def _systems(self) -> frozenset[str]:
        return frozenset(self.declaration.event.applies_to)

    @cached_property
    def _key_pairs(self) -> tuple[Pairing | None, ...]:
        if self.rule.rule_kind == "interval-state":  # the declaration itself is judged
            return (None,) * len(self.rule.needs)
        return tuple(key_pair(need) for need in self.rule.needs)

    @cached_property
    def _asked_paths(self) -> Paths:
        rule, measure = self.rule, self.rule.measure
        paths = [each.field for each in (*rule.where, *rule.unless)]
        paths += rule.told_by
        paths += [pair.field for need in rule.needs for pair in need.pairs]
        if measure is not None:
            paths += [path for path in (measure.field, measure.group) if path]
        return tuple(dict.fromkeys(paths))

    @cached_property
    def _served_paths(self) -> tuple[Paths, ...]:
        return tuple(
            tuple(
                dict.fromkeys(
                    [
                        *(pair.of or pair.field for pair in need.pairs),
                        *(TERM_FIELDS if need.role == "term" else ()),
                        *([need.weight] if need.weight else ()),
                    ]
                )
            )
            for need in self.rule.needs
        )

    def _in_scope(self, values: EventValues) -> bool:
        """Whether an event is one of the systems, or else of the organisation, of the promise."""
        system = values.event.system
        if system is not None and self._systems:
            return system in self._systems
        organisation = self.declaration.event.organisation
        if organisation is None:
            return not self._systems
        return any(organisation in values.at(path) for path in _ORGANISATIONS)


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


def kinds_named(selector: Selector) -> Iterator[str]:
    """The kinds of a selector with their versions: `access.used` names every version of it."""
    for name in selector.kinds:
        if name in KINDS:
            yield name
        else:
            yield from (kind for kind in KINDS if kind.rpartition(".")[0] == name)


def _opening_kinds(need: Need) -> frozenset[str]:
    return frozenset(kind for one in need.opens for kind in kinds_named(one))


def _effects(need: Need) -> Iterator[tuple[Effect, Sequence[Selector]]]:
    yield "opens", need.opens
    yield "closes", need.closes


def key_pair(need: Need) -> Pairing | None:
    """The pairing by whose values events are looked up."""
    return next(
        (pair for pair in need.pairs if pair.test == "equals" and not pair.silence_fits), None
    )


def _keys(pair: Pairing | None, terms: Terms, side: str) -> tuple[str, ...]:
    if pair is None:
        return ("",)
    path = pair.field if side == "field" or pair.of is None else pair.of
    values = terms[path]
    if len(values) < 2:  # noqa: PLR2004 - nearly always: nothing to make unique
        return (str(values[0]),) if values else ()
    return tuple(dict.fromkeys(str(value) for value in values))


def _matcher(selector: Selector) -> Matched:
    tests = [_test(condition) for condition in selector.where]
    if not tests:
        return _always
    if len(tests) == 1:
        return tests[0]
    return lambda values: all(test(values) for test in tests)


def _test(condition: Condition) -> Matched:
    path, wanted = condition.field, condition.values
    if condition.test in {"equals", "in"} and not any(isinstance(each, bool) for each in wanted):
        among = frozenset(wanted)

        def is_among(values: EventValues) -> bool:
            found = values.at(path)
            return bool(found) and among.issuperset(found)

        return is_among
    return lambda values: holds(condition, values.at(path), {}) is True


def _fails(condition: Condition) -> Matched:
    """Whether a condition plainly does not hold."""
    path, wanted = condition.field, condition.values
    if condition.test == "any-in" and not any(isinstance(each, bool) for each in wanted):
        unwanted = frozenset((*wanted, WITHHELD))
        return lambda values: unwanted.isdisjoint(values.at(path))
    return lambda values: holds(condition, values.at(path), {}) is False


def _always(_values: EventValues) -> bool:
    return True


def _stretch(event: object, at: str | None) -> tuple[int, int]:
    """From when until when an event says that something stands."""
    paths = (at, *BEGINNINGS) if at else BEGINNINGS
    found = (moment_in(event, path) for path in paths)
    since = next((each for each in found if each is not None), None)
    since = moment_in(event, "occurred_at") or 0 if since is None else since
    ends = (moment_in(event, path) for path in ENDINGS)
    until = next((each for each in ends if each is not None), FOREVER)
    return since, max(until, since)


def _by_kind(pairs: Iterator[tuple[str, Any]]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for kind, each in pairs:
        found.setdefault(kind, []).append(each)
    return found
