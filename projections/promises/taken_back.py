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
    moment: int
    """The one that counts, in microseconds."""
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
        rule.number: rule.reading
        for rule in promise.bench.book.rules
        if rule.declaration.event.promise_id == promise_id
    }
    found: dict[int, list[LastVerdict]] = {}
    for each in verdicts:
        if each.rule in mine:
            found.setdefault(each.record, []).append(each)
    return tuple(
        TakenBack(
            index=Index(record),
            taken_by_index=Index(told[0].taken_by),
            was_broken=_was_broken(promise, told[0], {mine[x.rule] for x in told if x.was_broken}),
        )
        for record, told in sorted(found.items())
    )


def _was_broken(
    promise: StandingPromise, event: LastVerdict, broken_under: Collection[str | None]
) -> bool:
    """Whether an event broke a promise under the reading that counted, or else under every one.

    Args:
        promise: The promise.
        event: What was believed of the event.
        broken_under: The readings whose rules it broke; `None` for rules outside of readings.
    """
    if not broken_under or None in broken_under:
        return bool(broken_under)
    editions = promise.bench.book.editions
    edition = editions.standing(promise.edition.promise_id, event.moment, event.taken_by)
    then = promise if edition is None else StandingPromise(promise.bench, edition)
    if then.reading is not None:
        return then.reading in broken_under
    return all(each.name in broken_under for each in then.event.readings)


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
        query = select(row.idx, row.rule, row.verdict, row.known_to, row.moment).where(
            _mine(reader, VERDICT),
            row.idx.in_(some),
            row.valid_from <= reader.as_of,
            row.valid_to > reader.as_of,
            row.moment <= reader.as_of,
        )
        for each in reader.rows(query):
            if each["known_to"] == gone[each["idx"]]:
                was_broken = each["verdict"] == "broken"
                yield LastVerdict(
                    each["idx"], each["known_to"], each["rule"], each["moment"], was_broken
                )


def _in_tallies(reader: Reader, gone: Mapping[int, int]) -> Iterator[LastVerdict]:
    row = TALLY.c
    found = [
        each
        for some in batched(sorted(gone), _ASKED_AT_ONCE)
        for each in reader.rows(
            select(row.idx, row.pattern, row.known_to, row.occurred).where(
                _mine(reader, TALLY), row.idx.in_(some), row.occurred <= reader.as_of
            )
        )
        if each["known_to"] == gone[each["idx"]]
    ]
    patterns = _patterns(reader, {each["pattern"] for each in found})
    for each in found:
        for rule in patterns[each["pattern"]]:
            yield LastVerdict(
                each["idx"], each["known_to"], rule, each["occurred"], was_broken=False
            )


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
