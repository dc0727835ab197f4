"""What events serve: the needs of the rules, each once however many rules have the same.

An event serves a need under links: the number of the need and a key, `17 consent-stream`. A judged
event is looked up by the links of its own values.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import NamedTuple

import msgspec

from ledger.events import KINDS
from ledger.events.promise import Need, Pairing, PromiseRule, Selector
from ledger.personal import WITHHELD
from ledger.stored import StoredRecord
from projections.bitemporal import FOREVER
from projections.detectors import DETECTOR_FIELDS
from projections.promises.machines.deadline import TERM_FIELDS
from projections.promises.matching import Matched, kinds_named, matcher
from projections.promises.material import Effect, Evidence
from projections.promises.values import (
    BEGINNINGS,
    ENDINGS,
    EventValues,
    Paths,
    Terms,
    moment_in,
)
from projections.promises.windows import AFTER, BEFORE, EARLIEST


@dataclass(frozen=True, eq=False)
class SharedNeed:
    """A need with the rules that have it."""

    number: int
    need: Need
    key: Pairing | None
    """The pairing by whose values events are looked up."""
    rules: list[int] = field(default_factory=list)
    """The numbers of the rules."""
    judged: set[str] = field(default_factory=set)
    """The kinds of the events that they judge."""

    @cached_property
    def paths(self) -> Paths:
        """The fields of the serving event that a machine looks at."""
        paths = [pair.of or pair.field for pair in self.need.pairs]
        paths += TERM_FIELDS if self.need.role == "term" else ()
        paths += [self.need.weight] if self.need.weight else ()
        paths += DETECTOR_FIELDS if is_told_by_detectors(self.need) else ()
        return tuple(dict.fromkeys(paths))

    @cached_property
    def prefix(self) -> str:
        """The beginning of its links."""
        return f"{self.number} "

    @cached_property
    def erased(self) -> str | None:
        """The link of events whose key was erased: any judged event might have been meant."""
        return None if self.key is None else f"{self.prefix}{WITHHELD}"

    @cached_property
    def ends_cases(self) -> bool:
        """Whether endings may come that name nothing but the case."""
        return bool(self.need.closes)

    def asked_under(self, terms: Terms) -> tuple[str, ...]:
        """The links under which a judged event is met."""
        return self._links(terms, self.asked_by)

    def served_under(self, terms: Terms) -> tuple[str, ...]:
        """The links under which an event serves it."""
        return self._links(terms, self.served_by)

    @cached_property
    def asked_by(self) -> str | None:
        """The field of a judged event by whose values it is met; nothing: whatever it says."""
        return None if self.key is None else self.key.field

    @cached_property
    def served_by(self) -> str | None:
        """The field of the serving event by whose values it is met; nothing: whatever it says."""
        return None if self.key is None else self.key.of or self.key.field

    def _links(self, terms: Terms, path: str | None) -> tuple[str, ...]:
        if path is None:
            return (self.prefix,)
        values = terms[path]
        if len(values) == 1:  # nearly always: nothing to make unique
            return (f"{self.prefix}{values[0]}",)
        return tuple(dict.fromkeys([f"{self.prefix}{value}" for value in values]))

    def bears_on(self, moment: int) -> tuple[int | None, int]:
        """The moments of the judged events on which an event at a moment may bear.

        `None` as their beginning: from the event before it on, which would have served instead.
        """
        if self.need.role in BEFORE:
            return moment, FOREVER
        if self.need.role not in AFTER:
            return EARLIEST, FOREVER
        pairs = 0 if self.key is None else 1
        return (EARLIEST if len(self.need.pairs) > pairs else None), moment


class Serving(NamedTuple):
    """How events of one kind serve a need."""

    need: SharedNeed
    effect: Effect
    fits: Matched
    at: str | None
    renews: bool
    """It ends what it replaces: a new version of a case, whatever its other values."""
    key: str | None
    """The field without which it does not serve."""


class NeedBook:
    """Every need of some rules."""

    def __init__(self) -> None:
        """Begins without any."""
        self.needs: list[SharedNeed] = []
        """Each stands at the place of its number."""
        self._known: dict[tuple[Need, bool, int | None], SharedNeed] = {}

    def of(self, rule: PromiseRule, number: int) -> tuple[SharedNeed, ...]:
        """The needs of a rule with a number."""
        return tuple(self._shared(rule, number, need) for need in rule.needs)

    def _shared(self, rule: PromiseRule, number: int, need: Need) -> SharedNeed:
        # A declaration that is itself judged has no values to look anything up by.
        is_state = rule.rule_kind == "interval-state"
        # What one rule has used up another has not.
        key = (_as_served(need), is_state, number if need.once else None)
        found = self._known.get(key)
        if found is None:
            found = SharedNeed(len(self.needs), key[0], None if is_state else _key_pair(need))
            self._known[key] = found
            self.needs.append(found)
        if number not in found.rules:
            found.rules.append(number)
            found.judged.update(kind for one in rule.for_each for kind in kinds_named(one))
        return found

    def asked_link(self, link: str) -> str:
        """A link as judged events are stored under: once, however many needs have the same key.

        They share it if their rules look at the same field of the same kinds, so that whoever looks
        for the events of one finds few that only another has.
        """
        number, _, key = link.partition(" ")
        return f"{self._asked_as[int(number)]} {key}"

    @cached_property
    def _asked_as(self) -> Sequence[int]:
        """Of each need, the first whose judged events are found by the same field."""
        first: dict[object, int] = {}
        found = []
        for need in self.needs:
            shared = (need.asked_by, frozenset(need.judged)) if need.asked_by else need.number
            found.append(first.setdefault(shared, need.number))
        return found

    @cached_property
    def serving(self) -> Mapping[str, Sequence[Serving]]:
        """By kind, which needs its events serve."""
        found: dict[str, list[Serving]] = {}
        for need in self.needs:
            for kind, serving in _servings(need):
                found.setdefault(kind, []).append(serving)
        return found


def need_number(link: str) -> int:
    """The number of the need of a link."""
    return int(link.partition(" ")[0])


def served_by(
    servings: Iterable[Serving], stored: StoredRecord, values: EventValues
) -> list[Evidence]:
    """An event as one on which verdicts about others depend, once for each need and link.

    Args:
        servings: How events of its kind serve.
        stored: Its record.
        values: Of the event.
    """
    found: list[Evidence] = []
    stretches: dict[str | None, tuple[int, int]] = {}
    case = str(stored.stream) if type(values.event).STREAM_FIELD else ""
    for need, effect, fits, at, renews, key in servings:
        if (key is not None and not values[key]) or not fits(values):
            continue
        stretch = stretches.get(at)
        if stretch is None:
            stretch = stretches[at] = _stretch(values.event, at)
        terms = values.terms(need.paths)
        links = need.served_under(terms)
        stream = need.prefix + case if case else ""
        if effect == "closes" and case and (renews or not links):
            links = (need.prefix,)
        for link in links:
            found.append(  # noqa: PERF401 - mostly one
                Evidence(need.number, stored.index, link, stream, *stretch, effect, terms)
            )
    return found


def is_told_by_detectors(need: Need) -> bool:
    """Whether events that open it say which detector told of them."""
    kinds = {kind for one in need.opens for kind in kinds_named(one)}
    return any("detector" in KINDS[kind].__struct_fields__ for kind in kinds)


def _key_pair(need: Need) -> Pairing | None:
    return next(
        (pair for pair in need.pairs if pair.test == "equals" and not pair.silence_fits), None
    )


def _as_served(need: Need) -> Need:
    """A need without what only the judge asks of it."""
    return msgspec.structs.replace(
        need, lasting=None, at_least=None, at_least_parameter=None, within=None, name=None
    )


def _servings(need: SharedNeed) -> Iterator[tuple[str, Serving]]:
    opening = {kind for one in need.need.opens for kind in kinds_named(one)}
    effects: tuple[tuple[Effect, Sequence[Selector]], ...] = (
        ("opens", need.need.opens),
        ("closes", need.need.closes),
    )
    for effect, selectors in effects:
        for one in selectors:
            for kind in kinds_named(one):
                key = need.served_by if effect == "opens" else None
                yield kind, Serving(need, effect, matcher(one), one.at, kind in opening, key)


def _stretch(event: object, at: str | None) -> tuple[int, int]:
    """From when until when an event says that something stands."""
    beginnings, endings = _bounds_of(getattr(event, "__struct_fields__", ()))
    paths = (at, *beginnings) if at else beginnings
    since = until = None
    for path in paths:
        since = moment_in(event, path)
        if since is not None:
            break
    else:
        since = moment_in(event, "occurred_at") or 0
    for path in endings:
        until = moment_in(event, path)
        if until is not None:
            return since, max(until, since)
    return since, FOREVER


@cache
def _bounds_of(fields: Paths) -> tuple[Paths, Paths]:
    """Those of the fields of a kind that say from when and until when something stands."""
    return (
        tuple(path for path in BEGINNINGS if path in fields),
        tuple(path for path in ENDINGS if path in fields),
    )
