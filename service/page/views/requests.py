"""`/requests`: what data subjects asked, what is due, each request with its clocks and steps."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Path
from starlette.responses import Response

from formats.answers.subject_request import request_facts, request_rows
from formats.breach_dossier.blocks import Facts
from formats.breach_dossier.clock_blocks import (
    clock_facts,
    duty_words,
    explanation_blocks,
    state_cell,
)
from formats.breach_dossier.rule_words import rule_words
from formats.breach_dossier.words import Words
from formats.promise_report.explanation import short_token
from formats.sentences import sentence
from formats.subject_copy.words import kind_words
from ledger.errors import NotFound
from ledger.stored import StoredRecord
from projections.cases.clock import Clock
from projections.cases.latest import latest_cases
from projections.cases.reading import case_records, find_case, read_cases
from projections.cases.subject_request import fold_request
from projections.clocks import clocks
from projections.row_changes import Change, RowChange, row_changes
from projections.view import Column
from service.access.consulting import consulted
from service.page.breaches.case import ClockShown, case_name
from service.page.breaches.telling import linked
from service.page.steps.asking import words_for
from service.page.steps.offering import offered_steps, path_to_begin
from service.page.views.asked import Asked, Seen, asked_of, question_of, seen
from service.page.views.control import control_of
from service.page.views.export import EXPORT_FORMATS, Exported, export_file, file_name, given
from service.page.views.revealing import revealed
from service.page.views.sheet import shown_changes, unchanged
from service.page.visit import Visit, visiting
from service.queries.moments import State
from service.queries.parameters import LONGEST
from service.threads import reading

router: Final = APIRouter(prefix="/requests", include_in_schema=False)
Visiting = Annotated[Visit, Depends(visiting("read"))]
Name = Annotated[str, Path(max_length=LONGEST)]

REQUESTS_ON_PAGE: Final = 100
REQUEST_COLUMNS: Final = (
    Column("request", "request", "token"),
    Column("right", "right"),
    Column("outcome", "outcome"),
    Column("received_at", "received", "instant"),
    Column("due", "due", "instant"),
    Column("rule", "by"),
    Column("extended", "extended", "flag"),
    Column("answered_at", "answered", "instant"),
    Column("indexes", "rests on", "indexes"),
)
"""What a list of requests has, as a file."""
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
class _Found:
    """What a list found."""

    seen: Seen
    changes: list[RowChange]
    clocks: Mapping[UUID, Clock]
    has_more: bool


@router.get("")
async def list_requests(visit: Visiting) -> Response:
    """Every request, what is due first at the front."""
    asked = asked_of(visit)
    found = await reading(visit.context, _found, visit, asked)
    await consulted(
        visit.context,
        visit.caller,
        question=question_of("/requests", asked),
        records=len(found.changes),
    )

    def values() -> dict[str, Any]:
        lines = sorted(_lines(visit, found), key=_urgency)
        is_compared = found.seen.before is not None
        kept = [
            line
            for line in lines
            if not (is_compared and asked.changes_only and line.what == "same")
        ]
        later = asked.from_row + REQUESTS_ON_PAGE
        return {
            "open": [line for line in kept if line.is_open],
            "ended": [line for line in kept if not line.is_open],
            "begin": path_to_begin(visit, "request"),
            "newer": _page(asked, asked.from_row - REQUESTS_ON_PAGE) if asked.from_row else None,
            "older": _page(asked, later) if found.has_more else None,
            "exports": [
                (kind, found.seen.pinned(f"/requests/export.{kind}", from_row=_first(asked)))
                for kind in EXPORT_FORMATS
            ],
            **_common(visit, found.seen),
        }

    return await visit.show("views/requests.html", **await reading(visit.context, values))


@router.get("/export.{kind}")
async def export_requests(visit: Visiting, kind: str) -> Response:
    """The list that the page shows, as a file."""
    for each in EXPORT_FORMATS:
        if each == kind:
            break
    else:
        raise NotFound(f"file: expected export.{' or export.'.join(EXPORT_FORMATS)}, found another")
    asked = asked_of(visit, path="/requests")
    found = await reading(visit.context, _found, visit, asked)
    await consulted(
        visit.context,
        visit.caller,
        question=question_of("/requests", asked, [kind]),
        records=len(found.changes),
    )
    exported = Exported(
        name="requests",
        title=visit.gettext("Requests"),
        columns=REQUEST_COLUMNS,
        changes=shown_changes(found.changes, changes_only=asked.changes_only),
        seen=found.seen,
        language=visit.language,
        zone=visit.zone,
    )
    content = await reading(visit.context, export_file, exported, each)
    return given(content, kind, file_name("requests", found.seen, visit.zone, kind), found.seen)


@router.get("/{name}")
@router.post("/{name}")
async def show_request(visit: Visiting, name: Name) -> Response:
    """One request: its clocks with all readings of their end, its steps, and what may come next."""
    asked = asked_of(visit)
    moments = await reading(visit.context, seen, visit.context.ledger, asked)
    stream = await reading(visit.context, find_case, visit.context.ledger, "request", name)
    records = await reading(visit.context, _records, visit, moments, stream)
    shown = await revealed(
        visit,
        moments.pinned(),
        question=question_of("/requests", asked, [f"case {stream}"]),
        rows=lambda: records,
        count=len(records),
    )

    def values() -> dict[str, Any]:
        ledger, moment = visit.context.ledger, moments.moment
        cases = read_cases(
            ledger, moment, streams=[stream], identities=shown.opening, corrected=True
        )
        steps = cases[0].steps if cases else ()
        standing = [step for step in steps if step.corrected_by is None]
        was = None
        if moments.before is not None:
            earlier = read_cases(ledger, moments.before.moment, streams=[stream])
            was = {step.index for case in earlier for step in case.steps}
        words = _words(visit, is_opened=shown.opening is not None)
        found = clocks(ledger, moment, zone=visit.zone.key, streams=[stream])
        request = fold_request(standing)
        return {
            "name": case_name(name, stream),
            "stream": stream,
            "facts": request_facts(request),
            "right": _right(visit, request_facts(request)["right"]),
            "outcome": words_for(visit).outcome(request.outcome),
            "clocks": [_clock(each, words) for each in found],
            "steps": [
                {
                    "step": step,
                    "kind": kind_words(str(type(step.event).__struct_config__.tag), visit.language),
                    "told": short_token(sentence(step.event, visit.zone, visit.language)),
                    "is_new": was is not None and step.index not in was,
                }
                for step in steps
            ],
            "offered": offered_steps(visit, "request", name),
            "case": {"words": words},
            "linked": linked,
            "exports": (),
            **_common(visit, moments),
        }

    return await visit.show(
        "views/request.html",
        **await reading(visit.context, values),
        status=shown.status,
        asking=shown.asking,
        is_opened=shown.opening is not None,
    )


def _common(visit: Visit, moments: Seen) -> dict[str, Any]:
    return {"seen": moments, "asked": moments.asked, "control": control_of(visit, moments)}


def _found(visit: Visit, asked: Asked) -> _Found:
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
    return _Found(moments, changes, first, latest.has_more)


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


def _records(visit: Visit, moments: Seen, stream: UUID) -> list[StoredRecord]:
    return case_records(visit.context.ledger, moments.moment, streams=[stream])


def _lines(visit: Visit, found: _Found) -> Iterator[Line]:
    words = _words(visit)
    for change in found.changes:
        row = change.row
        clock = found.clocks.get(UUID(row["request"]))
        yield Line(
            change=change,
            path=found.seen.asked.url(f"/requests/{row['request']}", changes=None),
            name=case_name(row["request"], UUID(row["request"])),
            right=_right(visit, row["right"]),
            outcome=words_for(visit).outcome(row["outcome"]),
            clock=clock,
            state=None if clock is None else state_cell(clock, words),
            left="" if clock is None else words.margin(clock.state, clock.margin) or "",
            rule="" if clock is None else rule_words(clock, words),
        )


def _urgency(line: Line) -> tuple[int, float]:
    if line.clock is None or line.clock.due_at is None:
        return (len(_ORDER), 0)
    state = line.clock.state
    place = _ORDER.index(state) if state in _ORDER else len(_ORDER)
    return (place, line.clock.due_at.timestamp())


def _right(visit: Visit, right: str | None) -> str:
    """A right in words, with its article."""
    return "" if right is None else words_for(visit).value("right", right, "dsr.received")


def _clock(clock: Clock, words: Words) -> ClockShown:
    return ClockShown(
        clock,
        duty_words(clock, words),
        state_cell(clock, words),
        Facts(tuple(clock_facts(clock, words))),
        tuple(explanation_blocks(clock, words)),
    )


def _words(visit: Visit, *, is_opened: bool = False) -> Words:
    return Words(visit.language, visit.zone, shows_words=is_opened)


def _first(asked: Asked) -> str | None:
    return str(asked.from_row) if asked.from_row else None


def _page(asked: Asked, first: int) -> str:
    return asked.url(from_row=str(first) if first > 0 else None)
