"""Finds records through the index that fits the question, so that a page costs what it shows.

Records are given in order of index. A subject, a kind and a system each have an index in that
order, which is read from its place as far as the page needs (that of subjects block by block). An
instant of occurrence has not: a narrow window is looked up whole and sorted, a wide one is found by
walking the log, as most of it matches.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from heapq import merge
from itertools import groupby, islice
from typing import Final

from ledger.store.query import (
    Condition,
    RecordQuery,
    SubjectGroup,
    add_range,
    add_subjects,
    add_window,
    places,
)
from ledger.store.row_reader import PAGE_ROWS, RowReader
from ledger.store.schema import BLOCK_RECORDS
from ledger.stored import StoredRecord

NARROW_ROWS: Final = 5_000
"""A window with more records than this is wide."""
FEW_KINDS: Final = 8
"""With more kinds than this, reading an index for each costs more than walking the log."""
FIRST_ROWS: Final = 64
MOST_BLOCKS: Final = 64


class RecordFinder:
    """Answers queries on one log."""

    def __init__(self, reader: RowReader, log: int, *, postgresql: bool) -> None:
        """Reads through `reader`."""
        self._reader = reader
        self._log = log
        self._postgresql = postgresql
        # SQLite, which knows no statistics, would rather walk the log in the order asked for.
        forced = "" if postgresql else " INDEXED BY zegel_disclosure_subject"
        self._by_subject = f"zegel_disclosure{forced}"

    def find(self, query: RecordQuery) -> Iterator[StoredRecord]:
        """The records that a query asks for, in order of index."""
        if query.subject_ids or query.kinds is not None:
            # Several look-ups are merged. What is appended between them must be seen by all or
            # none: a follower that got the later of two records would never see the earlier one.
            query = replace(query, stop=self._stop(query))
        candidates = self._candidates(query)
        if candidates is None:
            return self._reader.records(query)
        return islice(self._matching(query, candidates), query.limit)

    def _matching(self, query: RecordQuery, candidates: Iterator[int]) -> Iterator[StoredRecord]:
        size = FIRST_ROWS if query.limit is None else min(max(query.limit, 1), PAGE_ROWS)
        while page := list(islice(candidates, size)):
            yield from self._reader.records_among(page, query)
            size = min(2 * size, PAGE_ROWS)

    def _candidates(self, query: RecordQuery) -> Iterator[int] | None:
        """Every index that can match, in order; `None` when walking the log is as good."""
        if query.subject_ids:
            return self._naming(query, query.subject_ids[0])
        narrow = self._narrow_window(query)
        if narrow is not None:
            return iter(narrow)
        if query.kinds is not None and len(query.kinds) <= FEW_KINDS:
            return self._having(query, "kind", frozenset(query.kinds))
        if query.system is not None:
            return self._having(query, "system", [query.system])
        return None

    def _narrow_window(self, query: RecordQuery) -> list[int] | None:
        if query.since is None and query.until is None:
            return None
        condition = Condition(self._log)
        add_window(condition, query)
        rows = self._reader.fetch(
            f"SELECT idx FROM zegel_record WHERE {condition} "  # noqa: S608 - placeholders
            f"ORDER BY occurred_at_us LIMIT {NARROW_ROWS + 1}",
            condition.parameters,
        )
        if len(rows) > NARROW_ROWS:
            return None
        return sorted((row[0] for row in rows), reverse=query.reverse)

    def _naming(self, query: RecordQuery, group: SubjectGroup) -> Iterator[int]:
        subject_ids, fields = group
        streams = [
            self._naming_one(query, (frozenset({subject_id}), fields)) for subject_id in subject_ids
        ]
        # A record that names two of the subjects is one record.
        return (index for index, _ in groupby(merge(*streams, reverse=query.reverse)))

    def _naming_one(self, query: RecordQuery, one: SubjectGroup) -> Iterator[int]:
        for blocks in self._blocks(query):

            def named(condition: Condition, blocks: range = blocks) -> None:
                condition.add(f"(idx / {BLOCK_RECORDS}) IN ({places(len(blocks))})", *blocks)
                add_subjects(condition, one, postgresql=self._postgresql)

            yield from self._stream(query, self._by_subject, named)

    def _blocks(self, query: RecordQuery) -> Iterator[range]:
        """The blocks of a query's part of the log in its order, ever more of them at a time."""
        blocks = range(query.start // BLOCK_RECORDS, -(-self._stop(query) // BLOCK_RECORDS))
        portion = 1
        while blocks:
            if query.reverse:
                yield blocks[-portion:]
                blocks = blocks[:-portion]
            else:
                yield blocks[:portion]
                blocks = blocks[portion:]
            portion = min(2 * portion, MOST_BLOCKS)

    def _stop(self, query: RecordQuery) -> int:
        """Where the log ends now, or the query before that: a bound that every look-up keeps."""
        sizes = self._reader.fetch("SELECT size FROM zegel_head WHERE log = ?", (self._log,))
        end: int = sizes[0][0] if sizes else 0
        return end if query.stop is None else min(end, query.stop)

    def _having(self, query: RecordQuery, column: str, values: Iterable[str]) -> Iterator[int]:
        def equal(value: str) -> Callable[[Condition], None]:
            return lambda condition: condition.add(f"{column} = ?", value)

        streams = [self._stream(query, "zegel_record", equal(value)) for value in values]
        return merge(*streams, reverse=query.reverse)

    def _stream(
        self, query: RecordQuery, table: str, restrict: Callable[[Condition], None]
    ) -> Iterator[int]:
        """The indexes under one key of an index, by pages that grow while they are asked for."""
        order = "DESC" if query.reverse else "ASC"
        size = FIRST_ROWS
        while True:
            condition = Condition(self._log)
            restrict(condition)
            add_range(condition, query)
            rows = self._reader.fetch(
                f"SELECT idx FROM {table} WHERE {condition} ORDER BY idx {order} LIMIT {size}",  # noqa: S608 - our names
                condition.parameters,
            )
            yield from (row[0] for row in rows)
            if len(rows) < size:
                return
            query = query.after(rows[-1][0], 0)
            size = min(2 * size, PAGE_ROWS)
