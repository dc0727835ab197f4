"""`/verwerkte-objecten`: what was done with the data of one person, for that person.

Shown is what stands now: no act that was withdrawn, whose term is over or that is confidential.
One that was confidential once is shown only with the confidential scope, and then once it is
lifted.

Source: VNG Verwerkingenlogging 0.9.0, `vng-read.yaml`, and decision F4086.
"""

from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from formats.vng.documents import Place, object_document
from ledger.errors import NotFound
from ledger.units import Size
from projections.processing.asking import ActLine, LineQuery, LineRow, Terms, lines_asked, with_acts
from service.access.caller import Caller
from service.context import Context, ContextOf
from service.ldv.acts import ActFound, acts_of, filled, find_object, standing, token_of
from service.ldv.asked_person import (
    ActivityId,
    AskedPerson,
    BeginDatum,
    EindDatum,
    IdInPath,
    ObjectId,
    Objecttype,
    PageNumber,
    SoortObjectId,
    asked_person,
    base_url,
    paged,
)
from service.ldv.dialects import VNG, answer_json
from service.ldv.opening import CITIZEN_FIELDS, Purpose, lines_reader, opened_lines
from service.ldv.scopes import ReaderOf, has_confidential
from service.queries.truth import truth_of
from service.threads import reading

router: Final = APIRouter(route_class=VNG.route_class(), include_in_schema=False)


@router.get("/verwerkte-objecten")
async def objects_of_person(  # noqa: PLR0917 - the parameters of the document
    request: Request,
    context: ContextOf,
    caller: ReaderOf,
    objecttype: Objecttype,  # noqa: ARG001 - it can be nothing else
    soort: SoortObjectId,
    object_id: ObjectId,
    begin: BeginDatum,
    end: EindDatum,
    activity_id: ActivityId = None,
    page: PageNumber = 1,
    purpose: Purpose = None,
) -> Response:
    """What was done with the data of one person in some days, oldest first."""
    asked = asked_person(context, soort, object_id, begin, end, activity_id, page)
    truth = await reading(context, truth_of, context.ledger)
    token, found = await reading(context, _find, context, caller, asked, truth.size)
    some, around = paged(context, request, found, page)
    with_objects = await reading(context, _filled, context, some, truth.size)
    place = Place(
        url=base_url(context, request),
        oin=context.settings.organisation_oin,
        asked=asked.subject,
        token=token,
    )
    documents = await _documents(
        context, caller, with_objects, place, f"verwerkte-objecten {asked.text(token)}", purpose
    )
    return answer_json({**around, "results": documents}, truth.headers)


@router.get("/verwerkte-objecten/{verwerktObjectId}")
async def one_object(
    request: Request,
    context: ContextOf,
    caller: ReaderOf,
    verwerktObjectId: IdInPath,  # noqa: N803 - as the document names it
    purpose: Purpose = None,
) -> Response:
    """One person in one act."""
    truth = await reading(context, truth_of, context.ledger)
    known = UUID(verwerktObjectId)
    found = await reading(context, find_object, context.ledger, known, truth.size)
    if found is None or not _may_see(caller, found[1].terms):
        raise NotFound("verwerktObjectId: expected the id of an object that is shown, found none")
    with_objects = await reading(context, _filled, context, [found], truth.size)
    place = Place(url=base_url(context, request), oin=context.settings.organisation_oin)
    question = f"verwerkte-objecten id={known}"
    documents = await _documents(context, caller, with_objects, place, question, purpose)
    return answer_json(documents[0], truth.headers)


def _may_see(caller: Caller, terms: Terms) -> bool:
    if not terms.was_confidential:
        return True
    return has_confidential(caller) and terms.confidentiality == "lifted"


def _find(
    context: Context, caller: Caller, asked: AskedPerson, size: Size
) -> tuple[str | None, list[tuple[LineRow, ActFound]]]:
    """Each line about a person with its act, as the caller may see them; blocking."""
    ledger = context.ledger
    token = token_of(ledger, asked.subject)
    if token is None:
        return None, []
    with lines_reader(ledger, size) as reader:
        rows = lines_asked(
            reader,
            LineQuery(
                subject=token,
                started_from=asked.started_from,
                started_before=asked.started_before,
                activity_id=asked.activity_id,
            ),
        )
        lines: list[ActLine] = with_acts(reader, ledger.origin, rows)
        acts = {act.terms.entity: act for act in standing(ledger, acts_of(reader, lines))}
    return token, [
        (each.line, acts[each.act_id])
        for each in lines
        if each.act_id in acts and _may_see(caller, each.terms)
    ]


def _filled(
    context: Context, found: list[tuple[LineRow, ActFound]], size: Size
) -> list[tuple[LineRow, ActFound]]:
    """The same with the lines that name each act; blocking."""
    with lines_reader(context.ledger, size) as reader:
        return [(line, filled(reader, act.terms, act.row)) for line, act in found]


async def _documents(  # noqa: PLR0917 - all that an answer is made of
    context: Context,
    caller: Caller,
    found: list[tuple[LineRow, ActFound]],
    place: Place,
    question: str,
    purpose: str | None,
) -> list[dict[str, Any]]:
    """The objects as the document has them, after the reading of them was recorded."""
    indexes = {
        row.idx
        for line, act in found
        for row in (line, act.row, act.above, act.first)
        if row is not None
    }
    lines = await opened_lines(
        context,
        caller,
        question=question,
        indexes=indexes,
        purpose=purpose,
        fields=CITIZEN_FIELDS,
    )
    made = []
    for line, act in found:
        shown = act.opened(lines)
        mine = next(each for each in shown.objects if each.row.line_id == line.line_id)
        made.append(object_document(mine, shown, place))
    return made
