"""Judged events that were taken back: a correction can make a break disappear."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, Table, and_, select

from ledger.units import Index
from projections.batches import batched
from projections.promises.finding import TakenBack
from projections.promises.standing_promise import Bench, StandingPromise
from projections.promises.tables import GONE, PATTERN, TALLY, VERDICT
from projections.reader import Reader, listed

MOST_TAKEN_BACK: Final = 20
"""So many are told one by one; the others are counted."""
_ASKED_AT_ONCE: Final = 500


class LastVerdict(NamedTuple):
    """What was believed of an event under a rule when it was taken back."""

    record: int
    """Of the event."""
    taken_by: int
    rule: int
    was_broken: bool


def last_verdicts(bench: Bench) -> list[LastVerdict]:
    """What was believed, at the moment asked, of each judged event that was taken back since.

    Records that took something back are few, so that each verdict is found by its key.

    Raises:
        StoreUnavailable: the database cannot be used.
    """
    gone = _gone(bench.reader)
    return [*_in_verdicts(bench.reader, gone), *_in_tallies(bench.reader, gone)]


def taken_back_of(
    promise: StandingPromise, verdicts: Sequence[LastVerdict]
) -> tuple[TakenBack, ...]:
    """The judged events of a promise that were taken back, each once, in the order of the log.

    Args:
        promise: The promise.
        verdicts: Those of all promises.
    """
    promise_id = promise.edition.promise_id
    mine = {
        rule.number
        for rule in promise.bench.book.rules
        if rule.declaration.event.promise_id == promise_id
    }
    found: dict[int, tuple[int, bool]] = {}
    for each in verdicts:
        if each.rule in mine:
            was_broken = found.get(each.record, (0, False))[1]
            found[each.record] = (each.taken_by, was_broken or each.was_broken)
    return tuple(
        TakenBack(index=Index(index), taken_by_index=Index(taken_by), was_broken=was_broken)
        for index, (taken_by, was_broken) in sorted(found.items())
    )


def _gone(reader: Reader) -> dict[int, int]:
    """Every record that was taken back, with the record that did it, as far as is known."""
    row = GONE.c
    query = select(row.idx, row.taken_by).where(
        _mine(reader, GONE), row.taken_by < reader.known_size
    )
    return {each["idx"]: each["taken_by"] for each in reader.rows(query)}


def _in_verdicts(reader: Reader, gone: Mapping[int, int]) -> Iterator[LastVerdict]:
    row = VERDICT.c
    for some in batched(sorted(gone), _ASKED_AT_ONCE):
        query = select(row.idx, row.rule, row.verdict, row.known_to).where(
            _mine(reader, VERDICT),
            row.idx.in_(some),
            row.valid_from <= reader.as_of,
            row.valid_to > reader.as_of,
            row.moment <= reader.as_of,
        )
        for each in reader.rows(query):
            if each["known_to"] == gone[each["idx"]]:
                was_broken = each["verdict"] == "broken"
                yield LastVerdict(each["idx"], each["known_to"], each["rule"], was_broken)


def _in_tallies(reader: Reader, gone: Mapping[int, int]) -> Iterator[LastVerdict]:
    row = TALLY.c
    found = [
        each
        for some in batched(sorted(gone), _ASKED_AT_ONCE)
        for each in reader.rows(
            select(row.idx, row.pattern, row.known_to).where(
                _mine(reader, TALLY), row.idx.in_(some), row.occurred <= reader.as_of
            )
        )
        if each["known_to"] == gone[each["idx"]]
    ]
    patterns = _patterns(reader, {each["pattern"] for each in found})
    for each in found:
        for rule in patterns[each["pattern"]]:
            yield LastVerdict(each["idx"], each["known_to"], rule, was_broken=False)


def _patterns(reader: Reader, numbers: Collection[int]) -> dict[int, list[int]]:
    """The rules of some sets."""
    row = PATTERN.c
    return {
        each["pattern"]: listed(each["rules"])
        for some in batched(sorted(numbers), _ASKED_AT_ONCE)
        for each in reader.rows(
            select(row.pattern, row.rules).where(_mine(reader, PATTERN), row.pattern.in_(some))
        )
    }


def _mine(reader: Reader, table: Table) -> ColumnElement[bool]:
    return and_(table.c.log == reader.scope.log, table.c.generation == reader.scope.generation)
