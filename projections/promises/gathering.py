"""What records give to judge by: events to judge, evidence, and verdicts that need nothing else."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from ledger.events import Event
from ledger.events.promise import PromiseDeclared
from ledger.opening import OpenedRecord
from ledger.store.requests import microseconds
from ledger.stored import StoredRecord
from projections.bitemporal import FOREVER
from projections.promises.history import KnownSegment, history
from projections.promises.material import KEPT, Ask, Evidence
from projections.promises.program import JudgedRule, ServedMemory
from projections.promises.rulebook import Rulebook
from projections.promises.storing import RuleAsk, RuleEvidence
from projections.promises.values import EventValues

VerdictRow = tuple[int, Ask, str | None, str | None, KnownSegment]
"""A verdict with its rule, event, group and counted value."""


@dataclass(slots=True)
class Gathered:
    """What a stretch of records gives."""

    asks: list[RuleAsk] = field(default_factory=list)
    evidence: list[RuleEvidence] = field(default_factory=list)
    alone: list[VerdictRow] = field(default_factory=list)
    tallies: dict[tuple[int, int, int, int], list[int]] = field(default_factory=dict)
    """The rules kept, by index, occurrence and both ends of what is known."""


def gather(book: Rulebook, records: Iterable[OpenedRecord]) -> Gathered:
    """What records give, in their order."""
    gathered = Gathered()
    for record in records:
        event = record.event
        if event is None:
            continue
        _judge_event(book, gathered, record.stored, EventValues(event))
        if isinstance(event, PromiseDeclared):
            gathered.asks += _states(book, record, event)
    return gathered


def _judge_event(
    book: Rulebook, gathered: Gathered, stored: StoredRecord, values: EventValues
) -> None:
    """What one event gives."""
    kind, index = stored.kind, stored.index
    occurred = microseconds(values.event.occurred_at)
    kept: list[int] = []
    for rule in book.judging(kind, values.event.system):
        if rule.is_tallied:
            told = rule.is_kept(kind, values, index, occurred)
            if told:
                kept.append(rule.number)
            if told is not False:
                continue
        ask = rule.ask(index, kind, values)
        if ask is None:
            continue
        if rule.is_alone:
            _judge_alone(gathered, rule, ask)
        else:
            gathered.asks.append(RuleAsk(rule.number, ask))
            gathered.evidence += [RuleEvidence(rule.number, each) for each in rule.uses(ask)]
    if kept:
        place = (index, occurred, index, FOREVER)
        gathered.tallies[place] = sorted([*gathered.tallies.get(place, ()), *kept])
    memory = ServedMemory()
    for rule in book.served.get(kind, ()):
        found = rule.evidence(stored, values, memory)
        gathered.evidence += [RuleEvidence(rule.number, each) for each in found]


def verdict_rows(
    rule: JudgedRule, ask: Ask, known: Sequence[Sequence[Evidence]]
) -> list[VerdictRow]:
    """Every verdict ever believed about an event, as rows."""
    measure = rule.rule.measure
    grouped = _only(ask, measure.group) if measure else None
    counted = _only(ask, measure.field) if measure and measure.of == "distinct" else None
    return [(rule.number, ask, grouped, counted, row) for row in history(rule, ask, known)]


def _states(book: Rulebook, record: OpenedRecord, _event: Event) -> Iterator[RuleAsk]:
    """The declaration of a promise as the event from which a state must stand."""
    index = record.stored.index
    begun = (
        [each.valid_from for each in book.editions.of(index)]
        if (index in book.editions.declarations)
        else []
    )
    for rule in book.rules if begun else ():
        if rule.declaration.index == index and rule.rule.rule_kind == "interval-state":
            keys = tuple(("",) for _ in rule.rule.needs)
            yield RuleAsk(rule.number, Ask(index, min(begun), {}, keys))


def _judge_alone(gathered: Gathered, rule: JudgedRule, ask: Ask) -> None:
    for row in verdict_rows(rule, ask, ()):
        if rule.is_tallied and row[4].segment.verdict == KEPT:
            place = (ask.index, ask.moment, row[4].known_from, row[4].known_to)
            gathered.tallies[place] = sorted([*gathered.tallies.get(place, ()), rule.number])
        else:
            gathered.alone.append(row)


def _only(ask: Ask, path: str | None) -> str | None:
    values = ask.terms[path] if path else ()
    return str(values[0]) if values else None
