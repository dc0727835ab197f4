"""Finds the records that a question asks for: by pages, or one after the other.

Everything here blocks and is run in a thread. A pattern is compared with a record by tokens, also
where identities are asked for: nobody is searched among values that were not shown to them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from ledger.errors import BadRequest, MalformedEvent
from ledger.ledger import Ledger
from ledger.named_record import find_record
from ledger.opening import OpenedRecord, instant_of
from ledger.query import EventQuery, kinds_of, record_query, shown_json
from ledger.stored import StoredRecord
from ledger.units import Clock
from service.queries.instants import instant, span
from service.queries.parameters import RecordFilters
from service.queries.pattern import Matches, matcher

MOST_EXAMINED: Final = 2_000
"""Records that one page compares with a pattern at most."""
PATTERN_TIME: Final = timedelta(seconds=2)
"""How long one page compares."""
SPAN_AROUND: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Search:
    """A question about records: what the log is asked, and what is compared afterwards."""

    query: EventQuery
    """Without a pattern."""
    matches: Matches | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the records that a question asks for, by tokens."""

    records: tuple[OpenedRecord, ...]
    reached: int | None
    """The index after which there may be more; `None`: there are none."""


def search_of(ledger: Ledger, asked: RecordFilters, known_size: int) -> Search:
    """The question that parameters ask, about the records below a size.

    Raises:
        BadRequest: a time, kind, pattern or record cannot be understood; `NotFound` where the
            record is not there.
    """
    since, until = instant("since", asked.since), instant("until", asked.until)
    if asked.around is not None:
        since, until = _window_around(ledger, asked)
    elif asked.within is not None:
        raise BadRequest("within: expected around=INDEX beside it, found none")
    query = EventQuery(
        since=since,
        until=until,
        kinds=kinds_asked(asked.kind),
        without=kinds_asked(asked.without),
        system=asked.system,
        actor=asked.actor,
        ip=asked.ip,
        subject=asked.subject,
        looked_at=asked.looked_at,
        known_size=known_size,
        reverse=asked.reverse,
    )
    record_query(query, ledger.vault.subjects.find)  # refuses what cannot be understood
    return Search(query, None if asked.grep is None else matcher(asked.grep))


def _window_around(ledger: Ledger, asked: RecordFilters) -> tuple[datetime, datetime]:
    if asked.since is not None or asked.until is not None:
        raise BadRequest("around: expected no since and no until beside it, found one")
    record = find_record(ledger, asked.around or "")
    at_us = record.occurred_at_us
    middle = instant_of(record.recorded_at_us if at_us is None else at_us)
    around = SPAN_AROUND if asked.within is None else span("within", asked.within)
    try:
        return middle - around, middle + around
    except OverflowError as error:
        raise BadRequest(f"within: expected a span inside the calendar, found {around}") from error


def kinds_asked(typed: Iterable[str]) -> tuple[str, ...]:
    """The kinds, with their versions, that names of kinds and groups stand for.

    Raises:
        BadRequest: there is no such kind.
    """
    try:
        return tuple(kind for each in typed for kind in kinds_of(each))
    except MalformedEvent as error:
        raise BadRequest(f"kind: expected {error.expected}, found {error.found}") from error


def page_of(ledger: Ledger, search: Search, limit: int, clock: Clock) -> Page:
    """The first records of a question, and where to go on.

    With a pattern, a page ends after so many records or so much time, whatever it found until then.

    Args:
        ledger: The log.
        search: The question; its query begins where the page before ended.
        limit: So many records at most.
        clock: By which the time of a pattern is measured.
    """
    most = limit if search.matches is None else MOST_EXAMINED
    until = clock() + PATTERN_TIME
    found: list[OpenedRecord] = []
    reached: int | None = None
    for examined, opened in enumerate(ledger.read(replace(search.query, limit=most + 1))):
        is_late = search.matches is not None and examined > 0 and clock() > until
        if len(found) == limit or examined == most or is_late:
            return Page(tuple(found), reached)
        reached = opened.stored.index
        if search.matches is None or search.matches(shown_json(opened)):
            found.append(opened)
    return Page(tuple(found), None)


def matching(ledger: Ledger, search: Search, limit: int | None) -> Iterator[OpenedRecord]:
    """The records of a question one after the other, by tokens, in constant memory."""
    if search.matches is None:
        return ledger.read(replace(search.query, limit=limit))
    matches = search.matches
    found = (each for each in ledger.read(search.query) if matches(shown_json(each)))
    return islice(found, limit)


def is_unchanged(ledger: Ledger, search: Search, size: int) -> bool:
    """Whether nothing that a question asks for was recorded since the log had a size."""
    query = search.query
    newer = replace(query, start=max(query.start, size), limit=1, reverse=False)
    asked = record_query(newer, ledger.vault.subjects.find)
    return asked is None or next(ledger.log.find(asked), None) is None


def rows_of(records: Iterator[OpenedRecord]) -> Iterator[StoredRecord]:
    """The stored rows of opened records."""
    return (each.stored for each in records)
