"""`GET /verwerkingsacties`: the acts that concern one person, for who administers them.

Source: VNG Verwerkingenlogging 0.9.0, `vng-write.yaml`, and its additional specification (with the
normal scope, `vertrouwelijkheid` must be asked for as normal).
"""

from collections.abc import Collection, Iterable
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from formats.vng.bodies import CONFIDENTIALITY
from formats.vng.documents import Place, act_document
from ledger.units import Size
from projections.processing.asking import LineQuery, lines_asked, with_acts
from service.context import Context, ContextOf
from service.ldv.acts import ActFound, acts_of, filled, standing, token_of
from service.ldv.asked_person import (
    ActivityId,
    AskedPerson,
    BeginDatum,
    EindDatum,
    ObjectId,
    Objecttype,
    PageNumber,
    SoortObjectId,
    asked_person,
    base_url,
    paged,
)
from service.ldv.dialects import VNG, answer_json, refused_parameter
from service.ldv.opening import Purpose, lines_reader, opened_lines
from service.ldv.scopes import ReaderOf, require_confidential
from service.queries.truth import truth_of
from service.threads import reading

router: Final = APIRouter(route_class=VNG.route_class(), include_in_schema=False)

_NAME: Final = "vertrouwelijkheid"
_BY_WORD: Final = {str(theirs): ours for theirs, ours in CONFIDENTIALITY.items()}

Vertrouwelijkheid = Annotated[list[str] | None, Query(alias=_NAME)]
VertrouwelijkheidIn = Annotated[list[str] | None, Query(alias=f"{_NAME}__in")]


@router.get("/verwerkingsacties")
async def acts_of_person(  # noqa: PLR0917 - the parameters of the document
    request: Request,
    context: ContextOf,
    caller: ReaderOf,
    objecttype: Objecttype,  # noqa: ARG001 - it can be nothing else
    soort: SoortObjectId,
    object_id: ObjectId,
    begin: BeginDatum | None = None,
    end: EindDatum | None = None,
    wanted: Vertrouwelijkheid = None,
    wanted_in: VertrouwelijkheidIn = None,
    activity_id: ActivityId = None,
    page: PageNumber = 1,
    purpose: Purpose = None,
) -> Response:
    """The acts that concern one person, oldest first."""
    asked = asked_person(context, soort, object_id, begin, end, activity_id, page)
    levels = _levels([*(wanted or ()), *(wanted_in or ())])
    if levels != {"normal"}:
        await require_confidential(context, caller, request)
    truth = await reading(context, truth_of, context.ledger)
    token, found = await reading(context, _find, context, asked, levels, truth.size)
    some, around = paged(context, request, found, page)
    acts = await reading(context, _filled, context, some, truth.size)
    lines = await opened_lines(
        context,
        caller,
        question=f"verwerkingsacties {asked.text(token)}",
        indexes=[index for act in acts for index in act.indexes()],
        purpose=purpose,
    )
    place = Place(
        url=base_url(context, request),
        oin=context.settings.organisation_oin,
        asked=asked.subject,
        token=token,
    )
    documents = [act_document(act.opened(lines), place) for act in acts]
    return answer_json({**around, "results": documents}, truth.headers)


def _levels(sent: Iterable[str]) -> Collection[str]:
    """The levels asked for, parted by commas or repeated; empty: all.

    Raises:
        QuestionRefused: a word is no level.
    """
    words = {word.strip().lower() for each in sent for word in each.split(",")}
    unknown = words - _BY_WORD.keys()
    if unknown:
        raise refused_parameter(_NAME, f"some of {', '.join(_BY_WORD)}", "another word")
    return {_BY_WORD[word] for word in words}


def _find(
    context: Context, asked: AskedPerson, levels: Collection[str], size: Size
) -> tuple[str | None, list[ActFound]]:
    """Each act once; blocking."""
    ledger = context.ledger
    token = token_of(ledger, asked.subject)
    if token is None:
        return None, []
    query = LineQuery(
        subject=token,
        started_from=asked.started_from,
        started_before=asked.started_before,
        activity_id=asked.activity_id,
    )
    with lines_reader(ledger, size) as reader:
        lines = with_acts(reader, ledger.origin, lines_asked(reader, query))
        acts = standing(ledger, acts_of(reader, lines))
    once = {act.terms.entity: act for act in acts}
    return token, [
        act for act in once.values() if not levels or act.terms.confidentiality in levels
    ]


def _filled(context: Context, found: list[ActFound], size: Size) -> list[ActFound]:
    with lines_reader(context.ledger, size) as reader:
        return [filled(reader, act.terms, act.row) for act in found]
