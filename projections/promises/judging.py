"""Judges promises as records come: what a batch brings, and whose verdicts that opens again.

An event that is judged by itself gets its verdict at once. Any other is kept with its links; when
something comes later that bears on it, or is taken back, exactly the events that this concerns are
judged again. What is written is always the `history` of an event, so it does not depend on how the
log was cut into batches.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec
from sqlalchemy import Connection, Table, func, select

from ledger.opening import OpenedRecord
from projections.batches import batched
from projections.bitemporal import FOREVER
from projections.forgetting import Forgetting, forget_in_table
from projections.promises.bearing import known_about, touched_by
from projections.promises.gathering import Gathered, VerdictRow, gather
from projections.promises.material import Ask, Evidence
from projections.promises.repeated import Repeated
from projections.promises.rulebook import Rulebook, rulebook
from projections.promises.storing import (
    AskPlace,
    delete_links,
    delete_records,
    delete_verdicts,
    evidence_at,
    insert_asks,
    insert_evidence,
    insert_links,
    insert_verdicts,
    mark_gone,
    read_asks,
)
from projections.promises.tables import ASK, EVIDENCE, GONE, PATTERN, TABLES, TALLY, VERDICT
from projections.tables import Scope, insert_rows
from projections.view import Batch

_ASKED_AT_ONCE: Final = 500
_encode = msgspec.json.Encoder().encode


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
        gathered = gather(book, batch.opened)
        voids = _first_voids(batch)
        if voids:
            self._fold_with_voids(connection, scope, book, gathered, voids)
            return
        # What the tables hold is asked for first: what comes is at hand.
        touched = touched_by(connection, scope, book, gathered.evidence)
        again = _asks_at(connection, scope, book, touched)
        asks = [*gathered.asks, *again]
        rows = _judged(connection, scope, book, asks, gathered.evidence)
        delete_verdicts(connection, scope, again)
        _insert(connection, scope, book, gathered, rows)

    @staticmethod
    def _fold_with_voids(
        connection: Connection,
        scope: Scope,
        book: Rulebook,
        gathered: Gathered,
        voids: Sequence[tuple[int, int]],
    ) -> None:
        """Judges what a batch brings that takes records back, perhaps some of its own."""
        _insert(connection, scope, book, gathered)
        _note_gone(connection, scope, voids)
        mark_gone(connection, scope, voids)
        targets = [target for target, _ in voids]
        bearing = [*gathered.evidence, *evidence_at(connection, scope, targets)]
        touched = _places(gathered.asks) | _places(read_asks(connection, scope, targets))
        touched |= touched_by(connection, scope, book, bearing)
        judge_again(connection, scope, book, touched)

    def forget(self, connection: Connection, scope: Scope, forgetting: Forgetting) -> None:
        """Leaves no token of erased subjects in any cell, and judges without them."""
        book = rulebook(connection, scope)
        changed = _holding(connection, scope, forgetting)
        before = _linked(book, read_asks(connection, scope, changed))
        delete_links(connection, scope, book, before)
        for table in (ASK, VERDICT):
            forget_in_table(connection, table, scope, forgetting)
        asks = _linked(book, read_asks(connection, scope, changed))
        insert_links(connection, scope, book, asks)
        serving = {key["idx"] for key in forget_in_table(connection, EVIDENCE, scope, forgetting)}
        touched = _places(asks)
        touched |= touched_by(connection, scope, book, evidence_at(connection, scope, serving))
        judge_again(connection, scope, book, touched)

    def reread(self, connection: Connection, scope: Scope, records: Sequence[OpenedRecord]) -> None:
        """Gathers again what the records give, and judges what they bear on."""
        book = rulebook(connection, scope)
        indexes = [record.stored.index for record in records]
        touched = touched_by(connection, scope, book, evidence_at(connection, scope, indexes))
        before = _linked(book, read_asks(connection, scope, indexes))
        delete_links(connection, scope, book, before)
        delete_records(connection, scope, indexes)
        mine = [record for record in records if record.stored.kind in self.kinds]
        gathered = gather(book, mine)
        _insert(connection, scope, book, gathered)
        mark_gone(connection, scope, sorted(_gone(connection, scope, indexes).items()))
        touched |= _places(gathered.asks)
        touched |= touched_by(connection, scope, book, gathered.evidence)
        judge_again(connection, scope, book, touched)


def _holding(connection: Connection, scope: Scope, forgetting: Forgetting) -> set[int]:
    """The records of judged events whose terms hold a token of an erased subject."""
    query = select(ASK.c.idx, ASK.c.terms).where(
        ASK.c.log == scope.log,
        ASK.c.generation == scope.generation,
        forgetting.holding([ASK.c.terms]),
    )
    rows = connection.execute(query)
    return {row.idx for row in rows if forgetting.text(row.terms) != row.terms}


def judge_again(
    connection: Connection, scope: Scope, book: Rulebook, touched: Collection[AskPlace]
) -> None:
    """Writes the history of some judged events anew.

    Args:
        connection: In the transaction that moves the position.
        scope: Whose rows.
        book: The rules.
        touched: The events.
    """
    asks = _asks_at(connection, scope, book, touched)
    rows = _judged(connection, scope, book, asks)
    delete_verdicts(connection, scope, asks)
    insert_verdicts(connection, scope, rows)


def _judged(
    connection: Connection,
    scope: Scope,
    book: Rulebook,
    asks: Sequence[Ask],
    coming: Sequence[Evidence] = (),
) -> list[VerdictRow]:
    """The history of some judged events.

    Args:
        connection: The database.
        scope: Whose rows.
        book: The rules.
        asks: The events, with their links.
        coming: Evidence that does not stand in the tables yet.
    """
    if not asks:
        return []
    told = Repeated(known_about(connection, scope, book, asks, coming))
    rows: list[VerdictRow] = []
    for ask in asks:
        rows += told.rows(book.rules[ask.rule], ask)
    return rows


def _asks_at(
    connection: Connection, scope: Scope, book: Rulebook, places: Collection[AskPlace]
) -> list[Ask]:
    """The judged events at some places, with their links."""
    found = read_asks(connection, scope, {place.record for place in places})
    return _linked(book, (ask for ask in found if AskPlace(ask.index, ask.rule) in places))


def _linked(book: Rulebook, asks: Iterable[Ask]) -> list[Ask]:
    """Judged events as they were gathered: their links follow from their terms."""
    return [ask._replace(links=book.rules[ask.rule].links(ask.terms)) for ask in asks]


def _places(asks: Iterable[Ask]) -> set[AskPlace]:
    return {AskPlace(ask.index, ask.rule) for ask in asks}


def _insert(
    connection: Connection,
    scope: Scope,
    book: Rulebook,
    gathered: Gathered,
    judged: Sequence[VerdictRow] = (),
) -> None:
    insert_asks(connection, scope, book, gathered.asks)
    insert_evidence(connection, scope, gathered.evidence)
    insert_verdicts(connection, scope, [*gathered.alone, *judged])
    _insert_tallies(connection, scope, gathered)


def _insert_tallies(connection: Connection, scope: Scope, gathered: Gathered) -> None:
    if not gathered.tallies:
        return
    texts = {numbers: _encode(numbers).decode() for numbers in set(gathered.tallies.values())}
    table = PATTERN.c
    mine = (table.log == scope.log, table.generation == scope.generation)
    query = select(table.rules, table.pattern).where(*mine)
    known = {row.rules: row.pattern for row in connection.execute(query)}
    first = (connection.scalar(select(func.max(table.pattern)).where(*mine)) or 0) + 1
    fresh = sorted(set(texts.values()) - known.keys())
    numbers = {text: first + place for place, text in enumerate(fresh)}
    insert_rows(connection, PATTERN, [(*scope, number, text) for text, number in numbers.items()])
    known |= numbers
    insert_rows(
        connection,
        TALLY,
        [
            (*scope, index, known_from, known[texts[numbers]], known_to, moment)
            for (index, moment, known_from, known_to), numbers in gathered.tallies.items()
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
