"""Judges promises as records come: what a batch brings, and whose verdicts that opens again.

An event that is judged by itself gets its verdict at once. Any other is kept with its keys; when
something comes later that bears on it, or is taken back, exactly the events that this concerns are
judged again. What is written is always the `history` of an event, so it does not depend on how the
log was cut into batches.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Connection, Table, func, select

from ledger.events.promise import PromiseDeclared
from ledger.opening import OpenedRecord
from projections.batches import batched
from projections.bitemporal import FOREVER
from projections.forgetting import Forgetting, forget_in_table
from projections.promises.history import KnownSegment, history
from projections.promises.material import KEPT, Ask, Evidence
from projections.promises.program import JudgedRule, key_pair
from projections.promises.rulebook import Rulebook, rulebook
from projections.promises.storing import (
    AskPlace,
    RuleAsk,
    RuleEvidence,
    asks_at,
    asks_between,
    delete_material,
    delete_verdicts,
    evidence_at,
    insert_asks,
    insert_evidence,
    insert_verdicts,
    keys_of_streams,
    mark_gone,
    moment_before,
    read_asks,
    read_evidence,
)
from projections.promises.tables import (
    ASK,
    ASK_KEY,
    EVIDENCE,
    GONE,
    PATTERN,
    TABLES,
    TALLY,
    VERDICT,
)
from projections.tables import Scope, insert_rows
from projections.view import Batch

_BEFORE: Final = frozenset({"required", "forbidden", "term", "state"})
"""Needs that bear on what happens after them; the others bear on what came before."""
_EARLIEST: Final = -(2**63)
_ASKED_AT_ONCE: Final = 500

_Row = tuple[str, Ask, str | None, str | None, KnownSegment]


@dataclass(slots=True)
class _Gathered:
    """What a stretch of records gives."""

    asks: list[RuleAsk] = field(default_factory=list)
    evidence: list[RuleEvidence] = field(default_factory=list)
    alone: list[_Row] = field(default_factory=list)
    tallies: dict[tuple[int, int, int, int], list[str]] = field(default_factory=dict)
    """The rules kept, by index, occurrence and both ends of what is known."""


@dataclass(frozen=True, slots=True)
class Judging:
    """The part of the view that judges."""

    kinds: frozenset[str]

    @property
    def tables(self) -> tuple[Table, ...]:
        """What it fills."""
        return TABLES

    def fold(self, connection: Connection, scope: Scope, batch: Batch) -> None:
        """Judges what the batch brings, and again what it bears on."""
        book = rulebook(connection, scope)
        gathered = _gathered(book, batch.opened)
        self._insert(connection, scope, gathered)
        voids = _first_voids(batch)
        touched = {AskPlace(each.rule, each.ask.index) for each in gathered.asks}
        bearing = list(gathered.evidence)
        if voids:
            _note_gone(connection, scope, voids)
            mark_gone(connection, scope, voids)
            targets = [target for target, _ in voids]
            touched.update(asks_at(connection, scope, targets))
            bearing += evidence_at(connection, scope, targets)
        fresh = set(touched) if not voids else set[AskPlace]()
        touched.update(_touched(connection, scope, book, bearing))
        judge_again(connection, scope, book, touched, fresh)

    def forget(self, connection: Connection, scope: Scope, forgetting: Forgetting) -> None:
        """Leaves no token of erased subjects in any cell, and judges without them."""
        touched: set[AskPlace] = set()
        for table in (ASK, ASK_KEY):
            for key in forget_in_table(connection, table, scope, forgetting):
                touched.add(AskPlace(key["rule"], key["idx"]))
        forget_in_table(connection, VERDICT, scope, forgetting)
        changed = {key["idx"] for key in forget_in_table(connection, EVIDENCE, scope, forgetting)}
        book = rulebook(connection, scope)
        bearing = evidence_at(connection, scope, changed)
        touched.update(_touched(connection, scope, book, bearing))
        judge_again(connection, scope, book, touched, set())

    def reread(self, connection: Connection, scope: Scope, records: Sequence[OpenedRecord]) -> None:
        """Gathers again what the records give, and judges what they bear on."""
        book = rulebook(connection, scope)
        indexes = [record.stored.index for record in records]
        before = evidence_at(connection, scope, indexes)
        gone = _gone(connection, scope, indexes)
        touched = _touched(connection, scope, book, before)
        mine = [record for record in records if record.stored.kind in self.kinds]
        gathered = _gathered(book, mine)
        delete_material(connection, scope, indexes)
        self._insert(connection, scope, gathered)
        mark_gone(connection, scope, sorted(gone.items()))
        touched |= {AskPlace(each.rule, each.ask.index) for each in gathered.asks}
        touched |= _touched(connection, scope, book, gathered.evidence)
        judge_again(connection, scope, book, touched, set())

    def _insert(self, connection: Connection, scope: Scope, gathered: _Gathered) -> None:
        insert_asks(connection, scope, gathered.asks)
        insert_evidence(connection, scope, gathered.evidence)
        insert_verdicts(connection, scope, gathered.alone)
        _insert_tallies(connection, scope, gathered)


def judge_again(
    connection: Connection,
    scope: Scope,
    book: Rulebook,
    touched: Collection[AskPlace],
    fresh: Collection[AskPlace],
) -> None:
    """Writes the history of some judged events anew.

    Args:
        connection: In the transaction that moves the position.
        scope: Whose rows.
        book: The rules.
        touched: The events.
        fresh: Those of them that have no verdicts yet.
    """
    if not touched:
        return
    needs = {name: len(rule.rule.needs) for name, rule in book.rules.items()}
    known = [place for place in touched if place.rule in book.rules]
    asks = read_asks(connection, scope, known, needs)
    by_rule: dict[str, list[Ask]] = {}
    for place, ask in asks.items():
        by_rule.setdefault(place.rule, []).append(ask)
    rows: list[_Row] = []
    for name, mine in by_rule.items():
        rule = book.rules[name]
        evidence = _evidence_for(connection, scope, rule, mine)
        for ask in mine:
            some = [
                [each for key in ask.keys[need] for each in held.get(key, ())]
                for need, held in enumerate(evidence)
            ]
            rows += _rows(book, rule, ask, some)
    delete_verdicts(connection, scope, (place for place in asks if place not in fresh))
    insert_verdicts(connection, scope, rows)


def _rows(
    book: Rulebook, rule: JudgedRule, ask: Ask, known: Sequence[Sequence[Evidence]]
) -> Iterator[_Row]:
    measure = rule.rule.measure
    grouped = _only(ask, measure.group) if measure else None
    counted = _only(ask, measure.field) if measure and measure.of == "distinct" else None
    for row in history(rule, ask, known, book.editions.of(rule.declaration.index)):
        yield rule.name, ask, grouped, counted, row


def _only(ask: Ask, path: str | None) -> str | None:
    values = ask.terms[path] if path else ()
    return str(values[0]) if values else None


def _evidence_for(
    connection: Connection, scope: Scope, rule: JudgedRule, asks: Sequence[Ask]
) -> list[dict[str, list[Evidence]]]:
    """For each need, what bears on some judged events, by key."""
    latest = max(ask.moment for ask in asks)
    earliest = min(ask.moment for ask in asks)
    found = []
    for place, need in enumerate(rule.rule.needs):
        keys = {key for ask in asks for key in ask.keys[place]}
        bounds: dict[str, int] = {}
        if need.role in _BEFORE and need.role != "state":
            bounds["until"] = latest
        elif need.role in {"answer", "extension", "end"}:
            bounds["since"] = earliest
        found.append(read_evidence(connection, scope, rule.name, place, keys, **bounds))
    return found


def _touched(
    connection: Connection, scope: Scope, book: Rulebook, bearing: Iterable[RuleEvidence]
) -> set[AskPlace]:
    """The judged events whose verdicts some evidence may change."""
    ranges: dict[tuple[str, int, str], tuple[int, int]] = {}
    for rule, each in bearing:
        judged = book.rules.get(rule)
        if judged is None:
            continue
        since, until = _range(connection, scope, judged, each)
        for key in _keys_of(connection, scope, rule, each):
            known = ranges.get((rule, each.need, key), (since, until))
            ranges[rule, each.need, key] = (min(known[0], since), max(known[1], until))
    touched: set[AskPlace] = set()
    for (rule, need, key), (since, until) in ranges.items():
        touched.update(asks_between(connection, scope, rule, need, key, since, until))
    return touched


def _keys_of(connection: Connection, scope: Scope, rule: str, each: Evidence) -> Collection[str]:
    if each.effect == "closes" and not each.key and each.stream:
        return keys_of_streams(connection, scope, rule, each.need, [each.stream])
    return (each.key,)


def _range(
    connection: Connection, scope: Scope, rule: JudgedRule, each: Evidence
) -> tuple[int, int]:
    """The moments of the judged events on which some evidence may bear."""
    need = rule.rule.needs[each.need]
    if need.role in {"hold", "excuse", "state"}:
        return _EARLIEST, FOREVER
    if need.role in _BEFORE:
        return each.moment, FOREVER
    pair = key_pair(need)
    if len(need.pairs) > (0 if pair is None else 1):
        return _EARLIEST, each.moment
    before = moment_before(connection, scope, rule.name, each)
    return (_EARLIEST if before is None else before + 1), each.moment


def _gathered(book: Rulebook, records: Iterable[OpenedRecord]) -> _Gathered:
    """What records give: events to judge, evidence, and verdicts of what is judged by itself."""
    gathered = _Gathered()
    for record in records:
        event = record.event
        if event is None:
            continue
        for rule in book.by_kind.get(record.stored.kind, ()):
            for ask in rule.asks(record, event):
                if rule.is_alone:
                    _judge_alone(book, gathered, rule, ask)
                else:
                    gathered.asks.append(RuleAsk(rule.name, ask))
                    used = (RuleEvidence(rule.name, each) for each in rule.uses(ask))
                    gathered.evidence.extend(used)
            for each in rule.evidence(record, event):
                gathered.evidence.append(RuleEvidence(rule.name, each))
        if isinstance(event, PromiseDeclared):
            gathered.asks.extend(_states(book, record))
    return gathered


def _states(book: Rulebook, record: OpenedRecord) -> Iterator[RuleAsk]:
    """The declaration of a promise as the event from which a state must stand."""
    index = record.stored.index
    for rule in book.rules.values():
        if rule.declaration.index == index and rule.rule.rule_kind == "interval-state":
            begun = [each.valid_from for each in book.editions.of(index)]
            if begun:
                keys = tuple(("",) for _ in rule.rule.needs)
                yield RuleAsk(rule.name, Ask(index, min(begun), {}, keys))


def _judge_alone(book: Rulebook, gathered: _Gathered, rule: JudgedRule, ask: Ask) -> None:
    for row in _rows(book, rule, ask, ()):
        segment = row[4].segment
        if segment.verdict == KEPT and rule.is_tallied:
            place = (ask.index, ask.moment, row[4].known_from, row[4].known_to)
            gathered.tallies.setdefault(place, []).append(rule.name)
        else:
            gathered.alone.append(row)


def _insert_tallies(connection: Connection, scope: Scope, gathered: _Gathered) -> None:
    if not gathered.tallies:
        return
    patterns = {" ".join(names) for names in gathered.tallies.values()}
    table = PATTERN.c
    mine = (table.log == scope.log, table.generation == scope.generation)
    known = {
        row.rules: row.pattern
        for row in connection.execute(select(table.rules, table.pattern).where(*mine))
    }
    latest = connection.scalar(select(func.max(table.pattern)).where(*mine))
    fresh = sorted(patterns - known.keys())
    numbers = dict(
        zip(fresh, range((latest or 0) + 1, (latest or 0) + 1 + len(fresh)), strict=True)
    )
    insert_rows(connection, PATTERN, [(*scope, number, text) for text, number in numbers.items()])
    known |= numbers
    insert_rows(
        connection,
        TALLY,
        [
            (*scope, index, known_from, known_to, moment, known[" ".join(names)])
            for (index, moment, known_from, known_to), names in gathered.tallies.items()
        ],
    )


def _first_voids(batch: Batch) -> list[tuple[int, int]]:
    """Each record that the batch takes back, with the first record that does."""
    found: dict[int, int] = {}
    for void in batch.voids:
        found[void.target] = min(found.get(void.target, FOREVER), void.index)
    return sorted(found.items())


def _note_gone(connection: Connection, scope: Scope, voids: Sequence[tuple[int, int]]) -> None:
    """Remembers what was taken back; what was so before stays with the first record that did it."""
    known = _gone(connection, scope, [target for target, _ in voids])
    fresh = [(*scope, target, index) for target, index in voids if target not in known]
    insert_rows(connection, GONE, fresh)


def _gone(connection: Connection, scope: Scope, indexes: Sequence[int]) -> dict[int, int]:
    """By which records some were taken back."""
    found: dict[int, int] = {}
    for some in batched(indexes, _ASKED_AT_ONCE):
        query = select(GONE.c.idx, GONE.c.taken_by).where(
            GONE.c.log == scope.log,
            GONE.c.generation == scope.generation,
            GONE.c.idx.in_(some),
        )
        found.update((row.idx, row.taken_by) for row in connection.execute(query))
    return found
