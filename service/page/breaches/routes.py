"""`/breaches`: the register, one breach, its timeline and its reach."""

import shlex
from typing import Annotated, Any, Final, get_args
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, Path
from starlette.responses import Response

from ledger.errors import BadRequest, NotFound
from ledger.reading import Opening
from projections.cases.breach import notified_at
from projections.investigation.blast_radius import SIGNALS
from projections.row_changes import RowChange
from service.access.consulting import consulted
from service.page.breaches.asking import (
    WINDOW,
    case_at,
    changes_since,
    order_of,
    window_of,
    words_of,
)
from service.page.breaches.case import Case, people_of, words_of_case
from service.page.breaches.listing import Which, listing_of, register_changes, register_file
from service.page.breaches.picture import label_y
from service.page.breaches.reach import (
    PARAMETERS,
    Reach,
    asked_reach,
    is_token,
    read_reach,
    row_name,
)
from service.page.breaches.telling import entry_lines, linked
from service.page.disclosing import Asking, asking, opened_for
from service.page.forms import read_form
from service.page.overview.words import countdown_words
from service.page.steps.offering import offered_steps, path_to_begin
from service.page.views.asked import Asked, Seen, asked_of, field_time, link_time, question_of, seen
from service.page.views.control import control_of
from service.page.views.export import EXPORT_FORMATS, file_name, given
from service.page.visit import Visit, visiting
from service.queries.parameters import LONGEST
from service.threads import reading

router: Final = APIRouter(prefix="/breaches", include_in_schema=False)

VisitToRead = Annotated[Visit, Depends(visiting("read"))]
Breach = Annotated[str, Path(max_length=LONGEST)]
_BAD_REQUEST: Final = 400


@router.get("")
async def list_breaches(visit: VisitToRead) -> Response:
    """The register of GDPR art. 33(5): every breach, what is due next at the front."""
    asked = asked_of(visit, filters=["case"])
    name = asked.filter("case")
    if name is not None:
        return visit.see_other(f"/breaches/{quote(name, safe='')}")
    which = _which(asked)
    state, changes = await _register(visit, asked)
    listing = listing_of(changes, which, words_of(visit), state.moment.as_of)
    return await visit.show(
        "breaches/list.html",
        seen=state,
        control=await reading(visit.context, control_of, visit, state),
        listing=listing,
        links={each: asked.url(only=None if each == "all" else each) for each in get_args(Which)},
        begin=path_to_begin(visit, "breach"),
        exports=[(kind, state.pinned(f"/breaches/export.{kind}")) for kind in EXPORT_FORMATS],
    )


@router.get("/export.{kind}")
async def export_breaches(visit: VisitToRead, kind: str) -> Response:
    """The register with every column, as a file."""
    for each in EXPORT_FORMATS:
        if each == kind:
            break
    else:
        raise NotFound(f"file: expected export.{' or export.'.join(EXPORT_FORMATS)}, found another")
    state, changes = await _register(visit, asked_of(visit, path="/breaches"))
    title = visit.gettext("Breaches")
    content = await reading(visit.context, register_file, changes, state, visit, title, each)
    return given(content, kind, file_name("breaches", state, visit.zone, kind), state)


@router.get("/{breach}")
async def show_breach(visit: VisitToRead, breach: Breach) -> Response:
    """One breach: its clocks, what is still to be told, what is known and what was done."""
    asked = asked_of(visit)
    state, case = await reading(visit.context, case_at, visit, breach, asked)
    await record_consulted(visit, case, asked)
    form = asking(visit, _words_path(state, breach))
    return await _shown(visit, state, case, breach, form)


@router.post("/{breach}/words")
async def show_words(visit: VisitToRead, breach: Breach) -> Response:
    """The same in the words of its records, to somebody who said what for."""
    form = await read_form(visit)
    asked = asked_of(visit, path=f"/breaches/{quote(breach, safe='')}")
    state, case = await reading(visit.context, case_at, visit, breach, asked)
    try:
        opening = await opened_for(
            visit,
            form,
            question=_question(case, asked),
            rows=lambda: words_of_case(visit.context.ledger, breach, state.moment),
        )
    except BadRequest as error:
        await record_consulted(visit, case, asked)
        again = asking(visit, _words_path(state, breach), form, error)
        return await _shown(visit, state, case, breach, again, status=_BAD_REQUEST)
    pinned = Asked(path=asked.path, as_of=state.moment.as_of, known_size=state.moment.known_size)
    _, opened = await reading(visit.context, case_at, visit, breach, pinned, opening)
    return await _shown(visit, state, opened, breach, None, opening=opening)


