"""Requests of data subjects as a page asks for them: the latest, each with its first clock."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from formats.answers.subject_request import request_rows
from formats.breach_dossier.blocks import Facts
from formats.breach_dossier.clock_blocks import (
    clock_facts,
    duty_words,
    explanation_blocks,
    state_cell,
)
from formats.breach_dossier.rule_words import rule_words
from formats.breach_dossier.words import Words
from ledger.stored import StoredRecord
from projections.cases.clock import Clock
from projections.cases.latest import latest_cases
from projections.cases.reading import case_records, read_cases
from projections.clocks import clocks
from projections.row_changes import Change, RowChange, row_changes
from service.page.breaches.case import ClockShown, case_name
from service.page.steps.asking import words_for
from service.page.views.asked import Asked, Seen, seen
from service.page.views.sheet import unchanged
from service.page.visit import Visit
from service.queries.moments import State

REQUESTS_ON_PAGE: Final = 100
_ORDER: Final = ("overdue", "running", "open", "refused")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One request in the list."""

    change: RowChange
    path: str
    name: str
    right: str
    outcome: str
    clock: Clock | None
    """The first one of it, which leads."""
    state: Any
    left: str
    rule: str

    @property
    def what(self) -> Change:
        """What became of it since the other moment."""
        return self.change.what

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return bool(self.change.row["outcome"] == "open")


@dataclass(frozen=True, slots=True)
class FoundRequests:
    """What a list found."""

    seen: Seen
    changes: list[RowChange]
    clocks: Mapping[UUID, Clock]
    has_more: bool


def found_requests(visit: Visit, asked: Asked) -> FoundRequests:
    """The requests in which something was done last; blocking."""
    ledger = visit.context.ledger
    moments = seen(ledger, asked)
    latest = latest_cases(
        ledger, moments.moment, "request", most=REQUESTS_ON_PAGE, after=asked.from_row
    )
    rows, first = _rows(visit, moments.now, latest.streams)
    changes = unchanged(rows)
    if moments.before is not None:
        earlier, _ = _rows(visit, moments.before, latest.streams)
        changes = row_changes(earlier, rows, ("request",))
    return FoundRequests(moments, changes, first, latest.has_more)


def _rows(
    visit: Visit, state: State, streams: Sequence[UUID]
) -> tuple[list[dict[str, Any]], dict[UUID, Clock]]:
    """One row for each request, and the first clock of each."""
    if not streams:
        return [], {}
    ledger, zone = visit.context.ledger, visit.zone.key
    cases = read_cases(ledger, state.moment, streams=streams)
    found = clocks(ledger, state.moment, zone=zone, streams=streams)
    first: dict[UUID, Clock] = {}
    for clock in found:
        first.setdefault(clock.case, clock)
    return request_rows(cases, found), first


def request_records(visit: Visit, moments: Seen, stream: UUID) -> list[StoredRecord]:
    """The records of the steps of a request, those that were taken back too; blocking."""
    return case_records(visit.context.ledger, moments.moment, streams=[stream])


def request_lines(visit: Visit, found: FoundRequests) -> Iterator[Line]:
    """What is shown of each request, in the order in which they were found."""
    words = request_words(visit)
    for change in found.changes:
        row = change.row
        clock = found.clocks.get(UUID(row["request"]))
        yield Line(
            change=change,
            path=found.seen.asked.url(f"/requests/{row['request']}", changes=None),
            name=case_name(row["request"], UUID(row["request"])),
            right=right_words(visit, row["right"]),
            outcome=words_for(visit).outcome(row["outcome"]),
            clock=clock,
            state=None if clock is None else state_cell(clock, words),
            left="" if clock is None else words.margin(clock.state, clock.margin) or "",
            rule="" if clock is None else rule_words(clock, words),
        )


def urgency(line: Line) -> tuple[int, float]:
    """By what lines are ordered: overdue first, then what is due next."""
    if line.clock is None or line.clock.due_at is None:
        return (len(_ORDER), 0)
    state = line.clock.state
    place = _ORDER.index(state) if state in _ORDER else len(_ORDER)
    return (place, line.clock.due_at.timestamp())


def right_words(visit: Visit, right: str | None) -> str:
    """A right in words, with its article."""
    return "" if right is None else words_for(visit).value("right", right, "dsr.received")


def told_clock(clock: Clock, words: Words) -> ClockShown:
    """A clock with how it was computed, as its card shows it."""
    return ClockShown(
        clock,
        duty_words(clock, words),
        state_cell(clock, words),
        Facts(tuple(clock_facts(clock, words))),
        tuple(explanation_blocks(clock, words)),
    )


def request_words(visit: Visit, *, is_opened: bool = False) -> Words:
    """The words of cases in the language and the zone of a visitor."""
    return Words(visit.language, visit.zone, shows_words=is_opened)
