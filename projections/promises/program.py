"""A rule of a declared promise, made ready to judge: what it looks at in which events."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, NamedTuple

from ledger.events import KINDS, Event
from ledger.events.promise import Need, Pairing, PromiseDeclared, PromiseRule, Selector
from ledger.opening import OpenedRecord
from ledger.store.requests import microseconds
from projections.bitemporal import FOREVER
from projections.promises.conditions import holds
from projections.promises.editions import Declaration
from projections.promises.machines import MACHINES
from projections.promises.machines.deadline import TERM_FIELDS
from projections.promises.material import Ask, Effect, Evidence, Machine
from projections.promises.values import Terms, Values, moment_in, reader_of

_BEGINNINGS: Final = ("valid_from", "effective_from")
_ENDINGS: Final = ("valid_until", "until")
_ORGANISATIONS: Final = tuple(
    reader_of(path)
    for path in (
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
)

Matched = Callable[[Event], bool]
Read = tuple[tuple[str, Callable[[Any], Values]], ...]


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

    @cached_property
    def machine(self) -> Machine:
        """The state machine that judges it."""
        return MACHINES[self.rule.rule_kind](self.rule)

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
    def spans(self) -> tuple[bool, ...]:
        """For each need, whether endings may come that name nothing but the case."""
        return tuple(bool(need.closes) for need in self.rule.needs)

    def may_judge(self, system: str | None) -> bool:
        """Whether events of a system, or of none, can be this promise's."""
        return system is None or not self._systems or system in self._systems

    def keys(self, terms: Terms) -> tuple[tuple[str, ...], ...]:
        """For each need, the keys under which other events may meet the judged one."""
        return tuple(_keys(pair, terms, "field") for pair in self._key_pairs)

    def ask(self, record: OpenedRecord, event: Event) -> Ask | None:
        """The event as one to judge, if it is."""
        for trigger in self.triggers[record.stored.kind]:
            if trigger.fits(event) and self._in_scope(event):
                moment = moment_in(event, trigger.at)
                moment = microseconds(event.occurred_at) if moment is None else moment
                terms = {path: read(event) for path, read in self._asked_paths}
                return Ask(record.stored.index, moment, terms, self.keys(terms))
        return None

    def evidence(self, record: OpenedRecord, event: Event) -> Iterator[Evidence]:
        """The event as one on which verdicts about others depend, once for each need and key."""
        stored = record.stored
        for serving in self.serving[stored.kind]:
            if not serving.fits(event):
                continue
            moment, until = _stretch(event, serving.at)
            terms = {path: read(event) for path, read in self._served_paths[serving.need]}
            keys = _keys(self._key_pairs[serving.need], terms, "of")
            stream = str(stored.stream) if type(event).STREAM_FIELD else ""
            if serving.effect == "closes" and stream and (serving.renews or not keys):
                keys = ("",)
            for key in keys:
                yield Evidence(
                    serving.need,
                    stored.index,
                    key,
                    stream,
                    moment,
                    until,
                    serving.effect,
                    terms,
                )

    def uses(self, ask: Ask) -> Iterator[Evidence]:
        """The judged event as one that uses up what serves only once."""
        for place, need in enumerate(self.rule.needs):
            if need.once:
                for key in ask.keys[place]:
                    yield Evidence(place, ask.index, key, "", ask.moment, FOREVER, "uses", {})

    @cached_property
    def _systems(self) -> frozenset[str]:
        return frozenset(self.declaration.event.applies_to)

    @cached_property
    def _key_pairs(self) -> tuple[Pairing | None, ...]:
        if self.rule.rule_kind == "interval-state":  # the declaration itself is judged
            return (None,) * len(self.rule.needs)
        return tuple(key_pair(need) for need in self.rule.needs)

    @cached_property
    def _asked_paths(self) -> Read:
        rule, measure = self.rule, self.rule.measure
        paths = [each.field for each in (*rule.where, *rule.unless)]
        paths += rule.told_by
        paths += [pair.field for need in rule.needs for pair in need.pairs]
        if measure is not None:
            paths += [path for path in (measure.field, measure.group) if path]
        return tuple((path, reader_of(path)) for path in dict.fromkeys(paths))

    @cached_property
    def _served_paths(self) -> tuple[Read, ...]:
        return tuple(
            tuple(
                (path, reader_of(path))
                for path in dict.fromkeys(
                    [
                        *(pair.of or pair.field for pair in need.pairs),
                        *(TERM_FIELDS if need.role == "term" else ()),
                        *([need.weight] if need.weight else ()),
                    ]
                )
            )
            for need in self.rule.needs
        )

    def _in_scope(self, event: Event) -> bool:
        """Whether an event is one of the systems, or else of the organisation, of the promise."""
        if event.system is not None and self._systems:
            return event.system in self._systems
        organisation = self.declaration.event.organisation
        if organisation is None:
            return not self._systems
        return any(organisation in read(event) for read in _ORGANISATIONS)


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
    return tuple(dict.fromkeys(str(value) for value in terms[path]))


def _matcher(selector: Selector) -> Matched:
    tests = [(condition, reader_of(condition.field)) for condition in selector.where]
    if not tests:
        return _always
    if len(tests) == 1:
        ((condition, read),) = tests
        return lambda event: holds(condition, read(event), {}) is True

    def fits(event: Event) -> bool:
        return all(holds(condition, read(event), {}) is True for condition, read in tests)

    return fits


def _always(_event: Event) -> bool:
    return True


def _stretch(event: Event, at: str | None) -> tuple[int, int]:
    """From when until when an event says that something stands."""
    paths = (at, *_BEGINNINGS) if at else _BEGINNINGS
    found = (moment_in(event, path) for path in paths)
    since = next((each for each in found if each is not None), None)
    since = microseconds(event.occurred_at) if since is None else since
    ends = (moment_in(event, path) for path in _ENDINGS)
    until = next((each for each in ends if each is not None), FOREVER)
    return since, max(until, since)


def _by_kind(pairs: Iterator[tuple[str, Any]]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for kind, each in pairs:
        found.setdefault(kind, []).append(each)
    return found