@router.get("/{breach}/timeline")
async def show_timeline(visit: VisitToRead, breach: Breach) -> Response:
    """The steps of a breach with the facts around them, drawn and told."""
    asked = asked_of(visit, filters=["order", *WINDOW])
    window, order = window_of(visit, asked), order_of(asked)
    state, case = await reading(
        visit.context, case_at, visit, breach, asked, window=window, order=order
    )
    await record_consulted(visit, case, asked, "timeline")
    before = None if state.before is None else state.before.moment
    lines = await reading(
        visit.context, entry_lines, case, visit.language, visit.zone, before=before
    )
    drawn = case.picture
    return await visit.show(
        "breaches/timeline.html",
        **await frame_of_case(visit, state, case, breach),
        lines=lines,
        order=order,
        orders={each: asked.url(order=each) for each in ("occurred", "recorded")},
        fields={
            "since": field_time(window[0] or (drawn.first if drawn else None), visit),
            "until": field_time(window[1] or (drawn.last if drawn else None), visit),
        },
        is_narrowed=any(window),
        whole=asked.url(since=None, until=None),
    )


@router.get("/{breach}/reach")
async def show_reach(visit: VisitToRead, breach: Breach) -> Response:
    """How far it reached from an account, an address or a system, and what was there to be seen."""
    asked = asked_of(visit, filters=[*PARAMETERS, "system", *WINDOW])
    window = window_of(visit, asked)
    state, case = await reading(visit.context, case_at, visit, breach, asked)
    given_values: dict[str, list[str]] = {}
    for name, value in asked.filters:
        given_values.setdefault(name, []).append(value)
    wanted = asked_reach(case.subject, given_values, *window)
    found = await reading(visit.context, read_reach, visit.context.ledger, case.subject, wanted)
    await record_consulted(visit, case, asked, "reach")
    signals = await reading(
        visit.context, entry_lines, case, visit.language, visit.zone, found.signals
    )
    return await visit.show(
        "breaches/reach.html",
        **await frame_of_case(visit, state, case, breach),
        reach=found,
        signals=signals,
        fields={
            name: field_time(at, visit)
            for name, at in zip(WINDOW, found.windows.window, strict=True)
        },
        typed={name: " ".join(given_values.get(name, ())) for name in (*PARAMETERS, "system")},
        more_signals=_signals_in_history(found),
        row_name=lambda part, name: row_name(part, name, visit.language),
        is_token=is_token,
    )


def _signals_in_history(reach: Reach) -> str | None:
    """Where all signals of one system are found; the history asks about one at a time."""
    if len(reach.asked.systems) != 1:
        return None
    since, until = reach.windows.signals
    named = {
        "system": reach.asked.systems[0],
        "kind": sorted({kind.partition(".v")[0] for kind in SIGNALS}),
        "since": None if since is None else link_time(since),
        "until": None if until is None else link_time(until),
    }
    told = {name: value for name, value in named.items() if value}
    return f"/history?{urlencode(told, doseq=True)}"


async def _register(visit: Visit, asked: Asked) -> tuple[Seen, list[RowChange]]:
    state = await reading(visit.context, seen, visit.context.ledger, asked)
    changes = await reading(visit.context, register_changes, visit, state)
    question = question_of("/breaches", asked)
    await consulted(visit.context, visit.caller, question=question, records=len(changes))
    return state, changes


async def _shown(
    visit: Visit,
    state: Seen,
    case: Case,
    breach: str,
    form: Asking | None,
    *,
    opening: Opening | None = None,
    status: int = 200,
) -> Response:
    return await visit.show(
        "breaches/case.html",
        status=status,
        **await frame_of_case(visit, state, case, breach),
        asking=form,
        opening=opening,
        countdown=countdown_words(visit.gettext),
        changes=await reading(visit.context, changes_since, visit, breach, state, case),
    )


async def frame_of_case(visit: Visit, state: Seen, case: Case, breach: str) -> dict[str, Any]:
    """What the template of every page about one breach names."""
    base = f"/breaches/{quote(breach, safe='')}"

    def tab(place: str) -> str:
        moments = Asked(
            path=base,
            as_of=state.asked.as_of,
            as_known=state.asked.as_known,
            known_size=state.asked.known_size,
        )
        return moments.url(f"{base}{place}")

    return {
        "case": case,
        "seen": state,
        "control": await reading(visit.context, control_of, visit, state),
        "base": base,
        "case_id": shlex.quote(breach),
        "tab": tab,
        "steps": offered_steps(visit, "breach", breach),
        "label_y": label_y,
        "linked": linked,
        "people": people_of(case.subject.case.facts, case.words),
        "told_at": notified_at,
        "is_present": state.asked.as_of is None and state.asked.as_known is None,
    }


async def record_consulted(visit: Visit, case: Case, asked: Asked, part: str | None = None) -> None:
    """Records that somebody read of a breach; before it is shown."""
    records = len(case.subject.timeline.entries)
    question = _question(case, asked, part)
    await consulted(visit.context, visit.caller, question=question, records=records)


def _question(case: Case, asked: Asked, part: str | None = None) -> str:
    """What was asked, without the id that people gave to the case."""
    told = [f"case {case.subject.stream}"]
    return question_of("/breaches", asked, [*told, part] if part else told)


def _words_path(state: Seen, breach: str) -> str:
    return state.asked.url(f"/breaches/{quote(breach, safe='')}/words")


def _which(asked: Asked) -> Which:
    for each in get_args(Which):
        if each == (asked.only or "all"):
            which: Which = each
            return which
    raise BadRequest(f"only: expected one of {', '.join(get_args(Which))}, found another")
