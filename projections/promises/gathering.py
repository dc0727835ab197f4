"""What records give to judge by: events to judge, evidence, and verdicts that need nothing else."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Final

from ledger.events import Event
from ledger.events.promise import PromiseDeclared
from ledger.opening import OpenedRecord
from ledger.store.requests import microseconds
from ledger.stored import StoredRecord
from projections.bitemporal import FOREVER
from projections.promises.alike import Given, Open, Settled, Sort, validity
from projections.promises.dockets import Case
from projections.promises.history import KnownSegment, history
from projections.promises.matching import Matched
from projections.promises.material import KEPT, Ask, Evidence, InForce, Segment
from projections.promises.needs import served_by
from projections.promises.program import JudgedRule
from projections.promises.rulebook import Rulebook
from projections.promises.values import EventValues, Terms, moment_in

VerdictRow = tuple[Ask, str | None, str | None, KnownSegment]
"""A verdict with its event, group and counted value."""
_RULE: Final = itemgetter(0)


Known = tuple[int, int, int, int]
"""An index, the moment at which its event occurred, and both ends of what is known of it."""


@dataclass(slots=True)
class Gathered:
    """What a stretch of records gives."""

    asks: list[Ask] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    alone: list[VerdictRow] = field(default_factory=list)
    tallies: dict[Known, tuple[int, ...]] = field(default_factory=dict)
    """The rules kept, by number."""

    def keep(self, place: Known, rules: tuple[int, ...]) -> None:
        """Notes that an event plainly keeps some rules."""
        before = self.tallies.get(place)
        self.tallies[place] = rules if before is None else tuple(sorted(before + rules))

    def add(self, other: "Gathered") -> None:
        """Takes over what something else gives."""
        self.asks += other.asks
        self.evidence += other.evidence
        self.alone += other.alone
        for place, rules in other.tallies.items():
            self.keep(place, rules)


def gather(book: Rulebook, records: Iterable[OpenedRecord]) -> Gathered:
    """What records give, in their order."""
    gathered = Gathered()
    serving = book.needs.serving
    for record in records:
        event, stored = record.event, record.stored
        if event is None:
            continue
        values = EventValues(event)
        _judge_event(book, gathered, stored, values)
        servings = serving.get(stored.kind)
        if servings:
            gathered.evidence += served_by(servings, stored, values)
        if isinstance(event, PromiseDeclared):
            gathered.asks += _states(book, stored.index, values)
    return gathered


def _judge_event(
    book: Rulebook, gathered: Gathered, stored: StoredRecord, values: EventValues
) -> None:
    """What one event gives to the rules that judge it."""
    event, index = values.event, stored.index
    sorts, apart = book.docket(stored.kind, event.system).chosen(event)
    if not (sorts or apart):
        return
    occurred = microseconds(event.occurred_at)
    first = len(gathered.asks)
    kept: tuple[int, ...] = ()
    for sort, cases in sorts:
        given = None if sort.is_varied else sort.given(event, occurred, index)
        if given is not None:
            kept = tuple(sorted(kept + given.kept)) if kept else given.kept
            _give(gathered, given, index, occurred)
        elif sort.is_varied:
            _judge_apart(gathered, cases, index, occurred, values)
        else:
            mine = Gathered()
            _judge_apart(mine, cases, index, occurred, values)
            gathered.add(mine)
            _note(sort, cases, mine, index, occurred, event)
    if apart:
        _judge_apart(gathered, apart, index, occurred, values)
    if kept:
        gathered.keep((index, occurred, index, FOREVER), kept)
    if len(gathered.asks) > first + 1:
        # In the order of the rules, whatever is known of events that say the same.
        gathered.asks[first:] = sorted(gathered.asks[first:], key=_RULE)


def _give(gathered: Gathered, given: Given, index: int, occurred: int) -> None:
    """What an event gives as others gave that say the same."""
    for number, terms, links, alike in given.open:
        gathered.asks.append(Ask(number, index, occurred, terms, links, FOREVER, alike))
    for number, terms, grouped, counted, segment in given.settled:
        told = KnownSegment(Segment(occurred, *segment[1:]), index, FOREVER)
        gathered.alone.append((Ask(number, index, occurred, terms), grouped, counted, told))


def _note(  # noqa: PLR0917 - a part of its only caller
    sort: Sort, cases: Sequence[Case], mine: Gathered, index: int, occurred: int, event: Event
) -> None:
    """Keeps what an event gives for those that say the same, if it holds for them."""
    rules = {case.trial.rule.number: case.trial.rule for case in cases}
    valid = validity(rules.values(), occurred, index)
    if valid is None:
        return
    plain = (index, occurred, index, FOREVER)
    if mine.tallies.keys() - {plain} or any(not _is_settled(row) for row in mine.alone):
        return
    settled = tuple(
        Settled(ask.rule, _asked(rules[ask.rule], ask), grouped, counted, told.segment)
        for ask, grouped, counted, told in mine.alone
    )
    asks = tuple(
        Open(
            ask.rule, _asked(rules[ask.rule], ask), ask.links, rules[ask.rule].values_compared(ask)
        )
        for ask in mine.asks
    )
    sort.note(event, Given(*valid, mine.tallies.get(plain, ()), settled, asks))


def _asked(rule: JudgedRule, ask: Ask) -> Terms:
    """What a rule looks at in an event, without what is the event's own."""
    return {path: ask.terms[path] for path in rule.asked_paths}


