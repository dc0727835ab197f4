"""The forms of steps: asked, checked, recorded, and the receipt.

A step is checked before it is recorded, so that whoever records it has seen what it contradicts.
The check gives the events their ids: a form that is sent twice records once.
"""

from typing import Annotated, Final

from fastapi import APIRouter, Depends
from starlette.responses import Response

from ledger.errors import MalformedEvent, NotFound, OutcomeUnknown, StoreUnavailable
from ledger.named_record import find_record
from ledger.opening import instant_of
from service.access.consulting import consulted
from service.access.guard import require_permission
from service.intake.appending import append
from service.page.fields.controls import ROWS
from service.page.forms import Form, read_form
from service.page.steps.asking import (
    Filled,
    form_page,
    prepared,
    reader_for,
    situation_for,
    with_more,
    words_for,
)
from service.page.steps.cases import BREACH, REQUEST, CaseKind, case_path, find_asked
from service.page.steps.checking import ACTION, WARNED, Checked, check_page, checked
from service.page.steps.drafting import Draft, Stamp, StepAsked, fresh_stamp, stamp_of
from service.page.steps.offering import offered_steps
from service.page.steps.sections import fields_asked
from service.page.visit import Visit, visiting
from service.threads import reading

router: Final = APIRouter(include_in_schema=False)
Visiting = Annotated[Visit, Depends(visiting("read"))]

_REFUSED: Final = 422
_UNAVAILABLE: Final = 503
_MORE: Final = "more:"
_DECIDED: Final = "risk"
"""What a person decides once they have seen the severity that the method proposes."""


@router.get("/breaches/new")
async def ask_new_breach(visit: Visiting) -> Response:
    """The form that begins a case."""
    return await _ask(visit, BREACH, None, BREACH.first)


@router.post("/breaches/new")
async def take_new_breach(visit: Visiting) -> Response:
    """Checks or records the first step of a case."""
    return await _take(visit, BREACH, None, BREACH.first)


@router.get("/breaches/{breach}/steps/{step}")
async def ask_breach_step(visit: Visiting, breach: str, step: str) -> Response:
    """The form of one step of a breach."""
    return await _ask(visit, BREACH, breach, step)


@router.post("/breaches/{breach}/steps/{step}")
async def take_breach_step(visit: Visiting, breach: str, step: str) -> Response:
    """Checks or records one step of a breach."""
    return await _take(visit, BREACH, breach, step)


@router.get("/breaches/{breach}/steps/{step}/recorded/{index:int}")
async def show_breach_receipt(visit: Visiting, breach: str, step: str, index: int) -> Response:
    """What was recorded, and what may come next."""
    return await _receipt(visit, BREACH, breach, step, index)


@router.get("/requests/new")
async def ask_new_request(visit: Visiting) -> Response:
    """The form that records a request of a data subject."""
    return await _ask(visit, REQUEST, None, REQUEST.first)


@router.post("/requests/new")
async def take_new_request(visit: Visiting) -> Response:
    """Checks or records the receipt of a request."""
    return await _take(visit, REQUEST, None, REQUEST.first)


@router.get("/requests/{request_name}/steps/{step}")
async def ask_request_step(visit: Visiting, request_name: str, step: str) -> Response:
    """The form of one step of a request."""
    return await _ask(visit, REQUEST, request_name, step)


@router.post("/requests/{request_name}/steps/{step}")
async def take_request_step(visit: Visiting, request_name: str, step: str) -> Response:
    """Checks or records one step of a request."""
    return await _take(visit, REQUEST, request_name, step)


@router.get("/requests/{request_name}/steps/{step}/recorded/{index:int}")
async def show_request_receipt(
    visit: Visiting, request_name: str, step: str, index: int
) -> Response:
    """What was recorded, and what may come next."""
    return await _receipt(visit, REQUEST, request_name, step, index)


async def _asked(visit: Visit, kind: CaseKind, name: str | None, step: str) -> StepAsked:
    """Which step of which case, for somebody who may record it.

    Raises:
        NotAuthorised: they may not; recorded.
        NotFound: there is no such step or case.
    """
    plan = kind.plan(step)
    await require_permission(visit.context, visit.caller, "record")
    if plan.decides:
        await require_permission(visit.context, visit.caller, "decide")
    case = await reading(visit.context, find_asked, visit.context.ledger, kind, name)
    return StepAsked(case, step, plan)


