"""`/requests`: what data subjects asked, what is due, each request with its clocks and steps."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path
from starlette.responses import Response

from formats.answers.subject_request import request_facts
from formats.promise_report.explanation import short_token
from formats.sentences import sentence
from formats.subject_copy.words import kind_words
from projections.cases.reading import find_case, read_cases
from projections.cases.subject_request import fold_request
from projections.clocks import clocks
from projections.view import Column
from service.access.consulting import consulted
from service.page.breaches.case import case_name
from service.page.breaches.telling import linked
from service.page.steps.asking import words_for
from service.page.steps.offering import offered_steps, path_to_begin
from service.page.views.asked import Asked, Seen, asked_of, question_of, seen
from service.page.views.control import control_of
from service.page.views.export import (
    EXPORT_FORMATS,
    Exported,
    export_file,
    export_format,
    file_name,
    given,
)
from service.page.views.request_reading import (
    REQUESTS_ON_PAGE,
    found_requests,
    request_lines,
    request_records,
    request_words,
    right_words,
    told_clock,
    urgency,
)
from service.page.views.revealing import revealed
from service.page.views.sheet import shown_changes
from service.page.visit import Visit, visiting
from service.queries.parameters import LONGEST
from service.threads import reading

router: Final = APIRouter(prefix="/requests", include_in_schema=False)
Visiting = Annotated[Visit, Depends(visiting("read"))]
Name = Annotated[str, Path(max_length=LONGEST)]

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


@router.get("")
async def list_requests(visit: Visiting) -> Response:
    """Every request, what is due first at the front."""
    asked = asked_of(visit)
    found = await reading(visit.context, found_requests, visit, asked)
    await consulted(
        visit.context,
        visit.caller,
        question=question_of("/requests", asked),
        records=len(found.changes),
    )

    def values() -> dict[str, Any]:
        lines = sorted(request_lines(visit, found), key=urgency)
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
    wanted = export_format(kind)
    asked = asked_of(visit, path="/requests")
    found = await reading(visit.context, found_requests, visit, asked)
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
    content = await reading(visit.context, export_file, exported, wanted)
    return given(content, kind, file_name("requests", found.seen, visit.zone, kind), found.seen)


@router.get("/{name}")
@router.post("/{name}")
async def show_request(visit: Visiting, name: Name) -> Response:
    """One request: its clocks with all readings of their end, its steps, and what may come next."""
    asked = asked_of(visit)
    moments = await reading(visit.context, seen, visit.context.ledger, asked)
    stream = await reading(visit.context, find_case, visit.context.ledger, "request", name)
    records = await reading(visit.context, request_records, visit, moments, stream)
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
        words = request_words(visit, is_opened=shown.opening is not None)
        found = clocks(ledger, moment, zone=visit.zone.key, streams=[stream])
        request = fold_request(standing)
        return {
            "name": case_name(name, stream),
            "stream": stream,
            "facts": request_facts(request),
            "right": right_words(visit, request_facts(request)["right"]),
            "outcome": words_for(visit).outcome(request.outcome),
            "clocks": [told_clock(each, words) for each in found],
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


def _first(asked: Asked) -> str | None:
    return str(asked.from_row) if asked.from_row else None


def _page(asked: Asked, first: int) -> str:
    return asked.url(from_row=str(first) if first > 0 else None)