def _is_settled(row: VerdictRow) -> bool:
    """Whether a verdict is the only one ever, and names no moment of its own."""
    ask, _, _, (segment, known_from, known_to) = row
    return (
        (known_from, known_to) == (ask.index, FOREVER)
        and (segment.valid_from, segment.valid_to) == (ask.moment, FOREVER)
        and segment.due is None
        and not segment.evidence
    )


def _judge_apart(
    gathered: Gathered, cases: Sequence[Case], index: int, occurred: int, values: EventValues
) -> None:
    """What one event gives to some rules by itself."""
    for (rule, _, _, keeping), at in cases:
        edition = rule.edition_standing(occurred, index) if rule.is_alone else None
        if edition is not None and keeping and _passes(keeping, values):
            gathered.keep((index, occurred, index, FOREVER), (rule.number,))
        elif edition is not None and at is None and not rule.is_state:
            ask = Ask(rule.number, index, occurred, values)
            _judge_at_once(gathered, rule, ask, edition.in_force)
        else:
            moment = moment_in(values.event, at)
            _ask(gathered, rule, rule.ask(index, occurred if moment is None else moment, values))


def _judge_at_once(gathered: Gathered, rule: JudgedRule, ask: Ask, in_force: InForce) -> None:
    """The verdict about an event on which nothing else bears, while one edition is in force."""
    grouped, counted = _grouped(rule, ask)
    for segment in rule.machine.judge(ask, (), in_force):
        if rule.is_tallied and segment.verdict == KEPT:
            gathered.keep((ask.index, ask.moment, ask.index, FOREVER), (rule.number,))
        else:
            told = KnownSegment(segment, ask.index, FOREVER)
            gathered.alone.append((ask, grouped, counted, told))


def _passes(tests: Sequence[Matched], values: EventValues) -> bool:
    for test in tests:  # noqa: SIM110 - asked of every event: a generator takes twice as long
        if not test(values):
            return False
    return True


def _ask(gathered: Gathered, rule: JudgedRule, ask: Ask) -> None:
    """Judges an event where nothing else bears on it, and notes it otherwise."""
    if rule.is_alone or rule.is_settled(ask):
        _judge_alone(gathered, rule, ask)
    else:
        gathered.asks.append(ask)
    if rule.used_up:
        gathered.evidence += rule.uses(ask)


def verdict_rows(
    rule: JudgedRule, ask: Ask, known: Sequence[Sequence[Evidence]]
) -> list[VerdictRow]:
    """Every verdict ever believed about an event, as rows."""
    grouped, counted = _grouped(rule, ask)
    return [(ask, grouped, counted, row) for row in history(rule, ask, known)]


def _states(book: Rulebook, index: int, values: EventValues) -> Iterator[Ask]:
    """The declaration of a promise as the event from which a state must stand."""
    begun = [each.valid_from for each in book.editions.of(index)]
    for rule in book.rules if begun else ():
        if rule.declaration.index == index and rule.is_state:
            yield rule.ask(index, min(begun), values)


def _judge_alone(gathered: Gathered, rule: JudgedRule, ask: Ask) -> None:
    for row in verdict_rows(rule, ask, ()):
        if rule.is_tallied and row[3].segment.verdict == KEPT:
            place = (ask.index, ask.moment, row[3].known_from, row[3].known_to)
            gathered.keep(place, (rule.number,))
        else:
            gathered.alone.append(row)


def _grouped(rule: JudgedRule, ask: Ask) -> tuple[str | None, str | None]:
    """The group to which a measure counts an event, and the value that it counts."""
    measure = rule.rule.measure
    if measure is None:
        return None, None
    return _only(ask, measure.group), _only(
        ask, measure.field if measure.of == "distinct" else None
    )


def _only(ask: Ask, path: str | None) -> str | None:
    values = ask.terms[path] if path else ()
    return str(values[0]) if values else None