async def _ask(visit: Visit, kind: CaseKind, name: str | None, step_name: str) -> Response:
    step = await _asked(visit, kind, name, step_name)
    corrects = visit.request.query_params.get("corrects")
    situation = await reading(visit.context, situation_for, visit, step)
    form = prepared(visit, step, situation, corrects)
    return await _show_form(visit, step, Filled(form))


async def _take(visit: Visit, kind: CaseKind, name: str | None, step_name: str) -> Response:
    step = await _asked(visit, kind, name, step_name)
    form = await read_form(visit)
    action = form.one(ACTION) or "check"
    if action.startswith(_MORE):
        return await _show_form(visit, step, Filled(with_more(form, action.removeprefix(_MORE))))
    if action == "change":
        return await _show_form(visit, step, Filled(form))
    is_final = action == "record"
    stamp = stamp_of(form) if is_final else fresh_stamp(visit.context.ledger.clock())
    found = await reading(visit.context, checked, visit, step, form, stamp)
    if not found.draft.events:
        return await _show_refused(visit, step, form, found.draft)
    if not is_final:
        return await _show_check(visit, step, form, stamp, found)
    if form.one(WARNED) != found.seen:
        return await _show_check(visit, step, form, stamp, found, said="changed")
    return await _record(visit, step, form, stamp, found)


async def _show_refused(visit: Visit, step: StepAsked, form: Form, draft: Draft) -> Response:
    """The form again: with what is wrong, or with the severity that a person is to decide about."""
    if draft.severity is not None and set(draft.errors) == {_DECIDED}:
        return await _show_form(visit, step, Filled(form, severity=draft.severity))
    filled = Filled(form, draft.errors, draft.severity)
    return await _show_form(visit, step, filled, status=_REFUSED)


async def _record(
    visit: Visit, step: StepAsked, form: Form, stamp: Stamp, found: Checked
) -> Response:
    """Records a step that was checked, and leads to its receipt once it is durable."""
    try:
        receipts = await append(
            visit.context, visit.caller, found.draft.events, asked=visit.caller.asked
        )
    except MalformedEvent as error:
        errors = dict([reader_for(visit).refused(fields_asked(step.plan), error)])
        refused = Draft(errors=errors, severity=found.draft.severity)
        return await _show_refused(visit, step, form, refused)
    except OutcomeUnknown:
        return await _show_check(visit, step, form, stamp, found, said="unknown")
    except StoreUnavailable:
        return await _show_check(visit, step, form, stamp, found, said="unavailable")
    name = step.case.asked or form.one(step.plan.case_field) or ""
    path = f"{case_path(step.case.kind.word, name)}/steps/{step.name}"
    return visit.see_other(f"{path}/recorded/{receipts[0].index}")


async def _show_form(
    visit: Visit, step: StepAsked, filled: Filled, *, status: int = 200
) -> Response:
    situation = await reading(visit.context, situation_for, visit, step)
    await _consulted(visit, step, len(situation.steps))
    page = form_page(visit, step, filled, situation)
    return await visit.show("steps/form.html", status=status, page=page, rows=ROWS)


async def _show_check(
    visit: Visit,
    step: StepAsked,
    form: Form,
    stamp: Stamp,
    found: Checked,
    *,
    said: str | None = None,
) -> Response:
    rests = {index for each in found.warned for index in each.indexes}
    await _consulted(visit, step, len(rests))
    status = _UNAVAILABLE if said in {"unknown", "unavailable"} else 200
    page = check_page(visit, step, form, stamp, found)
    return await visit.show("steps/check.html", status=status, page=page, said=said)


async def _receipt(visit: Visit, kind: CaseKind, name: str, step_name: str, index: int) -> Response:
    step = await _asked(visit, kind, name, step_name)
    stored = await reading(visit.context, find_record, visit.context.ledger, str(index))
    if stored.kind != step.plan.full_kind:
        raise NotFound(f"record: expected one of {step.plan.full_kind}, found {stored.kind}")
    await _consulted(visit, step, 1)
    return await visit.show(
        "steps/recorded.html",
        step=step,
        title=words_for(visit).title(step.name),
        stored=stored,
        recorded_at=instant_of(stored.recorded_at_us),
        offered=offered_steps(visit, kind.word, name),
    )


async def _consulted(visit: Visit, step: StepAsked, records: int) -> None:
    """Records that somebody saw what is recorded of a case; of a new one there is nothing."""
    if step.case.stream is not None:
        question = f"page: step {step.name} of {step.case.kind.word} {step.case.stream}"
        await consulted(visit.context, visit.caller, question=question, records=records)
