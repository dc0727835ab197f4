"""What records give to judge by: events to judge, evidence, and verdicts that need nothing else."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from ledger.events.promise import PromiseDeclared
from ledger.opening import OpenedRecord
from ledger.store.requests import microseconds
from ledger.stored import StoredRecord
from projections.bitemporal import FOREVER
from projections.promises.history import KnownSegment, history
from projections.promises.matching import Matched
from projections.promises.material import KEPT, Ask, Evidence
from projections.promises.needs import served_by
from projections.promises.program import JudgedRule
from projections.promises.rulebook import Rulebook
from projections.promises.values import EventValues, moment_in

VerdictRow = tuple[Ask, str | None, str | None, KnownSegment]
"""A verdict with its event, group and counted value."""


@dataclass(slots=True)
class Gathered:
    """What a stretch of records gives."""

    asks: list[Ask] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    alone: list[VerdictRow] = field(default_factory=list)
    tallies: dict[tuple[int, int, int, int], list[int]] = field(default_factory=dict)
    """The rules kept, by index, occurrence and both ends of what is known."""


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
    kind, index, event = stored.kind, stored.index, values.event
    occurred = microseconds(event.occurred_at)
    kept: list[int] = []
    for rule, triggers, is_certain, keeping in book.judging(kind, event.system):
        for trigger in triggers:
            if trigger.fits(values):
                break
        else:
            continue
        if not (is_certain or rule.is_about(values)):
            continue
        if keeping and _passes(keeping, values) and rule.stands_for(occurred, index):
            kept.append(rule.number)
            continue
        moment = moment_in(event, trigger.at)
        _ask(gathered, rule, rule.ask(index, occurred if moment is None else moment, values))
    if kept:
        place = (index, occurred, index, FOREVER)
        gathered.tallies[place] = sorted([*gathered.tallies.get(place, ()), *kept])


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
    measure = rule.rule.measure
    grouped = _only(ask, measure.group) if measure else None
    counted = _only(ask, measure.field) if measure and measure.of == "distinct" else None
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
            gathered.tallies[place] = sorted([*gathered.tallies.get(place, ()), rule.number])
        else:
            gathered.alone.append(row)


def _only(ask: Ask, path: str | None) -> str | None:
    values = ask.terms[path] if path else ()
    return str(values[0]) if values else None
